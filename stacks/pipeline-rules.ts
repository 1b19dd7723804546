import { DefaultTokenResolver, StringConcat, TerraformResource, Tokenization } from "cdktf";
import { named, type PipelineIdentity, type Platform, type StackSpec } from "../model";
import {
  appliedResources,
  requiredClusterPermissions,
  requiredPermissions,
  type AppliedResource,
  type Purpose,
} from "../resource-types";
import type { ClusterNeeds, PolicyRule } from "../policies/write";
import type { PlatformStack } from "./platform-stack";

/**
 * A policy's text and a role's rules are asked for while they are written; no rule depends on them, and asking would
 * never end.
 */
const LEFT_OUT = new Set(["policy", "rule", "//"]);

type Attributes = { readonly [name: string]: unknown };
type Json = { readonly resource?: { readonly [type: string]: { readonly [id: string]: Attributes } } };

/** Known by stack and how many elements it had: a policy is rendered several times in a synthesis. */
const known = new WeakMap<
  PlatformStack,
  { readonly elements: number; readonly resources: readonly AppliedResource[] }
>();

/**
 * The resources of a stack as its JSON will have them, whether this synthesis writes that stack or not: one that was
 * taken out of the app still holds its constructs.
 */
export function resourcesIn(stack: PlatformStack): readonly AppliedResource[] {
  const elements = stack.node.findAll().filter((each) => TerraformResource.isTerraformResource(each));
  const before = known.get(stack);
  if (before?.elements === elements.length) return before.resources;
  const blocks: { [type: string]: { [id: string]: Attributes } } = {};
  for (const element of elements)
    for (const [type, instances] of Object.entries((element.toTerraform() as Json).resource ?? {}))
      for (const [id, attributes] of Object.entries(instances)) {
        const kept = Object.fromEntries(Object.entries(attributes).filter(([name]) => !LEFT_OUT.has(name)));
        (blocks[type] ??= {})[id] = Tokenization.resolve(kept, {
          scope: element,
          resolver: new DefaultTokenResolver(new StringConcat()),
          preparing: false,
        }) as Attributes;
      }
  const resources = appliedResources(blocks);
  known.set(stack, { elements: elements.length, resources });
  return resources;
}

/**
 * What a job that plans or applies a stack needs in Vault. An access stack holds the authority over its Vault and
 * writes its own policy, so it is named by collections. Policies and roles of tenants that leave (`retired`) are still
 * read, and deleted, by their environment's job.
 */
export function pipelineRules(platform: Platform, stack: PlatformStack, identity: PipelineIdentity): PolicyRule[] {
  return requiredPermissions([...resourcesIn(stack), ...leaving(platform, stack.spec)], purposeOf(identity), {
    collections: stack.spec.kind === "access",
  });
}

/** What a job that plans or applies a stack needs in its cluster. */
export function clusterNeeds(stack: PlatformStack, identity: PipelineIdentity): ClusterNeeds {
  return requiredClusterPermissions(resourcesIn(stack), purposeOf(identity));
}

/** Who watches plans. */
function purposeOf({ purpose }: PipelineIdentity): Purpose {
  return purpose === "apply" ? "apply" : "plan";
}

function leaving({ environments, tenants, vaults }: Platform, { kind, ...spec }: StackSpec): AppliedResource[] {
  if (kind !== "environment" || named(environments, spec.environment!).authority !== "environment") return [];
  const mount = named(vaults, spec.vault!).authMounts.find(
    ({ cluster }) => cluster !== undefined && cluster === spec.cluster,
  )?.path;
  return tenants
    .filter((tenant) => tenant.environment === spec.environment && tenant.secretSet === "retired")
    .flatMap(({ name }) => [
      { type: "vault_policy", attributes: { name } },
      ...(mount
        ? [{ type: "vault_kubernetes_auth_backend_role", attributes: { backend: mount, role_name: name } }]
        : []),
    ]);
}
