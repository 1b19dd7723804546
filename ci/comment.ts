import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { loadPlatform } from "../cli/platform-file";
import { stackNames } from "../cli/stack-names";
import { renderComment } from "./lib/comment";
import { CiError, main } from "./lib/errors";
import type { PlanSummary } from "./lib/plan-summary";

/** The summaries of a folder, in the order in which their stacks can be applied. Throws a CiError for a file that is none. */
function summaries(folder: string): PlanSummary[] {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  const read = files.map((file): PlanSummary => {
    try {
      return JSON.parse(readFileSync(join(folder, file), "utf8")) as PlanSummary;
    } catch {
      throw new CiError(`${join(folder, file)}: given no JSON; accepted: what ci/plan wrote.`);
    }
  });
  const order = stackNames(loadPlatform());
  return read.sort((a, b) => order.indexOf(a.stack) - order.indexOf(b.stack));
}

main(() => {
  const program = new Command("ci/comment")
    .description("The one comment of a pull request.")
    .requiredOption("--access <file>", "the access diff, as npm run access -- diff wrote it")
    .option("--plans <folder>", "what ci/plan wrote", ".tmp/ci/plans")
    .option("--touched <stacks>", "stacks that the change touches, with commas", "")
    .option("--out <file>", "write it there instead of showing it")
    .parse(process.argv.slice(2), { from: "user" });
  const { access, plans, touched, out } = program.opts<{ access: string; plans: string; touched: string; out?: string }>();
  const made = summaries(plans);
  const unplanned = touched.split(",").filter((stack) => stack !== "" && !made.some((plan) => plan.stack === stack));
  const text = renderComment({ access: readFileSync(access, "utf8"), plans: made, unplanned });
  if (out === undefined) process.stdout.write(text);
  else writeFileSync(out, text);
  return 0;
});
