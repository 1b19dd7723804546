import type { Acl, Decision, Operation } from "../policies/evaluate";
import { databasePaths } from "../model";
import { groupBy } from "./collections";
import type { DatabaseSet, SecretSet } from "./secret-sets";

/**
 * What can be done with a secret set, most severe first:
 * - `grant`: give others, or oneself, access to it (see {@link Power});
 * - `destroy`: end versions for good;
 * - `delete`: soft delete, which `undelete` takes back;
 * - `change`: write a new version, or take a soft delete back;
 * - `read`: read the values;
 * - `place`: write the first version, only where nothing is;
 * - `settings`: change its metadata: owner, and how many versions are kept;
 * - `see`: see that it exists: key names, versions, or its name in a list.
 */
export const ABILITIES = ["escalate", "destroy", "delete", "update", "read", "create", "settings", "see"] as const;

/** One of {@link ABILITIES}. */
export type Ability = (typeof ABILITIES)[number];

/** Abilities as bits, in the order of {@link ABILITIES}: a platform has millions of cells. */
export type Abilities = number;

/** The bit of an ability. */
export function bit(ability: Ability): Abilities {
  return 1 << ABILITIES.indexOf(ability);
}

/** The abilities of some bits, most severe first. */
export function abilitiesOf(bits: Abilities): Ability[] {
  return ABILITIES.filter((ability) => bits & bit(ability));
}

/** A request that an ability consists in. */
export interface Request {
  readonly ability: Ability;
  readonly operation: Operation;
  readonly path: string;
}

const REQUESTS: readonly (readonly [Ability, Operation, string])[] = [
  ["read", "read", "data"],
  ["see", "read", "data"],
  ["update", "update", "data"],
  ["update", "patch", "data"],
  ["update", "update", "undelete"],
  ["create", "create", "data"],
  ["delete", "delete", "data"],
  ["delete", "update", "delete"],
  ["destroy", "update", "destroy"],
  ["destroy", "delete", "metadata"],
  ["settings", "create", "metadata"],
  ["settings", "update", "metadata"],
  ["settings", "patch", "metadata"],
  ["see", "read", "metadata"],
  ["see", "read", "subkeys"],
];

/**
 * API prefixes of kv-v2 under which a secret set has a path. Source: Vault's API documentation, "KV secrets engine -
 * version 2".
 */
const PREFIXES = ["data", "metadata", "subkeys", "delete", "undelete", "destroy"] as const;

/**
 * Requests on credentials of a database: who may write what they are, where they are made or when they change has its
 * settings, and no credentials by that. Source: Vault's API documentation, "Databases".
 */
function requestsOnDatabase({ type, role, connection, mount }: DatabaseSet): Request[] {
  const paths = databasePaths(role, type, mount);
  const written = [paths.role, `${mount}/config/${connection}`];
  const used = ["rotate-root", "reset"].map((verb) => `${mount}/${verb}/${connection}`);
  return [
    { ability: "read", operation: "read", path: paths.credentials },
    ...[...written, ...used, `${mount}/rotate-role/${role}`].flatMap((path) =>
      (["create", "update", "patch"] as const).map((operation) => ({ ability: "settings" as const, operation, path })),
    ),
    ...written.flatMap((path) => [
      { ability: "settings" as const, operation: "delete" as const, path },
      { ability: "see" as const, operation: "read" as const, path },
    ]),
  ];
}

/** Every request that is an ability on a set. */
export function requestsOn(set: Pick<SecretSet, "mount" | "path" | "folder" | "database">): Request[] {
  if (set.database) return requestsOnDatabase(set.database);
  const { mount, path, folder } = set;
  return [
    ...REQUESTS.map(([ability, operation, prefix]) => ({ ability, operation, path: `${mount}/${prefix}/${path}` })),
    { ability: "see", operation: "list", path: `${mount}/metadata/${folder === "" ? "" : `${folder}/`}` },
  ];
}

/** The sets of one Vault, arranged to find those that a rule can be about. */
export class SetIndex {
  /** By the path's code units. */
  private readonly sorted: readonly SecretSet[];
  private readonly byPath: ReadonlyMap<string, SecretSet>;
  private readonly byFolder: ReadonlyMap<string, SecretSet[]>;
  private readonly mounts: ReadonlySet<string>;

