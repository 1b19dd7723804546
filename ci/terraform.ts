import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { loadPlatform } from "../cli/platform-file";
import { chooseStacks } from "../cli/stack-names";
import type { PipelinePurpose } from "../model";
import { CiError, main, wordsOf } from "./lib/errors";
import { jobIdentity, stateIdentity, type JobIdentity } from "./lib/identity";
import { failedPlan, summarizePlan, type PlanSummary } from "./lib/plan-summary";
import { StackRun } from "./lib/terraform";

interface Options {
  readonly dir: string;
  readonly out: string;
  /** Of plan. */
  readonly as?: PipelinePurpose;
  readonly digest?: string;
}

/**
 * Does something with a stack's fresh plan as its job; the tokens end and the plan goes, however it ends. The job logs
 * in after providers are there, and anew before an apply: its tokens live five minutes, of which a download, a wait for
 * the state's lock or a long plan can take more.
 */
async function withPlan<T>(
  stack: string,
  purpose: PipelinePurpose,
  { dir }: Options,
  use: (summary: PlanSummary, apply: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const platform = loadPlatform();
  chooseStacks(platform, [stack]);
  const run = new StackRun(dir, stack);
  let identity: JobIdentity | undefined;
  const login = async (): Promise<JobIdentity["env"]> => {
    await identity?.end();
    identity = undefined;
    identity = await jobIdentity(platform, stack, purpose, run.private);
    return identity.env;
  };
  try {
    // The state's credentials alone: init asks no Vault and no cluster.
    await run.init(await stateIdentity(run.private));
    const summary = summarizePlan(stack, await run.plan(await login()));
    return await use(summary, async () => {
      const env = await login().catch((error: unknown) => {
        if (!(error instanceof Error)) throw error;
        throw new CiError(
          `${stack}: the login before the apply failed. Nothing was applied, and the plan is ` +
            `removed; run the job again. ${wordsOf(error)}`,
        );
      });
      await run.apply(env);
    });
  } finally {
    await identity?.end();
    run.end();
  }
}

function write({ out }: Options, summary: PlanSummary): void {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, `${summary.stack}.json`), `${JSON.stringify(summary, null, 2)}\n`);
}

function say({ stack, changes, digest, findings }: PlanSummary): void {
  console.log(
    `${stack}: ${changes.length === 0 ? "no change" : `${changes.length} changes`}${findings.length > 0 ? `, ${findings.length} findings` : ""}; ` +
      `digest ${digest}`,
  );
}

/**
 * Who plans: GitHub gives the identity `plan-<stack>` to pull requests alone, and `watch-<stack>` to what runs on the
 * protected branch.
 */
function planner(): PipelinePurpose {
  const event = process.env.GITHUB_EVENT_NAME;
  return event && event !== "pull_request" ? "watch" : "plan";
}

async function plan(stack: string, options: Options): Promise<number> {
  try {
    await withPlan(stack, options.as ?? planner(), options, async (summary) => (write(options, summary), say(summary)));
    return 0;
  } catch (error) {
    // The comment says that there is no plan, instead of leaving the stack out.
    if (error instanceof Error) write(options, failedPlan(stack, wordsOf(error).slice(0, 2000)));
    throw error;
  }
}

async function apply(stack: string, options: Options): Promise<number> {
  if (!/^[0-9a-f]{64}$/.test(options.digest ?? ""))
    throw new CiError(
      "--digest: given something else than a digest; accepted: the digest of the plan that was " +
        "reviewed, 64 hexadecimal digits, as ci/plan says it.",
    );
  return withPlan(stack, "apply", options, async (summary, run) => {
    say(summary);
    if (summary.digest !== options.digest)
      throw new CiError(
        `${stack}: the plan is not the one that was reviewed (${options.digest}): something has ` +
          `changed since. Nothing was applied; plan and review again.`,
      );
    if (summary.changes.length > 0) await run();
    console.log(`${stack}: ${summary.changes.length > 0 ? "applied" : "nothing to apply"}`);
    return 0;
  });
}

/**
 * Exit code 3: something has drifted, or could not be planned; the summaries tell which, and ci/drift says it by its
 * own codes.
 */
async function drift(stacks: readonly string[], options: Options): Promise<number> {
  let code = 0;
  for (const stack of chooseStacks(loadPlatform(), stacks)) {
    try {
      await withPlan(stack, "watch", options, async (summary) => {
        write(options, summary);
        say(summary);
        if (summary.changes.length > 0) code = 3;
      });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      write(options, failedPlan(stack, wordsOf(error).slice(0, 2000)));
      console.error(`ci: ${wordsOf(error)}`);
      code = 3;
    }
  }
  return code;
}

/**
 * Runs a command line without node's own two words; returns the exit code, or throws a CiError. Reads the job's
 * environment.
 */
export async function runTerraform(words: readonly string[]): Promise<number> {
  let code = 0;
  const program = new Command("ci").showSuggestionAfterError();
  const options = [
    new Option("--dir <folder>", "what npm run synth wrote").default("cdktf.out"),
    new Option("--out <folder>", "where summaries go: no value is in them").default(".tmp/ci/plans"),
  ];
  const command = (name: string, words: string, description: string) =>
    options.reduce(
      (made, option) => made.addOption(option),
      program.command(name).argument(words).description(description),
    );
  command("plan", "<stack>", "Plans a stack as its plan or watch job, and writes a summary of it.")
    .addOption(
      new Option(
        "--as <job>",
        "whose login; default: watch where GitHub's event is another than a pull request, plan otherwise",
      ).choices(["plan", "watch"]),
    )
    .action(async (stack: string, given: Options) => void (code = await plan(stack, given)));
  command("apply", "<stack>", "Plans again as the apply job, and applies that plan only when it is the reviewed one.")
    .requiredOption("--digest <digest>", "of the reviewed plan")
    .action(async (stack: string, given: Options) => void (code = await apply(stack, given)));
  command(
    "drift",
    "[stacks...]",
    "Plans stacks, all by default. Exit code 3: something has drifted, or could not be planned.",
  ).action(async (stacks: string[], given: Options) => void (code = await drift(stacks, given)));
  await program.parseAsync([...words], { from: "user" });
  return code;
}

if (require.main === module) main(() => runTerraform(process.argv.slice(2)));
