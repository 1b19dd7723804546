import { renderComment } from "./lib/comment";
import { CiError, main } from "./lib/errors";
import { readSummaries } from "./lib/read-summary";

/**
 * Called by ci/plan-outputs: the plan of one stack for its approver, below what is on standard input. Words: the
 * summaries' folder, the stack.
 */
main(async () => {
  const [folder, stack] = process.argv.slice(2);
  if (!folder || !stack) throw new CiError("ci/plan-text.ts: accepted: the folder of the summaries, and a stack");
  const access = (await process.stdin.setEncoding("utf8").toArray()).join("");
  const { plans, unreadable } = readSummaries(folder);
  const its = <T extends { readonly stack: string }>(all: readonly T[]): T[] =>
    all.filter((each) => each.stack === stack);
  process.stdout.write(renderComment({ access, plans: its(plans), unreadable: its(unreadable) }));
  return 0;
});
