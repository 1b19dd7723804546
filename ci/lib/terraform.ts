import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { withoutTokens } from "../../cli/vault";
import { CiError } from "./errors";

/** A stack's folder with Terraform in it; plans lie in a folder of their own, which is gone at the end. */
export class StackRun {
  /** Readable by this user alone: plans and kubeconfigs. */
  readonly private = mkdtempSync(join(process.env.RUNNER_TEMP ?? tmpdir(), "plan-"));
  private readonly folder: string;

  constructor(outdir: string, readonly stack: string) {
    this.folder = resolve(outdir, "stacks", stack);
  }

  /** Downloads providers. The backend's credentials come from the environment. */
  async init(env: Readonly<Record<string, string>>): Promise<void> {
    await this.terraform(["init", "-input=false", "-no-color"], env);
  }

  /** Plans; returns what `terraform show -json` says of the plan, which stays in memory and in the private folder. */
  async plan(env: Readonly<Record<string, string>>): Promise<string> {
    const file = join(this.private, "plan");
    await this.terraform(["plan", "-input=false", "-no-color", "-lock-timeout=120s", `-out=${file}`], env);
    return this.terraform(["show", "-json", file], env);
  }

  /** Applies the plan of {@link plan}, and nothing else. */
  async apply(env: Readonly<Record<string, string>>): Promise<void> {
    await this.terraform(["apply", "-input=false", "-no-color", "-lock-timeout=120s", join(this.private, "plan")], env);
  }

  /** Removes plans and kubeconfigs. */
  end(): void {
    rmSync(this.private, { recursive: true, force: true });
  }

  /** Standard output. Throws a CiError with Terraform's own errors, and nothing of what it printed besides. */
  private terraform(words: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
    return new Promise((done, fail) => {
      execFile(process.env.TERRAFORM_BINARY_NAME ?? "terraform", words, { cwd: this.folder, env: { ...process.env, ...env, TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" }, encoding: "utf8", maxBuffer: 256 << 20 }, (error, stdout, stderr) => {
        if (!error) return done(stdout);
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return fail(new CiError("terraform: there is none on PATH, or the stack has no folder; accepted: Terraform 1.11 or newer, and what npm run synth wrote."));
        const said = `${stderr}${words[0] === "show" ? "" : stdout}`;
        fail(new CiError(`terraform ${words[0]} of ${this.stack}: ${withoutTokens(said.slice(Math.max(0, said.indexOf("Error:"))).replace(/^[╷│╵]? ?/gm, "").trim())}`));
      });
    });
  }
}
