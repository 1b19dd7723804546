import type { Platform } from "../model";
import { oneOf } from "./ops/arguments";

/**
 * The named stacks, in the order in which they can be applied; all of them when none is named. Throws a
 * UsageError for a name that is none.
 */
export function chooseStacks(platform: Platform, given: readonly string[]): string[] {
  const names = platform.stacks.map(({ name }) => name);
  for (const name of given) oneOf("stack", name, names);
  return given.length > 0 ? names.filter((name) => given.includes(name)) : names;
}
