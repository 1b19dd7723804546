import { Duration } from "./duration";
import { didYouMean, type Problem } from "./problems";
import type { TextRule } from "./rules";

/** Looks at a value of unknown type and reports what is wrong with it; returns whether it is right. */
export type Shape = (value: unknown, at: string, report: (problem: Problem) => void) => boolean;

/** A field that may be left out. */
interface OptionalShape {
  readonly optional: Shape;
}

/** Marks a field that may be left out; `undefined` counts as left out, `null` does not. */
export function optional(shape: Shape): OptionalShape {
  return { optional: shape };
}

/** A config path one step down: `apps["a-b"].keys[0]`, as one would write it in code. */
export function step(at: string, key: string | number): string {
  if (typeof key === "number") return `${at}[${key}]`;
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${at}[${JSON.stringify(key)}]`;
  return at === "" ? key : `${at}.${key}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text that follows a rule. */
export function text(rule: TextRule): Shape {
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
  if (value.includes("*") || value.includes("+")) return "Wildcards would reach more than the config names.";
  return undefined;
}

/** One of some literals. */
export function oneOf(...literals: readonly (string | number | boolean)[]): Shape {
  const accepted = literals.map((literal) => JSON.stringify(literal)).join(", ");
  return (value, at, report) => {
    if ((literals as readonly unknown[]).includes(value)) return true;
    const hint = typeof value === "string" ? didYouMean(value, literals.filter((l) => typeof l === "string")) : undefined;
    report({ at, given: value, accepted, hint });
    return false;
  };
}

/** `true` or `false`. */
export const flag = oneOf(true, false);

/** A whole number within bounds. */
export function wholeNumber(least: number, most: number): Shape {
  return (value, at, report) => {
    if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return true;
    report({ at, given: value, accepted: `a whole number from ${least} to ${most}` });
    return false;
  };
}

/** A duration. */
export const duration: Shape = (value, at, report) => {
  if (Duration.parse(value)) return true;
  report({ at, given: value, accepted: Duration.ACCEPTED });
  return false;
};

/** A list of different things, not empty unless said. */
export function list(shape: Shape, { empty = false } = {}): Shape {
  return (value, at, report) => {
    if (!Array.isArray(value) || (value.length === 0 && !empty)) {
      report({ at, given: value, accepted: empty ? "a list" : "a list of at least one", hint: Array.isArray(value) ? "Leave it out if there is none." : undefined });
      return false;
    }
    let right = true;
    const seen = new Map<string, number>();
    value.forEach((each, i) => {
      if (!shape(each, step(at, i), report)) right = false;
      const key = JSON.stringify(each) ?? "undefined";
      const first = seen.get(key);
      if (first !== undefined) report({ at: step(at, i), given: each, accepted: "each thing once", hint: `It is ${step(at, first)} already.` });
      else seen.set(key, i);
    });
    return right;
  };
}

/** An object with these fields and no others. */
export function object(fields: { readonly [name: string]: Shape | OptionalShape }): Shape {
  const names = Object.keys(fields);
  return (value, at, report) => {
    if (!isRecord(value)) {
      report({ at, given: value, accepted: `an object of ${names.join(", ")}` });
      return false;
    }
    let right = true;
    for (const key of Object.keys(value))
      if (!Object.hasOwn(fields, key)) {
        right = false;
        report({ at: step(at, key), given: value[key], accepted: `no field of this name, only ${names.join(", ")}`, hint: didYouMean(key, names) });
      }
    for (const [name, field] of Object.entries(fields)) {
      if (typeof field === "function") right = field(value[name], step(at, name), report) && right;
      else if (value[name] !== undefined) right = field.optional(value[name], step(at, name), report) && right;
    }
    return right;
  };
}

/** An object whose keys are names that follow a rule. */
export function record(key: TextRule, shape: Shape, { empty = true } = {}): Shape {
  return (value, at, report) => {
    if (!isRecord(value) || (!empty && Object.keys(value).length === 0)) {
      report({ at, given: value, accepted: empty ? "an object by name" : "an object by name with at least one" });
      return false;
    }
    let right = true;
    for (const [name, each] of Object.entries(value)) {
      if (!key.accepts(name)) {
        right = false;
        report({ at: step(at, name), given: name, accepted: `as a name: ${key.accepted}`, hint: hintFor(name, key) });
      }
      right = shape(each, step(at, name), report) && right;
    }
    return right;
  };
}

/** One of several objects, told apart by the literal in `type`. */
export function variant(shapes: { readonly [type: string]: { readonly [field: string]: Shape | OptionalShape } }): Shape {
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
export function either(field: string, first: Shape, second: Shape): Shape {
  return (value, at, report) => (isRecord(value) && field in value ? first : second)(value, at, report);
}

/** A list where a list is given, otherwise the other shape. */
export function listOr(inList: Shape, otherwise: Shape): Shape {
  return (value, at, report) => (Array.isArray(value) ? inList : otherwise)(value, at, report);
}

/** Anything that JSON can hold, without Terraform's template marks in any text. */
export const json: Shape = (value, at, report) => {
  if (isRecord(value)) return Object.entries(value).reduce((right, [key, each]) => json(each, step(at, key), report) && right, true);
  if (Array.isArray(value)) return value.reduce((right: boolean, each, i) => json(each, step(at, i), report) && right, true);
  const plain = value === null || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value));
  if (plain || (typeof value === "string" && !/[$%]\{/.test(value))) return true;
  report({ at, given: value, accepted: "JSON whose texts have no ${ and %{", hint: "Terraform would read ${ and %{ as a template." });
  return false;
};
