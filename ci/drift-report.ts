import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { loadPlatform } from "../cli/platform-file";
import { chooseStacks } from "../cli/stack-names";
import { metadataOf } from "../model";
import { parseCommit } from "./lib/comment";
import { driftState, renderDrift } from "./lib/drift";
import { main } from "./lib/errors";
import { protectedStacks } from "./lib/protected-stacks";
import { readSummaries } from "./lib/read-summary";

main(() => {
  const program = new Command("ci/drift-report")
    .description("The text of the issue about drift; prints fine, drifted or failed.")
    .requiredOption("--plans <folder>", "what ci/drift wrote")
    .option("--expected <stacks>", "stacks that should have a plan, with commas; empty: all", "")
    .option("--commit <hash>", "the commit that was planned")
    .requiredOption("--out <file>", "where the text goes")
    .parse(process.argv.slice(2), { from: "user" });
  const {
    plans: folder,
    expected: list,
    commit,
    out,
  } = program.opts<{ plans: string; expected: string; commit?: string; out: string }>();
  const platform = loadPlatform();
  const expected = chooseStacks(
    platform,
    list.split(",").filter((name) => name !== ""),
  );
  const { plans, unreadable } = readSummaries(folder, expected);
  const parts = {
    plans,
    unreadable,
    unplanned: expected.filter((stack) => ![...plans, ...unreadable].some((each) => each.stack === stack)),
    protectedStacks: protectedStacks(
      platform.stacks
        .filter(({ name }) => expected.includes(name))
        .map((stack) => [stack.name, metadataOf(platform, stack)]),
    ),
    commit: commit === undefined ? undefined : parseCommit(commit),
  };
  writeFileSync(out, renderDrift(parts));
  console.log(driftState(parts));
  return 0;
});
