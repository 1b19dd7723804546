import { code, codes } from "../../access";
import { counted } from "../../cli/counted";
import { UsageError } from "../../cli/ops/errors";
import { caution, countsOf, folded, inOrder, planned, unplannedStacks, withoutPlan, type Planned } from "./plans-text";

/** Found by this, the comment is updated in place; an HTML comment, which GitHub does not show. */
export const MARKER = "<!-- vault-tenancy: what this pull request changes -->";

/**
 * Bytes. GitHub refuses a comment beyond 65,536 characters; a character may be several bytes, so this is on the safe
 * side.
 */
export const LIMIT = 60_000;

/** Bytes of the access diff: it comes first, and leaves room for what would be done. */
const ACCESS_LIMIT = 30_000;

/** Stacks in one list. */
const STACKS = 60;

/** Whether the plans of a commit are made, are still to come (a person lets them run), or are not to be made. */
export type PlansState = "made" | "pending" | "none";

/**
 * What a comment is made from. Names, addresses and messages in it are a pull request's own, and are shown as code
 * alone.
 */
export interface CommentParts extends Planned {
  /**
   * The access diff, Markdown, as this program's own code wrote it; undefined: the commit has no synthesis that can be
   * judged.
   */
  readonly access: string | undefined;
  /** @default made */
  readonly state?: PlansState;
  /**
   * Whether the checks of the commit did not pass.
   * @default they passed
   */
  readonly checkFailed?: boolean;
  /**
   * Stacks that only the base has.
   * @default none
   */
  readonly removed?: readonly string[];
}

/**
 * The one comment of a pull request: who may do what, then what would be done, the risky by name; at most {@link LIMIT}
 * bytes, no value.
 */
export function renderComment(parts: CommentParts): string {
  const { access, checkFailed = false } = parts;
  const head = [
    MARKER,
    checkFailed ? CHECK_FAILED : "",
    caution(parts),
    ofCommit(parts.commit),
    cutMarkdown(access?.trim() ?? NO_ACCESS, ACCESS_LIMIT),
    heading(parts),
    withoutPlan(parts),
    waiting(parts),
    takenOut(parts),
    ...planned(parts),
  ];
  return withFolded(
    head,
    parts,
    "_No value is in this comment. The order is: what would be lost, access, what would be done, the rest folded._",
  );
}

/**
 * Paragraphs, of which `""` is none, with the lists of resources that fit, and a last line; at most {@link LIMIT}
 * bytes.
 */
export function withFolded(head: readonly string[], parts: Planned, foot: string): string {
  let text = head.filter(Boolean).join("\n\n");
  let left = 0;
  for (const plan of inOrder(parts).filter(({ changes }) => changes.length > 0)) {
    const each = folded(plan);
    if (bytes(text) + bytes(each) + bytes(foot) + 200 > LIMIT) left++;
    else text += `\n\n${each}`;
  }
  if (left > 0)
    text += `\n\n${left} more ${left === 1 ? "list" : "lists"} of resources did not fit: the plan jobs have them.`;
  return `${cutMarkdown(text, LIMIT - bytes(foot) - 10)}\n\n${foot}\n`;
}

const CHECK_FAILED =
  "> [!WARNING]\n> **The checks of this commit did not pass**: lint, types, tests or the access " +
  "proofs failed, or did not end. The check job says which. Merge and apply nothing of it; what " +
  "stands below is what it would do as it is.";

const NO_ACCESS =
  "### Access to the secrets: not known\n\nThis commit has no synthesis that can be judged: it stops before it has " +
  "written its stacks, or they do not say where they belong. Who would gain or lose what by it is not known.";

/** The line that says which commit a text is of; `""` where nobody knows. */
export function ofCommit(commit: string | undefined): string {
  return commit === undefined ? "" : `Of commit ${code(commit.slice(0, 7))}.`;
}

/** A commit's hash as a CI gives it; undefined where it gives none. Throws a UsageError for what is no hash. */
export function parseCommit(given = ""): string | undefined {
  if (given === "") return undefined;
  if (/^[0-9a-f]{7,64}$/i.test(given)) return given.toLowerCase();
  throw new UsageError(
    `--commit: given ${JSON.stringify(given.slice(0, 80))}; accepted: a commit's hash, 7 to 64 ` +
      `hexadecimal digits. git rev-parse HEAD prints one.`,
  );
}

function heading(parts: CommentParts): string {
  const { access, plans, unplanned = [], unreadable = [], state = "made" } = parts;
  const counts = countsOf(parts);
  const refused = unreadable.length + plans.filter(({ error }) => error !== undefined).length;
  const missing = unplanned.length + refused;
  const words = () => {
    if (counts !== "") return `${counts}${missing > 0 ? `; ${counted(missing, "stack")} without a plan` : ""}`;
    if (refused > 0 || (missing > 0 && state === "made")) return "not all plans are there";
    if (missing > 0) return state === "pending" ? "not planned yet" : "not planned";
    return access === undefined ? "not known" : plans.length > 0 ? "nothing" : "nothing, no stack is touched";
  };
  return `### What would be done: ${words()}`;
}

function waiting(parts: CommentParts): string {
  const { unplanned = [], state = "made" } = parts;
  if (unplanned.length === 0) return "";
  const stacks = unplannedStacks(parts);
  const jobs = unplanned.length === 1 ? "its plan job" : "their plan jobs";
  return {
    made: `No plan of ${stacks}: no summary came from ${jobs}, which failed early, or which nobody let run.`,
    pending: `The plans of ${stacks} wait for an approval. This comment is written again after them.`,
    none:
      `Touched, and not planned: ${stacks}. No plan is made of this commit; what would be done ` +
      `to what is there is not known.`,
  }[state];
}

function takenOut({ removed = [] }: CommentParts): string {
  if (removed.length === 0) return "";
  const its = removed.length === 1 ? "it made; its state stays" : "they made; their states stay";
  return (
    `Taken out: ${codes(removed, STACKS)}. Nothing destroys what ${its} until somebody destroys it ` +
    `from a commit that still has the stack, or drops the state.`
  );
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
  const open = kept.reduce(
    (n, line) => n + (line.match(/<details\b/g)?.length ?? 0) - (line.match(/<\/details>/g)?.length ?? 0),
    0,
  );
  return [
    ...kept,
    ...Array.from({ length: open }, () => "\n</details>"),
    "",
    `${lines.length - kept.length} more lines did not fit.`,
  ].join("\n");
}
