import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { parseCommit } from "./lib/comment";
import { main } from "./lib/errors";
import { pullRequestComment, standingOf } from "./lib/pull-request";

/** Called by ci/comment, whose head says what is read and written. */
main(() => {
  const program = new Command("ci/comment")
    .description("The one comment of a pull request.")
    .argument("<base>", "cdktf.out of the base")
    .argument("<head>", "cdktf.out of the head")
    .requiredOption("--plans <folder>", "what ci/plan wrote")
    .requiredOption("--out <file>", "where the comment is written")
    .parse(process.argv.slice(2), { from: "user" });
  const [base, head] = program.args as [string, string];
  const { plans, out } = program.opts<{ plans: string; out: string }>();
  const { COMMIT } = process.env;
  const { text, problems } = pullRequestComment({
    base,
    head,
    plans,
    standing: standingOf(process.env),
    commit: COMMIT ? parseCommit(COMMIT) : undefined,
  });
  for (const problem of problems) console.error(`ci: ${problem}`);
  writeFileSync(out, text);
  console.log(`${out}: ${Buffer.byteLength(text)} bytes`);
  return 0;
});
