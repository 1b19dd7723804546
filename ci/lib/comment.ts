import { LEVELS, type PlanFinding } from "../../access";
import { ACTIONS, gravest, type PlanAction, type PlanSummary } from "./plan-summary";

/** Found by this, the comment is updated in place; an HTML comment, which GitHub does not show. */
export const MARKER = "<!-- vault-tenancy: what this pull request changes -->";

/** Bytes. GitHub refuses a comment beyond 65,536 characters; a character may be several bytes, so this is on the safe side. */
export const LIMIT = 60_000;

/** Bytes of the access diff: it comes first, and leaves room for what would be done. */
const ACCESS_LIMIT = 30_000;

/** Risky changes that are named before the rest is counted. */
const NAMED = 40;

const WORDS: { readonly [action in PlanAction]: string } = { delete: "destroy", replace: "replace", forget: "forget", update: "change", create: "make", import: "import" };

/** What a comment is made from. */
export interface CommentParts {
  /** The access diff, Markdown. */
  readonly access: string;
  /** In the order in which the stacks can be applied. */
  readonly plans: readonly PlanSummary[];
  /**
   * Stacks that the change touches, where none of their plans is here: nobody has let the jobs run.
   * @default none
   */
  readonly unplanned?: readonly string[];
}

/** The one comment of a pull request: who may do what, then what would be done, the risky by name; at most {@link LIMIT} bytes, no value. */
export function renderComment({ access, plans, unplanned = [] }: CommentParts): string {
  const head = [MARKER, ...warning(plans), cutMarkdown(access.trim(), ACCESS_LIMIT), ...whatWouldBeDone(plans, unplanned)].join("\n\n");
  const details = plans.filter(({ changes }) => changes.length > 0).map(folded);
  const foot = "_No value is in this comment, and none in a plan. The order is: access, what would be lost, what needs eyes, the rest._";
  let text = head;
  let left = details.length;
  for (const each of details) {
    if (bytes(text) + bytes(each) + bytes(foot) + 200 > LIMIT) break;
    text += `\n\n${each}`;
    left--;
  }
  if (left > 0) text += `\n\n${left} more ${left === 1 ? "list" : "lists"} of resources did not fit: the plan jobs have them.`;
  return `${cutMarkdown(text, LIMIT - bytes(foot) - 10)}\n\n${foot}\n`;
}

/** What would be lost for good is said before anything else. */
function warning(plans: readonly PlanSummary[]): string[] {
  const stops = plans.flatMap(({ stack, findings }) => findings.filter(({ level }) => level === "stop").map(({ says }) => `${code(stack)}: ${oneLine(says, 200)}`));
  if (stops.length === 0) return [];
  return [`> [!CAUTION]\n> **This would lose something for good.** ${stops.slice(0, 3).join("; ")}${stops.length > 3 ? `; and ${stops.length - 3} more` : ""}.`];
}

function whatWouldBeDone(plans: readonly PlanSummary[], unplanned: readonly string[]): string[] {
  const failed = plans.filter(({ error }) => error !== undefined);
  const changed = plans.filter(({ changes }) => changes.length > 0);
  const same = plans.filter(({ changes, error }) => changes.length === 0 && error === undefined);
  const waiting = unplanned.length > 0 ? [`Not planned: ${unplanned.map(code).join(", ")}. Their plan jobs wait for an approval, or this is a fork.`] : [];
  const errors = failed.map(({ stack, error }) => `**${code(stack)} has no plan**: ${oneLine(error ?? "", 300)}`);
  if (changed.length === 0) return [`### What would be done: ${plans.length === 0 && unplanned.length > 0 ? "not planned yet" : failed.length > 0 ? "not all plans are there" : "nothing"}`, ...errors, ...waiting];
  const grave = changed
    .flatMap(({ stack, findings }) => findings.filter(({ level }) => level !== "note").map((finding) => ({ stack, finding })))
    .sort((a, b) => LEVELS.indexOf(a.finding.level) - LEVELS.indexOf(b.finding.level));
  const total = (action: PlanAction) => changed.reduce((sum, { changes }) => sum + changes.filter((each) => each.action === action).length, 0);
  const words = ACTIONS.filter((action) => total(action) > 0).map((action) => `${WORDS[action]} ${total(action)}`);
  return [
    `### What would be done: ${words.join(", ")} in ${changed.length} ${changed.length === 1 ? "stack" : "stacks"}${grave.length > 0 ? `; ${grave.length} to look at` : ""}`,
    ...errors,
    ...(grave.length > 0 ? [grave.slice(0, NAMED).map(graveLine).join("\n") + (grave.length > NAMED ? `\n- and ${grave.length - NAMED} more` : "")] : []),
    table(changed),
    ...(same.length > 0 ? [`No change: ${same.map(({ stack }) => code(stack)).join(", ")}.`] : []),
    ...waiting,
  ];
}

