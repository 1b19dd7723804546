import { escalationWords } from "../escalations";
import type { Check, Finding } from "../proofs";
import { compare, groupBy, unique } from "../collections";
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
  // Workloads with their own sets are all alike; others are joined by what they gain and what does it.
  const ofOne = groupBy(changes, ({ risk, own, who, gained, lost, escalation, trust, set, by }) =>
    [risk, own, own || who, gained, lost, escalation?.vault, trust?.stack, set?.protected, own || by.join()].join("|"),
  );
  const alike = groupBy([...ofOne.values()].map(lineOf), ({ risk, gains, loses, what, by }) =>
    [risk, gains, loses, what, by.length > 3 || by.join()].join("|"),
  );
  return [...alike.values()].map((lines) => ({ ...lines[0]!, who: lines.flatMap(({ who }) => who) }));
}

function lineOf(changes: readonly AccessChange[]): Line {
  const { risk, own, escalation, trust, gained, lost } = changes[0]!;
  const common = {
    risk,
    who: unique(changes.map(({ who }) => who)),
    by: unique(changes.flatMap(({ by }) => by)),
  };
  if (escalation) {
    const words = unique(changes.flatMap((change) => (change.escalation ? escalationWords(change.escalation) : [])));
    const [gains, loses] = risk === "none" ? ["", words.join("; ")] : [words.join("; "), ""];
    return { ...common, gains, loses, what: `everything in Vault ${escalation.vault}` };
  }
  if (trust) {
    const facts = unique(changes.flatMap((change) => (change.trust ? code(change.trust.fact, SENTENCE) : []))).join(
      "; ",
    );
    const [gains, loses] = risk === "none" ? ["", facts] : [facts, ""];
    return { ...common, gains, loses, what: `whom ${trust.stack} trusts` };
  }
  const sets = setsInWords(changes.flatMap(({ set }) => set ?? []));
  return { ...common, gains: gained.join(", "), loses: lost.join(", "), what: `${own ? "its own: " : ""}${sets}` };
}

/** Sets in few words: `payments in prod-eu, prod-us (protected)`, `12 apps in dev`. */
function setsInWords(sets: readonly SecretSet[]): string {
  const environments = [...groupBy(sets, ({ environment }) => environment)].sort(([a], [b]) => compare(a, b));
  const byApps = groupBy(environments, ([, here]) =>
    unique(here.map(({ app }) => app))
      .sort()
      .join(),
  );
  return [...byApps]
    .map(([joined, alike]) => {
      const apps = joined.split(",");
      const words = apps.length > 4 ? `${apps.length} apps (${apps.slice(0, 2).join(", ")}, …)` : apps.join(", ");
      return `${words} in ${alike.map(([name, [set]]) => (set!.protected ? `${name} (protected)` : name)).join(", ")}`;
    })
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
  const open = lines.length <= 25 ? " open" : "";
  const counted = lines.length === 1 ? "1 line" : `${lines.length} lines, most severe first`;
  return `${start}\n\n<details${open}><summary>${counted}</summary>\n\n${table}${rest}\n\n</details>\n`;
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
