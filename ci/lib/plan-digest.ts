import { createHash } from "node:crypto";
import { isObject, type JsonObject, type Plan } from "../../access";
import { UsageError } from "../../cli/ops/errors";

interface RawChange {
  readonly address: string;
  readonly previous_address?: string;
  readonly deposed?: string;
  readonly provider_name?: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before?: unknown;
    readonly after?: unknown;
    readonly after_unknown?: unknown;
    readonly replace_paths?: unknown;
    readonly importing?: unknown;
  };
}

/**
 * The parts of a plan's JSON that are looked at. Source: Terraform's documentation, "JSON Output Format", plan
 * representation, and plans of 1.11.4.
 */
interface RawPlan {
  readonly resource_changes?: readonly RawChange[];
  readonly output_changes?: { readonly [name: string]: RawChange["change"] };
  readonly variables?: JsonObject;
}

/**
 * What neither summary nor digest knows, so that nobody can have reviewed it: a plan in which one has entries is
 * refused. The last two are of Terraform 1.14.
 */
const UNKNOWN_PARTS = ["deferred_changes", "action_invocations", "deferred_action_invocations"] as const;

/**
 * A digest of what a plan would do. In it: each resource's address and the one it is moved from, its provider, actions,
 * the id of the object that they meet, what is imported, and what differs between before and after, whole; data sources
 * that are read during the apply; outputs that change; the variables, which say which server is meant. What Terraform
 * calls sensitive counts too: the Vault provider calls every `data_json` so, and with it left out another change than
 * the reviewed one would pass (docs/decisions/0012-plans-are-made-again.md).
 *
 * Not in it, so that the same plan made twice has the same digest: times, the program's version, what does not change,
 * what a server counts by itself (`resource_drift`, `prior_state`: an apply writes them into the state and does nothing
 * with them on a server). Nor what an apply does not act on: reasons (`action_reason`), `checks`,
 * `relevant_attributes`, `configuration`, marks of what is sensitive. `applyable` is false where nothing would be done,
 * which the absence of changes says already. Ephemeral resources and values are in no plan: what depends on them is a
 * write-only argument.
 *
 * Throws a UsageError for a plan that is not whole.
 */
export function planDigest({ json }: Plan): string {
  refuseUnfinished(json);
  const plan = json as RawPlan;
  const changes = (plan.resource_changes ?? [])
    .filter(
      ({ change, previous_address }) =>
        change.actions.join() !== "no-op" || change.importing !== undefined || previous_address !== undefined,
    )
    .map(({ address, previous_address, deposed, provider_name, change }) => ({
      address,
      from: previous_address ?? null,
      deposed: deposed ?? null,
      provider: provider_name ?? null,
      importing: change.importing ?? null,
      id: (isObject(change.before) ? change.before.id : undefined) ?? null,
      replace: change.replace_paths ?? null,
      ...whatChanges(change),
    }))
    .sort((a, b) => (order(a) < order(b) ? -1 : 1));
  const outputs = Object.entries(plan.output_changes ?? {}).filter(([, { actions }]) => actions.join() !== "no-op");
  // The path of the kubeconfig is another in each run; which cluster is meant is in the stack, and who the job is
  // there, its API server says.
  const variables = Object.entries(plan.variables ?? {}).filter(([name]) => !name.startsWith("kubeconfig_"));
  const counted = {
    changes,
    outputs: Object.fromEntries(outputs.map(([name, change]) => [name, whatChanges(change)])),
    variables: Object.fromEntries(variables),
  };
  return createHash("sha256").update(canonical(counted)).digest("hex");
}

function refuseUnfinished(plan: JsonObject): void {
  const unfinished = [
    ...(plan.errored === true ? ["errored"] : []),
    // Older programs do not say it.
    ...(plan.complete === false ? ["not complete"] : []),
    ...UNKNOWN_PARTS.filter(
      (name) => plan[name] !== undefined && canonical(plan[name]) !== "[]" && plan[name] !== null,
    ),
  ];
  if (unfinished.length > 0)
    throw new UsageError(
      `the plan: given one with: ${unfinished.join(", ")}; accepted: a whole plan of resources and ` +
        `outputs. A reviewer would not see all of what an apply does; mend what the plan says, or ` +
        `let a person apply this stack.`,
    );
}

function whatChanges(change: RawChange["change"]): object {
  return {
    actions: change.actions,
    unknown: change.after_unknown ?? null,
    ...difference(change.before ?? null, change.after ?? null),
  };
}

/** Two changes can share an address: an object and one that is left over from a replacement. */
function order({ address, deposed }: { readonly address: string; readonly deposed: string | null }): string {
  return `${address}\n${deposed ?? ""}`;
}

/** Only the arguments that differ: a server's own counters stand in `before` and `after` alike. */
function difference(before: unknown, after: unknown): { readonly before: unknown; readonly after: unknown } {
  if (!isObject(before) || !isObject(after)) return { before: isObject(before) ? null : before, after };
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => canonical(before[name]) !== canonical(after[name]),
  );
  const of = (object: JsonObject) => Object.fromEntries(names.map((name) => [name, object[name] ?? null]));
  return { before: of(before), after: of(after) };
}

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, each: unknown) =>
      isObject(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
    ) ?? "null"
  );
}
