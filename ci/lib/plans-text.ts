import { code, codes, htmlCode, SEVERITIES, type PlanFinding } from "../../access";
import { counted } from "../../cli/counted";
import { ACTIONS, type PlanAction, type PlanSummary } from "./plan-summary";
import type { Summaries } from "./read-summary";

/** Risky changes that are named before the rest is counted; more, where more stacks than these have one. */
const NAMED = 40;

/** Bytes of the named ones: with the access diff before them, the table still fits. */
const NAMED_BYTES = 16_000;

/** Stacks in one list, and rows of the table. */
const STACKS = 60;

/** Bytes of what a finding says, and of what Terraform said. */
const SAYS = 320;

/** What is done to a resource, as the comment says it. */
const WORDS: { readonly [action in PlanAction]: string } = {
  delete: "destroy",
  replace: "replace",
  forget: "forget",
  update: "change",
  create: "make",
  import: "import",
};

/** What plans say, and what is known of the stacks beside them. */
export interface Planned extends Pick<Summaries, "plans">, Partial<Omit<Summaries, "plans">> {
  /**
   * The commit that all of it is of: `parseCommit`.
   * @default the text names none
   */
  readonly commit?: string;
  /**
   * Stacks that a protected environment needs: they come first.
   * @default none
   */
  readonly protectedStacks?: ReadonlySet<string>;
}

/** Those of protected stacks first, else in their order. */
function protectedFirst<T>(all: readonly T[], stackOf: (each: T) => string, { protectedStacks }: Planned): T[] {
  const place = (each: T) => (protectedStacks?.has(stackOf(each)) ? 0 : 1);
  return [...all].sort((a, b) => place(a) - place(b));
}

/** The plans of {@link Planned}, those of protected stacks first, else in their order. */
export function inOrder(given: Planned): PlanSummary[] {
  return protectedFirst(given.plans, ({ stack }) => stack, given);
}

/** Lines of which at most so many are shown, and one that tells of the others. */
function atMost(most: number, lines: readonly string[], others: (left: number) => string): string[] {
  return lines.length > most ? [...lines.slice(0, most), others(lines.length - most)] : [...lines];
}

/** A stack's name; of a protected one it says so. */
function called(stack: string, { protectedStacks }: Planned): string {
  return `${code(stack)}${protectedStacks?.has(stack) ? " (protected)" : ""}`;
}

/** The {@link Planned.unplanned}, protected stacks first. */
export function unplannedStacks(given: Planned): string {
  const names = protectedFirst(given.unplanned ?? [], (stack) => stack, given).map((stack) => called(stack, given));
  const more = names.length > STACKS ? ` and ${names.length - STACKS} more` : "";
  return `${names.slice(0, STACKS).join(", ")}${more}`;
}

/** What would be lost for good or trust somebody else, stack by stack, as a caution; `""` where nothing would. */
export function caution(given: Planned): string {
  const lost = inOrder(given).flatMap(({ stack, findings }) => {
    const [first, ...others] = findings.filter(({ severity }) => severity === "error");
    const more = others.length > 0 ? ` and ${others.length} more` : "";
    return first ? `${called(stack, given)}: ${code(first.says, 200)}${more}` : [];
  });
  const words = atMost(10, lost, (left) => `and in ${left} more stacks`).join("; ");
  return words && `> [!CAUTION]\n> **This would lose something for good, or trust somebody else.** ${words}.`;
}

/** What people have in Vault that no plan shows, stack by stack; `""` where there is nothing. */
export function beyondPlans(given: Planned): string {
  const lines = inOrder(given).flatMap(({ beyondPlan = [] }) => beyondPlan.map(graveLine));
  if (lines.length === 0) return "";
  const shown = atMost(NAMED, lines, (left) => `- and ${left} more`);
  return `### What no plan shows, and no apply takes away\n\n${shown.join("\n")}`;
}

/** Why stacks have no plan, as far as anybody said; `""` where all have one. */
export function withoutPlan(given: Planned): string {
  const failed = inOrder(given).flatMap(({ stack, error }) =>
    error === undefined ? [] : `- ${called(stack, given)} has no plan: ${code(error, 600)}`,
  );
  const refused = (given.unreadable ?? []).map(
    ({ stack, why }) =>
      `- The summary of ${called(stack, given)} cannot be read: ${why} ` +
      `Its plan job made it: look at what that job ran.`,
  );
  return atMost(12, [...failed, ...refused], (left) => `- and ${left} more stacks without a plan`).join("\n");
}

/**
 * What the plans would do in a few words: `replace 1, make 2 in 2 stacks; 1 to look at`. Empty where they would do
 * nothing.
 */
