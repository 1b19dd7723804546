import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { OpsError } from "./ops/errors";
import { lockStack, NOT_IN_THE_LOCK } from "./provider-lock";

/** Variables of a child's environment. */
export type Env = Readonly<Record<string, string | undefined>>;

/** What a command of Terraform came to. */
export interface TerraformRun {
  /** The exit code, or the signal that ended it. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** How Terraform is run. */
export interface TerraformSettings {
  /** A synthesis, `cdktf.out`; a stack lies in `stacks/<name>`. */
  readonly outdir: string;
  /** What every command gets; TERRAFORM_BINARY_NAME names the program where it is not `terraform` on PATH. */
  readonly env: Env;
  /** How long a command waits for the lock of a state, e.g. `60s`. */
  readonly lockTimeout: string;
  /**
   * The project's lock of providers.
   * @default terraform.lock.hcl in the working directory
   */
  readonly lockFile?: string;
  /**
   * Hears what a command of this environment prints, in whole lines. Not of `show`, in which values are.
   * @default nobody hears it
   */
  hear?(text: string, env: Env): void;
  /** The error for a command that failed. */
  failure(stack: string, command: string, run: TerraformRun, env: Env): Error;
}

/** An `init` adds nothing to the lock: what is not in it is refused. */
export const READ_ONLY_LOCK = "-lockfile=readonly";

const QUIET = ["-input=false", "-no-color"];

/** The oldest that knows write-only arguments, as `required_version` of every stack has it. */
const OLDEST = [1, 11] as const;

const ACCEPTED =
  `accepted: Terraform ${OLDEST.join(".")} or newer on PATH (https://developer.hashicorp.com/terraform/install), ` +
  `or its path in TERRAFORM_BINARY_NAME`;

/**
 * Terraform on the stacks of a synthesis: the one place that starts it. Tokens go by the environment of the child
 * alone. Each method throws the settings' `failure` when Terraform fails, and an OpsError when there is no Terraform.
 */
export class Terraform {
  private readonly ready = new Set<string>();

  constructor(private readonly settings: TerraformSettings) {}

  /** Where a stack lies. */
  folder(stack: string): string {
    return resolve(this.settings.outdir, "stacks", stack);
  }

