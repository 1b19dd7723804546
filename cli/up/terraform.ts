import { spawn } from "node:child_process";
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { addressVariable } from "../../model";
import type { SecretValue } from "../vault";
import { withoutTokens } from "../vault";
import { OpsError } from "../ops/errors";

/** What a run of Terraform came to. */
export interface TerraformRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A change that a plan holds. */
export interface PlannedChange {
  readonly address: string;
  readonly actions: readonly string[];
}

/** A Vault as Terraform reaches it. */
export interface VaultAccess {
  /** The Vault's name. */
  readonly vault: string;
  readonly address: string;
  readonly token: SecretValue;
}

/** Oldest version that knows write-only arguments. */
export const OLDEST_TERRAFORM = [1, 11] as const;

/**
 * Terraform on the synthesized stacks. Tokens go by the environment of the child alone; what it prints goes to a log
 * that is readable by this user alone and has no token in it.
 */
export class Terraform {
  private readonly ready = new Set<string>();

  constructor(
    private readonly outdir: string,
    private readonly env: Readonly<Record<string, string | undefined>>,
    /** Where its output goes. */
    readonly logFile: string,
  ) {
    mkdirSync(dirname(logFile), { recursive: true });
    writeFileSync(logFile, "", { mode: 0o600 });
  }

