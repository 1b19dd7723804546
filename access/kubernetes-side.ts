import { grantsOf, isObject, objectIn, textsIn, type Json, type JsonObject } from "../resource-types";
import type { Resource, Stack } from "./read-stacks";

/** An object in a namespace of a cluster. */
export interface KubernetesObject {
  readonly kind: string;
  /** `<cluster>/<namespace>/<name>`. */
  readonly key: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  /** The app that its label names. */
  readonly app?: string;
  readonly environment?: string;
  /** The Vault of its stack. */
  readonly vault?: string;
  readonly resource: Resource;
  /** The whole of its fields: its manifest, or its arguments, which differ in case only. */
  readonly content: JsonObject;
  /** Empty where it has none. */
  readonly spec: JsonObject;
}

/** Who may read Secrets by a role of Kubernetes' own. */
export interface SecretReader {
  readonly cluster: string;
  /** `undefined`: in every namespace. */
  readonly namespace?: string;
  /** Exact names; empty: every Secret. */
  readonly names: readonly string[];
  /** As Kubernetes says it: `ServiceAccount ns/name`, `Group x`, `User x`. */
  readonly subjects: readonly string[];
  readonly resource: Resource;
}

/** What the stacks set up in Kubernetes, as far as it carries secrets. */
export interface KubernetesSide {
  /** Service accounts and bindings, also where two stacks make the same one. */
  readonly tenants: readonly KubernetesObject[];
  readonly accounts: ReadonlyMap<string, KubernetesObject>;
  readonly secrets: ReadonlyMap<string, KubernetesObject>;
  readonly connections: ReadonlyMap<string, KubernetesObject>;
  readonly auths: ReadonlyMap<string, KubernetesObject>;
  readonly staticSecrets: readonly KubernetesObject[];
  readonly readers: readonly SecretReader[];
}

/** Label by which an object says whose it is. Source: Kubernetes' documentation, "Recommended Labels". */
const APP_LABEL = "app.kubernetes.io/name";
const OPERATOR_API = "secrets.hashicorp.com/";

/** Reads the Kubernetes side of all stacks, be its objects resources of their own types or manifests. */
export function readKubernetesSide(stacks: readonly Stack[]): KubernetesSide {
  const objects = stacks.flatMap((stack) =>
    [...stack.resources].flatMap(([type, byId]) =>
      type.startsWith("kubernetes_") ? [...byId.values()].flatMap((resource) => objectOf(type, resource)) : [],
    ),
  );
  const kind = (wanted: string) => objects.filter((each) => each.kind === wanted);
  const byKey = (wanted: string) => new Map(kind(wanted).map((object) => [object.key, object]));
  return {
    tenants: [...kind("ServiceAccount"), ...kind("VaultStaticSecret")],
    accounts: byKey("ServiceAccount"),
    secrets: byKey("Secret"),
    connections: byKey("VaultConnection"),
    auths: byKey("VaultAuth"),
    staticSecrets: kind("VaultStaticSecret"),
    readers: secretReaders(objects),
  };
}

function objectOf(type: string, resource: Resource): KubernetesObject[] {
  const { stack, values } = resource;
  const grants = grantsOf(type);
  const isManifest = grants === "manifest";
  const content = isManifest ? objectIn(values.manifest) : values;
  const kind = isManifest ? String(content.kind) : grants;
  // Other APIs have kinds of these names too.
  if (kind.startsWith("Vault") && !String(content.apiVersion).startsWith(OPERATOR_API)) return [];
  const metadata = objectIn(content.metadata);
  const { cluster = stack.name, environment, vault } = stack.metadata;
  const [namespace, name] = [String(metadata.namespace ?? "default"), String(metadata.name)];
  const label = objectIn(metadata.labels)[APP_LABEL];
  const app = typeof label === "string" ? label : undefined;
  const spec = objectIn(content.spec);
  const key = `${cluster}/${namespace}/${name}`;
  return [{ kind, key, cluster, namespace, name, app, environment, vault, resource, content, spec }];
}

function list(value: Json | undefined): readonly JsonObject[] {
  return (Array.isArray(value) ? (value as readonly Json[]) : [value]).filter(isObject);
}

/** Roles that may get, list or watch Secrets, and whom bindings give them to. */
function secretReaders(objects: readonly KubernetesObject[]): SecretReader[] {
  const roles = new Map<string, readonly string[]>();
  for (const object of objects) {
    if (object.kind !== "Role" && object.kind !== "ClusterRole") continue;
    const reading = list(object.content.rules ?? object.content.rule).filter(
      ({ resources, verbs }) =>
        textsIn(resources).some((each) => each === "secrets" || each === "*") &&
        textsIn(verbs).some((verb) => ["get", "list", "watch", "*"].includes(verb)),
    );
    if (reading.length === 0) continue;
    const names = reading.map((rule) => textsIn(rule.resourceNames ?? rule.resource_names));
    roles.set(roleKey(object), names.some((each) => each.length === 0) ? [] : names.flat());
  }
  return objects.flatMap((object): SecretReader[] => {
    const { kind, cluster, namespace, resource, content } = object;
    if (kind !== "RoleBinding" && kind !== "ClusterRoleBinding") return [];
    const ref = objectIn(content.roleRef ?? content.role_ref);
    const names = roles.get(roleKey({ ...object, kind: String(ref.kind), name: String(ref.name) }));
    if (!names) return [];
    const subjects = list(content.subjects ?? content.subject).map((each) => {
      const within = each.kind === "ServiceAccount" ? `${String(each.namespace ?? "default")}/` : "";
      return `${String(each.kind)} ${within}${String(each.name)}`;
    });
    return [{ cluster, ...(kind === "RoleBinding" && { namespace }), names, subjects, resource }];
  });
}

function roleKey({ kind, cluster, namespace, name }: KubernetesObject): string {
  return `${kind} ${cluster}/${kind === "Role" ? namespace : ""}/${name}`;
}
