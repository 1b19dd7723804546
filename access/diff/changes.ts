import { chainOf, type Access, type AccessPath } from "../access";
import type { Identity } from "../identities";
import { GRANTING, type EscalationName } from "../escalations";
import { isOwn } from "../proofs";
import { abilitiesOf, bit, type Abilities, type Ability } from "../reach";
import { nameOf, type Resource } from "../read-stacks";
import { sharedDestinations } from "../report/rows";
import type { SecretSet } from "../secret-sets";

/**
 * How much a change of access asks of its reviewer:
 * - `critical`: somebody gains a privilege escalation, or can destroy for good;
 * - `high`: somebody gains something in a protected environment, or a workload gains what is not its own;
 * - `medium`: somebody gains changing or deleting elsewhere, or a workload loses its own set and with it its delivery;
 * - `low`: somebody gains reading or seeing elsewhere, or a workload its own set;
 * - `none`: somebody loses something.
 */
export const RISKS = ["critical", "high", "medium", "low", "none"] as const;

/** One of {@link RISKS}. */
export type Risk = (typeof RISKS)[number];

/** What one identity gains or loses on one secret set, or in one Vault. */
export interface AccessChange {
  readonly risk: Risk;
  /** As reports say it: `person jonas.weber`, `pods of app in cluster/namespace`. */
  readonly who: string;
  /** Absent where a privilege escalation concerns a whole Vault. */
  readonly set?: SecretSet;
  /** Of a privilege escalation. */
  readonly escalation?: { readonly name: EscalationName; readonly vault: string };
  readonly gained: readonly Ability[];
  readonly lost: readonly Ability[];
  /** The resources that do it: of those on the way, the ones that differ; `<address> in <stack>`. */
  readonly by: readonly string[];
  /** Whether it is a workload and its own set. */
  readonly own: boolean;
}

/** Everything that two synthesized platforms let anyone do differently, most severe first. */
export function changesBetween(base: Access, head: Access): AccessChange[] {
  const changes = [...reachChanges(base, head), ...escalationChanges(base, head), ...landingChanges(base, head)];
  const order = (change: AccessChange) =>
    [RISKS.indexOf(change.risk), change.set?.protected === false ? 1 : 0, gravity(change)] as const;
  return changes
    .map((change) => ({
      change,
      order: order(change),
      text: `${change.who} ${change.set?.name ?? ""} ${change.escalation?.name ?? ""}`,
    }))
    .sort(
      (a, b) =>
        a.order[0] - b.order[0] || a.order[1] - b.order[1] || a.order[2] - b.order[2] || (a.text < b.text ? -1 : 1),
    )
    .map(({ change }) => change);
}

/** Place of the most severe ability; a privilege escalation comes before all. */
function gravity({ escalation, gained, lost }: AccessChange): number {
  if (escalation) return -1;
  const bits = [...gained, ...lost].reduce((all, ability) => all | bit(ability), 0);
  return bits === 0 ? 99 : 31 - Math.clz32(bits & -bits);
}

function byName(access: Access): Map<string, Identity> {
  return new Map(access.identities.map((identity) => [identity.name, identity]));
}

function cells(access: Access, identity: Identity | undefined): Map<string, readonly [SecretSet, Abilities]> {
  return new Map(
    identity ? [...access.reach(identity)].map(([set, bits]) => [`${set.vault} ${set.name}`, [set, bits]]) : [],
  );
}

/** What only follows from a privilege escalation is said once, by {@link escalationChanges}. */
const DIRECT = ~bit("escalate");