export function countsOf({ plans }: Planned): string {
  const changed = plans.filter(({ changes }) => changes.length > 0);
  if (changed.length === 0) return "";
  const all = changed.flatMap(({ changes }) => changes);
  const words = ACTIONS.flatMap((action) => (count(all, action) > 0 ? `${WORDS[action]} ${count(all, action)}` : []));
  const grave = changed.flatMap(graveOf).length;
  return `${words.join(", ")} in ${counted(changed.length, "stack")}${grave > 0 ? `; ${grave} to look at` : ""}`;
}

/** Counts per stack, then per stack the risky changes by name, then the stacks that would not change. */
export function planned(given: Planned): string[] {
  const all = inOrder(given);
  const changed = all.filter(({ changes }) => changes.length > 0);
  const same = all.flatMap(({ stack, changes, error }) => (changes.length === 0 && error === undefined ? stack : []));
  return [
    ...(changed.length > 0 ? [table(changed, given)] : []),
    ...risky(changed, given),
    ...(same.length > 0 ? [`No change: ${codes(same, STACKS)}.`] : []),
  ];
}

function table(plans: readonly PlanSummary[], given: Planned): string {
  const shown = ACTIONS.filter((action) => plans.some(({ changes }) => count(changes, action) > 0));
  const rows = plans.map((plan) => {
    const grave = graveOf(plan);
    return [
      called(plan.stack, given),
      ...shown.map((action) => `${count(plan.changes, action) || ""}`),
      `${grave.length || ""}`,
      (grave[0] ?? plan.findings[0])?.severity ?? "",
      code(plan.digest.slice(0, 12)),
    ];
  });
  const head = ["stack", ...shown.map((action) => WORDS[action]), "to look at", "severity", "plan"];
  const rule = ["---", ...shown.map(() => "---:"), "---:", "---", "---"];
  const lines = [head, rule, ...rows].map((row) => `| ${row.join(" | ")} |`);
  return atMost(STACKS + 2, lines, (left) => `\nAnd ${left} more stacks.`).join("\n");
}

/**
 * The risky changes of each stack. Every stack names its most severe before any names a second one: else the first of
 * five environments that change alike would take the whole room, and production's would be "and 210 more".
 */
function risky(plans: readonly PlanSummary[], given: Planned): string[] {
  const stacks = plans
    .map((plan) => ({ stack: plan.stack, lines: graveOf(plan).map(graveLine), named: 0 }))
    .filter(({ lines }) => lines.length > 0);
  nameInTurn(stacks);
  return stacks.map(({ stack, lines, named }) => {
    const shown = atMost(named, lines, (left) => `- ${named > 0 ? "and " : ""}${left} more`);
    return `**${called(stack, given)}**: ${lines.length} to look at\n\n${shown.join("\n")}`;
  });
}

/** Counts how many of each stack's lines are shown: one of each in turn, until there is no room. */
function nameInTurn(stacks: readonly { readonly lines: readonly string[]; named: number }[]): void {
  let [left, room] = [NAMED, NAMED_BYTES];
  for (let round = 0; stacks.some(({ lines }) => lines.length > round); round++)
    for (const each of stacks) {
      if (each.lines.length <= round) continue;
      room -= Buffer.byteLength(each.lines[round]!);
      if (room < 0 || (round > 0 && left <= 0)) return;
      each.named++;
      left--;
    }
}

function graveOf({ findings }: PlanSummary): PlanFinding[] {
  const rank = ({ severity }: PlanFinding) => SEVERITIES.indexOf(severity);
  return findings.filter(({ severity }) => severity !== "info").sort((a, b) => rank(a) - rank(b));
}

function graveLine({ severity, address, says, why }: PlanFinding): string {
  return `- **${severity}** ${code(address)}: ${code(`${says}. ${why}`, SAYS)}`;
}

/** A stack's resources, folded: those of one type and action in one line. */
export function folded({ stack, changes, findings }: PlanSummary): string {
  const lines = ACTIONS.flatMap((action) => {
    const byType = new Map<string, string[]>();
    for (const { address } of changes.filter((each) => each.action === action)) {
      const type = address.split(".")[0]!;
      byType.set(type, [...(byType.get(type) ?? []), address.slice(type.length + 1)]);
    }
    return [...byType].map(([type, names]) => `- ${WORDS[action]} ${names.length} ${code(type)}: ${codes(names, 12)}`);
  });
  const notes = findings.flatMap(({ severity, says }) => (severity === "info" ? `- info: ${code(says, 200)}` : []));
  const shown = [
    ...atMost(60, lines, (left) => `- and ${left} more types`),
    ...atMost(10, notes, (left) => `- and ${left} more notes`),
  ].join("\n");
  const head = `${htmlCode(stack)}: ${counted(changes.length, "resource")}`;
  return `<details><summary>${head}</summary>\n\n${shown}\n\n</details>`;
}

function count(changes: PlanSummary["changes"], wanted: PlanAction): number {
  return changes.filter(({ action }) => action === wanted).length;
}