  /** Terraform's version, e.g. `1.11.4`. Throws an OpsError when it is missing, too old or does not run. */
  async version(): Promise<string> {
    const remedy =
      `accepted: Terraform ${OLDEST_TERRAFORM.join(".")} or newer on PATH ` +
      `(https://developer.hashicorp.com/terraform/install), or its path in TERRAFORM_BINARY_NAME.`;
    const { code, stdout } = await this.spawn(process.cwd(), ["version", "-json"], {}).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") throw new OpsError(`terraform: there is none; ${remedy}`);
        throw error;
      },
    );
    const version =
      code === 0 ? (JSON.parse(stdout) as { terraform_version: string }).terraform_version : "one that does not run";
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (!(major > OLDEST_TERRAFORM[0] || (major === OLDEST_TERRAFORM[0] && minor >= OLDEST_TERRAFORM[1])))
      throw new OpsError(`terraform: given ${version}; ${remedy}`);
    return version;
  }

  /**
   * Brings a stack to what its JSON says. Returns the number of changes. A plan that would delete or replace something
   * is not applied: bringing up takes nothing away. Throws an OpsError for that, and with Terraform's own words when it
   * fails.
   */
  async apply(stack: string, vault?: VaultAccess): Promise<number> {
    await this.init(stack);
    const plan = "up.tfplan";
    try {
      const { code } = await this.mustRun(
        stack,
        ["plan", "-input=false", "-no-color", "-detailed-exitcode", "-lock-timeout=60s", `-out=${plan}`],
        vault,
        [0, 2],
      );
      if (code === 0) return 0;
      const changes = await this.planned(stack, plan, vault);
      const away = changes.filter(({ actions }) => actions.includes("delete"));
      if (away.length > 0)
        throw new OpsError(
          `stack ${stack}: its plan would delete or replace ${away
            .map(({ address }) => address)
            .slice(0, 5)
            .join(
              ", ",
            )}${away.length > 5 ? ", …" : ""}; nothing of it was applied. Look at it with npm run diff -- ${stack}, and apply it with npm run deploy -- ${stack} if it is meant.`,
        );
      await this.mustRun(stack, ["apply", "-input=false", "-no-color", "-lock-timeout=60s", plan], vault);
      return changes.length;
    } finally {
      rmSync(join(this.folder(stack), plan), { force: true });
    }
  }

  /** The addresses in a stack's state; empty if it has none. */
  async addresses(stack: string): Promise<string[]> {
    await this.init(stack);
    const { code, stdout, stderr } = await this.run(stack, ["state", "list", "-no-color"], undefined, false);
    if (code !== 0 && !/No state file was found/.test(stderr)) throw this.failure(stack, "state list", stderr);
    return stdout.split("\n").filter(Boolean);
  }

  /**
   * Destroys the named resources and what depends on them; undefined is everything in the stack's state. Without a
   * Vault nothing is read again before that: resources in the cluster depend on roles in Vault, which could not be
   * read.
   */
  async destroy(stack: string, targets: readonly string[] | undefined, vault?: VaultAccess): Promise<void> {
    await this.init(stack);
    const flags = [...(vault ? [] : ["-refresh=false"]), ...(targets?.map((address) => `-target=${address}`) ?? [])];
    await this.mustRun(
      stack,
      ["destroy", "-auto-approve", "-input=false", "-no-color", "-lock-timeout=60s", ...flags],
      vault,
    );
  }

  /** Makes Terraform forget resources, which stay. */
  async forget(stack: string, addresses: readonly string[]): Promise<void> {
    if (addresses.length === 0) return;
    await this.init(stack);
    await this.mustRun(stack, ["state", "rm", "-lock-timeout=60s", ...addresses]);
  }

  private async init(stack: string): Promise<void> {
    if (this.ready.has(stack)) return;
    await this.mustRun(stack, ["init", "-input=false", "-no-color"]);
    this.ready.add(stack);
  }

  private async planned(stack: string, plan: string, vault?: VaultAccess): Promise<PlannedChange[]> {
    // Not into the log: attributes are in it.
    const { stdout } = await this.run(stack, ["show", "-json", plan], vault, false);
    const { resource_changes = [] } = JSON.parse(stdout) as {
      resource_changes?: readonly { address: string; change: { actions: string[] } }[];
    };
    return resource_changes
      .map(({ address, change }) => ({ address, actions: change.actions }))
      .filter(({ actions }) => !["no-op", "read"].includes(actions.join()));
  }

  private async mustRun(
    stack: string,
    words: readonly string[],
    vault?: VaultAccess,
    accepted: readonly number[] = [0],
  ): Promise<TerraformRun> {
    const run = await this.run(stack, words, vault);
    if (!accepted.includes(run.code)) throw this.failure(stack, words[0]!, run.stderr || run.stdout, vault);
    return run;
  }

  private failure(stack: string, verb: string, output: string, vault?: VaultAccess): OpsError {
    // Terraform draws a box around each error; its first lines say what it is.
    const lines = output
      .split("\n")
      .map((line) => line.replace(/^[│╷╵\s]+/, "").trimEnd())
      .filter(Boolean);
    const start = Math.max(
      0,
      lines.findIndex((line) => line.startsWith("Error:")),
    );
    const said = clean(lines.slice(start, start + 6).join(" "), vault);
    return new OpsError(
      `stack ${stack}: terraform ${verb} failed. ${said}\nAll that it said: ${this.logFile}. Run ` +
        `this again when it is mended; it continues here.`,
    );
  }

  private async run(
    stack: string,
    words: readonly string[],
    vault?: VaultAccess,
    logged = true,
  ): Promise<TerraformRun> {
    const log = (text: string): void => void (logged && appendFileSync(this.logFile, clean(text, vault)));
    log(`\n==> terraform ${words[0]} ${stack}, ${new Date().toISOString()}\n`);
    const own: Record<string, string> = vault
      ? {
          VAULT_ADDR: vault.address,
          [`TF_VAR_${addressVariable(vault.vault)}`]: vault.address,
          VAULT_TOKEN: vault.token.unsafeReveal(),
        }
      : {};
    return this.spawn(this.folder(stack), words, own, log);
  }

  private spawn(
    cwd: string,
    words: readonly string[],
    own: Readonly<Record<string, string>>,
    log: (text: string) => void = () => undefined,
  ): Promise<TerraformRun> {
    const { VAULT_TOKEN: _, ...env } = this.env;
    return new Promise((resolve, reject) => {
      const child = spawn(this.env.TERRAFORM_BINARY_NAME || "terraform", words, {
        cwd,
        env: { ...env, TF_IN_AUTOMATION: "1", TF_INPUT: "0", CHECKPOINT_DISABLE: "1", ...own },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const said = { stdout: "", stderr: "" };
      for (const stream of ["stdout", "stderr"] as const) {
        let line = "";
        child[stream].setEncoding("utf8").on("data", (text: string) => {
          said[stream] += text;
          // Whole lines, so that a token split over two pieces is seen.
          const lines = (line + text).split("\n");
          line = lines.pop()!;
          if (lines.length) log(`${lines.join("\n")}\n`);
        });
        child[stream].once("end", () => line && log(`${line}\n`));
      }
      child.once("error", reject);
      child.once("close", (code) => resolve({ code: code ?? 1, ...said }));
    });
  }

  private folder(stack: string): string {
    return join(this.outdir, "stacks", stack);
  }
}

function clean(text: string, vault?: VaultAccess): string {
  return withoutTokens(vault ? text.replaceAll(vault.token.unsafeReveal(), "[token]") : text);
}