  /** Terraform's version, e.g. `1.11.4`. Throws an OpsError when it is too old or does not run. */
  async version(): Promise<string> {
    const { code, stdout } = await this.spawn(process.cwd(), ["version", "-json"], {});
    const version =
      code === 0 ? (JSON.parse(stdout) as { terraform_version: string }).terraform_version : "one that does not run";
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (!(major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])))
      throw new OpsError(`terraform: given ${version}; ${ACCEPTED}.`);
    return version;
  }

  /**
   * Downloads a stack's providers, once, held to the project's lock where there is one ({@link lockStack}, whose
   * UsageErrors it throws). Every other method does it first.
   */
  async init(stack: string, env: Env = {}): Promise<void> {
    if (this.ready.has(stack)) return;
    const locked = lockStack(this.folder(stack), this.settings.lockFile);
    await this.run(stack, ["init", ...QUIET, ...(locked ? [READ_ONLY_LOCK] : [])], env);
    this.ready.add(stack);
  }

  /** Writes Terraform's lock of a folder's providers. `words`: where they are, and for which platforms. */
  async lockProviders(stack: string, words: readonly string[]): Promise<void> {
    await this.run(stack, ["providers", "lock", "-no-color", ...words], {});
  }

  /** Plans into a file. Returns whether the plan changes anything. */
  async plan(stack: string, file: string, env: Env = {}): Promise<boolean> {
    await this.init(stack);
    const words = ["plan", ...QUIET, this.lock, "-detailed-exitcode", `-out=${file}`];
    return (await this.run(stack, words, env, ({ code }) => code === 0 || code === 2)).code === 2;
  }

  /** A plan as `terraform show -json` prints it. */
  async show(stack: string, file: string, env: Env = {}): Promise<string> {
    return (await this.run(stack, ["show", "-json", file], env)).stdout;
  }

  /** A stack's state as `terraform show -json` prints it; values that are in the state are in it. */
  async state(stack: string): Promise<string> {
    await this.init(stack);
    return (await this.run(stack, ["show", "-json"], {})).stdout;
  }

  /** Applies a plan, and nothing else. */
  async apply(stack: string, file: string, env: Env = {}): Promise<void> {
    await this.run(stack, ["apply", ...QUIET, this.lock, file], env);
  }

  /** The addresses in a stack's state; empty if it has none. */
  async addresses(stack: string): Promise<string[]> {
    await this.init(stack);
    const { stdout } = await this.run(
      stack,
      ["state", "list"],
      {},
      ({ code, stderr }) => code === 0 || /No state file was found/.test(stderr),
    );
    return stdout.split("\n").filter(Boolean);
  }

  /**
   * Destroys the named resources and what depends on them; undefined is everything in the stack's state.
   * @param env of the Vault; without it nothing is read again before: resources in the cluster depend on roles in
   *   Vault, which could not be read
   */
  async destroy(stack: string, targets?: readonly string[], env?: Env): Promise<void> {
    await this.init(stack);
    const flags = [...(env ? [] : ["-refresh=false"]), ...(targets ?? []).map((address) => `-target=${address}`)];
    await this.run(stack, ["destroy", "-auto-approve", ...QUIET, this.lock, ...flags], env ?? {});
  }

  /** Makes Terraform forget resources, which stay. */
  async forget(stack: string, addresses: readonly string[]): Promise<void> {
    if (addresses.length === 0) return;
    await this.init(stack);
    await this.run(stack, ["state", "rm", this.lock, ...addresses], {});
  }

  /** Writes something that is there into a stack's state, as if the stack had made it. */
  async adopt(stack: string, address: string, id: string): Promise<void> {
    await this.init(stack);
    await this.run(stack, ["import", ...QUIET, this.lock, address, id], {});
  }

  private get lock(): string {
    return `-lock-timeout=${this.settings.lockTimeout}`;
  }

  private async run(
    stack: string,
    words: readonly string[],
    env: Env,
    accepted: (run: TerraformRun) => boolean = ({ code }) => code === 0,
  ): Promise<TerraformRun> {
    const hear = (text: string) => {
      if (words[0] !== "show") this.settings.hear?.(text, env);
    };
    hear(`\n==> terraform ${words[0]} ${stack}, ${new Date().toISOString()}\n`);
    const run = await this.spawn(this.folder(stack), words, env, hear);
    if (accepted(run)) return run;
    const error = this.settings.failure(stack, words[0]!, run, env);
    if (words.includes(READ_ONLY_LOCK) && /lock\s+file/.test(run.stdout + run.stderr))
      error.message += `\n${NOT_IN_THE_LOCK}`;
    throw error;
  }

  private spawn(
    cwd: string,
    words: readonly string[],
    env: Env,
    hear: (text: string) => void = () => undefined,
  ): Promise<TerraformRun> {
    const common = { TF_IN_AUTOMATION: "1", TF_INPUT: "0", CHECKPOINT_DISABLE: "1" };
    return new Promise((done, fail) => {
      const child = spawn(this.settings.env.TERRAFORM_BINARY_NAME || "terraform", words, {
        cwd,
        env: { ...this.settings.env, ...common, ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const said = { stdout: "", stderr: "" };
      for (const stream of ["stdout", "stderr"] as const) {
        child[stream].setEncoding("utf8").on("data", (text: string) => void (said[stream] += text));
        // Whole lines, so that a token split over two pieces is seen.
        createInterface({ input: child[stream] }).on("line", (line) => hear(`${line}\n`));
      }
      child.once("error", (error: NodeJS.ErrnoException) =>
        fail(
          error.code === "ENOENT"
            ? new OpsError(`terraform: there is none, or no folder ${cwd}; ${ACCEPTED}, and what npm run synth wrote.`)
            : error,
        ),
      );
      child.once("close", (code, signal) => done({ code: code ?? signal ?? "no code", ...said }));
    });
  }
}
