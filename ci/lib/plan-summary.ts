import { judgePlan, parsePlan, type PlanFinding } from "../../access";
import { planDigest } from "./plan-digest";

/** What would be done, in the order that a reader wants: most severe first. */
export const ACTIONS = ["delete", "replace", "forget", "update", "create", "import"] as const;

/** One of {@link ACTIONS}. */
export type PlanAction = (typeof ACTIONS)[number];

/** A stack's plan as the comment needs it: no argument's value is in it. */
export interface PlanSummary {
  readonly stack: string;
  readonly changes: readonly { readonly action: PlanAction; readonly address: string }[];
  /** Gravest first. */
  readonly findings: readonly PlanFinding[];
  /**
   * What somebody gave people in Vault that no plan shows, as ci/drift finds it.
   * @default nobody looked, or there is nothing
   */
  readonly beyondPlan?: readonly PlanFinding[];
  /** SHA-256 of what would be done, value by value: the same text means the same plan. */
  readonly digest: string;
  /** Why there is no plan. */
  readonly error?: string;
}

/** Reads what `terraform show -json PLAN` printed. Throws an AccessInputError when it is no plan, and a UsageError
 * when it is not a whole one. */
export function summarizePlan(stack: string, text: string): PlanSummary {
  const plan = parsePlan(text);
  const changes = plan.changes
    .filter(({ drift }) => !drift)
    .map(({ action, address }) => ({ action, address }))
    .sort((a, b) => ACTIONS.indexOf(a.action) - ACTIONS.indexOf(b.action) || (a.address < b.address ? -1 : 1));
  return { stack, changes, findings: judgePlan(plan), digest: planDigest(plan) };
}

/** A stack whose plan failed. */
export function failedPlan(stack: string, error: string): PlanSummary {
  return { stack, changes: [], findings: [], digest: "", error };
}
