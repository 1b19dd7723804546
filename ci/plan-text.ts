import { renderComment } from "./lib/comment";
import { main } from "./lib/main";
import { readSummaries } from "./lib/read-summary";

/** Called by ci/plan-outputs: the plan of one stack for its approver, below what is on standard input. */
main(async () => {
  const [folder, stack] = process.argv.slice(2) as [string, string];
  const access = (await process.stdin.setEncoding("utf8").toArray()).join("");
  const { plans, unreadable } = readSummaries(folder);
  const its = <T extends { readonly stack: string }>(all: readonly T[]): T[] =>
    all.filter((each) => each.stack === stack);
  process.stdout.write(renderComment({ access, plans: its(plans), unreadable: its(unreadable) }));
});
