import type { GrantConfig, UserConfig } from "../config/people";
import type { PlatformConfig } from "../config/platform";
import { PLATFORM_ADMIN, type Grant, type Group, type Platform, type User, type Vault } from "../platform";
import type { KvPath } from "../kv-path";
import type { Report } from "../problems";
import { step } from "../schema";

/** What grants are resolved against. */
type World = Pick<Platform, "vaults" | "environments" | "sets">;

/** The groups, `platform-admin` first. */
export function resolveGroups(config: PlatformConfig, world: World, report: Report): Group[] {
  const admin: Group = { name: PLATFORM_ADMIN, admin: true, grants: [], vaults: world.vaults.map((v) => v.name) };
  const groups = Object.entries(config.people?.groups ?? {}).map(([name, group]): Group => {
    const grants = group.grants.flatMap((grant, i) =>
      resolveGrant(grant, step("people.groups", name, "grants", i), world, report),
    );
    return {
      name,
      admin: false,
      ...(group.oidc !== undefined && { oidc: group.oidc }),
      grants,
      vaults: world.vaults.map((v) => v.name).filter((vault) => grants.some((g) => g.vault === vault)),
    };
  });
  return [admin, ...restated(groups, Object.values(config.people?.users ?? {}))];
}

/**
 * The groups, with grants that hold whatever other groups their people are in. Of two rules that fit a path Vault takes
 * the narrower alone, whichever policies they are in; so a grant of a whole tree is said again where a narrower one
 * gives less. Nobody gains by that. Source: Vault's documentation, "Policies", priority matching.
 */
function restated(groups: readonly Group[], users: readonly UserConfig[]): Group[] {
  const together = new Map(groups.map(({ name }) => [name, new Set([name])]));
  // Whoever the identity provider puts together: nobody here knows.
  const external = groups.flatMap(({ name, oidc }) => (oidc === undefined ? [] : [name]));
  for (const names of [external, ...users.map((user) => user.groups)])
    for (const name of names) for (const other of names) together.get(name)?.add(other);
  const byName = new Map(groups.map((group) => [group.name, group]));
  const known = new Set<string>();
  const isNew = (name: string, grant: Grant) => {
    const text = JSON.stringify([name, grant]);
    return !known.has(text) && known.add(text);
  };
  // What one group says again may be narrower than what its other neighbours say.
  for (let more = true; more;) {
    more = false;
    for (const [name, group] of byName) {
      const others = [...together.get(name)!].flatMap((each) => byName.get(each)?.grants ?? []);
      const again = group.grants
        .flatMap((wide) => others.flatMap((narrow) => saidAgain(wide, narrow)))
        .filter((grant) => isNew(name, grant));
      if (again.length > 0) byName.set(name, { ...group, grants: [...group.grants, ...again] });
      more ||= again.length > 0;
    }
  }
  return [...byName.values()];
}

/** A grant of a tree where a narrower one, inside of it, would take something away. */
function saidAgain({ scope, ...wide }: Grant, narrow: Grant): Grant[] {
  if (!("tree" in scope) || wide.vault !== narrow.vault || ["write", wide.access].includes(narrow.access)) return [];
  const inside = ({ path }: KvPath) => path.startsWith(`${scope.tree.path}/`);
  if ("tree" in narrow.scope) return inside(narrow.scope.tree) ? [{ ...wide, scope: narrow.scope }] : [];
  const sets = narrow.scope.sets.filter(inside);
  return sets.length > 0 ? [{ ...wide, scope: { sets } }] : [];
}

/** The secret sets that a grant of the config reaches: none that is protected, unless its environment is named. */
export function setsOf(grant: GrantConfig, { environments, sets }: Pick<Platform, "environments" | "sets">) {
  const names = namesOf(grant);
  return sets.filter((set) => {
    const environment = environments.find((e) => e.name === set.environment)!;
    const named = grant.environments ? grant.environments.includes(environment.name) : !environment.protected;
    return named && (names?.includes(set.app) ?? true);
  });
}

/** The apps and shared sets that a grant names; no shared set is called as an app is. Undefined: all. */
function namesOf({ apps = [], sharedSets = [] }: GrantConfig): readonly string[] | undefined {
  return apps === "all" ? undefined : [...apps, ...sharedSets];
}

/**
 * A grant for each Vault it reaches. It becomes a tree only where nothing protected can ever lie below: no environment
 * named, and none of that Vault's environments protected. Otherwise it lists its secret sets one by one.
 */
function resolveGrant(grant: GrantConfig, at: string, world: World, report: Report): Grant[] {
  const { vaults, environments } = world;
  const listed = { apps: grant.apps === "all" ? [] : (grant.apps ?? []), sharedSets: grant.sharedSets ?? [] };
  const names = namesOf(grant);
  const noneOfThem = grant.sharedSets ? "None of these sets is" : "None of these apps runs";
  const granted = setsOf(grant, world);
  if (granted.length === 0)
    report(
      at,
      grant,
      "a grant that reaches something",
      `${noneOfThem} in any of these environments; a protected environment must be named.`,
    );
  // A name that adds nothing is a mistake that would be found when somebody needs the access.
  else {
    for (const [field, what, runs] of [
      ["apps", "an app", "runs"],
      ["sharedSets", "a shared set", "is"],
    ] as const)
      for (const [i, name] of listed[field].entries())
        if (!granted.some((set) => set.app === name))
          report(
            step(at, field, i),
            name,
            `${what} that this grant reaches`,
            `It ${runs} in none of these environments; a protected environment must be named.`,
          );
    for (const [i, environment] of (grant.environments ?? []).entries())
      if (!granted.some((t) => t.environment === environment))
        report(
          step(at, "environments", i),
          environment,
          "an environment that this grant reaches",
          `${noneOfThem} in it.`,
        );
  }
  return vaults
    .filter((vault) => granted.some((t) => t.vault === vault.name))
    .flatMap((vault): Grant[] => {
      const here = { access: grant.access, vault: vault.name };
      const open = !grant.environments && environments.every((e) => e.vault !== vault.name || !e.protected);
      if (!open)
        return [{ ...here, scope: { sets: granted.filter((t) => t.vault === vault.name).map((t) => t.path) } }];
      if (!names) return [{ ...here, scope: { tree: vault.root } }];
      return names
        .filter((name) => granted.some((t) => t.vault === vault.name && t.app === name))
        .map((name) => ({ ...here, scope: { tree: vault.root.child(name) } }));
    });
}

/** The users, `platform-admin` first. */
export function resolveUsers(config: PlatformConfig, groups: readonly Group[], vaults: readonly Vault[]): User[] {
  const users = Object.entries(config.people?.users ?? {}).map(([name, user]): User => {
    const reached = new Set(user.groups.flatMap((group) => groups.find((g) => g.name === group)?.vaults ?? []));
    return { name, groups: [...user.groups], vaults: vaults.map((v) => v.name).filter((vault) => reached.has(vault)) };
  });
  return [{ name: PLATFORM_ADMIN, groups: [PLATFORM_ADMIN], vaults: vaults.map((v) => v.name) }, ...users];
}
