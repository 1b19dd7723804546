import { synthesizedStacks } from "../../cli/synthesized";
import type { StackMetadata } from "../../model";

/**
 * What the stacks of some syntheses say of themselves, by name. A stack that does not say so, or a folder that is not
 * there, is left out.
 */
export function metadataOfStacks(...folders: readonly string[]): [string, StackMetadata][] {
  return folders.flatMap((folder) =>
    [...synthesizedStacks(folder)].flatMap(([name, { metadata }]): [string, StackMetadata][] =>
      metadata ? [[name, metadata]] : [],
    ),
  );
}

/**
 * The stacks that a protected environment needs: its own, the access stack and the server of its Vault, the operator of
 * its cluster. One that either synthesis calls protected is: a change that takes the protection away is read as one of
 * a protected stack.
 */
export function protectedStacks(stacks: readonly (readonly [string, StackMetadata])[]): Set<string> {
  const environments = stacks.flatMap(([, each]) =>
    each.kind === "environment" && each.protected === true ? each : [],
  );
  const isNeeded = ({ kind, vault, cluster }: StackMetadata) =>
    kind === "operator"
      ? environments.some((each) => cluster !== undefined && each.cluster === cluster)
      : kind !== "environment" && environments.some((each) => vault !== undefined && each.vault === vault);
  return new Set(stacks.flatMap(([name, each]) => (environments.includes(each) || isNeeded(each) ? name : [])));
}
