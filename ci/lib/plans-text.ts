import { code, codes, htmlCode, SEVERITIES, type PlanFinding } from "../../access";
import { ACTIONS, mostSevere, type PlanAction, type PlanSummary } from "./plan-summary";
import type { Unreadable } from "./read-summary";

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
export interface Planned {
  /** In the order in which the stacks can be applied. */
  readonly plans: readonly PlanSummary[];
  /** @default none */
  readonly unreadable?: readonly Unreadable[];
  /**
   * Stacks that should have a plan and have none here.
   * @default none
   */
  readonly unplanned?: readonly string[];
  /**
   * Stacks that a protected environment needs: they come first.
   * @default none
   */
  readonly protectedStacks?: ReadonlySet<string>;
}

/** The plans of {@link Planned}, those of protected stacks first, else in their order. */
export function inOrder({ plans, protectedStacks = new Set() }: Planned): PlanSummary[] {
  return [
    ...plans.filter(({ stack }) => protectedStacks.has(stack)),
    ...plans.filter(({ stack }) => !protectedStacks.has(stack)),
  ];
}

/** A stack's name; of a protected one it says so. */
function called(stack: string, { protectedStacks }: Planned): string {
  return `${code(stack)}${protectedStacks?.has(stack) ? " (protected)" : ""}`;
}

/** The {@link Planned.unplanned}, protected stacks first. */
export function unplannedStacks(given: Planned): string {
  const { unplanned = [], protectedStacks = new Set() } = given;
  const names = [
    ...unplanned.filter((stack) => protectedStacks.has(stack)),
    ...unplanned.filter((stack) => !protectedStacks.has(stack)),
  ];
  return `${names
    .slice(0, STACKS)
    .map((stack) => called(stack, given))
    .join(", ")}${names.length > STACKS ? ` and ${names.length - STACKS} more` : ""}`;
}

/** What would be lost for good, stack by stack, as a caution; nothing where nothing would. */
export function caution(planned: Planned): string[] {
  const lost = inOrder(planned).flatMap(({ stack, findings }) => {
    const stops = findings.filter(({ severity }) => severity === "error");
    return stops[0]
      ? [
          `${called(stack, planned)}: ` +
            `${code(stops[0].says, 200)}${stops.length > 1 ? ` and ${stops.length - 1} more` : ""}`,
        ]
      : [];
  });
  if (lost.length === 0) return [];
  return [
    `> [!CAUTION]\n> **This would lose something for good.** ` +
      `${lost.slice(0, 10).join("; ")}${lost.length > 10 ? `; and in ${lost.length - 10} more stacks` : ""}.`,
  ];
}

/** Why stacks have no plan, as far as anybody said. */
export function withoutPlan(given: Planned): string[] {
  const failed = inOrder(given).flatMap(({ stack, error }) =>
    error === undefined ? [] : [`${called(stack, given)} has no plan: ${code(error, 600)}`],
  );
  const refused = (given.unreadable ?? []).map(
    ({ stack, why }) =>
      `The summary of ${called(stack, given)} cannot be read: ${why} Its plan job made it: look at what that job ran.`,
  );
  const all = [...failed, ...refused];
  return all.length === 0
    ? []
    : [
        [
          ...all.slice(0, 12).map((line) => `- ${line}`),
          ...(all.length > 12 ? [`- and ${all.length - 12} more stacks without a plan`] : []),
        ].join("\n"),
      ];
}

/**
 * What the plans would do in a few words: `replace 1, make 2 in 2 stacks; 1 to look at`. Empty where they would do
 * nothing.
 */
export function countsOf({ plans }: Planned): string {
  const changed = plans.filter(({ changes }) => changes.length > 0);
  if (changed.length === 0) return "";
  const total = (action: PlanAction) => changed.reduce((sum, { changes }) => sum + count(changes, action), 0);
  const grave = changed.reduce((sum, plan) => sum + graveOf(plan).length, 0);
  const words = ACTIONS.filter((action) => total(action) > 0).map((action) => `${WORDS[action]} ${total(action)}`);
  return (
    `${words.join(", ")} in ${changed.length} ` +
    `${changed.length === 1 ? "stack" : "stacks"}${grave > 0 ? `; ${grave} to look at` : ""}`
  );
}

/** Counts per stack, then per stack the risky changes by name, then the stacks that would not change. */
export function planned(given: Planned): string[] {
  const all = inOrder(given);
  const changed = all.filter(({ changes }) => changes.length > 0);
  const same = all
    .filter(({ changes, error }) => changes.length === 0 && error === undefined)
    .map(({ stack }) => stack);
  return [
    ...(changed.length > 0 ? [table(changed, given)] : []),
    ...risky(changed, given),
    ...(same.length > 0 ? [`No change: ${codes(same, STACKS)}.`] : []),
  ];
}

