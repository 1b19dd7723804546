import type { ClusterNeeds, PolicyRule, RbacRule } from "../policies/write";
import type { AppliedResource } from "./applied";
import { isBindingsRelease } from "./bindings-release";
import type { Purpose, ResourceType } from "./record";
import { resourceType } from "./types";

/**
 * What a record knows of the requests for each resource of some providers. Those of Vault were read off the audit log
 * of a real server (terraform-provider-vault 5.10.1 with `skip_child_token`), those of a cluster off a real API server
 * (kubernetes 2.38.0, helm 3.1.1 with releases in ConfigMaps); test/live/least-identities.test.ts asks again.
 */
function known<Where extends "inVault" | "inCluster", R>(
  resources: readonly AppliedResource[],
  where: Where,
  providers: RegExp,
  ask: (permissions: NonNullable<ResourceType[Where]>, resource: AppliedResource) => R,
): R[] {
  return resources
    .filter(({ type }) => providers.test(type))
    .map((resource) => {
      const permissions = resourceType(resource.type)?.[where];
      if (!permissions)
        throw new Error(
          `no required permissions are known for ${resource.type}; add its requests to its record in ` +
            `resource-types/, as an audit log shows them`,
        );
      return ask(permissions, resource);
    });
}

/**
 * The least rules of a token that plans or applies a stack, from the resources in it. None of them reads or updates a
 * `data/` path.
 * @param options `collections`: whether an apply may also write and delete what has come to the config, or left it,
 * since the token's policy was written: other users, policies, roles, mounts of auth methods. Only for a stack that
 * holds a Vault's authority: it writes its own policy, so that naming each policy exactly would stop the first apply of
 * a new one, and hold nobody. @default false: what the stack has, and nothing else
 *
 * Throws an Error for a Vault resource whose requests are not known: a rule that is guessed is either too wide or fails
 * in the middle.
 */
export function requiredPermissions(
  resources: readonly AppliedResource[],
  purpose: Purpose,
  { collections = false }: { readonly collections?: boolean } = {},
): PolicyRule[] {
  const rules = known(resources, "inVault", /^vault_/, (permissions, { attributes }) =>
    permissions(attributes),
  ).flatMap(({ plan, apply, collection = [] }) => [
    ...plan,
    ...(purpose === "apply" ? [...apply, ...(collections ? collection : [])] : []),
  ]);
  return collections ? withoutCovered(rules) : rules;
}

/**
 * Leaves out what a collection's rule gives as well: the more specific rule alone decides, so that it would only take
 * something away.
 */
function withoutCovered(rules: readonly PolicyRule[]): PolicyRule[] {
  // A collection's rule comes once for each of its members.
  const wide = new Map(
    rules
      .filter(({ path }) => path.endsWith("/*"))
      .map((rule) => [
        `${rule.path} ${rule.capabilities.join(" ")}`,
        { ...rule, parents: rule.path.split("/").slice(0, -1) },
      ]),
  );
  const collections = [...wide.values()];
  return rules.filter(({ path, capabilities }) => {
    const segments = path.split("/");
    return !collections.some(
      (each) =>
        each.path !== path &&
        segments.length > each.parents.length &&
        each.parents.every((parent, i) => parent === "+" || parent === segments[i]) &&
        capabilities.every((capability) => each.capabilities.includes(capability)),
    );
  });
}

/**
 * Whether a role can be made that applies a stack and is less than the whole cluster: charts bring cluster roles, but
 * for the bindings', and so does the operator's stack.
 */
export function appliesWithLess(resources: readonly AppliedResource[]): boolean {
  return !resources.some(
    ({ type, attributes }) =>
      (type === "helm_release" && !isBindingsRelease(attributes)) || type.startsWith("kubernetes_cluster_role"),
  );
}

/**
 * The least rules of a job that plans or applies a stack in a cluster, from the resources in it.
 *
 * Throws an Error for a Kubernetes or Helm resource whose requests are not known.
 */
export function requiredClusterPermissions(resources: readonly AppliedResource[], purpose: Purpose): ClusterNeeds {
  const needs = known(resources, "inCluster", /^(kubernetes|helm)_/, (permissions, { attributes }) =>
    permissions(attributes, purpose),
  );
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
