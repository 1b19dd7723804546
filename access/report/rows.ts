import type { UnsafeWithout } from "../../model";
import { chainOf, type Access } from "../access";
import type { Identity } from "../identities";
import { isDeclaredBackup } from "../backup";
import { isDeclaredTokenCache } from "../token-cache";
import { abilitiesOf, bit, type Abilities, type Ability } from "../reach";
import { nameOf } from "../read-stacks";
import { compare, groupBy, unique } from "../collections";
import { escalationWords } from "../escalations";
import type { SecretSet } from "../secret-sets";

/** An environment as a column. */
export type Column = Pick<SecretSet, "environment" | "vault" | "protected">;

/** What an identity can do with some apps: the same with each of them. */
export interface Row {
  readonly identity: Identity;
  /** Sorted. */
  readonly apps: readonly string[];
  /** By environment; absent: nothing. */
  readonly cells: ReadonlyMap<string, Abilities>;
}

/** What a report shows; every filter narrows it. */
export interface Filter {
  /**
   * Part of an identity's name.
   * @default everybody
   */
  readonly who?: string;
  /** @default every app */
  readonly app?: string;
  /** @default every environment */
  readonly environment?: string;
}

/** The environments, unprotected first, by name. */
export function columnsOf(access: Access, { environment }: Filter = {}): Column[] {
  const columns = new Map(access.sets.map((set) => [set.environment, set]));
  return [...columns.values()]
    .filter((column) => environment === undefined || column.environment === environment)
    .sort((a, b) => Number(a.protected) - Number(b.protected) || compare(a.environment, b.environment));
}

/** The apps, by name. */
export function appsOf(access: Access): string[] {
  return [...new Set(access.sets.map(({ app }) => app))].sort();
}

/** The identities that a filter leaves, and what each can do with the sets that it leaves. */
export function reachedBy(
  access: Access,
  { who, app, environment }: Filter,
): { readonly identity: Identity; readonly reach: [SecretSet, Abilities][] }[] {
  const isShown = (set: SecretSet) =>
    (app === undefined || set.app === app || (set.database !== undefined && set.readers.includes(app))) &&
    (environment === undefined || set.environment === environment);
  return access.identities
    .filter(({ name }) => who === undefined || name.includes(who))
    .map((identity) => ({ identity, reach: [...access.reach(identity)].filter(([set]) => isShown(set)) }));
}

/**
 * From this many apps on with which an identity can do the same, they share a row: an admin of a thousand apps is one
 * line.
 */
const SHARED_FROM = 5;

/** Who can do what, a row for each identity and app; identities that can do nothing are left out. */
export function rowsOf(access: Access, filter: Filter = {}): Row[] {
  return reachedBy(access, filter).flatMap(({ identity, reach }) => {
    const byApp = [...groupBy(reach, ([set]) => set.app)].map(
      ([each, own]) => [each, new Map(own.map(([set, bits]) => [set.environment, bits]))] as const,
    );
    const alike = groupBy(
      byApp.sort(([a], [b]) => compare(a, b)),
      ([, own]) =>
        [...own]
          .map(([name, bits]) => `${name}=${bits}`)
          .sort()
          .join(" "),
    );
    return [...alike.values()]
      .flatMap((same) => (same.length >= SHARED_FROM ? [same] : same.map((each) => [each])))
      .sort((a, b) => b.length - a.length || compare(a[0]![0], b[0]![0]))
      .map((same): Row => ({ identity, apps: same.map(([each]) => each), cells: same[0]![1] }));
  });
}

/** The abilities of a cell in few words: what reads is seen, what changes is placed. */
export function cellWords(bits: Abilities): Ability[] {
  const implied = (bits & bit("read") ? bit("see") : 0) | (bits & bit("update") ? bit("create") : 0);
  return abilitiesOf(bits & ~implied);
}

/** The apps of a row in few words. */
export function appWords({ apps }: Pick<Row, "apps">, all: readonly string[]): string {
  if (apps.length === all.length && apps.length > 1) return `all ${apps.length} apps`;
  return apps.length > 3 ? `${apps.slice(0, 2).join(", ")} and ${apps.length - 2} more` : apps.join(", ");
}

/** Why an identity can do something, as text: what the details of a cell show. */
export interface Reason {
  readonly ability: Ability;
  readonly operation: string;
  readonly path: string;
  readonly rule: string;
  readonly policies: readonly string[];
  /** `<address> in <stack>`, from the login to the policy. */
  readonly resources: readonly string[];
  /** Of a privilege escalation: which. */
  readonly escalation?: string;
}

/** The shortest way to each ability of a cell, most severe first. */
export function reasonsOf(access: Access, identity: Identity, set: SecretSet, bits: Abilities): Reason[] {
  return cellWords(bits).flatMap((ability) =>
    access
      .why(identity, set, ability)
      .slice(0, 1)
      .map((path) => ({
        ability,
        operation: path.request.operation,
        path: path.request.path,
        rule: path.rule,
        policies: unique(path.holdings.map(({ policy }) => policy)),
        resources: chainOf(path).map(nameOf),
        ...(path.escalation && { escalation: path.escalation.name }),
      })),
  );
}

/** The privilege escalations that identities have, one line each: who, in which Vault, what. */
export function escalationLines(
  access: Access,
): { readonly identity: Identity; readonly vault: string; readonly escalations: readonly string[] }[] {
  return access.identities.flatMap((identity) =>
    [...groupBy(access.escalations(identity), ({ login }) => login.vault.name)].map(([vault, held]) => ({
      identity,
      vault,
      escalations: unique(
        held.map(
          (each) =>
            escalationWords(each.escalation) +
            (isDeclaredBackup(each) ? ", as the config's backup" : "") +
            (isDeclaredTokenCache(each) ? ", as the cluster's operator" : ""),
        ),
      ),
    })),
  );
}

/**
 * What Kubernetes lets read beside Vault: Secrets whose namespace other apps share, or that a role of Kubernetes' own
 * lets read.
 */
export function sharedDestinations({
  sets,
}: Access): { readonly set: SecretSet; readonly where: string; readonly who: readonly string[] }[] {
  return sets.flatMap((set) =>
    set.destinations.flatMap(({ cluster, namespace, secret, neighbours, readers }) => {
      const who = [...neighbours.map((app) => `pods of ${app}`), ...readers];
      return who.length > 0 ? [{ set, where: `${cluster}/${namespace}/${secret}`, who }] : [];
    }),
  );
}

/** What a Vault may lack, in words after "without". */
const SAFEGUARD_WORDS: { readonly [what in keyof UnsafeWithout]-?: string } = {
  tls: "TLS",
  audit: "an audit device",
  ha: "a second server",
  backup: "a backup",
};

/** What Vaults lack that those of protected environments should have, with the config's reason. */
export function missingSafeguards({ stacks }: Access): {
  readonly vault: string;
  /** Its access stack. */
  readonly stack: string;
  readonly without: string;
  readonly environments: readonly string[];
  readonly reason: string;
}[] {
  return stacks.flatMap(({ name, metadata: { vault, unsafeWithout = {} } }) =>
    Object.entries(unsafeWithout).map(([what, reason]) => ({
      vault: String(vault),
      stack: name,
      without: SAFEGUARD_WORDS[what as keyof UnsafeWithout],
      environments: stacks.flatMap(({ metadata: other }) =>
        other.protected && other.vault === vault && other.environment !== undefined ? [other.environment] : [],
      ),
      reason,
    })),
  );
}
