import { abilityBy, escalationsOf } from "../../../access";
import { boundSets, named, USERPASS_MOUNT, type Platform, type SecretSet, type Tenant } from "../../../model";
import {
  ownPasswordRules,
  peopleRules,
  platformAdminRules,
  PolicyDocument,
  workloadRules,
} from "../../../policies/write";
import { Acl, readPolicy, type Identity, type NamedPolicy } from "../../../policies/evaluate";

/** What an identity could do with one secret set. */
export interface Reach {
  readonly tenant: SecretSet;
  /** It could read the values. */
  readonly read: boolean;
  /** It could write or delete them. */
  readonly change: boolean;
  /** Whether this set's environment is protected. */
  readonly protected: boolean;
}

/** Whether somebody may do something on a path. */
export type Allows = (operation: "read" | "update" | "patch" | "delete", path: string) => boolean;

/** Whoever holds everything. */
export const EVERYTHING: Allows = () => true;

/**
 * Whether policies together let their holder grant itself any right of this Vault, or take another person's place.
 * @param login the holder's own, `<mount>/<user>`: the right to the own password is none to another's
 */
export function grantsItself(
  platform: Platform,
  vault: string,
  policies: readonly NamedPolicy[],
  identity: Identity,
  login: string,
): boolean {
  const { authMounts, mount, server } = named(platform.vaults, vault);
  const known = {
    auth: new Map(authMounts.map((each) => [each.path, each])),
    mounts: new Map([[mount, mount]]),
    policies: new Map(policies.map((each) => [each.name, each])),
    roles: platform.tenants.filter((tenant) => tenant.vault === vault),
    groups: platform.groups,
    people: platform.users,
  };
  const held = escalationsOf(Acl.of(policies, identity, server), known, {
    login,
    policies: [...known.policies.keys()],
  });
  return held.some(({ name }) => abilityBy(name) === "escalate");
}

/** What policies together allow. As with `Acl.of`, nobody holds them unless told, and the server is the pinned one. */
export function allowedBy(policies: readonly NamedPolicy[], identity: Identity = {}, server?: string): Allows {
  const acl = Acl.of(policies, identity, server);
  return (operation, path) => acl.allows(operation, path).allowed;
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
    .map(({ name, grants, admin }) => {
      const granted = grants
        .filter((grant) => grant.vault === vault)
        .flatMap(({ access, scope }) =>
          "tree" in scope ? peopleRules(access, scope) : scope.sets.flatMap((set) => peopleRules(access, { set })),
        );
      const rules = [
        ...granted,
        ...(admin ? platformAdminRules(root, mounts) : []),
        ...ownPasswordRules(USERPASS_MOUNT),
      ];
      return policy(name, PolicyDocument.of(...rules).render());
    });
}

/** The policy that the config gives a workload. */
export function configPolicyOfWorkload(tenant: Tenant): NamedPolicy {
  const rules = boundSets([tenant]).flatMap(({ path }) => workloadRules("read", path));
  return policy(tenant.name, PolicyDocument.of(...rules).render());
}

/** A policy's text, read. Throws a PolicyError for a text that the reader refuses. */
export function policy(name: string, text: string): NamedPolicy {
  return { name, policy: readPolicy(text, name) };
}

/**
 * What is reached of the sets of a Vault by any of several: those that can be read or changed, protected ones first,
 * else in the config's order.
 */
export function reachOf(platform: Platform, vault: string, ...several: readonly Allows[]): Reach[] {
  const can: Allows = (operation, path) => several.some((allows) => allows(operation, path));
  const reach = platform.sets
    .filter((tenant) => tenant.vault === vault)
    .map((tenant): Reach => {
      const { path } = tenant;
      return {
        tenant,
        read: can("read", path.data()),
        change:
          (["update", "patch", "delete"] as const).some((operation) => can(operation, path.data())) ||
          can("update", path.delete()) ||
          can("update", path.destroy()) ||
          can("delete", path.metadata()),
        protected: named(platform.environments, tenant.environment).protected,
      };
    })
    .filter(({ read, change }) => read || change);
  // A stable sort: within both halves the order of the config stays.
  return reach.sort((a, b) => Number(b.protected) - Number(a.protected));
}
