import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AccessInputError, parseStack } from "../../access";
import type { StackMetadata } from "../../model";

/**
 * What the stacks of some syntheses say of themselves, by name. A stack that does not say so, or a folder that is not
 * there, is left out.
 */
export function belongings(...folders: readonly string[]): [string, StackMetadata][] {
  return folders.flatMap((folder) => {
    const stacks = join(folder, "stacks");
    return (existsSync(stacks) ? readdirSync(stacks).sort() : []).flatMap((name): [string, StackMetadata][] => {
      const file = join(stacks, name, "cdk.tf.json");
      if (!existsSync(file)) return [];
      try {
        return [[name, parseStack(name, readFileSync(file, "utf8")).metadata]];
      } catch (error) {
        if (error instanceof AccessInputError) return [];
        throw error;
      }
    });
  });
}

/**
 * The stacks that a protected environment needs: its own, the access stack and the server of its Vault, the operator of
 * its cluster. One that either synthesis calls protected is: a change that takes the protection away is read as one of
 * a protected stack.
 */
export function protectedStacks(stacks: readonly (readonly [string, StackMetadata])[]): Set<string> {
  const environments = stacks.flatMap(([, { kind, protected: is, vault, cluster }]) =>
    kind === "environment" && is === true ? [{ vault, cluster }] : [],
  );
  const vaults = new Set(environments.flatMap(({ vault }) => vault ?? []));
  const clusters = new Set(environments.flatMap(({ cluster }) => cluster ?? []));
  const needed = ({ kind, protected: is, vault = "", cluster = "" }: StackMetadata) =>
    kind === "environment" ? is === true : kind === "operator" ? clusters.has(cluster) : vaults.has(vault);
  return new Set(stacks.filter(([, belongs]) => needed(belongs)).map(([name]) => name));
}
