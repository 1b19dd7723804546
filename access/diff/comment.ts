import { escalationWords } from "../escalations";
import type { Check, Finding } from "../proofs";
import { compare } from "../collections";
import type { SecretSet } from "../secret-sets";
import { RISKS, type AccessChange, type Risk } from "./changes";
import { code, codes } from "./code-span";

/** Changes that a reviewer reads as one: the same abilities, by the same resources, for the same reason. */
export interface Line {
  readonly risk: Risk;
  readonly who: readonly string[];
  readonly gains: string;
  readonly loses: string;
  readonly what: string;
  readonly by: readonly string[];
}

/** GitHub refuses comments beyond 65,536 characters; 60 KB leaves room for what a workflow puts around. Bytes. */
export const COMMENT_LIMIT = 60_000;

/** How many lines are said in words before the table. */
const IN_WORDS = 8;

/** Bytes of what is said in a sentence's length: many sets, a proof's finding. */
const SENTENCE = 400;

/** Steps of a proof's path. */
const STEPS = 12;

/** Joins changes that differ only in whom or what they are about, in the order given: most severe first. */
export function linesOf(changes: readonly AccessChange[]): Line[] {
  const groups = new Map<string, AccessChange[]>();
  for (const change of changes) {
    // Workloads with their own sets are all alike; others are joined by what they gain and what does it.
    const key = [
      change.risk,
      change.own,
      change.own ? "" : change.who,
      change.gained.join(),
      change.lost.join(),
      change.escalation?.vault ?? "",
      change.set?.protected,
      change.own ? "" : change.by.join(),
    ].join("|");
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  const perIdentity = [...groups.values()].map(lineOf);
  const alike = new Map<string, Line>();
  for (const line of perIdentity) {
    const key = [line.risk, line.gains, line.loses, line.what, line.by.length > 3 ? "" : line.by.join()].join("|");
    const known = alike.get(key);
    alike.set(key, known ? { ...known, who: [...known.who, ...line.who] } : line);
  }
  return [...alike.values()];
}

function lineOf(changes: readonly AccessChange[]): Line {
  const [first] = changes as readonly [AccessChange, ...AccessChange[]];
  const sets = changes.flatMap(({ set }) => set ?? []);
  const escalations = [
    ...new Set(changes.flatMap(({ escalation }) => (escalation ? [escalationWords(escalation)] : []))),
  ].join("; ");
  const gains = first.escalation ? (first.risk === "none" ? "" : escalations) : first.gained.join(", ");
  const loses = first.escalation ? (first.risk === "none" ? escalations : "") : first.lost.join(", ");
  const what = first.escalation
    ? `everything in Vault ${first.escalation.vault}`
    : `${first.own ? "its own: " : ""}${setsInWords(sets)}`;
  return {
    risk: first.risk,
    who: [...new Set(changes.map(({ who }) => who))],
    gains,
    loses,
    what,
    by: [...new Set(changes.flatMap(({ by }) => by))],
  };
}

/** Sets in few words: `payments in prod-eu, prod-us (protected)`, `12 apps in dev`. */
export function setsInWords(sets: readonly SecretSet[]): string {
  const byApps = new Map<string, { apps: string; environments: SecretSet[] }>();
  const apps = [...new Set(sets.map(({ app }) => app))].sort();
  for (const environment of [...new Set(sets.map((set) => set.environment))].sort(compare)) {
    const here = sets.filter((set) => set.environment === environment);
    const names = apps.filter((app) => here.some((set) => set.app === app));
    const words = names.length > 4 ? `${names.length} apps (${names.slice(0, 2).join(", ")}, …)` : names.join(", ");
    const known = byApps.get(names.join());
    if (known) known.environments.push(here[0]!);
    else byApps.set(names.join(), { apps: words, environments: [here[0]!] });
  }
  return [...byApps.values()]
    .map(
      ({ apps: names, environments }) =>
        `${names} in ` +
        `${environments.map((set) => (set.protected ? `${set.environment} (protected)` : set.environment)).join(", ")}`,
    )
    .join("; ");
}

/**
 * The comment for a pull request: what matters first, then a table, at most {@link COMMENT_LIMIT} bytes; what does not
 * fit is counted. Names are those of the pull request: they stand in code spans alone.
 * @param before of the base, whose findings are not said again; undefined: there is no base, which the comment says
 * @param after of the head
 */
export function diffComment(
  platform: string,
  changes: readonly AccessChange[],
  before: Check | undefined,
  after: Check,
): string {
  const lines = linesOf(changes);
  const known = new Set(before?.failures.map(textOf));
  const broken = after.failures.filter((finding) => !known.has(textOf(finding)));
  const baseless = before
    ? []
    : ["**The base could not be synthesized, or has no stacks that can be judged: everything is shown as new.**"];
  const head = [headline(platform, lines), ...baseless, ...proofLines(broken, after.failures.length - broken.length)];
  const words = lines
    .filter(({ risk }) => risk !== "none")
    .slice(0, IN_WORDS)
    .map(inWords);
  const start = [...head, ...(words.length > 0 ? [words.map((line) => `- ${line}`).join("\n")] : [])].join("\n\n");
  if (lines.length === 0) return `${start}\n`;
  const rows: string[] = [];
  let size = Buffer.byteLength(start) + 500;
  for (const { risk, who, gains, loses, what, by } of lines) {
    const row = `| ${[risk, codes(who, 6), gains, loses, code(what, SENTENCE), codes(by, 2)].join(" | ")} |`;
    size += Buffer.byteLength(row) + 1;
    if (size > COMMENT_LIMIT) break;
    rows.push(row);
  }
  const table = [
    "| risk | who | gains | loses | secret sets | by |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
  const left = lines.length - rows.length;
  const rest = left > 0 ? `\n\n${left} more of no greater risk: \`npm run access -- diff\` shows them.` : "";
  return `${start}\n\n<details${lines.length <= 25 ? " open" : ""}><summary>${lines.length === 1 ? "1 line" : `${lines.length} lines, most severe first`}</summary>\n\n${table}${rest}\n\n</details>\n`;
}

function textOf({ proof, subject, object }: Finding): string {
  return `${proof} ${subject} ${object}`;
}

function headline(platform: string, lines: readonly Line[]): string {
  if (lines.length === 0) return `### Access to the secrets of ${code(platform)}: no change`;
  const worst = RISKS.find((risk) => lines.some((line) => line.risk === risk))!;
  // Somebody counts once, however many lines say what of.
  const count = (words: "gains" | "loses") =>
    new Set(lines.filter((line) => line[words] !== "").flatMap(({ who }) => who)).size;
  const verb = (number: number, one: string) => `${number} ${number === 1 ? `${one}s` : one}`;
  return (
    `### Access to the secrets of ${code(platform)}: ${verb(count("gains"), "gain")}, ` +
    `${verb(count("loses"), "lose")}; highest risk: ${worst}`
  );
}

function proofLines(broken: readonly Finding[], others: number): string[] {
  const failed = broken.slice(0, IN_WORDS).map(
    ({ proof, says, path }) =>
      `- **${proof}**: ${code(says, SENTENCE)}\n  ${path
        .slice(0, STEPS)
        .map((step) => code(step))
        .join(" → ")}${path.length > STEPS ? " → …" : ""}`,
  );
  const more = broken.length > IN_WORDS ? [`- and ${broken.length - IN_WORDS} more`] : [];
  const old = others > 0 ? [`${others} findings of the proofs were there before.`] : [];
  return [
    ...(broken.length > 0
      ? [`**This breaks ${broken.length === 1 ? "a proof" : "proofs"}:**\n\n${[...failed, ...more].join("\n")}`]
      : []),
    ...old,
  ];
}

/**
 * One line as a sentence, names as code: `**high**: person x gains read, change: payments in prod-eu (protected), by
 * …`.
 */
export function inWords({ risk, who, gains, loses, what, by }: Line): string {
  const s = who.length === 1 ? "s" : "";
  const changes = [gains && `gain${s} ${gains}`, loses && `lose${s} ${loses}`].filter(Boolean).join(" and ");
  return `**${risk}**: ${codes(who, 3)} ${changes}: ${code(what, SENTENCE)}, by ${codes(by, 2)}`;
}
