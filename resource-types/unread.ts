import { isObject, type Json, type JsonObject } from "./json";

/** Segments of a path as Vault takes it literally: nothing that is resolved, decoded or trimmed on the way. */
const PLAIN = /^(?!\.{1,2}(\/|$))[\w@:+~-][\w@.:+~-]*(\/(?!\.{1,2}(\/|$))[\w@.:+~-]+)*\/?$/;

/**
 * Whether a path means what it says: no `..`, `//`, percent sign, space or control character. Source: Vault's API
 * refuses `..`, and its HTTP library decodes and cleans the rest.
 */
export function isPlainPath(path: Json | undefined): boolean {
  return typeof path === "string" && PLAIN.test(path);
}

/** Says of arguments that are paths, or parts of one, where they do not mean what they say. */
export function plainPaths(...names: readonly string[]): (values: JsonObject) => string[] {
  return (values) =>
    names
      // References are followed, and judged where they lead.
      .filter((name) => values[name] !== undefined && !String(values[name]).startsWith("${"))
      .filter((name) => !isPlainPath(values[name]))
      .map((name) => `its ${name} ${JSON.stringify(values[name])} is no plain path`);
}

/** Says of an argument that it has another value than those that are read. */
export function given(
  values: JsonObject,
  name: string,
  ...accepted: readonly (string | boolean | undefined)[]
): string[] {
  const value = values[name] ?? undefined;
  return accepted.some((each) => each === value)
    ? []
    : [`its ${name} is ${JSON.stringify(value) ?? "not given"}, which this report does not read`];
}

/**
 * Says which keys of an object are not read; those without a value are none. A name with a dot is a key of the object
 * within.
 */
export function keysOf(where: string, object: JsonObject, read: ReadonlySet<string>, within = ""): string[] {
  return Object.entries(object).flatMap(([key, value]) => {
    const path = `${within}${key}`;
    if (value === null || read.has(path)) return [];
    if (isObject(value) && [...read].some((each) => each.startsWith(`${path}.`)))
      return keysOf(where, value, read, `${path}.`);
    return [`${where} ${path} may grant access, and this report does not read it`];
  });
}

/** A JSON object that stands as a text in the stack; `undefined`: it is none, or an expression. */
export function literalObject(text: Json | undefined): JsonObject | undefined {
  if (typeof text !== "string" || /[$%]\{/.test(text)) return undefined;
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
