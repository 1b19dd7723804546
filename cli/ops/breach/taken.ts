import { code } from "../../../access";
import { named, type Platform, type SecretSet } from "../../../model";
import { timeText } from "../../access-used/times";
import { readVaultLogs } from "../../access-used/vault-log";
import { pathsOf, type Who } from "../../access-used/who";
import { both, type Actor, type LogReading, type Seen, type Use } from "../../audit-log";
import { counted } from "../../counted";
import { present } from "../present";
import type { BreachPlan } from "./plan";
import type { Reach } from "./reach";
import type { Suspect } from "./suspect";

/** What audit logs say that an identity did, by secret set. */
export interface Taken {
  readonly log: LogReading;
  readonly sets: NonNullable<BreachPlan["uses"]>;
  /** Whether it also used paths in the mount that the config does not have. */
  readonly elsewhere: boolean;
}

/** What a log of less than a day without a line says nothing of. Milliseconds. */
const GAP = 86_400_000;

/**
 * Reads what a suspect did. A person is known by its entities too, whatever the login or token.
 * @param entities ids of the person's entities in Vault
 */
export async function readTaken(
  platform: Platform,
  { vault, ...suspect }: Exclude<Suspect, { kind: "unseal share" }>,
  entities: readonly string[],
  files: readonly string[],
  now: Date,
): Promise<Taken> {
  const person: Who | undefined = suspect.kind === "user" ? { kind: "person", name: suspect.name } : undefined;
  const sure = ({ entity }: Actor) => (entities.includes(entity) ? person : undefined);
  const names =
    suspect.kind === "user"
      ? [`person ${suspect.name}`]
      : suspect.tenants.map(({ app, environment }) => `workload ${app}/${environment}`);
  const log = await readVaultLogs(platform, vault, files, now, sure);
  const sets = new Map<SecretSet, Map<Use, Seen>>();
  const own = log.everyone.filter(({ kind, name }) => names.includes(`${kind} ${name}`));
  for (const tenant of platform.sets.filter((each) => each.vault === vault))
    for (const { byPath } of own)
      for (const [use, seen] of byPath.get(pathsOf(tenant.path).set) ?? []) {
        const uses = sets.get(tenant) ?? new Map<Use, Seen>();
        sets.set(tenant, uses.set(use, uses.has(use) ? both(uses.get(use)!, seen) : seen));
      }
  return { log, sets, elsewhere: own.some(({ byPath }) => byPath.has("")) };
}

/**
 * A plan that begins with what was really taken: sets that were read, then those that were asked for, then the others.
 * What was read and is no longer within reach is in it too. Without a log it says that this is not known. Pure.
 * @param now milliseconds since 1970, up to which the log should go
 */
export function withTaken(platform: Platform, plan: BreachPlan, taken: Taken | undefined, now: number): BreachPlan {
  if (!taken)
    return {
      ...plan,
      remarks: [
        ...plan.remarks,
        "Not known: whether any value was read. `--audit-log FILE`, a file of an audit device, says which, and when.",
      ],
    };
  const { log, sets, elsewhere } = taken;
  const { facts, damages } = log;
  const known = new Set(plan.values.map(({ tenant }) => tenant));
  const lost = [...sets.keys()]
    .filter((tenant) => !known.has(tenant))
    .map((tenant): Reach => {
      const isProtected = named(platform.environments, tenant.environment).protected;
      const uses = sets.get(tenant)!;
      const change = uses.has("write") || uses.has("delete") || uses.has("destroy");
      return { tenant, read: uses.has("read") || uses.has("ask"), change, protected: isProtected };
    })
    .filter(({ read, change }) => read || change);
  const rank = ({ tenant }: Reach): number =>
    sets.get(tenant)?.has("read") ? 0 : sets.get(tenant)?.has("ask") ? 1 : 2;
  const values = [...plan.values, ...lost].sort((a, b) => rank(a) - rank(b));
  const read = values.filter((reach) => rank(reach) === 0).length;
  const remarks =
    facts.hours.size === 0
      ? ["Not known: whether any value was read. The audit log has no entry."]
      : present(
          `The audit log goes from ${timeText(facts.first)} to ${timeText(facts.last)}: ${
            read === 0 ? "no read of a value is in it" : `values of ${counted(read, "set")} were read, which come first`
          }. What was before or after is not in it.`,
          ...facts
            .gaps(GAP, now)
            .map(({ from, to }) => `Not known: the audit log has no line from ${timeText(from)} to ${timeText(to)}.`),
          elsewhere && "It also used paths in the mount that the config does not have: look for them in the audit log.",
        );
  return {
    ...plan,
    values,
    uses: sets,
    remarks: [...plan.remarks, ...remarks, ...damages.map((each) => `Not read, and may be a read of a value: ${each}`)],
  };
}

const WORDS: { readonly [use in Use]?: string } = {
  read: "**values read**",
  ask: "values asked for, no answer with values",
  write: "written",
  delete: "deleted",
  destroy: "destroyed",
  settings: "settings changed",
};

/** What was done with a set, in sentences; none where the log has nothing of it. */
export function takenText(uses: ReadonlyMap<Use, Seen> | undefined): string[] {
  return Object.entries(WORDS).flatMap(([use, words]) => {
    const seen = uses?.get(use as Use);
    // Every read is asked for first.
    if (!seen || (use === "ask" && uses!.has("read"))) return [];
    const { first, last, addresses, more } = seen;
    const time = first === last ? timeText(first) : `${timeText(first)} to ${timeText(last)}`;
    return [`- ${words}: ${time}, from ${addresses.map((each) => code(each)).join(", ")}${more ? " and more" : ""}`];
  });
}
