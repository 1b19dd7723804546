import { isObject, type Json, type JsonObject } from "../read-stacks";
import type { PlannedChange } from "./read-plan";

/**
 * How much a planned change asks of a person:
 * - `error`: values or the record of who read them would be gone for good;
 * - `warning`: somebody could do more, trust changes, or something stops working;
 * - `info`: routine, said for completeness.
 */
export const SEVERITIES = ["error", "warning", "info"] as const;

/** One of {@link SEVERITIES}. */
export type Severity = (typeof SEVERITIES)[number];

/** What a person must know about one planned change. */
export interface PlanFinding {
  readonly severity: Severity;
  readonly address: string;
  /** What would happen. */
  readonly says: string;
  /** Why it matters, or what to do. */
  readonly why: string;
}

/** Judges the changes of some resource types. */
export type Rule = (change: PlannedChange) => PlanFinding[];

/** A finding about a change. */
export function finding({ address }: PlannedChange, severity: Severity, says: string, why: string): PlanFinding {
  return { severity: severity, address, says, why };
}

/** Whether the resource that is there would be gone: deleted, or replaced by a new one. */
export function isGone({ action }: PlannedChange): boolean {
  return action === "delete" || action === "replace";
}

/** `destroyed` or `replaced`. */
export function goneWord({ action }: PlannedChange): string {
  return action === "replace" ? "replaced" : "destroyed";
}

/** Whether an argument differs, or will be known only after the apply. */
export function differs({ before, after, unknown }: PlannedChange, argument: string): boolean {
  return hasUnknown(unknown[argument]) || !same(before[argument], after[argument]);
}

/**
 * Whether two values mean the same: after its first refresh the provider has `[]`, `{}` or `""` where it had nothing.
 */
export function same(one: Json | undefined, other: Json | undefined): boolean {
  return JSON.stringify(withoutEmpty(one)) === JSON.stringify(withoutEmpty(other));
}

function withoutEmpty(value: Json | undefined): unknown {
  if (value === null || value === undefined || value === "") return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(withoutEmpty);
  if (typeof value !== "object") return value;
  const entries = Object.entries(value as JsonObject)
    .map(([key, each]) => [key, withoutEmpty(each)] as const)
    .filter(([, each]) => each !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Which of some arguments differ. */
export function differing(change: PlannedChange, ...names: readonly string[]): string[] {
  return names.filter((name) => differs(change, name));
}

/** Whether anything in a value is known only after the apply. */
export function hasUnknown(value: Json | undefined): boolean {
  if (value === true) return true;
  return typeof value === "object" && value !== null && Object.values(value).some((each: Json) => hasUnknown(each));
}

/** The texts of a list argument; empty when absent. */
export function texts(object: JsonObject, argument: string): readonly string[] {
  const value = object[argument];
  if (typeof value === "string") return value === "" ? [] : [value];
  return Array.isArray(value) ? value.map(String) : [];
}

/** What a list has after and had not before. */
export function added(change: PlannedChange, argument: string): string[] {
  const before = texts(change.before, argument);
  return texts(change.after, argument).filter((each) => !before.includes(each));
}

/** A member of an object as an object; empty when it is none. */
export function inner(value: Json | undefined): JsonObject {
  if (Array.isArray(value)) return inner((value as readonly Json[])[0]);
  return isObject(value) ? value : {};
}

/** A number that grows, where absent and 0 mean the given default. */
export function grows({ before, after }: PlannedChange, argument: string): boolean {
  return Number(after[argument] ?? 0) > Number(before[argument] ?? 0);
}
