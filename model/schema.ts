import { Duration } from "./duration";
import { didYouMean, quoted, SOME_TEXT, type Report } from "./problems";
import { isRecord } from "./record";
import { VALUE_NAME, type TextRule } from "./rules";

/** Looks at a value of unknown type and reports what is wrong with it; returns whether it is right. */
export type Schema = (value: unknown, at: string, report: Report) => boolean;

/** A field that may be left out. */
export interface OptionalSchema {
  readonly optional: Schema;
}

/** Marks a field that may be left out; `undefined` counts as left out, `null` does not. */
export function optional(schema: Schema): OptionalSchema {
  return { optional: schema };
}

/** A config path some steps down: `apps["a-b"].keys[0]`, as one would write it in code. */
export function step(at: string, ...keys: readonly (string | number)[]): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === "number") return `${path}[${key}]`;
    if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${quoted(key)}]`;
    return path === "" ? key : `${path}.${key}`;
  }, at);
}

/** Reports what is wrong with a field of an object, found at `at`: the field's place and value need not be said. */
export function fieldReport<T extends object>(
  object: T,
  at: string,
  report: Report,
): (field: keyof T & string, accepted: string, hint?: string) => false {
  return (field, accepted, hint) => report(step(at, field), object[field], accepted, hint);
}

/** A text that follows a rule. */
export function text(rule: TextRule): Schema {
  return (value, at, report) => {
    if (typeof value === "string" && rule.accepts(value)) return true;
    const hint = typeof value !== "string" ? undefined : hintFor(value, rule);
    return report(at, value, rule.accepted, hint);
  };
}

function hintFor(value: string, rule: TextRule): string | undefined {
  const lower = value.toLowerCase();
  if (lower !== value && rule.accepts(lower)) return `Did you mean ${JSON.stringify(lower)}?`;
  if (/[$%]\{/.test(value)) return "Terraform would read ${ and %{ as a template.";
  if (value.includes("PRIVATE KEY")) return "A private key has no place in a config.";
  if (/[\u0080-\uffff]/.test(value)) return "It has characters beyond ASCII, written as \\u here.";
  if (value.includes("*") || value.includes("+")) return "Wildcards would reach more than the config names.";
  return undefined;
}

/** One of some literals. */
export function oneOf(...literals: readonly (string | number | boolean)[]): Schema {
  const accepted = literals.map((literal) => JSON.stringify(literal)).join(", ");
  const texts = literals.filter((literal) => typeof literal === "string");
  return (value, at, report) =>
    (literals as readonly unknown[]).includes(value) ||
    report(at, value, accepted, typeof value === "string" ? didYouMean(value, texts) : undefined);
}

/** `true` or `false`. */
export const flag = oneOf(true, false);

/** A whole number within bounds. */
export function wholeNumber(least: number, most: number): Schema {
  return (value, at, report) =>
    (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) ||
    report(at, value, `a whole number from ${least} to ${most}`);
}

/** A duration. */
export const duration: Schema = (value, at, report) =>
  Duration.parse(value) !== undefined || report(at, value, Duration.ACCEPTED);

/** The same text for the same thing, in whatever order its fields stand. For values that have the right shape. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    isRecord(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  );
}

/** More than any platform has; JavaScript's lists can be four billion holes. */
export const LONGEST_LIST = 10_000;

/** A list of different things, not empty unless said. */
export function list(schema: Schema, { empty = false } = {}): Schema {
  return (value, at, report) => {
    if (!Array.isArray(value) || (value.length === 0 && !empty))
      return report(at, value, empty ? "a list" : "a list of at least one");
    if (value.length > LONGEST_LIST) return report(at, value, `a list of at most ${LONGEST_LIST}`);
    let right = true;
    const seen = new Map<string, number>();
    // By index: forEach would skip holes.
    for (let i = 0; i < value.length; i++) {
      const each: unknown = value[i];
      if (!schema(each, step(at, i), report)) {
        right = false;
        continue;
      }
      const key = canonical(each);
      const first = seen.get(key);
      if (first === undefined) seen.set(key, i);
      else {
        right = report(step(at, i), each, "each thing once", `It is ${step(at, first)} already.`);
      }
    }
    return right;
  };
}

/** An object with these fields and no others. Of a field in `former` the message says what it is called now. */
export function object(
  fields: { readonly [name: string]: Schema | OptionalSchema },
  former: { readonly [name: string]: string } = {},
): Schema {
  const names = Object.keys(fields);
  return (value, at, report) => {
    if (!isRecord(value))
      return report(at, typeof value === "string" ? SOME_TEXT : value, `an object of ${names.join(", ")}`);
    let right = true;
    for (const key of Object.keys(value))
      if (!Object.hasOwn(fields, key)) {
        right = report(
          step(at, key),
          key,
          `no field of this name, only ${names.join(", ")}`,
          Object.hasOwn(former, key) ? `It is called ${former[key]} now.` : didYouMean(key, names),
        );
      }
    for (const [name, field] of Object.entries(fields)) {
      if (typeof field === "function") right = field(value[name], step(at, name), report) && right;
      else if (value[name] !== undefined) right = field.optional(value[name], step(at, name), report) && right;
    }
    return right;
  };
}

function nameOf(rule: TextRule, name: string, at: string, report: Report): boolean {
  if (rule.accepts(name)) return true;
  return report(at, name, `as a name: ${rule.accepted}`, hintFor(name, rule));
}

/** An object whose keys are names that follow a rule. */
export function record(key: TextRule, schema: Schema, { empty = true } = {}): Schema {
  return (value, at, report) => {
    if (!isRecord(value) || (!empty && Object.keys(value).length === 0))
      return report(at, value, empty ? "an object by name" : "an object by name with at least one");
    let right = true;
    for (const [name, each] of Object.entries(value)) {
      right = nameOf(key, name, step(at, name), report) && right;
      right = schema(each, step(at, name), report) && right;
    }
    return right;
  };
}

/** One of several objects, told apart by the literal in one field; @default `type`. */
export function variant(
  shapes: { readonly [literal: string]: { readonly [field: string]: Schema | OptionalSchema } },
  by = "type",
): Schema {
  const literal = oneOf(...Object.keys(shapes));
  return (value, at, report) => {
    if (!isRecord(value))
      return report(
        at,
        value,
        `an object with ${/^[aeiou]/.test(by) ? "an" : "a"} ${by} of ${Object.keys(shapes).join(", ")}`,
      );
    if (!literal(value[by], step(at, by), report)) return false;
    return object({ [by]: literal, ...shapes[value[by] as string] })(value, at, report);
  };
}

/** One of two objects, told apart by a field that only the first has. */
export function either(field: string, first: Schema, second: Schema): Schema {
  return (value, at, report) =>
    (isRecord(value) && Object.hasOwn(value, field) ? first : second)(value, at, orElse(at, `or of ${field}`, report));
}

/** Reports with more that would have been accepted at this very place. */
function orElse(at: string, more: string, report: Report): Report {
  return (where, given, accepted, hint) => report(where, given, where === at ? `${accepted}, ${more}` : accepted, hint);
}

/** Another schema, whose message says of a former value what it is called now. */
export function renamed(schema: Schema, former: { readonly [value: string]: string }): Schema {
  return (value, at, report) =>
    schema(value, at, (where, given, accepted, hint) => {
      const now = typeof value === "object" ? undefined : former[String(value)];
      return report(where, given, accepted, now === undefined ? hint : `It is called "${now}" now.`);
    });
}

/** A list where a list is given, otherwise the other schema. */
export function listOr(inList: Schema, otherwise: Schema): Schema {
  return (value, at, report) =>
    Array.isArray(value) ? inList(value, at, report) : otherwise(value, at, orElse(at, "or a list", report));
}

/**
 * Anything that JSON can hold, without Terraform's template marks in any text or name. Bounded, so that a cycle ends
 * too.
 */
export const json: Schema = (value, at, report) => {
  let left = 10_000;
  const visit = (each: unknown, here: string, depth: number): boolean => {
    if (left === 0) return false;
    left = depth > 32 || (Array.isArray(each) && each.length >= left) ? 0 : left - 1;
    if (left === 0) return report(at, value, "at most 10000 values, nested at most 32 deep", "Does it hold itself?");
    if (isRecord(each))
      return Object.entries(each).reduce(
        (right, [key, inner]) =>
          nameOf(VALUE_NAME, key, step(here, key), report) && visit(inner, step(here, key), depth + 1) && right,
        true,
      );
    if (Array.isArray(each))
      return Array.from(each).reduce(
        (right: boolean, inner, i) => visit(inner, step(here, i), depth + 1) && right,
        true,
      );
    return jsonLeaf(each, here, report);
  };
  return visit(value, at, 0);
};

const jsonLeaf: Schema = (value, at, report) => {
  const template = typeof value === "string" && /[$%]\{/.test(value);
  if (typeof value === "string" ? !template : value === null || typeof value === "boolean" || Number.isFinite(value))
    return true;
  return report(
    at,
    typeof value === "string" ? SOME_TEXT : value,
    "JSON whose texts have no ${ and %{",
    template ? "Terraform would read ${ and %{ as a template." : undefined,
  );
};
