import { Duration } from "./duration";
import { didYouMean, quoted, SOME_TEXT, type Problem } from "./problems";
import { isRecord } from "./record";
import { VALUE_NAME, type TextRule } from "./rules";

/** Looks at a value of unknown type and reports what is wrong with it; returns whether it is right. */
export type Schema = (value: unknown, at: string, report: (problem: Problem) => void) => boolean;

/** A field that may be left out. */
interface OptionalSchema {
  readonly optional: Schema;
}

/** Marks a field that may be left out; `undefined` counts as left out, `null` does not. */
export function optional(schema: Schema): OptionalSchema {
  return { optional: schema };
}

/** A config path one step down: `apps["a-b"].keys[0]`, as one would write it in code. */
export function step(at: string, key: string | number): string {
  if (typeof key === "number") return `${at}[${key}]`;
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${at}[${quoted(key)}]`;
  return at === "" ? key : `${at}.${key}`;
}

/** A text that follows a rule. */
export function text(rule: TextRule): Schema {
  return (value, at, report) => {
    if (typeof value === "string" && rule.accepts(value)) return true;
    const hint = typeof value !== "string" ? undefined : hintFor(value, rule);
    report({ at, given: value, accepted: rule.accepted, hint });
    return false;
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
  return (value, at, report) => {
    if ((literals as readonly unknown[]).includes(value)) return true;
    const hint =
      typeof value === "string"
        ? didYouMean(
            value,
            literals.filter((l) => typeof l === "string"),
          )
        : undefined;
    report({ at, given: value, accepted, hint });
    return false;
  };
}

/** `true` or `false`. */
export const flag = oneOf(true, false);

/** A whole number within bounds. */
export function wholeNumber(least: number, most: number): Schema {
  return (value, at, report) => {
    if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return true;
    report({ at, given: value, accepted: `a whole number from ${least} to ${most}` });
    return false;
  };
}

/** A duration. */
export const duration: Schema = (value, at, report) => {
  if (Duration.parse(value)) return true;
  report({ at, given: value, accepted: Duration.ACCEPTED });
  return false;
};

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
    if (!Array.isArray(value) || (value.length === 0 && !empty)) {
      report({ at, given: value, accepted: empty ? "a list" : "a list of at least one" });
      return false;
    }
    if (value.length > LONGEST_LIST) {
      report({ at, given: value, accepted: `a list of at most ${LONGEST_LIST}` });
      return false;
    }
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
        right = false;
        report({
          at: step(at, i),
          given: each,
          accepted: "each thing once",
          hint: `It is ${step(at, first)} already.`,
        });
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
    if (!isRecord(value)) {
      report({
        at,
        given: typeof value === "string" ? SOME_TEXT : value,
        accepted: `an object of ${names.join(", ")}`,
      });
      return false;
    }
    let right = true;
    for (const key of Object.keys(value))
      if (!Object.hasOwn(fields, key)) {
        right = false;
        report({
          at: step(at, key),
          given: key,
          accepted: `no field of this name, only ${names.join(", ")}`,
          hint: Object.hasOwn(former, key) ? `It is called ${former[key]} now.` : didYouMean(key, names),
        });
      }
    for (const [name, field] of Object.entries(fields)) {
      if (typeof field === "function") right = field(value[name], step(at, name), report) && right;
      else if (value[name] !== undefined) right = field.optional(value[name], step(at, name), report) && right;
    }
    return right;
  };
}

function nameOf(rule: TextRule, name: string, at: string, report: (problem: Problem) => void): boolean {
  if (rule.accepts(name)) return true;
  report({ at, given: name, accepted: `as a name: ${rule.accepted}`, hint: hintFor(name, rule) });
  return false;
}

/** An object whose keys are names that follow a rule. */
export function record(key: TextRule, schema: Schema, { empty = true } = {}): Schema {
  return (value, at, report) => {
    if (!isRecord(value) || (!empty && Object.keys(value).length === 0)) {
      report({ at, given: value, accepted: empty ? "an object by name" : "an object by name with at least one" });
      return false;
    }
    let right = true;
    for (const [name, each] of Object.entries(value)) {
      right = nameOf(key, name, step(at, name), report) && right;
      right = schema(each, step(at, name), report) && right;
    }
    return right;
  };
}

/** One of several objects, told apart by the literal in `type`. */
export function variant(shapes: {
  readonly [type: string]: { readonly [field: string]: Schema | OptionalSchema };
}): Schema {
  const type = oneOf(...Object.keys(shapes));
  return (value, at, report) => {
    if (!isRecord(value)) {
      report({ at, given: value, accepted: `an object with a type of ${Object.keys(shapes).join(", ")}` });
      return false;
    }
    if (!type(value.type, step(at, "type"), report)) return false;
    return object({ type, ...shapes[value.type as string] })(value, at, report);
  };
}

/** One of two objects, told apart by a field that only the first has. */
export function either(field: string, first: Schema, second: Schema): Schema {
  return (value, at, report) =>
    (isRecord(value) && Object.hasOwn(value, field) ? first : second)(value, at, orElse(at, `or of ${field}`, report));
}

/** Reports with more that would have been accepted at this very place. */
function orElse(at: string, more: string, report: (problem: Problem) => void): (problem: Problem) => void {
  return (problem) => report(problem.at === at ? { ...problem, accepted: `${problem.accepted}, ${more}` } : problem);
}

/** Another schema, whose message says of a former value what it is called now. */
export function renamed(schema: Schema, former: { readonly [value: string]: string }): Schema {
  return (value, at, report) =>
    schema(value, at, (problem) => {
      const now = typeof value === "object" ? undefined : former[String(value)];
      report(now === undefined ? problem : { ...problem, hint: `It is called "${now}" now.` });
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
    if (left === 0) {
      report({
        at,
        given: value,
        accepted: "at most 10000 values, nested at most 32 deep",
        hint: "Does it hold itself?",
      });
      return false;
    }
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
  if (
    value === null ||
    typeof value === "boolean" ||
    Number.isFinite(value) ||
    (typeof value === "string" && !template)
  )
    return true;
  report({
    at,
    given: typeof value === "string" ? SOME_TEXT : value,
    accepted: "JSON whose texts have no ${ and %{",
    hint: template ? "Terraform would read ${ and %{ as a template." : undefined,
  });
  return false;
};
