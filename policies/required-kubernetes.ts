import type { AppliedResource } from "./applied";
import type { Purpose } from "./required-permissions";

/** A rule of a Kubernetes role. */
export interface RbacRule {
  /** `""` is the core group. */
  readonly group: string;
  /** The resource's plural. */
  readonly resource: string;
  /** @default every one, where the role is bound */
  readonly names?: readonly string[];
  readonly verbs: readonly string[];
}

/** What a stack's job needs in a cluster: everywhere, and in the namespaces that its role is bound in. */
export interface ClusterNeeds {
  readonly everywhere: readonly RbacRule[];
  readonly inNamespaces: readonly RbacRule[];
}

type Attributes = AppliedResource["attributes"];

const SHARED = "rbac.authorization.k8s.io";
const READ = ["get"];
const WRITE = ["create", "delete", "patch"];

/** Kinds of our manifests, and how the API calls them. */
const MANIFESTS: { readonly [kind: string]: string } = {
  VaultAuth: "vaultauths",
  VaultConnection: "vaultconnections",
  VaultStaticSecret: "vaultstaticsecrets",
  Certificate: "certificates",
};

function metadataName({ metadata }: Attributes): string {
  const one = (Array.isArray(metadata) ? metadata[0] : metadata) as { readonly name?: unknown } | undefined;
  return String(one?.name);
}

/**
 * The requests that the providers make for each type, read off a real API server (test/live/least-tokens.test.ts asks
 * again): kubernetes 2.38.0, helm 3.1.1 with releases in ConfigMaps. Without the right to list them the helm provider
 * takes a release for gone, and says nothing. Only named Secrets are ever read.
 */
const FOOTPRINTS: { readonly [type: string]: (attributes: Attributes, purpose: Purpose) => Partial<ClusterNeeds> } = {
  kubernetes_namespace_v1: (attributes) => ({
    everywhere: [{ group: "", resource: "namespaces", names: [metadataName(attributes)], verbs: READ }],
  }),
  kubernetes_service_account_v1: (_, purpose) => ({
    inNamespaces: [{ group: "", resource: "serviceaccounts", verbs: purpose === "apply" ? [...READ, ...WRITE] : READ }],
  }),
  kubernetes_secret_v1: (attributes, purpose) => ({
    inNamespaces: [
      {
        group: "",
        resource: "secrets",
        names: [metadataName(attributes)],
        verbs: purpose === "apply" ? ["delete", "get", "patch"] : READ,
      },
      // Kubernetes does not hold `create` to a name.
      ...(purpose === "apply" ? [{ group: "", resource: "secrets", verbs: ["create"] }] : []),
    ],
  }),
  kubernetes_cluster_role_v1: (attributes) => ({
    everywhere: [{ group: SHARED, resource: "clusterroles", names: [metadataName(attributes)], verbs: READ }],
  }),
  kubernetes_cluster_role_binding_v1: (attributes) => ({
    everywhere: [{ group: SHARED, resource: "clusterrolebindings", names: [metadataName(attributes)], verbs: READ }],
  }),
  // In the namespaces of environments, by one name each.
  kubernetes_role_binding_v1: (attributes) => ({
    everywhere: [{ group: SHARED, resource: "rolebindings", names: [metadataName(attributes)], verbs: READ }],
  }),
  helm_release: () => ({ inNamespaces: [{ group: "", resource: "configmaps", verbs: ["get", "list"] }] }),
  kubernetes_manifest: ({ manifest }, purpose) => {
    const { apiVersion, kind } = manifest as { readonly apiVersion: string; readonly kind: string };
    const resource = MANIFESTS[kind];
    if (!resource)
      throw new Error(
        `no required permissions are known for a manifest of kind ${kind}; add its plural to policies/required-kubernetes.ts`,
      );
    return {
      // The provider looks for the type's schema among all CRDs.
      everywhere: [{ group: "apiextensions.k8s.io", resource: "customresourcedefinitions", verbs: ["list"] }],
      inNamespaces: [
        { group: apiVersion.split("/")[0]!, resource, verbs: purpose === "apply" ? [...READ, ...WRITE] : READ },
      ],
    };
  },
};

/**
 * Whether a role can be made that applies a stack and is less than the whole cluster: charts bring cluster roles, and
 * so does the operator's stack.
 */
export function appliesWithLess(resources: readonly AppliedResource[]): boolean {
  return !resources.some(({ type }) => type === "helm_release" || type.startsWith("kubernetes_cluster_role"));
}

/**
 * The least rules of a job that plans or applies a stack in a cluster, from the resources in it.
 *
 * Throws an Error for a Kubernetes or Helm resource whose requests are not known here.
 */
export function requiredClusterPermissions(resources: readonly AppliedResource[], purpose: Purpose): ClusterNeeds {
  const needs = resources
    .filter(({ type }) => type.startsWith("kubernetes_") || type.startsWith("helm_"))
    .map(({ type, attributes }) => {
      const known = FOOTPRINTS[type];
      if (!known)
        throw new Error(
          `no required permissions are known for ${type}; add its requests to policies/required-kubernetes.ts, ` +
            `as an API server's audit log shows them`,
        );
      return known(attributes, purpose);
    });
  return {
    everywhere: merged(needs.flatMap(({ everywhere = [] }) => everywhere)),
    inNamespaces: merged(needs.flatMap(({ inNamespaces = [] }) => inNamespaces)),
  };
}

/** Rules of one resource and the same verbs as one; sorted. */
function merged(rules: readonly RbacRule[]): RbacRule[] {
  const byKey = new Map<string, RbacRule>();
  for (const rule of rules) {
    const verbs = [...rule.verbs].sort();
    const key = [rule.group, rule.resource, rule.names ? "named" : "", verbs.join()].join(" ");
    const names = rule.names && [...new Set([...(byKey.get(key)?.names ?? []), ...rule.names])].sort();
    byKey.set(key, { group: rule.group, resource: rule.resource, ...(names && { names }), verbs });
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rule]) => rule);
}
