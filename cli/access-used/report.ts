import type { LogReading, Seen, Use } from "../audit-log";
import { counted } from "../counted";
import { visible } from "../ops/secrets/status";
import { textTable } from "../table";
import type { GrantUse, Last, Usage } from "./grants";
import type { Suggestion } from "./suggestions";
import { dayText } from "./times";
import type { Deeds } from "./who";

/** What `access used` found. */
export interface UsedResult {
  readonly vault: string;
  /** As it was asked for: `90d`. */
  readonly days: string;
  readonly log: LogReading;
  readonly usage: Usage;
  /** Why the log cannot tell what was not used; then there are no suggestions. */
  readonly unknown: readonly string[];
  readonly suggestions: readonly Suggestion[];
  /** Those whom the config does not have, and who did something. */
  readonly strangers: readonly Deeds[];
}

/** By the word of `--format`. */
export const REPORTS: Readonly<Record<string, (result: UsedResult) => string>> = {
  terminal: terminalReport,
  json: jsonReport,
};

const last = (use: Last | undefined): string => (use ? `${dayText(use.at)} ${use.by}` : "–");

function terminalReport({ vault, days, log, usage, unknown, suggestions, strangers }: UsedResult): string {
  const { facts, lines, others, damages } = log;
  const span = facts.hours.size > 0 ? `from ${dayText(facts.first)} to ${dayText(facts.last)}` : "without an entry";
  const part = (title: readonly string[], text: readonly string[]): string[] =>
    text.length === 0 ? [] : ["", ...title, ...text];
  const grants = usage.grants.map((grant) => [grant.at, grant.access, setsText(grant), ...lastTexts(grant)]);
  const workloads = usage.workloads.map(({ app, set, environment, read }) => [
    `${app}/${environment}`,
    set,
    read === undefined ? "–" : dayText(read),
  ]);
  return [
    `Vault ${vault}: log ${span} (UTC), ${counted(lines, "line")}` +
      `${others > 0 ? `, ${others} of them of no audit device` : ""}.`,
    ...part([], tableOf(["grant", "access", `sets used in ${days}`, "read", "changed", "names seen"], grants)),
    ...part([], tableOf(["workload", "set", "read"], workloads)),
    ...part(
      ["not in the config"],
      strangers.map((each) => `  ${each.kind === "person" ? "person " : ""}${visible(each.name)}: ${deedsText(each)}`),
    ),
    ...part(
      [`suggestions: not used in ${days}; a younger grant is named too`],
      suggestions.map(({ at, says }) => `  ${at}: ${says}`),
    ),
    ...part(
      ["not known, so nothing is suggested"],
      unknown.map((each) => `  ${each}`),
    ),
    ...part(
      ["not read; each line may be a use"],
      damages.filter((each) => !log.losses.includes(each)).map((each) => `  ${each}`),
    ),
  ].join("\n");
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : [textTable([head, ...rows], "", true)];
}

function setsText({ sets, usedSets }: GrantUse): string {
  return `${usedSets.length} of ${sets.length}`;
}

function lastTexts({ read, changed, seen }: GrantUse): string[] {
  return [read, changed, seen].map(last);
}

/** Where somebody did what, at the last; the config's sets by their path in the mount. */
function deedsText({ byPath }: Deeds): string {
  return [...byPath]
    .map(([path, uses]) => `${path || "other paths"} (${usesText(uses)})`)
    .sort()
    .join(", ");
}

function usesText(uses: ReadonlyMap<Use, Seen>): string {
  return [...uses].map(([use, seen]) => `${use} ${dayText(seen.last)}`).join(", ");
}

function jsonReport({ vault, days, log, usage, unknown, suggestions, strangers }: UsedResult): string {
  const time = (at: number | undefined): string | null =>
    at === undefined || !Number.isFinite(at) ? null : new Date(at).toISOString();
  const lastOf = (use: Last | undefined) => (use ? { at: time(use.at), by: use.by } : null);
  return JSON.stringify(
    {
      vault,
      days,
      log: {
        from: time(log.facts.first),
        to: time(log.facts.last),
        lines: log.lines,
        others: log.others,
        damages: log.damages,
      },
      unknown,
      grants: usage.grants.map(({ sets, usedSets, read, changed, seen, ...grant }) => ({
        ...grant,
        sets: sets.map(({ path }) => path.toString()),
        usedSets: usedSets.map(({ path }) => path.toString()),
        read: lastOf(read),
        changed: lastOf(changed),
        seen: lastOf(seen),
      })),
      members: usage.members.map((each) => ({ ...each, last: time(each.last) })),
      workloads: usage.workloads.map((each) => ({ ...each, read: time(each.read) })),
      strangers: strangers.map(({ kind, name, byPath }) => ({
        kind,
        name,
        sets: [...byPath].map(([path, uses]) => ({
          path: path || null,
          uses: Object.fromEntries(
            [...uses].map(([use, seen]) => [
              use,
              { first: time(seen.first), last: time(seen.last), addresses: seen.addresses, more: seen.more },
            ]),
          ),
        })),
      })),
      suggestions,
    },
    null,
    2,
  );
}
