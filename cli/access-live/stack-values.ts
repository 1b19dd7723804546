import { isObject, referenceOf, textOf, type JsonObject, type Resource, type Stack } from "../../access";
import type { Json } from "../../resource-types";
import { canonical, referenceTo, REFERENCES } from "./objects";

/** A resource's arguments, to be held against what is in Vault. */
export interface StackValues {
  readonly values: JsonObject;
  /** Arguments that only an apply makes known. */
  readonly unknown: ReadonlySet<string>;
}

/** The arguments of a stack's resource as `canonical` has them, references to others of its stack followed. */
export function valuesOf({ stack, type, values }: Resource): StackValues {
  const known: Record<string, Json> = {};
  const unknown = new Set<string>();
  for (const [name, value] of Object.entries(values)) {
    const read = knownIn(stack, value);
    if (read === undefined) unknown.add(name);
    else known[name] = read;
  }
  // Vault tells whether it has a reviewer's token, and never the token.
  const isSet = ["token_reviewer_jwt", "token_reviewer_jwt_wo"].some((name) => values[name] !== undefined);
  return { values: canonical(type, isSet ? { ...known, token_reviewer_jwt_set: true } : known), unknown };
}

/** A value with its references followed; undefined where a part of it is known only after an apply. */
function knownIn(stack: Stack, value: Json): Json | undefined {
  if (typeof value === "string") {
    const text = textOf(stack, value);
    if (text !== undefined) return text;
    const resource = referenceOf(stack, value)?.resource;
    return resource && referenceTo(resource.type, valuesOf(resource).values);
  }
  if (Array.isArray(value)) {
    const members = value.map((each: Json) => knownIn(stack, each));
    return members.includes(undefined) ? undefined : (members as Json[]);
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, each]) => [name, knownIn(stack, each)] as const);
  return entries.some(([, each]) => each === undefined) ? undefined : (Object.fromEntries(entries) as JsonObject);
}

/**
 * An argument's value in Vault as a stack would have it. What looks like an expression there is none, and must not
 * become one; characters that cannot be seen, which a terminal would obey, are shown as such.
 * @param place the address of what a reference stands for; undefined: it is no resource
 */
export function inTerraform(name: string, value: Json, place: (reference: string) => string | undefined): Json {
  if (Array.isArray(value)) return value.map((each: Json) => inTerraform(name, each, place));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([inner, each]) => [inner, inTerraform(inner, each, place)]));
  if (typeof value !== "string") return value;
  const attribute = REFERENCES[name];
  const address = attribute && place(value);
  if (address) return `\${${address}.${attribute}}`;
  const text = value.replace(/([$%])\{/g, "$1$1{");
  return name === "policy" ? text : text.replace(/[\p{Cc}\p{Cf}]/gu, "�");
}
