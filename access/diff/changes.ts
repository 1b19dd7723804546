import { chainOf, escalationPath, type Access, type AccessPath } from "../access";
import { cached, compare, unique } from "../collections";
import type { Identity } from "../identities";
import { abilityBy } from "../escalations";
import type { EscalationName } from "../escalation-requests";
import { isOwn } from "../proofs";
import { abilitiesOf, bit, type Abilities, type Ability } from "../reach";
import { nameOf, resourcesOf, type Resource } from "../read-stacks";
import { missingSafeguards, sharedDestinations } from "../report/rows";
import type { SecretSet } from "../secret-sets";
import { factWords, placeOf, trustIn } from "../trust";

/**
 * How much a change of access asks of its reviewer:
 * - `critical`: somebody gains a privilege escalation, or can destroy for good;
 * - `high`: somebody gains something in a protected environment, a workload gains what is not its own, or a shared set
 *   that is there already gets one more reader;
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
  /** Of something that a stack trusts: a fact of it, e.g. `bound_issuer https://…`. */
  readonly trust?: { readonly stack: string; readonly fact: string };
  readonly gained: readonly Ability[];
  readonly lost: readonly Ability[];
  /** What does it: of the resources on the way, those that differ, `<address> in <stack>`; or the Vault's version. */
  readonly by: readonly string[];
  /** Whether it is a workload and its own set, or a shared one that listed its app from the beginning. */
  readonly own: boolean;
}

/** Everything that two synthesized platforms let anyone do differently, most severe first. */
export function changesBetween(base: Access, head: Access): AccessChange[] {
  const held = [heldEscalations, heldDestinations, heldSafeguards].flatMap((read) => heldChanges(base, head, read));
  const trusted = heldChanges(base, head, (access) => heldTrust(access, access === base ? head : base));
  return [...reachChanges(base, head), ...held, ...trusted]
    .map((change) => {
      const { risk, who, set, escalation, trust } = change;
      const order = [RISKS.indexOf(risk), set?.protected === false ? 1 : 0, gravity(change)] as const;
      return { change, order, text: `${who} ${set?.name ?? ""} ${escalation?.name ?? ""} ${trust?.fact ?? ""}` };
    })
    .sort(
      (a, b) =>
        a.order[0] - b.order[0] || a.order[1] - b.order[1] || a.order[2] - b.order[2] || compare(a.text, b.text),
    )
    .map(({ change }) => change);
}

/** Place of the most severe ability; a privilege escalation comes before all. */
function gravity({ escalation, trust, gained, lost }: AccessChange): number {
  if (escalation || trust) return -1;
  const bits = [...gained, ...lost].reduce((all, ability) => all | bit(ability), 0);
  return bits === 0 ? 99 : 31 - Math.clz32(bits & -bits);
}

/** Values of one side and the other, by their key; at least one of the two is there. */
function pairs<T>(
  before: Iterable<readonly [string, T]>,
  after: Iterable<readonly [string, T]>,
): [before: T | undefined, after: T | undefined][] {
  const [old, now] = [new Map(before), new Map(after)];
  return unique([...old.keys(), ...now.keys()]).map((key) => [old.get(key), now.get(key)]);
}

/** Something that is held or not, and what it is to gain it. */
interface Held extends Omit<AccessChange, "gained" | "lost" | "by" | "own"> {
  readonly abilities: readonly Ability[];
  /** What does it, compared with the other side. */
  readonly by: (other: Access) => readonly string[];
}

/** What one side has alone, by its key: gained where that is the head, else lost. */
function heldChanges(base: Access, head: Access, read: (access: Access) => [string, Held][]): AccessChange[] {
  const change = ({ abilities, risk, by, ...held }: Held, gains: boolean): AccessChange => ({
    ...held,
    risk: gains ? risk : "none",
    gained: gains ? abilities : [],
    lost: gains ? [] : abilities,
    by: by(gains ? base : head),
    own: false,
  });
  return pairs(read(base), read(head)).flatMap(([old, now]) =>
    old && now ? [] : [change((now ?? old)!, now !== undefined)],
  );
}

function cells(access: Access, identity: Identity | undefined): [string, readonly [SecretSet, Abilities]][] {
  return identity ? [...access.reach(identity)].map((cell) => [`${cell[0].vault} ${cell[0].name}`, cell]) : [];
}

/** What only follows from a privilege escalation is said once, by {@link heldEscalations}. */
const DIRECT = ~bit("escalate");

