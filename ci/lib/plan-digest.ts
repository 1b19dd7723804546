import { createHash } from "node:crypto";
import { CiError } from "./errors";

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
