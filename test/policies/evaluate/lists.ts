import { Acl } from "../../../policies/evaluate/acl";
import { PolicyError } from "../../../policies/write/errors";
import { readPolicy } from "../../../policies/evaluate/read";

/** A list from one policy a text, named p0, p1, … */
export function aclOf(...texts: string[]): Acl {
  return Acl.of(texts.map((text, i) => ({ name: `p${i}`, policy: readPolicy(text) })));
}

/** A list from one policy with these rules. */
export function aclFrom(rules: Readonly<Record<string, string>>): Acl {
  return aclOf(hcl(rules));
}

/** The text of a policy: capabilities, apart by spaces, for every path. */
export function hcl(rules: Readonly<Record<string, string>>): string {
  const quoted = (list: string): string => list.replace(/\w+/g, '"$&"').replaceAll(" ", ", ");
  return Object.entries(rules)
    .map(([path, list]) => `path "${path}" { capabilities = [${quoted(list)}] }\n`)
    .join("");
}

/** Path and capabilities of every rule. */
export function factsOf(text: string): (readonly [string, string])[] {
  return readPolicy(text).rules.map((rule) => [rule.path, rule.capabilities.join(" ")]);
}

/** Why a text is refused. Throws where it is not. */
export function refusalOf(text: string): PolicyError {
  try {
    readPolicy(text);
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
