import { setsOf, step, type GrantConfig, type Platform, type PlatformConfig, type SecretSet } from "../../model";
import type { Use } from "../audit-log";
import { pathsOf, type Deeds } from "./who";

/** The last time that somebody did something. */
export interface Last {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly by: string;
}

/** What was done with sets, at the last: values read, values changed, names of keys or versions looked at. */
export interface LastUses {
  readonly read?: Last;
  readonly changed?: Last;
  readonly seen?: Last;
}

/** A grant of the config, and its use. */
export interface GrantUse extends LastUses {
  /** Where the config has it: `people.groups.support.grants[0]`. */
  readonly at: string;
  readonly group: string;
  readonly access: GrantConfig["access"];
  /** Its sets on this Vault. */
  readonly sets: readonly SecretSet[];
  /** Those of them of which values were read or changed since the time that is asked for. */
  readonly usedSets: readonly SecretSet[];
  /** Whether it has sets on another Vault, too, of which this log tells nothing. */
  readonly elsewhere: boolean;
}

/** A person in a group, and when something of the group's grants was last used by that person. */
export interface MemberUse {
  /** Where the config has it: `people.users["mei.tanaka"].groups[1]`. */
  readonly at: string;
  readonly user: string;
  readonly group: string;
  readonly last?: number;
  /** Whether the group's grants have sets on another Vault, too. */
  readonly elsewhere: boolean;
}

/** A workload, and when it last read a set that it gets: its own, or a shared one. */
export interface WorkloadUse {
  readonly app: string;
  /** What people call the set by: the app, or the shared set. */
  readonly set: string;
  readonly environment: string;
  readonly read?: number;
}

/** How what the config gives was used, on one Vault. */
export interface Usage {
  readonly grants: readonly GrantUse[];
  readonly members: readonly MemberUse[];
  readonly workloads: readonly WorkloadUse[];
}

const READ: readonly Use[] = ["read", "ask"];
const CHANGED: readonly Use[] = ["write", "delete"];
const SEEN: readonly Use[] = ["see"];

/** The uses of values that a grant allows; every grant lets names be seen. */
const ALLOWED: { readonly [access in GrantConfig["access"]]: readonly Use[] } = {
  read: READ,
  write: [...READ, ...CHANGED],
  "write-only": CHANGED,
};

/**
 * How each grant, membership and workload of a Vault was used. A use counts for every grant that allows it.
 * @param since milliseconds since 1970, for `usedSets`
 */
export function usageOf(
  config: PlatformConfig,
  platform: Platform,
  vault: string,
  everyone: readonly Deeds[],
  since: number,
): Usage {
  const people = new Map(everyone.filter(({ kind }) => kind === "person").map((each) => [each.name, each]));
  // Who of them is in which group is the identity provider's to know: whatever one of them did may be by any.
  const external = everyone.filter(({ kind }) => kind === "external");
  const isElsewhere = (grant: GrantConfig) => setsOf(grant, platform).some((set) => set.vault !== vault);
  const configured = config.people?.groups ?? {};
  const groups = Object.entries(configured).map(([group, { grants, oidc }]) => {
    const users = platform.users.filter(({ groups }) => groups.includes(group));
    const members = oidc === undefined ? users.flatMap(({ name }) => people.get(name) ?? []) : external;
    return grants.flatMap((grant, i): GrantUse[] => {
      const sets = setsOf(grant, platform).filter((set) => set.vault === vault);
      if (sets.length === 0) return [];
      const usedSets = sets.filter((set) => (lastUse(members, [set], ALLOWED[grant.access])?.at ?? -Infinity) >= since);
      return [
        {
          at: step("people.groups", group, "grants", i),
          group,
          access: grant.access,
          sets,
          usedSets,
          elsewhere: isElsewhere(grant),
          ...lastUses(members, sets, ALLOWED[grant.access]),
        },
      ];
    });
  });
  const grants = groups.flat();
  const members = Object.entries(config.people?.users ?? {}).flatMap(([user, { groups: names }]) =>
    names.flatMap((group, i): MemberUse[] => {
      const sets = grants.filter((grant) => grant.group === group).flatMap((grant) => grant.sets);
      const own = people.get(user);
      const last = own && lastUse([own], sets, [...READ, ...CHANGED, ...SEEN])?.at;
      const elsewhere = configured[group]?.grants.some(isElsewhere) ?? false;
      return sets.length === 0 ? [] : [{ at: step("people.users", user, "groups", i), user, group, last, elsewhere }];
    }),
  );
  const workloads = platform.tenants
    .filter((tenant) => tenant.vault === vault && tenant.delivery)
    .flatMap((tenant) => {
      const { app, environment } = tenant;
      const its = everyone.filter(({ kind, name }) => kind === "workload" && name === `${app}/${environment}`);
      return [tenant, ...tenant.shared].map((set): WorkloadUse => ({
        app,
        set: set.app,
        environment,
        read: lastUse(its, [set], READ)?.at,
      }));
    });
  return { grants, members, workloads };
}

function lastUses(by: readonly Deeds[], sets: readonly SecretSet[], allowed: readonly Use[]): LastUses {
  const last = (uses: readonly Use[]) =>
    lastUse(
      by,
      sets,
      uses.filter((use) => allowed.includes(use)),
    );
  return { read: last(READ), changed: last(CHANGED), seen: lastUse(by, sets, SEEN) };
}

/** A list of a folder shows the names of all sets in it. */
function lastUse(by: readonly Deeds[], sets: readonly SecretSet[], uses: readonly Use[]): Last | undefined {
  let last: Last | undefined;
  const paths = new Set(sets.map(({ path }) => pathsOf(path)).flatMap(({ set, folder }) => [set, folder]));
  for (const { name, byPath } of by)
    for (const path of paths)
      for (const use of uses) {
        const at = byPath.get(path)?.get(use)?.last;
        if (at !== undefined && (last === undefined || at > last.at)) last = { at, by: name };
      }
  return last;
}
