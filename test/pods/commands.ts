import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PlatformConfig } from "../../model";
import { OpsProcesses, type ProcessRun } from "../live/ops-process";
import type { Cluster } from "./cluster";

const ROOT = join(__dirname, "..", "..");
const SCRIPTS = (
  JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Readonly<Record<string, string>> }
).scripts;

/** Programs of the project, as people run them, in a cluster's network: `up`, `down` and `ops` with their words. */
export class Commands extends OpsProcesses {
  /**
   * @param name the cluster's in the configs
   * @param env laid over the environment of every run
   */
  constructor(
    private readonly cluster: Cluster,
    name = "local",
    env: Readonly<Record<string, string>> = {},
  ) {
    super({
      TF_CLI_CONFIG_FILE: process.env.TF_CLI_CONFIG_FILE ?? "",
      [`TF_VAR_kubeconfig_${name}`]: cluster.kubeconfig,
      ...env,
    });
  }

  /** Runs one in a terminal with this config, and types each answer when its question stands there. */
  at(
    config: PlatformConfig,
    words: readonly string[],
    answers: Parameters<OpsProcesses["type"]>[1] = [],
    env: Readonly<Record<string, string>> = {},
  ) {
    return this.type(words, answers, { ...this.place(config), ...env });
  }

  /** Runs one without a terminal. */
  piped(config: PlatformConfig, words: readonly string[]) {
    return this.run(words, "", this.place(config));
  }

  /** Runs Terraform in a stack's folder, with the state as `up` left it. Throws when it fails. */
  terraform(stack: string, ...words: readonly string[]): string {
    return execFileSync("terraform", words, { cwd: stack, encoding: "utf8" });
  }

  /** Where a platform's config and output are. */
  private place(config: PlatformConfig) {
    const home = join(this.folder, config.name);
    const file = join(this.folder, `${config.name}.ts`);
    mkdirSync(home, { recursive: true });
    writeFileSync(file, `export default ${JSON.stringify(config)};\n`);
    return { PLATFORM: file, CDKTF_OUTDIR: join(home, "cdktf.out") };
  }

  /** As `npm run` starts it: npm itself takes half a second of the machine, before every one of a hundred. */
  protected override commandLine([program = "", ...words]: readonly string[]): readonly [string, ...string[]] {
    const script = SCRIPTS[program];
    if (script === undefined) throw new Error(`package.json has no script ${program}`);
    return this.cluster.inside(["env", "-C", ROOT, ...script.split(" "), ...words]);
  }
}

/** Ends a process and all below it at once, as the end of a machine does. */
export function killTree(pid: number): void {
  killAll([pid, ...processesBelow(pid)]);
}

/** Ends processes at once; one may go with another. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids)
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
}

/** The process ids of the children of a process, and of theirs. */
export function processesBelow(pid: number): readonly number[] {
  const list = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const pairs = list.map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    pairs.flatMap(([child, of]) => (of === parent ? [child!, ...below(child!)] : []));
  return below(pid);
}

/** As a terminal shows it, without colours and cursor movements. */
export function plain({ output }: ProcessRun): string {
  return output.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "").replaceAll("\r", "");
}

/** What the servers do that `status` shows as unsealed. */
export function serving(status: ProcessRun): readonly string[] {
  return [...plain(status).matchAll(/^ *vault-\d +unsealed +(leads|stands by) /gm)].map(([, role]) => role!).sort();
}

/** A figure that the tests measure. */
export function say(text: string): void {
  process.stderr.write(`pods: ${text}\n`);
}