function table(plans: readonly PlanSummary[], given: Planned): string {
  const shown = ACTIONS.filter((action) => plans.some(({ changes }) => count(changes, action) > 0));
  const rows = plans
    .slice(0, STACKS)
    .map((plan) => [
      called(plan.stack, given),
      ...shown.map((action) => `${count(plan.changes, action) || ""}`),
      `${graveOf(plan).length || ""}`,
      mostSevere(plan.findings) ?? "",
      code(plan.digest.slice(0, 12)),
    ]);
  const lines = [
    ["stack", ...shown.map((action) => WORDS[action]), "to look at", "severity", "plan"],
    ["---", ...shown.map(() => "---:"), "---:", "---", "---"],
    ...rows,
  ].map((row) => `| ${row.join(" | ")} |`);
  return [...lines, ...(plans.length > STACKS ? ["", `And ${plans.length - STACKS} more stacks.`] : [])].join("\n");
}

/**
 * The risky changes of each stack. Every stack names its most severe before any names a second one: else the first of five
 * environments that change alike would take the whole room, and production's would be "and 210 more".
 */
function risky(plans: readonly PlanSummary[], given: Planned): string[] {
  const stacks = plans
    .map((plan) => ({ stack: plan.stack, grave: graveOf(plan) }))
    .filter(({ grave }) => grave.length > 0);
  const quota = quotas(stacks.map(({ grave }) => grave));
  return stacks.map(({ stack, grave }, i) => {
    const rest = grave.length - quota[i]!;
    const lines = [
      ...grave.slice(0, quota[i]).map(graveLine),
      ...(rest > 0 ? [`- ${quota[i]! > 0 ? "and " : ""}${rest} more`] : []),
    ];
    return `**${called(stack, given)}**: ${grave.length} to look at\n\n${lines.join("\n")}`;
  });
}

/** How many of each stack's findings are named: one of each in turn, until there is no room. */
function quotas(stacks: readonly (readonly PlanFinding[])[]): number[] {
  const quota = stacks.map(() => 0);
  let [left, room] = [NAMED, NAMED_BYTES];
  for (let round = 0; stacks.some((grave) => grave.length > round); round++)
    for (const [i, grave] of stacks.entries()) {
      if (grave.length <= round) continue;
      room -= Buffer.byteLength(graveLine(grave[round]!));
      if (room < 0 || (round > 0 && left <= 0)) return quota;
      quota[i]!++;
      left--;
    }
  return quota;
}

function graveOf({ findings }: PlanSummary): PlanFinding[] {
  return SEVERITIES.flatMap((severity) =>
    severity === "info" ? [] : findings.filter((finding) => finding.severity === severity),
  );
}

function graveLine({ severity, address, says, why }: PlanFinding): string {
  return `- **${severity}** ${code(address)}: ${code(`${says}. ${why}`, SAYS)}`;
}

/** A stack's resources, folded: those of one type and action in one line. */
export function folded({ stack, changes, findings }: PlanSummary): string {
  const lines = ACTIONS.flatMap((action) => {
    const byType = new Map<string, string[]>();
    for (const { address } of changes.filter((each) => each.action === action))
      byType.set(typeOf(address), [...(byType.get(typeOf(address)) ?? []), address.slice(typeOf(address).length + 1)]);
    return [...byType].map(([type, names]) => `- ${WORDS[action]} ${names.length} ${code(type)}: ${codes(names, 12)}`);
  });
  const notes = findings.filter(({ severity }) => severity === "info").map(({ says }) => `- info: ${code(says, 200)}`);
  const shown = [
    ...lines.slice(0, 60),
    ...(lines.length > 60 ? [`- and ${lines.length - 60} more types`] : []),
    ...notes.slice(0, 10),
    ...(notes.length > 10 ? [`- and ${notes.length - 10} more notes`] : []),
  ];
  return (
    `<details><summary>${htmlCode(stack)}: ${changes.length} ` +
    `${changes.length === 1 ? "resource" : "resources"}</summary>\n\n${shown.join("\n")}\n\n</details>`
  );
}

function typeOf(address: string): string {
  return address.split(".")[0] ?? address;
}

function count(changes: PlanSummary["changes"], action: PlanAction): number {
  return changes.reduce((sum, each) => (each.action === action ? sum + 1 : sum), 0);
}
