import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isObject, SEVERITIES, type JsonObject, type PlanFinding } from "../../access";
import { UsageError } from "../../cli/ops/errors";
import { ACTIONS, type PlanSummary } from "./plan-summary";

/** Longest texts, in characters: what ci/plan writes is far below. */
const MOST = { stack: 128, address: 1_000, says: 100_000, error: 5_000 } as const;

/** Changes or findings of one stack. */
const MOST_ITEMS = 50_000;

/** Bytes of one summary's file. */
const MOST_BYTES = 32 << 20;

/** A stack's name: a platform's and an environment's, with dashes. */
const STACK = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** A summary that is there and cannot be used. */
export interface Unreadable {
  /** As its file is named. */
  readonly stack: string;
  /** In words of this program alone: nothing of the file's content is in it. */
  readonly why: string;
}

/** What a folder of summaries holds. */
export interface Summaries {
  /** In the order of the expected stacks, then by name. */
  readonly plans: readonly PlanSummary[];
  readonly unreadable: readonly Unreadable[];
  /** Stacks that should have one and have none. */
  readonly unplanned: readonly string[];
}

/**
 * Reads the summaries of a folder, `<stack>.json` each; a folder that is not there holds none. They were made by a plan
 * job, which runs a pull request's own code: each field is looked at, and what does not fit is said, not shown.
 * @param expected stacks that can have one; undefined: nobody knows
 * @param wanted stacks that should have one
 */
export function readSummaries(folder: string, expected?: readonly string[], wanted = expected ?? []): Summaries {
  const plans: PlanSummary[] = [];
  const unreadable: Unreadable[] = [];
  for (const file of files(folder)) {
    const stack = basename(file, ".json");
    try {
      plans.push(readSummary(join(folder, file), stack, expected));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      unreadable.push({ stack, why: error.message });
    }
  }
  const place = ({ stack }: PlanSummary) => (expected?.indexOf(stack) ?? -1) >>> 0;
  const unplanned = wanted.filter((stack) => ![...plans, ...unreadable].some((each) => each.stack === stack));
  return { plans: plans.sort((a, b) => place(a) - place(b)), unreadable, unplanned };
}

function files(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new UsageError(
      `${folder}: given no folder that can be read; accepted: the folder that plan jobs left their summaries in.`,
    );
  }
}

function readSummary(file: string, stack: string, expected: readonly string[] | undefined): PlanSummary {
  if (!STACK.test(stack) || stack.length > MOST.stack)
    throw new UsageError("its file's name: given what no stack is called; accepted: a stack's name and .json.");
  if (expected && !expected.includes(stack))
    throw new UsageError(
      "its file's name: given a stack that nothing here knows; accepted: one that npm run environments shows.",
    );
  const stats = lstatSync(file);
  if (!stats.isFile() || stats.size > MOST_BYTES)
    throw new UsageError(
      `the file: given ${stats.isFile() ? `${stats.size} bytes` : "no plain file"}; accepted: a ` +
        `file of at most ${MOST_BYTES} bytes.`,
    );
  return parseSummary(readFileSync(file, "utf8"), stack);
}

/**
 * A summary from the text of its file. Fields that it does not know are left out.
 * @param expected the stack that it must be of
 * @throws UsageError that says which field, what kind of thing was given and what is accepted, and nothing of the
 *   content
 */
export function parseSummary(text: string, expected?: string): PlanSummary {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UsageError("the file: given no JSON; accepted: what ci/plan writes.");
  }
  const summary = object(json, "the file");
  const stack = textOf(summary.stack, "stack", MOST.stack, STACK, "a stack's name");
  if (expected !== undefined && stack !== expected)
    throw refused("stack", "another stack's name", "the name that its file has");
  const changes = list(summary.changes, "changes").map((each, i) => {
    const { action, address } = object(each, `changes[${i}]`);
    return {
      action: oneOf(action, `changes[${i}].action`, ACTIONS),
      address: textOf(address, `changes[${i}].address`, MOST.address),
    };
  });
  const findings = findingsIn(summary, "findings");
  const beyondPlan = summary.beyondPlan === undefined ? undefined : findingsIn(summary, "beyondPlan");
  if (summary.error === undefined) {
    const digest = textOf(summary.digest, "digest", 64, /^[0-9a-f]{64}$/, "64 hexadecimal digits");
    return { stack, changes, findings, ...(beyondPlan && { beyondPlan }), digest };
  }
  // Without a plan there is nothing that it would do: something else beside the error would be half a plan.
  if (changes.length > 0 || findings.length > 0 || beyondPlan !== undefined || summary.digest !== "")
    throw refused("error", "an error beside a plan", "either of them");
  return { stack, changes, findings, digest: "", error: textOf(summary.error, "error", MOST.error) };
}

function findingsIn(summary: JsonObject, field: "findings" | "beyondPlan"): PlanFinding[] {
  return list(summary[field], field).map((each, i) => {
    const at = `${field}[${i}]`;
    const { severity, address, says, why } = object(each, at);
    return {
      severity: oneOf(severity, `${at}.severity`, SEVERITIES),
      address: textOf(address, `${at}.address`, MOST.address),
      says: textOf(says, `${at}.says`, MOST.says),
      why: textOf(why, `${at}.why`, MOST.says),
    };
  });
}

function refused(where: string, given: string, accepted: string): UsageError {
  return new UsageError(`${where}: given ${given}; accepted: ${accepted}.`);
}

function checked<T>(value: unknown, where: string, is: (value: unknown) => boolean, accepted: string): T {
  if (is(value)) return value as T;
  throw refused(where, kindOf(value), accepted);
}

function object(value: unknown, where: string): JsonObject {
  return checked(value, where, isObject, "an object");
}

function list(value: unknown, where: string): readonly unknown[] {
  const fits = (given: unknown) => Array.isArray(given) && given.length <= MOST_ITEMS;
  return checked(value, where, fits, `a list of at most ${MOST_ITEMS}`);
}

function textOf(
  value: unknown,
  where: string,
  most: number,
  pattern = /^/,
  accepted = `a text of at most ${most} characters`,
): string {
  const fits = (given: unknown) => typeof given === "string" && given.length <= most && pattern.test(given);
  return checked(value, where, fits, accepted);
}

function oneOf<T>(value: unknown, where: string, accepted: readonly T[]): T {
  return checked(value, where, (given) => accepted.includes(given as T), accepted.join(", "));
}

/** What kind of thing a value is; never the value. */
function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "string") return `a text of ${value.length} characters`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
