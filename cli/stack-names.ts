import { didYouMean, type Platform } from "../model";
import { PlatformFileError } from "./platform-file";

/** The names of a platform's stacks, in the order in which they can be applied. */
export function stackNames({ vaults, clusters, environments }: Platform): string[] {
  return [
    ...vaults.flatMap((vault) => vault.stack ?? []),
    ...vaults.map((vault) => vault.accessStack),
    ...clusters.flatMap((cluster) => cluster.operator?.stack ?? []),
    ...environments.map((environment) => environment.stack),
  ];
}

/**
 * The named stacks, in the order in which they can be applied; all of them when none is named. Throws a
 * PlatformFileError for a name that is none.
 */
export function chooseStacks(platform: Platform, given: readonly string[]): string[] {
  const names = stackNames(platform);
  for (const name of given)
    if (!names.includes(name))
      throw new PlatformFileError(
        [`stack: given ${JSON.stringify(name)}; accepted: ${names.join(", ")}.`, didYouMean(name, names)]
          .filter(Boolean)
          .join(" "),
      );
  return given.length > 0 ? names.filter((name) => given.includes(name)) : names;
}