function graveLine({ stack, finding: { level, address, says, why } }: { readonly stack: string; readonly finding: PlanFinding }): string {
  return `- **${level}** ${code(stack)}: ${oneLine(says, 300)}. ${oneLine(why, 300)} (${code(address)})`;
}

function table(plans: readonly PlanSummary[]): string {
  const shown = ACTIONS.filter((action) => plans.some(({ changes }) => changes.some((each) => each.action === action)));
  const rows = plans.map(({ stack, changes, findings, digest }) => [
    code(stack),
    ...shown.map((action) => `${changes.filter((each) => each.action === action).length || ""}`),
    gravest(findings) ?? "",
    code(digest.slice(0, 12)),
  ]);
  return [["stack", ...shown.map((action) => WORDS[action]), "gravest", "plan"], ["---", ...shown.map(() => "---:"), "---", "---"], ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** A stack's resources, folded: those of one type and action in one line. */
function folded({ stack, changes, findings }: PlanSummary): string {
  const lines = ACTIONS.flatMap((action) => {
    const byType = new Map<string, string[]>();
    for (const each of changes) if (each.action === action) byType.set(typeOf(each.address), [...(byType.get(typeOf(each.address)) ?? []), each.address.slice(typeOf(each.address).length + 1)]);
    return [...byType].map(([type, names]) => `- ${WORDS[action]} ${names.length} ${code(type)}: ${names.slice(0, 12).map(code).join(", ")}${names.length > 12 ? ` and ${names.length - 12} more` : ""}`);
  });
  const notes = findings.filter(({ level }) => level === "note").slice(0, 10).map(({ says }) => `- note: ${oneLine(says, 200)}`);
  return `<details><summary>${escapeHtml(stack)}: ${changes.length} ${changes.length === 1 ? "resource" : "resources"}</summary>\n\n${[...lines, ...notes].join("\n")}\n\n</details>`;
}

function typeOf(address: string): string {
  return address.split(".")[0] ?? address;
}

/** Names come from the pull request: none may end the code span, mention somebody or bring markup. */
function code(text: string): string {
  return text === "" ? "" : `\`${text.replace(/[`|<>\r\n]/g, "'")}\``;
}

function oneLine(text: string, most: number): string {
  const line = escapeHtml(text.replace(/\s+/g, " ").trim()).replace(/[|*_`[\]]/g, "\\$&").replace(/@/g, "@\u200b");
  return line.length > most ? `${line.slice(0, most - 1).replace(/\\$/, "")}…` : line;
}

function escapeHtml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}

/** Markdown of at most `limit` bytes, cut between lines, with what was folded closed again and the rest counted. */
export function cutMarkdown(text: string, limit: number): string {
  if (bytes(text) <= limit) return text;
  const lines = text.split("\n");
  const kept: string[] = [];
  let size = 150;
  for (const line of lines) {
    size += bytes(line) + 1;
    if (size > limit) break;
    kept.push(line);
  }
  const open = kept.reduce((n, line) => n + (line.match(/<details\b/g)?.length ?? 0) - (line.match(/<\/details>/g)?.length ?? 0), 0);
  return [...kept, ...Array.from({ length: open }, () => "\n</details>"), "", `${lines.length - kept.length} more lines did not fit.`].join("\n");
}
