import { EXIT } from "../cli/exit-codes";
import { UsageError } from "../cli/ops/errors";
import { githubApi, missingRules, wantedEnvironments, type StackJobs } from "./lib/deployment-environments";
import { main } from "./lib/main";

/** Called by ci/guard: STACKS is what `npm run environments -- --json` printed, the word is the protected branch. */
main(async (io) => {
  const branch = process.argv[2]!;
  let stacks: readonly StackJobs[];
  try {
    stacks = JSON.parse(process.env.STACKS ?? "") as readonly StackJobs[];
  } catch {
    throw new UsageError("STACKS: given no JSON; accepted: what npm run environments -- --json prints.");
  }
  const ask = githubApi(process.env);
  const wanted = stacks.flatMap((each) => wantedEnvironments(each, branch));
  const missing: string[] = [];
  // One after the other: GitHub asks for that, and there are few.
  for (const each of wanted) missing.push(...(await missingRules(each, ask)));
  for (const sentence of missing) io.err(`deployment environment ${sentence}`);
  if (missing.length > 0) io.exit(EXIT.failed);
  else io.out(`${wanted.length} deployment environments have their rules`);
});
