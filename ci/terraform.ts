import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { EXIT } from "../cli/exit-codes";
import { OpsError, UsageError } from "../cli/ops/errors";
import { loadPlatform } from "../cli/platform-file";
import { runWork, type Output } from "../cli/run-program";
import { chooseStacks } from "../cli/stack-names";
import type { PlanFinding } from "../access";
import type { PipelinePurpose } from "../model";
import { main, wordsOf } from "./lib/main";
import { jobIdentity, stateIdentity, type JobIdentity } from "./lib/identity";
import { failedPlan, summarizePlan, type PlanSummary } from "./lib/plan-summary";
import { notKnown, peopleBeyondPlan } from "./lib/people";
import { jobTerraform } from "./lib/terraform";

/** What can be done with a stack's fresh plan. */
interface WithPlan {
  apply(): Promise<void>;
  /** What people have in the stack's Vault that no plan shows. */
  lookAtPeople(): Promise<readonly PlanFinding[]>;
}

/**
 * Does something with a stack's fresh plan as its job; the tokens end and the plan goes, however it ends. The job logs
 * in after providers are there, and anew before an apply: its tokens live five minutes, of which a download, a wait for
 * the state's lock or a long plan can take more.
 */
async function withPlan(
  stack: string,
  purpose: PipelinePurpose,
  use: (summary: PlanSummary, more: WithPlan) => unknown,
): Promise<void> {
  const { RUNNER_TEMP, CI_STACKS = "cdktf.out" } = process.env;
  const platform = loadPlatform();
  chooseStacks(platform, [stack]);
  // Readable by this user alone: the plan, kubeconfigs and tokens for the cloud.
  const folder = mkdtempSync(join(resolve(RUNNER_TEMP || tmpdir()), "plan-"));
  const file = join(folder, "plan");
  const terraform = jobTerraform(CI_STACKS);
  let identity: JobIdentity | undefined;
  const login = async (): Promise<JobIdentity["env"]> => {
    await identity?.end();
    identity = undefined;
    return (identity = await jobIdentity(platform, stack, purpose, folder)).env;
  };
  try {
    // The state's credentials alone: init asks no Vault and no cluster.
    await terraform.init(stack, await stateIdentity(folder));
    const env = await login();
    await terraform.plan(stack, file, env);
    const text = await terraform.show(stack, file, env);
    const lookAtPeople = async () => {
      const client = identity?.vault();
      return client ? peopleBeyondPlan(client, text) : [];
    };
    const apply = async () => {
      const anew = await login().catch((error: Error) => {
        throw new OpsError(
          `${stack}: the login before the apply failed. Nothing was applied, and the plan is ` +
            `removed; run the job again. ${wordsOf(error)}`,
        );
      });
      await terraform.apply(stack, file, anew);
    };
    await use(summarizePlan(stack, text), { apply, lookAtPeople });
  } finally {
    await identity?.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Leaves a summary for the comment, in which no value is, and says what it comes to. */
function leave(io: Output, summary: PlanSummary): void {
  const folder = join(process.env.CI_OUT || ".tmp/ci", "plans");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${summary.stack}.json`), `${JSON.stringify(summary, null, 2)}\n`);
  if (summary.error === undefined) say(io, summary);
}

function say(io: Output, { stack, changes, digest, findings, beyondPlan = [] }: PlanSummary): void {
  const found =
    (findings.length > 0 ? `, ${findings.length} findings` : "") +
    (beyondPlan.length > 0 ? `, ${beyondPlan.length} that no plan shows` : "");
  io.out(`${stack}: ${changes.length === 0 ? "no change" : `${changes.length} changes`}${found}; digest ${digest}`);
}

/**
 * Plans, and leaves a summary; of a plan that failed too, so that the comment says so and leaves no stack out. With
 * `people` it says what no plan shows, too; where that cannot be read, there is no summary of a plan that would say
 * that all is well.
 */
async function plan(io: Output, stack: string, purpose: PipelinePurpose, people = false): Promise<void> {
  try {
    await withPlan(stack, purpose, async (summary, { lookAtPeople }) => {
      if (!people) return leave(io, summary);
      const beyondPlan = await lookAtPeople().catch((error: Error) => {
        if (summary.changes.length === 0) throw error;
        return [notKnown(wordsOf(error))];
      });
      return leave(io, beyondPlan.length > 0 ? { ...summary, beyondPlan } : summary);
    });
  } catch (error) {
    leave(io, failedPlan(stack, wordsOf(error as Error).slice(0, 2000)));
    throw error;
  }
}

async function apply(io: Output, stack: string, digest = ""): Promise<void> {
  if (!/^[0-9a-f]{64}$/.test(digest))
    throw new UsageError(
      "the digest: given something else than one; accepted: the digest of the plan that was " +
        "reviewed, 64 hexadecimal digits, as ci/plan says it.",
    );
  await withPlan(stack, "apply", async (summary, { apply: run }) => {
    say(io, summary);
    if (summary.digest !== digest)
      throw new UsageError(
        `${stack}: the plan is not the one that was reviewed (${digest}): something has ` +
          `changed since. Nothing was applied; plan and review again.`,
      );
    if (summary.changes.length > 0) await run();
    io.out(`${stack}: ${summary.changes.length > 0 ? "applied" : "nothing to apply"}`);
  });
}

/** Plans each; what differs, and what could not be planned, stands in the summaries, which ci/drift reads. */
async function drift(io: Output, stacks: readonly string[]): Promise<void> {
  const failing = { ...io, exit: () => io.exit(EXIT.failed) };
  for (const stack of chooseStacks(loadPlatform(), stacks))
    await runWork(failing, () => plan(io, stack, "watch", true));
}

/**
 * Called by ci/plan, ci/apply and ci/drift, whose heads say what is read and written: `plan STACK [JOB]`, `apply STACK
 * DIGEST`, `drift [STACK...]`. Reads the job's environment.
 *
 * Throws UsageErrors, OpsErrors and VaultErrors; a plan that failed leaves a summary.
 */
export async function runTerraform([command, ...words]: readonly string[], io: Output): Promise<void> {
  const [stack = "", more] = words;
  if (command === "drift") return drift(io, words);
  if (command === "apply") return apply(io, stack, more);
  // GitHub gives the identity plan-<stack> to pull requests alone, and watch-<stack> to what runs on the protected
  // branch.
  const { GITHUB_EVENT_NAME: event = "pull_request" } = process.env;
  const job = more || (event && event !== "pull_request" ? "watch" : "plan");
  if (job !== "plan" && job !== "watch")
    throw new UsageError(`the job: given ${JSON.stringify(job)}; accepted: plan, watch.`);
  await plan(io, stack, job);
}

if (require.main === module) main((io) => runTerraform(process.argv.slice(2), io));
