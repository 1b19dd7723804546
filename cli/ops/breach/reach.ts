import { named, USERPASS_MOUNT, type Platform, type Tenant } from "../../../model";
import {
  ownPasswordRules,
  peopleRules,
  platformAdminRules,
  PolicyDocument,
  workloadRules,
} from "../../../policies/write";
import { Acl, type NamedPolicy } from "../../../policies/evaluate";
import { readPolicy } from "../../../policies/evaluate";
import type { Identity } from "../../../policies/evaluate";

/** What an identity could do with one secret set. */
export interface Reach {
  readonly tenant: Tenant;
  /** It could read the values. */
  readonly read: boolean;
  /** It could write or delete them. */
  readonly change: boolean;
  /** Whether this set's environment is protected. */
  readonly protected: boolean;
}

/**
 * The policies that the config gives the groups of a Vault, as the access stack writes them. Undeclared groups have
 * none.
 */
export function configPoliciesOfGroups(platform: Platform, vault: string, groups: readonly string[]): NamedPolicy[] {
  const { root, authMounts } = named(platform.vaults, vault);
  const mounts = authMounts.map(({ path }) => path);
  return platform.groups
    .filter((group) => groups.includes(group.name) && group.vaults.includes(vault))
    .map((group) => {
      const granted = group.grants
        .filter((grant) => grant.vault === vault)
        .flatMap(({ access, scope }) =>
          "tree" in scope ? peopleRules(access, scope) : scope.sets.flatMap((set) => peopleRules(access, { set })),
        );
      const rules = [
        ...granted,
        ...(group.admin ? platformAdminRules(root, mounts) : []),
        ...ownPasswordRules(USERPASS_MOUNT),
      ];
      return policy(group.name, PolicyDocument.of(...rules).render());
    });
}

/** The policy that the config gives a workload. */
export function configPolicyOfWorkload({ name, path }: Tenant): NamedPolicy {
  return policy(name, PolicyDocument.of(...workloadRules("read", path)).render());
}

/** A policy's text, read. Throws a PolicyError for a text that the reader refuses. */
export function policy(name: string, text: string): NamedPolicy {
  return { name, policy: readPolicy(text, name) };
}

/**
 * What policies together reach of the sets of a Vault: those that can be read or changed, protected ones first, else in
 * the config's order.
 */
export function reachOf(
  platform: Platform,
  vault: string,
  policies: readonly NamedPolicy[],
  identity: Identity = {},
): Reach[] {
  const acl = Acl.of(policies, identity);
  const can = (operation: "read" | "create" | "update" | "patch" | "delete", path: string) =>
    acl.allows(operation, path).allowed;
  return inOrder(
    platform.tenants
      .filter((tenant) => tenant.vault === vault)
      .map((tenant): Reach => {
        const data = tenant.path.data();
        const change =
          (["update", "patch", "delete"] as const).some((operation) => can(operation, data)) ||
          can("update", tenant.path.delete()) ||
          can("update", tenant.path.destroy()) ||
          can("delete", tenant.path.metadata());
        return {
          tenant,
          read: can("read", data),
          change,
          protected: named(platform.environments, tenant.environment).protected,
        };
      })
      .filter(({ read, change }) => read || change),
  );
}

/** Every set of a Vault, as whoever holds everything could read and change it; protected ones first. */
export function everything(platform: Platform, vault: string): Reach[] {
  const sets = platform.tenants.filter((tenant) => tenant.vault === vault);
  return inOrder(
    sets.map((tenant) => ({
      tenant,
      read: true,
      change: true,
      protected: named(platform.environments, tenant.environment).protected,
    })),
  );
}

/** Two reaches as one: what either could do. */
export function union(a: readonly Reach[], b: readonly Reach[]): Reach[] {
  const merged = new Map(a.map((each) => [each.tenant.path.toString(), each]));
  for (const each of b) {
    const before = merged.get(each.tenant.path.toString());
    merged.set(
      each.tenant.path.toString(),
      before ? { ...each, read: each.read || before.read, change: each.change || before.change } : each,
    );
  }
  return inOrder([...merged.values()]);
}

// A stable sort: within both halves the order of the config stays.
function inOrder(reach: readonly Reach[]): Reach[] {
  return [...reach].sort((a, b) => Number(b.protected) - Number(a.protected));
}