function reachChanges(base: Access, head: Access): AccessChange[] {
  const [before, after] = [byName(base), byName(head)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((who) => {
    const [old, now] = [before.get(who), after.get(who)];
    const [oldCells, nowCells] = [cells(base, old), cells(head, now)];
    return [...new Set([...oldCells.keys(), ...nowCells.keys()])].flatMap((key): AccessChange[] => {
      const [[, was] = [undefined, 0], [, is] = [undefined, 0]] = [oldCells.get(key), nowCells.get(key)];
      const set = (nowCells.get(key) ?? oldCells.get(key))![0];
      const gained = words(is & ~was & DIRECT, is).filter(
        (ability) => ability !== "destroy" || direct(head, now!, set),
      );
      const lost = words(was & ~is & DIRECT, was).filter((ability) => ability !== "destroy" || direct(base, old!, set));
      if (gained.length === 0 && lost.length === 0) return [];
      const own = isOwn((now ?? old)!, set);
      const grant = gained[0] ? head.why(now!, set, gained[0])[0] : base.why(old!, set, lost[0]!)[0];
      const by = grant ? doers(grant, gained[0] ? base : head) : [];
      return [{ risk: riskOf((now ?? old)!, set, gained, lost, own), who, set, gained, lost, by, own }];
    });
  });
}

/** Whether an identity can destroy by a rule on the set, not by disabling its mount. */
function direct(access: Access, identity: Identity, set: SecretSet): boolean {
  return access.why(identity, set, "destroy").some(({ escalation }) => !escalation);
}

/** Abilities in few words: seeing goes without saying where values are read, placing where they are changed. */
function words(bits: Abilities, all: Abilities): Ability[] {
  return abilitiesOf(bits).filter(
    (ability) =>
      !(ability === "see" && all & bit("read") && bits & bit("read")) &&
      !(ability === "create" && bits & bit("update")),
  );
}

function riskOf(
  { kind }: Identity,
  set: SecretSet,
  gained: readonly Ability[],
  lost: readonly Ability[],
  own: boolean,
): Risk {
  if (gained.includes("destroy")) return "critical";
  const touches = gained.some((ability) => ability !== "see" && ability !== "settings");
  if (touches && kind === "workload" && !own) return "high";
  if (touches && set.protected && !own) return "high";
  if (gained.includes("update") || gained.includes("delete")) return "medium";
  if (own && lost.includes("read")) return "medium";
  return gained.length > 0 ? "low" : "none";
}

/** Of the resources on the way, those that differ from the other side, or are not there; else the last one. */
function doers(grant: AccessPath, other: Access): string[] {
  const there = resourcesOf(other);
  const chain = chainOf(grant);
  const changed = chain.filter((resource) => there.get(nameOf(resource)) !== textOf(resource));
  return (changed.length > 0 ? changed : chain.slice(-1)).map(nameOf);
}

const resourceTexts = new WeakMap<Access, ReadonlyMap<string, string>>();

/** Every resource's arguments, by its name. */
function resourcesOf(access: Access): ReadonlyMap<string, string> {
  const known = resourceTexts.get(access);
  if (known) return known;
  const made = new Map(
    access.stacks.flatMap((stack) =>
      [...stack.resources.values()].flatMap((byId) =>
        [...byId.values()].map((resource): [string, string] => [nameOf(resource), textOf(resource)]),
      ),
    ),
  );
  resourceTexts.set(access, made);
  return made;
}

const texts = new WeakMap<Resource, string>();

/** A resource's arguments, but not what it waits for. One policy is on the way of many changes. */
function textOf(resource: Resource): string {
  const text = texts.get(resource) ?? JSON.stringify({ ...resource.values, depends_on: undefined });
  texts.set(resource, text);
  return text;
}

function escalationChanges(base: Access, head: Access): AccessChange[] {
  const held = (access: Access) =>
    new Map(
      access.identities.flatMap((identity) =>
        access.escalations(identity).map(({ login, escalation }) => {
          const holdings = login.holdings
            .filter(({ policy }) => escalation.policies.includes(policy))
            .sort((a, b) => a.through.length - b.through.length);
          const grant: AccessPath = {
            login,
            request: escalation,
            rule: escalation.rule.pattern.path,
            holdings,
            escalation,
          };
          return [
            `${identity.name} ${login.vault.name} ${escalation.name} ${escalation.victim ?? ""}`,
            { who: identity.name, vault: login.vault.name, name: escalation.name, grant },
          ] as const;
        }),
      ),
    );
  const [before, after] = [held(base), held(head)];
  const change = (
    { who, vault, name, grant }: { who: string; vault: string; name: EscalationName; grant: AccessPath },
    gains: boolean,
  ): AccessChange => {
    const abilities: Ability[] =
      GRANTING.has(name) || name === "takeover" ? ["escalate"] : name === "mounts" ? ["destroy"] : [];
    return {
      risk: gains ? "critical" : "none",
      who,
      escalation: { name, vault },
      gained: gains ? abilities : [],
      lost: gains ? [] : abilities,
      by: doers(grant, gains ? base : head),
      own: false,
    };
  };
  return [
    ...[...after].filter(([key]) => !before.has(key)).map(([, each]) => change(each, true)),
    ...[...before].filter(([key]) => !after.has(key)).map(([, each]) => change(each, false)),
  ];
}

/** Pods and people that Kubernetes itself newly lets read a Secret. */
function landingChanges(base: Access, head: Access): AccessChange[] {
  const readers = (access: Access) =>
    new Map(
      sharedDestinations(access).flatMap(({ set, where, who }) =>
        who.map((each) => [`${each} ${set.vault} ${set.name} ${where}`, { set, where, who: each }] as const),
      ),
    );
  const [before, after] = [readers(base), readers(head)];
  const change = (
    { set, where, who }: { set: SecretSet; where: string; who: string },
    gains: boolean,
  ): AccessChange => ({
    risk: gains ? (set.protected ? "high" : "low") : "none",
    who: `${who} in ${where.slice(0, where.lastIndexOf("/"))}`,
    set,
    gained: gains ? ["read"] : [],
    lost: gains ? [] : ["read"],
    by: set.destinations
      .filter(({ cluster, namespace, secret }) => `${cluster}/${namespace}/${secret}` === where)
      .map(({ binding }) => nameOf(binding.resource)),
    own: false,
  });
  return [
    ...[...after].filter(([key]) => !before.has(key)).map(([, each]) => change(each, true)),
    ...[...before].filter(([key]) => !after.has(key)).map(([, each]) => change(each, false)),
  ];
}
