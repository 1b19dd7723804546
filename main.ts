import "./cli/source-maps";
import "./cli/late-archiver";
import { proveAccess } from "./cli/access/prove";
import { exitCodeOf } from "./cli/exit-codes";
import { loadPlatform } from "./cli/platform-file";
import type * as summaryModule from "./cli/summary";
import { synthesize } from "./cli/synth";

/**
 * Loads the config, resolves it, synthesizes its stacks and proves who can reach what from the result: what `npm start`
 * and cdktf run. Words name stacks; none means all, and a proof needs them all.
 */
function main(words: readonly string[]): void {
  const platform = loadPlatform();
  const only = words.filter((word) => word !== "--quiet");
  const synthesis = synthesize(platform, { only });
  if (!words.includes("--quiet")) {
    // Loaded late: cdktf runs this quietly, and has no use for tables.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { summary } = require("./cli/summary") as typeof summaryModule;
    console.log(summary(platform, synthesis));
  }
  // Of some stacks alone nothing can be proven.
  if (only.length === 0) proveAccess(synthesis.outdir);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.exitCode = exitCodeOf(error);
  if (process.exitCode === undefined) {
    console.error(
      "this is a mistake in the program or in code of the config; FULL_TRACES=1 shows the source's own lines:",
    );
    throw error;
  }
  console.error((error as Error).message);
}
