import { githubApi, missingRules, wantedEnvironments, type StackJobs } from "./lib/deployment-environments";
import { CiError, main } from "./lib/errors";

/** Called by ci/guard: STACKS is what `npm run environments -- --json` printed, the word is the protected branch. */
main(async () => {
  const branch = process.argv[2];
  if (!branch || process.argv.length > 3) throw new CiError("ci/guard: accepted: the protected branch, e.g. main");
  let stacks: readonly StackJobs[];
  try {
    stacks = JSON.parse(process.env.STACKS ?? "") as readonly StackJobs[];
  } catch {
    throw new CiError("STACKS: given no JSON; accepted: what npm run environments -- --json prints.");
  }
  const ask = githubApi(process.env);
  const wanted = stacks.flatMap((each) => wantedEnvironments(each, branch));
  const missing: string[] = [];
  // One after the other: GitHub asks for that, and there are few.
  for (const each of wanted) missing.push(...(await missingRules(each, ask)));
  for (const sentence of missing) console.error(`ci: deployment environment ${sentence}`);
  if (missing.length === 0) console.log(`${wanted.length} deployment environments have their rules`);
  return missing.length === 0 ? 0 : 1;
});
