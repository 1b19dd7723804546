import { didYouMean, type Platform } from "../model";
import { PlatformFileError } from "./platform-file";

/**
 * The named stacks, in the order in which they can be applied; all of them when none is named. Throws a
 * PlatformFileError for a name that is none.
 */
export function chooseStacks(platform: Platform, given: readonly string[]): string[] {
  const names = platform.stacks.map(({ name }) => name);
  for (const name of given)
    if (!names.includes(name))
      throw new PlatformFileError(
        [`stack: given ${JSON.stringify(name)}; accepted: ${names.join(", ")}.`, didYouMean(name, names)]
          .filter(Boolean)
          .join(" "),
      );
  return given.length > 0 ? names.filter((name) => given.includes(name)) : names;
}
