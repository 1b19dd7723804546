import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { withoutTokens } from "../../cli/vault";
import { CiError } from "./errors";

type Env = Readonly<Record<string, string>>;

/** Errors of one command that are told, and characters of each summary. */
const ERRORS = 10;
const SUMMARY = 300;

/** A line that says which resource, provider or line of configuration an error is about. */
const WHERE = /^ {2}(with [\w.-]+(?:\[[^\]]*\][\w.-]*)*(?=,)|on [\w./-]+ line \d+)/;

/** A stack's folder with Terraform in it; plans lie in a folder of their own, which is gone at the end. */
export class StackRun {
  /** Absolute, readable by this user alone: plans, kubeconfigs and tokens for the cloud. */
  readonly private = mkdtempSync(join(resolve(process.env.RUNNER_TEMP || tmpdir()), "plan-"));
  private readonly folder: string;

  constructor(
    outdir: string,
    readonly stack: string,
  ) {
    this.folder = resolve(outdir, "stacks", stack);
  }

  /** Downloads providers. The backend's credentials come from the environment. */
  async init(env: Env): Promise<void> {
    await this.terraform(["init", "-input=false", "-no-color"], env);
  }

  /** Plans; returns what `terraform show -json` says of the plan, which stays in memory and in the private folder. */
  async plan(env: Env): Promise<string> {
    const file = join(this.private, "plan");
    await this.terraform(["plan", "-input=false", "-no-color", "-lock-timeout=120s", `-out=${file}`], env);
    return this.terraform(["show", "-json", file], env);
  }

  /**
   * Applies the plan of {@link plan}, and nothing else. Says nothing of what Terraform prints meanwhile: what
   * provisioners and outputs say is in it.
   */
  async apply(env: Env): Promise<void> {
    await this.terraform(["apply", "-input=false", "-no-color", "-lock-timeout=120s", join(this.private, "plan")], env);
  }

  /** Removes plans, kubeconfigs and tokens. */
  end(): void {
    rmSync(this.private, { recursive: true, force: true });
  }

  /**
   * Standard output. Throws a CiError with what may be said of Terraform's own errors, and nothing of what it printed
   * besides.
   */
  private terraform(words: readonly string[], env: Env): Promise<string> {
    // Terraform has no use for the CI's own tokens, and its providers none either.
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("CI_ID_TOKEN"));
    return new Promise((done, fail) => {
      execFile(
        process.env.TERRAFORM_BINARY_NAME || "terraform",
        words,
        {
          cwd: this.folder,
          env: { ...Object.fromEntries(inherited), ...env, TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" },
          encoding: "utf8",
          maxBuffer: 256 << 20,
        },
        (error, stdout, stderr) => {
          if (!error) return done(stdout);
          if ((error as NodeJS.ErrnoException).code === "ENOENT")
            return fail(
              new CiError(
                "terraform: there is none on PATH, or the stack has no folder; accepted: Terraform " +
                  "1.11 or newer, and what npm run synth wrote.",
              ),
            );
          fail(
            new CiError(
              `terraform ${words[0]} of ${this.stack}: ` +
                `${this.said(words[0]!, stdout, stderr) || `it ended with ${error.signal ?? error.code ?? "no code"}, without an error that may be shown.`}${next(words[0]!)}`,
            ),
          );
        },
      );
    });
  }

  /**
   * Only init may speak by its standard output: those of plan, show and apply hold arguments' values, also when they
   * fail.
   */
  private said(command: string, stdout: string, stderr: string): string {
    const errors = sayableErrors(stderr);
    if (errors || command !== "init") return errors;
    return sayableErrors(stdout) || withoutTokens((stderr.trim() || stdout.trim()).slice(0, SUMMARY));
  }
}

/**
 * Of Terraform's errors what holds no argument's value: each one's summary, a server's status code, the resource's
 * address, the file and line. Their details, the lines of configuration and the "x is …" below them quote values, and
 * so does what some providers put behind "value" in a summary.
 */
export function sayableErrors(stderr: string): string {
  const lines = stderr.split(/\r?\n/).map((line) => line.replace(/^[╷│╵] ?/, "").trimEnd());
  const starts = [...lines.keys()].filter((i) => lines[i]!.startsWith("Error: ") && !lines[i - 1]);
  const told = starts.slice(0, ERRORS).map((start, i) => {
    const block = lines.slice(start + 1, starts[i + 1]);
    const where = block.flatMap((line) => WHERE.exec(line)?.[1] ?? []).slice(0, 2);
    const status = block.map((line) => /^Code: (\d{3})\. Errors:$/.exec(line)?.[1]).find(Boolean);
    return [withoutValues(lines[start]!), ...(status ? [`status ${status}`] : []), ...where].join("; ");
  });
  if (starts.length > ERRORS) told.push(`and ${starts.length - ERRORS} more errors`);
  return withoutTokens(told.join("\n"));
}

function withoutValues(summary: string): string {
  return summary.replace(/\b(value|was|got|is)(:| of)?\s+["'`{[\d].*$/i, "$1 […]").slice(0, SUMMARY);
}

/** What a reader does next: details are not for a log that everybody reads. */
function next(command: string): string {
  const applied =
    command === "apply" ? "\nWhat was done until then is in the state: the next plan shows what is left." : "";
  return (
    `${applied}\nDetails quote values and are left out: who may see them runs terraform ` +
    `${command === "init" ? "init" : "plan"} in the stack's folder.`
  );
}
