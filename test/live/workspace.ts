import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { synthesize } from "../../cli/synth";
import { resolvePlatform, type BackendConfig, type PlatformConfig, backendSettings } from "../../model";
import { findTerraform, temporaryFolder } from "./servers";

/** What a run of Terraform came to. */
export interface TerraformRun {
  readonly code: number;
  /** Standard output and standard error. */
  readonly output: string;
}

/** A change that a plan holds, as `terraform show -json` has it. */
export interface PlannedChange {
  readonly address: string;
  readonly actions: readonly string[];
}

/** Of a platform with a CI, which takes no local state; {@link keepStateBeside} keeps it here all the same. */
export const SHARED_STATE: BackendConfig = { type: "pg" };

/**
 * Puts a local backend over each stack's own, where that is another: its state lies beside `outdir`. Source:
 * Terraform's documentation, "Override Files".
 */
export function keepStateBeside(outdir: string): void {
  for (const stack of readdirSync(join(outdir, "stacks"))) {
    const folder = join(outdir, "stacks", stack);
    const { terraform } = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as {
      terraform: { backend: object };
    };
    if (!("local" in terraform.backend))
      writeFileSync(
        join(folder, "backend_override.tf.json"),
        JSON.stringify({ terraform: { backend: { local: backendSettings(stack, { type: "local" }) } } }),
      );
  }
}

/**
 * A platform synthesized into a temporary folder, and Terraform run on its stacks there; state lies beside it, as for a
 * person.
 */
export class Workspace {
  readonly folder = temporaryFolder("terraform");
  private stacks: readonly string[] = [];
  private readonly ready = new Set<string>();

  constructor(
    /** None: the folder is empty, and its stacks come from a program of one's own. */
    config: PlatformConfig | undefined,
    /** Environment of every run: VAULT_TOKEN, TF_VAR_…; tokens are never arguments. */
    readonly env: Readonly<Record<string, string>>,
  ) {
    if (config) this.synthesize(config);
  }

  /** The names of the stacks, in the order in which they can be applied. */
  get names(): readonly string[] {
    return this.stacks;
  }

  /** Synthesizes a changed config over the old one, as the next commit would. */
  synthesize(config: PlatformConfig): void {
    const outdir = join(this.folder, "cdktf.out");
    mkdirSync(outdir, { recursive: true });
    this.stacks = synthesize(resolvePlatform(config), { outdir, root: this.folder }).stacks;
    keepStateBeside(outdir);
  }

  /** Runs Terraform in a stack's folder. */
  async terraform(
    stack: string,
    words: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<TerraformRun> {
    const cwd = join(this.folder, "cdktf.out", "stacks", stack);
    if (!this.ready.has(stack)) {
      this.ready.add(stack);
      const init = await this.run(cwd, ["init", "-input=false", "-no-color"], {});
      if (init.code !== 0) throw new Error(`terraform init of ${stack}: ${init.output}`);
    }
    return this.run(cwd, words, env);
  }

  /** Applies a stack. Throws with Terraform's words when that fails. */
  async apply(stack: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const { code, output } = await this.tryApply(stack, env);
    if (code !== 0) throw new Error(`terraform apply of ${stack}: ${output}`);
    return output;
  }

  /** Applies a stack, and returns what came of it. */
  tryApply(stack: string, env: Readonly<Record<string, string>> = {}): Promise<TerraformRun> {
    return this.terraform(stack, ["apply", "-auto-approve", "-input=false", "-no-color"], env);
  }

  /**
   * What a plan of a stack would change; empty when nothing. The saved plan stays in the folder as `check.tfplan`.
   * Throws when planning fails.
   */
  async changes(stack: string, env: Readonly<Record<string, string>> = {}): Promise<PlannedChange[]> {
    const plan = await this.terraform(stack, ["plan", "-input=false", "-no-color", "-out=check.tfplan"], env);
    if (plan.code !== 0) throw new Error(`terraform plan of ${stack}: ${plan.output}`);
    const { output } = await this.terraform(stack, ["show", "-json", "check.tfplan"], env);
    const { resource_changes = [] } = JSON.parse(output) as {
      resource_changes?: { address: string; change: { actions: string[] } }[];
    };
    return resource_changes
      .map(({ address, change }) => ({ address, actions: change.actions }))
      .filter(({ actions }) => actions.join() !== "no-op");
  }

  /** Loses a stack's state, as a mistake with a backend does. */
  loseState(stack: string): void {
    for (const end of ["", ".backup"]) rmSync(join(this.folder, "state", `${stack}.tfstate${end}`), { force: true });
  }

  private run(cwd: string, words: readonly string[], env: Readonly<Record<string, string>>): Promise<TerraformRun> {
    const binary = findTerraform().binary;
    if (!binary) throw new Error(findTerraform().missing);
    const settings = {
      PATH: process.env.PATH ?? "",
      HOME: this.folder,
      TF_CLI_CONFIG_FILE: process.env.TF_CLI_CONFIG_FILE ?? "",
      CHECKPOINT_DISABLE: "1",
      TF_IN_AUTOMATION: "1",
    };
    return new Promise((resolve) => {
      execFile(
        binary,
        words,
        { cwd, env: { ...settings, ...this.env, ...env }, encoding: "utf8", maxBuffer: 64 << 20 },
        (error, stdout, stderr) =>
          resolve({
            code: error ? (typeof error.code === "number" ? error.code : 1) : 0,
            output: `${stdout}${stderr}`,
          }),
      );
    });
  }

  /** Reads a JSON file of the workspace. */
  read(name: string): unknown {
    return JSON.parse(readFileSync(join(this.folder, name), "utf8"));
  }

  /** Writes a file into the workspace and returns its path. */
  write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }
}
