import type { JsonObject } from "../read-stacks";
import { differing, differs, finding, goneWord, inner, isGone, same, type Rule } from "./finding";
import { serverChanges } from "./helm-values";
import type { PlannedChange } from "./read-plan";

function nameOf({ before, after }: PlannedChange): string {
  const metadata = inner(before.metadata ?? after.metadata);
  return [metadata.namespace, metadata.name].filter((each) => typeof each === "string").join("/");
}

const secret: Rule = (change) => {
  if (isGone(change))
    return [
      finding(
        change,
        "error",
        `Secret ${nameOf(change)} is ${goneWord(change)}`,
        "Pods that mount it lose their values until the operator makes or fills it again.",
      ),
    ];
  if (change.action === "import")
    return [finding(change, "warning", `Secret ${nameOf(change)} is imported`, "Its values are read into the state.")];
  if (change.action !== "update") return [];
  return differing(change, "data", "binary_data", "data_wo_revision", "binary_data_wo_revision").map((each) =>
    finding(
      change,
      "warning",
      `Secret ${nameOf(change)} is written again (${each})`,
      "The synced values are overwritten until the operator's next sync; with data they are in the state.",
    ),
  );
};

const namespace: Rule = (change) =>
  isGone(change)
    ? [
        finding(
          change,
          "error",
          `namespace ${nameOf(change)} is ${goneWord(change)}`,
          "Everything in it goes with it, volumes and Secrets too.",
        ),
      ]
    : [];

const account: Rule = (change) =>
  isGone(change)
    ? [
        finding(
          change,
          "warning",
          `service account ${nameOf(change)} is ${goneWord(change)}`,
          "The workload's identity: the operator cannot log in as it.",
        ),
      ]
    : [];

const rights: Rule = (change) => {
  if (change.action === "delete" || change.action === "forget") return [];
  const text = JSON.stringify([change.after.rule, change.after.role_ref, change.after.subject]);
  const secrets = /"secrets"|"\*"/.test(text);
  return change.type.includes("binding") || secrets
    ? [
        finding(
          change,
          "warning",
          `${change.type.replace(/^kubernetes_|_v1$/g, "").replaceAll("_", " ")} ${nameOf(change)} ` +
            `is ${change.action === "create" ? "made" : "changed"}`,
          "It may let somebody read Secrets: npm run access says who.",
        ),
      ]
    : [];
};

const manifest: Rule = (change) => {
  const [before, after] = [inner(change.before.manifest), inner(change.after.manifest)];
  const kind = String((Object.keys(before).length > 0 ? before : after).kind);
  const metadata = inner((Object.keys(before).length > 0 ? before : after).metadata);
  const called = `${kind} ${String(metadata.namespace ?? "")}/${String(metadata.name)}`;
  const of = KINDS[kind];
  if (!of) return isGone(change) ? [finding(change, "info", `${called} is ${goneWord(change)}`, "")] : [];
  return of(change, called, inner(before.spec), inner(after.spec));
};

type KindRule = (change: PlannedChange, called: string, before: JsonObject, after: JsonObject) => ReturnType<Rule>;

/** Fields of a spec that differ. */
function fields(before: JsonObject, after: JsonObject): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((field) => !same(before[field], after[field]))
    .sort();
}

const bindingKind: KindRule = (change, called, before, after) => {
  if (isGone(change)) {
    const makes = inner(before.destination).create === true;
    return [
      finding(
        change,
        makes ? "error" : "warning",
        `${called} is ${goneWord(change)}`,
        makes
          ? "The operator deletes the Secret that it made with it."
          : "The Secret keeps its values and is not renewed.",
      ),
    ];
  }
  if (change.action !== "update") return [];
  return fields(before, after)
    .filter((field) => !["refreshAfter", "rolloutRestartTargets", "syncConfig"].includes(field))
    .map((field) =>
      finding(
        change,
        "warning",
        `${called}: ${field} changes`,
        "Which values reach which Secret, and by which identity.",
      ),
    );
};

const trustKind: KindRule = (change, called, before, after) => {
  if (isGone(change))
    return [finding(change, "warning", `${called} is ${goneWord(change)}`, "What delivers by it stops.")];
  if (change.action !== "update") return [];
  return fields(before, after).map((field) =>
    finding(
      change,
      "warning",
      `${called}: ${field} changes`,
      field === "allowedNamespaces"
        ? "Other namespaces may use this identity."
        : "Who logs in, where, and whom the operator trusts.",
    ),
  );
};

const certificate: KindRule = (change, called, before, after) => {
  if (isGone(change))
    return [
      finding(
        change,
        "warning",
        `${called} is ${goneWord(change)}`,
        "The server's certificate is not renewed: TLS ends when it expires.",
      ),
    ];
  if (change.action !== "update") return [];
  return fields(before, after).map((field) =>
    finding(
      change,
      "warning",
      `${called}: ${field} changes`,
      "TLS: clients trust the new certificate only if its names and issuer are right.",
    ),
  );
};

const rightsKind: KindRule = (change, called) =>
  change.action === "delete"
    ? []
    : [
        finding(
          change,
          "warning",
          `${called} is ${change.action === "create" ? "made" : "changed"}`,
          "It may let somebody read Secrets: npm run access says who.",
        ),
      ];

const KINDS: { readonly [kind: string]: KindRule } = {
  VaultStaticSecret: bindingKind,
  VaultAuth: trustKind,
  VaultConnection: trustKind,
  Certificate: certificate,
  RoleBinding: rightsKind,
  ClusterRoleBinding: rightsKind,
  Role: rightsKind,
  ClusterRole: rightsKind,
};

const release: Rule = (change) => {
  const chart = String(change.before.chart ?? change.after.chart)
    .split("/")
    .at(-1);
  const called = `release ${String(change.before.namespace ?? change.after.namespace)}/${String(change.before.name ?? change.after.name)}`;
  if (isGone(change))
    return [
      finding(
        change,
        chart === "vault" ? "error" : "warning",
        `${called} is ${goneWord(change)}`,
        chart === "vault"
          ? "The server goes; its volumes stay only where they are retained."
          : "Nothing is synced until it is back.",
      ),
    ];
  if (change.action !== "update") return [];
  const version = differs(change, "version")
    ? [
        finding(
          change,
          "warning",
          `${called}: chart ${String(change.before.version)} becomes ${String(change.after.version)}`,
          "Read its release notes; the server's pods are replaced when somebody deletes them.",
        ),
      ]
    : [];
  const values = differs(change, "values") || differs(change, "set") ? serverChanges(change) : [];
  return [...version, ...values.map(({ severity, says, why }) => finding(change, severity, `${called}: ${says}`, why))];
};

/** What each Kubernetes and Helm resource type asks of a person. */
export const KUBERNETES_RULES: { readonly [type: string]: Rule } = {
  kubernetes_secret: secret,
  kubernetes_secret_v1: secret,
  kubernetes_namespace: namespace,
  kubernetes_namespace_v1: namespace,
  kubernetes_service_account: account,
  kubernetes_service_account_v1: account,
  kubernetes_role: rights,
  kubernetes_role_v1: rights,
  kubernetes_cluster_role: rights,
  kubernetes_cluster_role_v1: rights,
  kubernetes_role_binding: rights,
  kubernetes_role_binding_v1: rights,
  kubernetes_cluster_role_binding: rights,
  kubernetes_cluster_role_binding_v1: rights,
  kubernetes_manifest: manifest,
  helm_release: release,
};
