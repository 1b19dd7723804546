import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import type { Platform } from "../model";
import { addStacks } from "../stacks";
import { LOCK_FILE, lockStack } from "./provider-lock";
import { checkArchives } from "./chart-archives";
import { withoutCreationStacks } from "./creation-stacks";
import { chooseStacks } from "./stack-names";

/** What a synthesis made. */
export interface Synthesis {
  /** Where it lies; `stacks/<name>/cdk.tf.json` in it. */
  readonly outdir: string;
  /** Names of the stacks, in the order in which they can be applied. */
  readonly stacks: readonly string[];
}

/** Options of {@link synthesize}. */
export interface SynthesizeOptions {
  /**
   * Names of stacks; the others are left as they are.
   * @default every stack, and folders of stacks that are no more are removed, as cdktf does
   */
  readonly only?: readonly string[];
  /** @default "cdktf.out", or CDKTF_OUTDIR where cdktf runs this */
  readonly outdir?: string;
  /**
   * The project's folder: its lock of providers, where there is one, and its charts' archives are what stacks are held
   * to.
   * @default the working directory
   */
  readonly root?: string;
}

/**
 * Writes a platform's stacks as Terraform JSON.
 *
 * Throws a UsageError when `only` names a stack that the platform does not have, and for a lock of providers that is
 * not of the stacks' versions, and for a chart's archive that is not the config's.
 */
export function synthesize(platform: Platform, { only = [], outdir, root = "." }: SynthesizeOptions = {}): Synthesis {
  const chosen = chooseStacks(platform, only);
  checkArchives(platform, root);
  const app = new App({ ...(outdir && { outdir }) });
  withoutCreationStacks(() => {
    addStacks(app, platform, chosen);
    app.synth();
  });
  const folder = join(app.outdir, "stacks");
  // For cdktf and for people, who run Terraform themselves there.
  for (const stack of chosen) lockStack(join(folder, stack), join(root, LOCK_FILE));
  if (only.length === 0 && existsSync(folder))
    for (const stale of readdirSync(folder).filter((each) => !chosen.includes(each)))
      rmSync(join(folder, stale), { recursive: true });
  return { outdir: app.outdir, stacks: chosen };
}
