import { writeFileSync } from "node:fs";
import { parseCommit } from "./lib/comment";
import { main } from "./lib/main";
import { pullRequestComment, standingOf } from "./lib/pull-request";

/** Called by ci/comment, whose head says what is read and written: the base, the head, the plans, the comment. */
main((io) => {
  const [base, head, plans, out] = process.argv.slice(2) as [string, string, string, string];
  const { text, problems } = pullRequestComment({
    base,
    head,
    plans,
    standing: standingOf(process.env),
    commit: parseCommit(process.env.COMMIT),
  });
  for (const problem of problems) io.err(problem);
  writeFileSync(out, text);
  io.out(`${out}: ${Buffer.byteLength(text)} bytes`);
});
