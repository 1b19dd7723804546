import { readFileSync, writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import { parseCommit, renderComment } from "./lib/comment";
import { main } from "./lib/errors";
import { belongings, protectedStacks } from "./lib/protected-stacks";
import { readSummaries } from "./lib/read-summary";

interface Options {
  readonly access?: string;
  readonly plans: string;
  readonly base?: string;
  readonly head?: string;
  readonly touched: string;
  readonly removed: string;
  readonly commit?: string;
  readonly plansPending?: boolean;
  readonly plansNone?: boolean;
  readonly checkFailed?: boolean;
  readonly out?: string;
}

/** The names of a list with commas. */
function names(list: string): string[] {
  return list.split(",").filter((name) => name !== "");
}

main(() => {
  const program = new Command("ci/comment")
    .description("The one comment of a pull request.")
    .option("--access <file>", "the access diff, as npm run access -- diff wrote it; without it the comment says that the commit has no synthesis")
    .option("--plans <folder>", "what ci/plan wrote", ".tmp/ci/plans")
    .option("--base <folder>", "cdktf.out of the base")
    .option("--head <folder>", "cdktf.out of the head; both say which stacks there are, and which are protected")
    .option("--touched <stacks>", "stacks that the change touches, with commas, in the order in which they can be applied", "")
    .option("--removed <stacks>", "stacks that only the base has, with commas", "")
    .option("--commit <hash>", "the commit that the comment is of")
    .option("--plans-pending", "the plans wait for an approval; the comment is written again after them")
    .addOption(new Option("--plans-none", "no plan is made of this commit").conflicts("plansPending"))
    .option("--check-failed", "the checks of this commit did not pass")
    .option("--out <file>", "write it there instead of showing it")
    .parse(process.argv.slice(2), { from: "user" });
  const { access, plans: folder, base, head, touched: list, removed, commit, plansPending, plansNone, checkFailed, out } = program.opts<Options>();
  const touched = names(list);
  const stacks = belongings(...[base, head].filter((each) => each !== undefined));
  const known = [...new Set([...touched, ...stacks.map(([name]) => name)])];
  const { plans, unreadable } = readSummaries(folder, known.length > 0 ? known : undefined);
  const text = renderComment({
    access: access === undefined ? undefined : readFileSync(access, "utf8"),
    plans,
    unreadable,
    unplanned: touched.filter((stack) => ![...plans, ...unreadable].some((each) => each.stack === stack)),
    removed: names(removed),
    protectedStacks: protectedStacks(stacks),
    commit: commit === undefined ? undefined : parseCommit(commit),
    state: plansPending ? "pending" : plansNone ? "none" : "made",
    checkFailed,
  });
  if (out === undefined) process.stdout.write(text);
  else writeFileSync(out, text);
  return 0;
});
