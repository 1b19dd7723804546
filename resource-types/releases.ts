import { argument, byAction, changes, differing, gone, warning, when, type Remark, type Rule } from "./change";
import { bindingsChange, bindingsPermissions, isBindingsRelease, unreadBindings } from "./bindings-release";
import { leaves, serverChanges, valuesOf } from "./helm-values";
import { NAMESPACE } from "./kubernetes";
import { chartName, unreadRelease } from "./unread-release";
import { closed, type ResourceTypes } from "./record";

/** Where the makers of both charts publish them. */
const HASHICORP = "https://helm.releases.hashicorp.com";

const release: Rule = (change) => {
  const called = `release ${argument(change, "namespace")}/${argument(change, "name")}`;
  if (isBindingsRelease(change.before) || (change.before.chart === undefined && isBindingsRelease(change.after)))
    return bindingsChange(change, called);
  return byAction({
    gone:
      chartName(argument(change, "chart")) === "vault"
        ? gone("error", "The server goes; its volumes stay only where they are retained.")
        : gone("warning", "Nothing is synced until it is back."),
    create: () => [
      ...when(
        argument(change, "repository") !== HASHICORP,
        "warning",
        `${called} comes from ${argument(change, "repository")}`,
        `Its chart runs with its rights; the makers of both charts publish at ${HASHICORP}.`,
      ),
      ...leaves(valuesOf(change.after.values) ?? {})
        .filter(([path, value]) => /(^|\.)image\.repository$/.test(path) && !/^hashicorp\//.test(String(value)))
        .flatMap(([, value]) => warning(`${called} runs the image ${String(value)}`, "It sees every value.")),
    ],
    update: () => [
      ...changes(["chart", "repository"], "Another chart may bring rights, and images, of its own.")(change, called),
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
    trusts: ["chart", "repository", "version"],
    reads: closed(
      "name namespace chart repository version values set set_list create_namespace max_history wait wait_for_jobs " +
        "timeout atomic cleanup_on_fail upgrade_install take_ownership",
    ),
    unread: (values, said) => (isBindingsRelease(values) ? unreadBindings(values) : unreadRelease(values, said)),
    // Releases are in ConfigMaps. Without the right to list them the provider takes one for gone, and says nothing.
    inCluster: (attributes, purpose) =>
      isBindingsRelease(attributes)
        ? bindingsPermissions(attributes, purpose)
        : { inNamespaces: [{ group: "", resource: "configmaps", verbs: ["get", "list"] }] },
    change: release,
  },
  kubernetes_namespace_v1: NAMESPACE,
  kubernetes_namespace: NAMESPACE,
};