function reachChanges(base: Access, head: Access): AccessChange[] {
  const byName = ({ identities }: Access) => identities.map((identity) => [identity.name, identity] as const);
  const before = new Map(base.sets.map((set) => [`${set.vault} ${set.name}`, set.readers]));
  return pairs(byName(base), byName(head)).flatMap(([old, now]) =>
    pairs(cells(base, old), cells(head, now)).flatMap(([oldCell, nowCell]): AccessChange[] => {
      const [set] = (nowCell ?? oldCell)!;
      const [was, is] = [oldCell?.[1] ?? 0, nowCell?.[1] ?? 0];
      const who = (now ?? old)!;
      const isDirect = (access: Access, identity: Identity | undefined) => (ability: Ability) =>
        ability !== "destroy" || direct(access, identity!, set);
      const gained = words(is & ~was & DIRECT, is).filter(isDirect(head, now));
      const lost = words(was & ~is & DIRECT, was).filter(isDirect(base, old));
      if (gained.length === 0 && lost.length === 0) return [];
      // Who reads a shared set from now on learns a value that others have set.
      const readers = before.get(`${set.vault} ${set.name}`) ?? set.readers;
      const own = isOwn(who, set) && readers.includes(who.account!.app!);
      const [path] = gained[0] ? head.why(now!, set, gained[0]) : base.why(old!, set, lost[0]!);
      const by = path ? doers(path, gained[0] ? base : head) : [];
      return [{ risk: riskOf(who, set, gained, lost, own), who: who.name, set, gained, lost, by, own }];
    }),
  );
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

/**
 * Of the resources on the way, those that differ from the other side, or are not there; else the server's version where
 * that differs; else the last one.
 */
function doers(grant: AccessPath, other: Access): string[] {
  const there = cached(resourceTexts, other, () => argumentsByName(other));
  const chain = chainOf(grant);
  const changed = chain.filter((resource) => there.get(nameOf(resource)) !== textOf(resource));
  const { name, server } = grant.login.vault;
  const otherwise = other.vaults.find((vault) => vault.name === name)?.server ?? server;
  if (changed.length === 0 && otherwise !== server) return [`the version of Vault ${name}`];
  return (changed.length > 0 ? changed : chain.slice(-1)).map(nameOf);
}

const resourceTexts = new WeakMap<Access, ReadonlyMap<string, string>>();

/** Every resource's arguments, by its name. */
function argumentsByName({ stacks }: Access): ReadonlyMap<string, string> {
  const resources = stacks.flatMap((stack) => resourcesOf([stack], ...stack.resources.keys()));
  return new Map(resources.map((resource) => [nameOf(resource), textOf(resource)]));
}

const texts = new WeakMap<Resource, string>();

/** A resource's arguments, but not what it waits for. One policy is on the way of many changes. */
function textOf(resource: Resource): string {
  return cached(texts, resource, () => JSON.stringify({ ...resource.values, depends_on: undefined }));
}

function heldEscalations(access: Access): [string, Held][] {
  return access.identities.flatMap((identity) =>
    access.escalations(identity).map((held): [string, Held] => {
      const { name, victim } = held.escalation;
      const [who, vault] = [identity.name, held.login.vault.name];
      const change: Held = {
        risk: "critical",
        who,
        escalation: { name, vault },
        abilities: [abilityBy(name) ?? []].flat(),
        by: (other) => doers(escalationPath(held), other),
      };
      return [`${who} ${vault} ${name} ${victim ?? ""}`, change];
    }),
  );
}

/** Pods and people that Kubernetes itself lets read a Secret. */
function heldDestinations(access: Access): [string, Held][] {
  return sharedDestinations(access).flatMap(({ set, where, who }) =>
    who.map((each): [string, Held] => {
      const change: Held = {
        risk: set.protected ? "high" : "low",
        who: `${each} in ${where.slice(0, where.lastIndexOf("/"))}`,
        set,
        abilities: ["read"],
        by: () =>
          set.destinations
            .filter(({ cluster, namespace, secret }) => `${cluster}/${namespace}/${secret}` === where)
            .map(({ binding }) => nameOf(binding.resource)),
      };
      return [`${each} ${set.vault} ${set.name} ${where}`, change];
    }),
  );
}

/**
 * Whom the stacks that both sides have trust. A role or a job that is new is told by what it gains, and who runs the
 * platform by what they can do.
 */
function heldTrust({ stacks }: Access, other: Access): [string, Held][] {
  return stacks.flatMap((stack) => {
    const there = other.stacks.find(({ name }) => name === stack.name);
    if (!there) return [];
    const known = new Set(trustIn(there).map(({ key }) => key));
    return trustIn(stack)
      .filter(({ key }) => !key.startsWith("group ") && (known.has(key) || !/^(role|CronJob) /.test(key)))
      .flatMap((trusted) =>
        Object.entries(trusted.facts).map(([name, value]): [string, Held] => {
          const fact = `${name} ${factWords(value)}`;
          const by = () => [placeOf(trusted)];
          const held = {
            risk: "high" as const,
            who: trusted.key,
            trust: { stack: stack.name, fact },
            abilities: [],
            by,
          };
          return [`${stack.name} ${trusted.key} ${fact}`, held];
        }),
      );
  });
}

/** What a Vault lacks: it is gained with a new reason, too. */
function heldSafeguards(access: Access): [string, Held][] {
  return missingSafeguards(access).map(({ vault, stack, without, reason }) => {
    const fact = `does without ${without}: ${reason}`;
    const held = { risk: "high" as const, who: `Vault ${vault}`, trust: { stack, fact }, abilities: [] };
    return [`${vault} ${fact}`, { ...held, by: () => [`stack ${stack}`] }];
  });
}
