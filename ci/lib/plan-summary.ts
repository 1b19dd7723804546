import { createHash } from "node:crypto";
import { judgePlanText, LEVELS, parsePlan, type Level, type PlanFinding } from "../../access";
import { CiError } from "./errors";

/** What would be done, in the order that a reader wants: gravest first. */
export const ACTIONS = ["delete", "replace", "forget", "update", "create", "import"] as const;

/** One of {@link ACTIONS}. */
export type PlanAction = (typeof ACTIONS)[number];

/** A stack's plan as the comment needs it: no argument's value is in it. */
export interface PlanSummary {
  readonly stack: string;
  readonly changes: readonly { readonly action: PlanAction; readonly address: string }[];
  /** Gravest first. */
  readonly findings: readonly PlanFinding[];
  /** SHA-256 of what would be done, value by value: the same text means the same plan. */
  readonly digest: string;
  /** Why there is no plan. */
  readonly error?: string;
}

/** Reads what `terraform show -json PLAN` printed. Throws an AccessInputError when it is no plan. */
export function summarizePlan(stack: string, text: string): PlanSummary {
  const changes = parsePlan(text)
    .changes.filter(({ drift }) => !drift)
    .map(({ action, address }) => ({ action, address }))
    .sort((a, b) => ACTIONS.indexOf(a.action) - ACTIONS.indexOf(b.action) || (a.address < b.address ? -1 : 1));
  return { stack, changes, findings: judgePlanText(text), digest: planDigest(text) };
}

/** A stack whose plan failed. */
export function failedPlan(stack: string, error: string): PlanSummary {
  return { stack, changes: [], findings: [], digest: "", error };
}

type Json = { readonly [name: string]: unknown };

interface RawChange {
  readonly address: string;
  readonly change: { readonly actions: readonly string[]; readonly before?: unknown; readonly after?: unknown; readonly after_unknown?: unknown; readonly replace_paths?: unknown };
}

/**
 * A digest of what a plan would do. In it: each resource's address, actions, and what differs between before and after, whole. What Terraform calls
 * sensitive counts too: the Vault provider calls every `data_json` so, and with it left out another change than the reviewed one would pass
 * (docs/decisions/0030-plans-are-made-again.md). Not in it: times, versions of the program, what does not change, and what a server counts by
 * itself, so that the same plan made twice has the same digest.
 *
 * Throws a CiError when the text is no plan.
 */
export function planDigest(text: string): string {
  let plan: { readonly resource_changes?: readonly RawChange[] };
  try {
    plan = JSON.parse(text) as typeof plan;
  } catch {
    throw new CiError("the plan: given no JSON; accepted: what terraform show -json PLAN prints.");
  }
  const changes = (plan.resource_changes ?? [])
    .filter(({ change }) => !["no-op", "read"].includes(change.actions.join()))
    .map(({ address, change }) => ({
      address,
      actions: change.actions,
      replace: change.replace_paths ?? null,
      unknown: change.after_unknown ?? null,
      ...difference(change.before ?? null, change.after ?? null),
    }))
    .sort((a, b) => (a.address < b.address ? -1 : 1));
  return createHash("sha256").update(canonical(changes)).digest("hex");
}

/** Only the arguments that differ: a server's own counters stand in `before` and `after` alike. */
function difference(before: unknown, after: unknown): { readonly before: unknown; readonly after: unknown } {
  if (!isObject(before) || !isObject(after)) return { before: isObject(before) ? null : before, after };
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => canonical(before[name]) !== canonical(after[name]));
  const of = (object: Json) => Object.fromEntries(names.map((name) => [name, object[name] ?? null]));
  return { before: of(before), after: of(after) };
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (isObject(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each)) ?? "null";
}

/** The gravest level among findings; undefined when there is none. */
export function gravest(findings: readonly PlanFinding[]): Level | undefined {
  return LEVELS.find((level) => findings.some((finding) => finding.level === level));
}
