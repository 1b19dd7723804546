import "./cli/source-maps";
import { loadPlatform, PlatformFileError } from "./cli/platform-file";
import type * as summaryModule from "./cli/summary";
import { synthesize } from "./cli/synth";

/** Loads the config, resolves it and synthesizes its stacks: what `npm start` and cdktf run. Words name stacks; none means all. */
function main(words: readonly string[]): void {
  const platform = loadPlatform();
  const synthesis = synthesize(platform, { only: words.filter((word) => word !== "--quiet") });
  if (words.includes("--quiet")) return;
  // Loaded late: cdktf runs this quietly, and has no use for tables.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { summary } = require("./cli/summary") as typeof summaryModule;
  console.log(summary(platform, synthesis));
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof PlatformFileError)) {
    console.error("this is a mistake in the program or in code of the config; SOURCE_MAPS=1 shows the source's own lines:");
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
