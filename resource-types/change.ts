import { type Json, type JsonObject, textsIn } from "./json";

/**
 * How much a planned change asks of a person:
 * - `error`: values or the record of who read them would be gone for good, or somebody else would be trusted: another
 *   issuer, address or claim, or none that keeps others out;
 * - `warning`: somebody could do more, or something stops working;
 * - `info`: routine, said for completeness.
 */
export const SEVERITIES = ["error", "warning", "info"] as const;

/** One of {@link SEVERITIES}. */
export type Severity = (typeof SEVERITIES)[number];

/**
 * What Terraform would do with a resource. Source: Terraform's documentation, "JSON Output Format", change
 * representation.
 */
export type PlannedAction = "create" | "update" | "replace" | "delete" | "forget" | "import";

/** A resource that a plan changes. */
export interface PlannedChange {
  readonly address: string;
  readonly type: string;
  readonly action: PlannedAction;
  /** Empty where it is created. */
  readonly before: JsonObject;
  /** Empty where it is deleted or forgotten. What is known only after an apply is absent here. */
  readonly after: JsonObject;
  /** Which of `after` is known only after an apply. */
  readonly unknown: JsonObject;
  /** Found different outside of Terraform, not planned. */
  readonly drift: boolean;
  /** Of an object that is forgotten: the address of what of the same plan it is from then on. @default nothing's */
  readonly goesTo?: string;
  /** Of a release: how many of its objects the same plan forgets elsewhere, or makes elsewhere. @default none */
  readonly meets?: number;
}

/** What a person must know of a change: how severe it is, what would happen, and why it matters or what to do. */
export type Remark = readonly [severity: Severity, says: string, why: string];

/** What a change means. */
export type Rule = (change: PlannedChange) => readonly Remark[];

/** As {@link Rule}, of a resource that the remarks call so. */
export type Judge = (change: PlannedChange, called: string) => readonly Remark[];

/** A judge for each action; `gone` is for deleting and replacing. One that is absent says nothing. */
export type Judges = { readonly [action in Exclude<PlannedAction, "delete" | "replace"> | "gone"]?: Judge };

/**
 * Judges each action in its own way. What is imported without a judge of its own is judged as if it were made, and as
 * changed; that it is imported is routine.
 */
export function byAction(judges: Judges): Judge {
  return (change, called) => {
    const { action } = change;
    if (action === "import" && !judges.import)
      return [judges.create, judges.update]
        .flatMap((judge) => judge?.(change, called) ?? [])
        .filter(([severity]) => severity !== "info");
    return judges[action === "delete" || action === "replace" ? "gone" : action]?.(change, called) ?? [];
  };
}

/** As {@link byAction}, of resources called by `noun` and some of their arguments: `role kubernetes/app`. */
export function rule(noun: string, names: readonly string[], judges: Judges): Rule {
  const judge = byAction(judges);
  return (change) => judge(change, `${noun} ${names.map((name) => argument(change, name)).join("/")}`);
}

/** An argument as it was, or as it will be where it is new. */
export function argument({ before, after }: PlannedChange, name: string): string {
  return String(before[name] ?? after[name] ?? "?");
}

/** A type whose changes nobody needs to look at. */
export const routine: Rule = () => [];

/** Says one thing of every change, after the resource's name. */
export function says(severity: Severity, what: string, why: string): Judge {
  return (_, called) => [[severity, `${called} ${what}`, why]];
}

/** Says that the resource is destroyed or replaced. */
export function gone(severity: Severity, why: string): Judge {
  return (change, called) => [[severity, `${called} is ${goneWord(change)}`, why]];
}

/** `destroyed` or `replaced`. */
export function goneWord({ action }: PlannedChange): string {
  return action === "replace" ? "replaced" : "destroyed";
}

/** `imported` or `made`. */
export function madeWord({ action }: PlannedChange): string {
  return action === "import" ? "imported" : "made";
}

/** Says of what is replaced also how the new one differs. */
export function replaced(judge: Judge): Judge {
  return (change, called) => (change.action === "replace" ? judge(change, called) : []);
}

/** Says what several judges say. */
export function all(...judges: readonly Judge[]): Judge {
  return (change, called) => judges.flatMap((judge) => judge(change, called));
}

/** One warning. */
export function warning(says: string, why: string): Remark[] {
  return [["warning", says, why]];
}

/** One error. */
export function stop(says: string, why: string): Remark[] {
  return [["error", says, why]];
}

/** One remark for completeness. */
export function info(says: string, why: string): Remark[] {
  return [["info", says, why]];
}

/** A remark where something is so. */
export function when(condition: boolean, ...remark: Remark): Remark[] {
  return condition ? [remark] : [];
}

/** Leaves out what was changed outside of Terraform already. */
export function planned(judge: Judge): Judge {
  return (change, called) => (change.drift ? [] : judge(change, called));
}

/**
 * A warning for each of some arguments that differs: `role k/app: backend changes`.
 * @param word how it is called; @default its name
 */
export function changes(
  names: readonly string[],
  why: string | ((name: string) => string),
  word = (name: string) => name,
  severity: Severity = "warning",
): Judge {
  return (change, called) =>
    differing(change, names).map((name) => [
      severity,
      `${called}: ${word(name)} changes`,
      typeof why === "string" ? why : why(name),
    ]);
}

/** An error for each of some arguments that differs: they say whom to trust. */
export function trustChanges(names: readonly string[], why: string): Judge {
  return changes(names, why, (name) => name, "error");
}

/** Which of some arguments differ, or will be known only after the apply. */
export function differing({ before, after, unknown }: PlannedChange, names: readonly string[]): string[] {
  return names.filter((name) => hasUnknown(unknown[name]) || !same(before[name], after[name]));
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

/** Whether anything in a value is known only after the apply. */
export function hasUnknown(value: Json | undefined): boolean {
  if (value === true) return true;
  return typeof value === "object" && value !== null && Object.values(value).some((each: Json) => hasUnknown(each));
}

/** What a list has after and had not before. */
export function added({ before, after }: PlannedChange, name: string): string[] {
  const had = textsIn(before[name]);
  return textsIn(after[name]).filter((each) => !had.includes(each));
}
