import { isObject, objectIn, textsIn, type Json, type JsonObject } from "../resource-types";
import { unique } from "./collections";
import type { KubernetesObject } from "./kubernetes-object";
import type { Resource } from "./read-stacks";

/** Somebody's right in Kubernetes that leads to the values of a Secret. */
export interface KubernetesRight {
  readonly cluster: string;
  /** `undefined`: in every namespace. */
  readonly namespace?: string;
  /** What it lets its holders do, after "can", e.g. `read Secrets`. */
  readonly does: string;
  /** Exact names of Secrets; empty: every one. */
  readonly names: readonly string[];
  /** As Kubernetes says it: `ServiceAccount ns/name`, `Group x`, `User x`. */
  readonly subjects: readonly string[];
  /** The binding. */
  readonly resource: Resource;
}

/** Users that the CI's jobs are, and what they do with a binding's objects: their environment's work. */
export const DELIVERS = "deliver secret sets by the operator";

/** What whoever fills a Secret does. */
export const WRITES = "write Secrets";

type Way = Pick<KubernetesRight, "does" | "names">;

/**
 * Resources and verbs, one of each of which leads to a Secret. Source: Kubernetes' documentation, "RBAC good
 * practices".
 */
const WAYS: readonly (readonly [does: string, groups: string, resources: string, verbs: string])[] = [
  ["read Secrets", "", "secrets", "get list watch"],
  [WRITES, "", "secrets", "create update patch"],
  ["make pods that mount Secrets", "", "pods replicationcontrollers podtemplates", "create update patch"],
  ["make pods that mount Secrets", "apps batch extensions", "*", "create update patch"],
  ["run programs in pods", "", "pods/exec pods/attach pods/proxy pods/ephemeralcontainers", "get create update patch"],
  ["log in as service accounts", "", "serviceaccounts/token", "create"],
  ["give rights that it has not", "rbac.authorization.k8s.io", "roles clusterroles", "escalate bind"],
  [
    "give rights",
    "rbac.authorization.k8s.io",
    "roles clusterroles rolebindings clusterrolebindings",
    "create update patch",
  ],
  ["see all that is written", "admissionregistration.k8s.io", "*", "create update patch"],
  ["act as others", "", "users groups serviceaccounts", "impersonate"],
  ["act as others", "authentication.k8s.io", "*", "impersonate"],
  ["reach pods through their nodes", "", "nodes/proxy", "get create"],
  [
    "have certificates signed",
    "certificates.k8s.io",
    "certificatesigningrequests/approval signers",
    "update patch approve sign",
  ],
  [DELIVERS, "secrets.hashicorp.com", "*", "create update patch"],
];

/** Kubernetes' own roles that a binding may name without a stack that makes them. */
const BUILT_IN: { readonly [name: string]: readonly string[] } = {
  view: [],
  "system:auth-delegator": [],
  edit: ["read Secrets", "make pods that mount Secrets", "log in as service accounts"],
  admin: ["read Secrets", "make pods that mount Secrets", "log in as service accounts"],
  "cluster-admin": ["do everything"],
};

/** Every right of a stack's bindings that leads to a Secret. A role that no stack makes may hold any. */
export function rightsIn(objects: readonly KubernetesObject[]): KubernetesRight[] {
  const roles = new Map(
    objects
      .filter(({ kind }) => kind === "Role" || kind === "ClusterRole")
      .map((role) => [roleKey(role), list(role.content.rules ?? role.content.rule).flatMap(waysOf)]),
  );
  return objects.flatMap((object): KubernetesRight[] => {
    const { kind, cluster, namespace, resource, content } = object;
    if (kind !== "RoleBinding" && kind !== "ClusterRoleBinding") return [];
    const ref = objectIn(content.roleRef ?? content.role_ref);
    const [refKind, name] = [String(ref.kind), String(ref.name)];
    const ways =
      roles.get(roleKey({ ...object, kind: refKind, name })) ??
      (Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name]! : [`do what the role ${name} says, which no stack makes`]).map(
        (does): Way => ({ does, names: [] }),
      );
    const subjects = list(content.subjects ?? content.subject).map(subjectOf);
    const where = kind === "RoleBinding" ? { namespace } : {};
    return unique(ways.map(({ does }) => does)).map((does) => {
      const same = ways.filter((way) => way.does === does).map(({ names }) => names);
      const names = same.some((each) => each.length === 0) ? [] : unique(same.flat());
      return { cluster, ...where, does, names, subjects, resource };
    });
  });
}

function list(value: Json | undefined): readonly JsonObject[] {
  return (Array.isArray(value) ? (value as readonly Json[]) : [value]).filter(isObject);
}

function waysOf(rule: JsonObject): Way[] {
  const [groups, resources, verbs] = [rule.apiGroups ?? rule.api_groups, rule.resources, rule.verbs].map(textsOf);
  const holds = (given: readonly string[], wanted: string) =>
    given.includes("*") ||
    (wanted === "*" && given.length > 0) ||
    wanted.split(" ").some((each) => given.includes(each));
  const names = textsIn(rule.resourceNames ?? rule.resource_names);
  return WAYS.filter(
    ([, group, resource, verb]) => holds(groups!, group) && holdsResource(resources!, resource) && holds(verbs!, verb),
  ).map(([does]) => ({ does, names: does === "read Secrets" ? names : [] }));
}

/** A `*` before the slash stands for any resource, behind it for any part of one. */
function holdsResource(given: readonly string[], wanted: string): boolean {
  return given.some(
    (each) =>
      each === "*" ||
      wanted === "*" ||
      wanted
        .split(" ")
        .some(
          (one) =>
            one === each ||
            (each.startsWith("*/") && one.endsWith(each.slice(1))) ||
            (each.endsWith("/*") && one.startsWith(each.slice(0, -1))),
        ),
  );
}

/** The core group has an empty name. */
function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : value === undefined || value === null ? [] : [String(value)];
}

/** A user of a service account's name is that account. Source: Kubernetes' documentation, "Authenticating". */
function subjectOf({ kind, namespace, name }: JsonObject): string {
  const [, its, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(String(name)) ?? [];
  if (kind === "User" && its !== undefined) return `ServiceAccount ${its}/${account}`;
  return `${String(kind)} ${kind === "ServiceAccount" ? `${String(namespace ?? "default")}/` : ""}${String(name)}`;
}

function roleKey({ kind, cluster, namespace, name }: KubernetesObject): string {
  return `${kind} ${cluster}/${kind === "Role" ? namespace : ""}/${name}`;
}