  /** Those of databases, by the role's and by the connection's name, which end every path about one. */
  private readonly databases: ReadonlyMap<string, SecretSet[]>;

  constructor(all: readonly SecretSet[]) {
    const sets = all.filter(({ database }) => !database);
    const named = all.flatMap((set) =>
      set.database ? [set.database.role, set.database.connection].map((name) => ({ name, set })) : [],
    );
    this.databases = new Map(
      [...groupBy(named, ({ name }) => name)].map(([name, its]) => [name, its.map(({ set }) => set)]),
    );
    this.mounts = new Set(all.map((set) => set.mount));
    this.sorted = [...sets].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.byPath = new Map(sets.map((set) => [set.name, set]));
    this.byFolder = groupBy(sets, (set) => `${set.mount}/${set.folder}`);
  }

  /** Whether a rule on this path, templates and all, can be about a set here. */
  concerns(rulePath: string): boolean {
    const [first = ""] = rulePath.replace(/^\//, "").split("/");
    return first === "+" || first.includes("{{") || first.endsWith("*") || this.mounts.has(first);
  }

  /** Sets that a rule in this list can be about; never too few. */
  candidates(acl: Acl): Set<SecretSet> {
    const found = new Set<SecretSet>();
    for (const { pattern, capabilities } of acl.rules) {
      if (capabilities.length === 0 || capabilities[0] === "deny" || !this.concerns(pattern.path)) continue;
      for (const set of this.ofDatabases(pattern)) found.add(set);
      if (pattern.kind === "exact") for (const set of this.exact(pattern.path)) found.add(set);
      else for (const set of this.under(pattern.path.split(/[+*]/, 1)[0]!)) found.add(set);
    }
    return found;
  }

  private ofDatabases({ kind, path }: Acl["rules"][number]["pattern"]): readonly SecretSet[] {
    if (kind === "exact") return this.databases.get(path.slice(path.lastIndexOf("/") + 1)) ?? [];
    return [...this.databases.values()].flat();
  }

  private exact(path: string): SecretSet[] {
    const [mount = "", prefix, ...rest] = path.split("/");
    const inside = rest.join("/").replace(/\/$/, "");
    const set = this.byPath.get(`${mount}/${inside}`);
    return [...(set ? [set] : []), ...(prefix === "metadata" ? (this.byFolder.get(`${mount}/${inside}`) ?? []) : [])];
  }

  /** Sets with a request path that begins so, or whose folder's list does. */
  private under(beginning: string): readonly SecretSet[] {
    const [mount = "", prefix] = beginning.split("/");
    if (prefix === undefined || !(PREFIXES as readonly string[]).includes(prefix) || beginning.split("/").length < 3)
      return this.sorted;
    const inside = beginning.slice(mount.length + prefix.length + 2);
    const start = lowest(this.sorted, `${mount}/${inside}`);
    const found: SecretSet[] = [];
    for (let i = start; i < this.sorted.length && this.sorted[i]!.name.startsWith(`${mount}/${inside}`); i++)
      found.push(this.sorted[i]!);
    // `metadata/app/` is the list of a folder, whose sets begin so too.
    return found;
  }
}

/** Index of the first set whose name is not below `name`. */
function lowest(sorted: readonly SecretSet[], name: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.name < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * What an access control list lets its holder do with each set; sets that it cannot touch are left out. `grant` is not
 * in it.
 */
export function reachOf(acl: Acl, index: SetIndex): Map<SecretSet, Abilities> {
  const reach = new Map<SecretSet, Abilities>();
  for (const set of index.candidates(acl)) {
    let bits: Abilities = 0;
    for (const { ability, operation, path } of requestsOn(set))
      if (!(bits & bit(ability)) && acl.allows(operation, path).allowed) bits |= bit(ability);
    if (bits) reach.set(set, bits);
  }
  return reach;
}

/** Requests of an ability on a set that go through, and the decision on each. */
export function granted(
  acl: Acl,
  set: SecretSet,
  ability: Ability,
): { readonly request: Request; readonly decision: Decision }[] {
  return requestsOn(set)
    .filter((request) => request.ability === ability)
    .map((request) => ({ request, decision: acl.allows(request.operation, request.path) }))
    .filter(({ decision }) => decision.allowed);
}
