import { argument, byAction, differing, gone, type Remark, type Rule } from "./change";
import { serverChanges } from "./helm-values";
import { NAMESPACE } from "./kubernetes";
import type { ResourceTypes } from "./record";

/** Charts of ours, whose service accounts and roles the docs describe; any other may bring bindings of its own. */
const CHARTS: ReadonlySet<string> = new Set(["vault", "vault-secrets-operator"]);

/** A chart's name without its repository. */
function chartName(chart: unknown): string {
  return String(chart).split("/").at(-1)!;
}

const release: Rule = (change) => {
  const called = `release ${argument(change, "namespace")}/${argument(change, "name")}`;
  return byAction({
    gone:
      chartName(argument(change, "chart")) === "vault"
        ? gone("error", "The server goes; its volumes stay only where they are retained.")
        : gone("warning", "Nothing is synced until it is back."),
    update: () => [
      ...differing(change, ["version"]).map((): Remark => [
        "warning",
        `${called}: chart ${String(change.before.version)} becomes ${String(change.after.version)}`,
        "Read its release notes; the server's pods are replaced when somebody deletes them.",
      ]),
      ...(differing(change, ["values", "set"]).length > 0 ? serverChanges(change, called) : []),
    ],
  })(change, called);
};

/** What a chart installs, and the namespace that it goes into. */
export const RELEASES: ResourceTypes = {
  helm_release: {
    label: ["Helm release", "Helm releases"],
    grants: "release",
    supported: ({ chart }) => CHARTS.has(chartName(chart)),
    // Releases are in ConfigMaps. Without the right to list them the provider takes one for gone, and says nothing.
    inCluster: () => ({ inNamespaces: [{ group: "", resource: "configmaps", verbs: ["get", "list"] }] }),
    change: release,
  },
  kubernetes_namespace_v1: NAMESPACE,
  kubernetes_namespace: NAMESPACE,
};
