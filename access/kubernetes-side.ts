import { grantsOf, objectIn } from "../resource-types";
import type { KubernetesObject } from "./kubernetes-object";
import { rightsIn, type KubernetesRight } from "./kubernetes-rights";
import type { Resource, Stack } from "./read-stacks";

/** What the stacks set up in Kubernetes, as far as it carries secrets. */
export interface KubernetesSide {
  /** Service accounts and bindings, also where two stacks make the same one. */
  readonly tenants: readonly KubernetesObject[];
  readonly accounts: ReadonlyMap<string, KubernetesObject>;
  readonly secrets: ReadonlyMap<string, KubernetesObject>;
  readonly connections: ReadonlyMap<string, KubernetesObject>;
  readonly auths: ReadonlyMap<string, KubernetesObject>;
  readonly staticSecrets: readonly KubernetesObject[];
  readonly dynamicSecrets: readonly KubernetesObject[];
  readonly rights: readonly KubernetesRight[];
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
    tenants: [...kind("ServiceAccount"), ...kind("VaultStaticSecret"), ...kind("VaultDynamicSecret")],
    accounts: byKey("ServiceAccount"),
    secrets: byKey("Secret"),
    connections: byKey("VaultConnection"),
    auths: byKey("VaultAuth"),
    staticSecrets: kind("VaultStaticSecret"),
    dynamicSecrets: kind("VaultDynamicSecret"),
    rights: rightsIn(objects),
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
