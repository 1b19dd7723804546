import { isObject, type Json, type JsonObject, type Resource, type Stack } from "./read-stacks";

/** An object in a namespace of a cluster. */
export interface KubernetesObject {
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
  const kind = (wanted: string) => objects.filter((each) => each.kind === wanted).map((each) => each.object);
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

interface Found {
  readonly kind: string;
  readonly object: KubernetesObject;
}

function objectOf(type: string, resource: Resource): Found[] {
  const { stack, values } = resource;
  const manifest = type === "kubernetes_manifest" && isObject(values.manifest) ? values.manifest : undefined;
  const kind = manifest ? String(manifest.kind) : camelCase(type.replace(/^kubernetes_|_v\d.*$/g, ""));
  // Other APIs have kinds of these names too.
  if (manifest && kind.startsWith("Vault") && !String(manifest.apiVersion).startsWith(OPERATOR_API)) return [];
  const content = manifest ?? values;
  const metadata = isObject(content.metadata)
    ? content.metadata
    : Array.isArray(content.metadata) && isObject(content.metadata[0])
      ? content.metadata[0]
      : {};
  const { cluster = stack.name, environment, vault } = stack.metadata;
  const namespace = String(metadata.namespace ?? "default");
  const name = String(metadata.name);
  const label = isObject(metadata.labels) ? metadata.labels[APP_LABEL] : undefined;
  const app = typeof label === "string" ? label : undefined;
  const spec = manifest && isObject(manifest.spec) ? manifest.spec : content;
  return [
    {
      kind,
      object: {
        key: `${cluster}/${namespace}/${name}`,
        cluster,
        namespace,
        name,
        app,
        environment,
        vault,
        resource,
        spec,
      },
    },
  ];
}

function camelCase(type: string): string {
  return type
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

function list(value: Json | undefined): readonly JsonObject[] {
  return (Array.isArray(value) ? (value as readonly Json[]) : [value]).filter(isObject);
}

function texts(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/**
 * Roles that may get, list or watch Secrets, and whom bindings give them to. Arguments and manifests differ in case
 * only.
 */
function secretReaders(objects: readonly Found[]): SecretReader[] {
  const roles = new Map<string, readonly string[]>();
  for (const { kind, object } of objects) {
    if (kind !== "Role" && kind !== "ClusterRole") continue;
    const content = contentOf(object);
    const reading = list(content.rules ?? content.rule).filter((rule) => {
      const [resources, verbs] = [texts(rule.resources), texts(rule.verbs)];
      return (
        resources.some((each) => each === "secrets" || each === "*") &&
        verbs.some((verb) => ["get", "list", "watch", "*"].includes(verb))
      );
    });
    if (reading.length === 0) continue;
    const names = reading.map((rule) => texts(rule.resourceNames ?? rule.resource_names));
    roles.set(roleKey(kind, object), names.some((each) => each.length === 0) ? [] : names.flat());
  }
  return objects.flatMap(({ kind, object }): SecretReader[] => {
    if (kind !== "RoleBinding" && kind !== "ClusterRoleBinding") return [];
    const content = contentOf(object);
    const ref = list(content.roleRef ?? content.role_ref)[0];
    const names = ref && roles.get(roleKey(String(ref.kind), { ...object, name: String(ref.name) }));
    if (!names) return [];
    const subjects = list(content.subjects ?? content.subject).map(
      (each) =>
        `${String(each.kind)} ` +
        `${each.kind === "ServiceAccount" ? `${String(each.namespace ?? "default")}/` : ""}${String(each.name)}`,
    );
    return [
      {
        cluster: object.cluster,
        ...(kind === "RoleBinding" && { namespace: object.namespace }),
        names,
        subjects,
        resource: object.resource,
      },
    ];
  });
}

/** Roles and bindings have no `spec`: their fields stand beside the metadata. */
function contentOf({ resource: { values } }: KubernetesObject): JsonObject {
  return isObject(values.manifest) ? values.manifest : values;
}

function roleKey(
  kind: string,
  { cluster, namespace, name }: Pick<KubernetesObject, "cluster" | "namespace" | "name">,
): string {
  return `${kind} ${cluster}/${kind === "Role" ? namespace : ""}/${name}`;
}
