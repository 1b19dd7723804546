import { writeFileSync } from "node:fs";
import { loadPlatform } from "../cli/platform-file";
import { chooseStacks } from "../cli/stack-names";
import { metadataOf } from "../model";
import { parseCommit } from "./lib/comment";
import { driftState, renderDrift } from "./lib/drift";
import { main } from "./lib/main";
import { protectedStacks } from "./lib/protected-stacks";
import { readSummaries } from "./lib/read-summary";

/** Called by ci/drift-report, whose head says what is read and written: the plans, the stacks with commas, the text. */
main((io) => {
  const [folder, list, out] = process.argv.slice(2) as [string, string, string];
  const platform = loadPlatform();
  const expected = chooseStacks(platform, list.split(",").filter(Boolean));
  const parts = {
    ...readSummaries(folder, expected),
    protectedStacks: protectedStacks(platform.stacks.map((stack) => [stack.name, metadataOf(platform, stack)])),
    commit: parseCommit(process.env.COMMIT),
  };
  writeFileSync(out, renderDrift(parts));
  io.out(driftState(parts));
});
