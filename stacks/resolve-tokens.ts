import { DefaultTokenResolver, StringConcat, Tokenization } from "cdktf";
import type { IConstruct } from "constructs";

/** What cdktf looks for in a text: `${TfToken[…]}`, `#{TfToken[…]}`, and Terraform's expressions, to escape. */
const MARKED = /[$#%&]\{|TfToken/;

/** cdktf's tokens in place of numbers are far below any number of ours (its tokens/private/encoding.js). */
const LARGEST = 1e100;

const resolver = new DefaultTokenResolver(new StringConcat());

/**
 * A value with its tokens resolved, as cdktf does it. cdktf looks at every text of every value four ways; most of ours
 * are plain, and only what is not is given to it. Fields that are undefined are left out.
 */
export function resolveTokens(scope: IConstruct, value: unknown): unknown {
  if (Array.isArray(value) ? value.every(isPlain) : isPlain(value)) return value;
  if (!isRecord(value) || Object.keys(value).some((key) => MARKED.test(key)))
    return Tokenization.resolve(value, { scope, resolver, preparing: true }) as unknown;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => {
      const resolved = resolveTokens(scope, each);
      return resolved === undefined ? [] : [[key, resolved]];
    }),
  );
}

/** Whether a value is the same when it is resolved. Of an object that is not known without a look at each field. */
function isPlain(value: unknown): boolean {
  switch (typeof value) {
    case "string":
      return !MARKED.test(value);
    case "number":
      return Math.abs(value) < LARGEST;
    case "boolean":
      return true;
    default:
      return value === null;
  }
}

/** An object without a class: no token, no construct. */
function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype &&
    typeof (value as { resolve?: unknown }).resolve !== "function"
  );
}
