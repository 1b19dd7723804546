import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { EXIT } from "./exit-codes";
import { loadPlatform } from "./platform-file";
import { LOCK_FILE } from "./provider-lock";
import { newProgram, PROCESS, runProgram } from "./run-program";
import { chooseStacks } from "./stack-names";
import { READ_ONLY_LOCK, type Env } from "./terraform";

/**
 * Runs cdktf on some stacks, or all, with the flags that this takes: one stack alone is stopped by cdktf because its
 * dependencies are not included, although they exist; and locking providers for other platforms asks a registry that a
 * mirror's user cannot reach.
 */
function run(verb: "diff" | "deploy", stacks: readonly string[], approve = false): void {
  const chosen = chooseStacks(loadPlatform(), stacks);
  const some = verb === "deploy" && stacks.length > 0;
  const flags = [
    "--skip-provider-lock",
    ...(some ? ["--ignore-missing-stack-dependencies"] : []),
    ...(approve ? ["--auto-approve"] : []),
  ];
  // cdktf diffs one stack a call, and deploys several in order.
  const calls = verb === "diff" ? chosen.map((name) => [name]) : [some ? chosen : ["*"]];
  for (const words of calls) {
    const { status } = spawnSync("npx", ["--no-install", "cdktf", verb, ...words, ...flags], {
      stdio: "inherit",
      env: { ...process.env, CHECKPOINT_DISABLE: "1", ...heldToLock(process.env) },
    });
    if (status !== 0) return PROCESS.exit(status ?? EXIT.failed);
  }
}

/** What cdktf's own `terraform init` is held to the project's lock by, where there is one: synthesis puts it there. */
function heldToLock({ TF_CLI_ARGS_init: own = "" }: Env): Env {
  return existsSync(LOCK_FILE) ? { TF_CLI_ARGS_init: `${own} ${READ_ONLY_LOCK}`.trim() } : {};
}

const program = newProgram("npm run", PROCESS);
program
  .command("diff")
  .argument("[stacks...]", "names of stacks; none means all, one after the other")
  .description("What an apply would change. Example: npm run diff -- sample-dev")
  .action((stacks: string[]) => run("diff", stacks));
program
  .command("deploy")
  .argument("[stacks...]", "names of stacks; none means all, in order")
  .option("--auto-approve", "do not ask")
  .description("Applies stacks. Example: npm run deploy -- sample-dev")
  .action((stacks: string[], { autoApprove }: { autoApprove?: boolean }) => run("deploy", stacks, autoApprove));
void runProgram(program, process.argv.slice(2), PROCESS);
