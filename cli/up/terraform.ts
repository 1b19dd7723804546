import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parsePlan, type PlannedChange } from "../../access";
import { addressVariable, type Vault } from "../../model";
import { OpsError } from "../ops/errors";
import { Terraform, type Env } from "../terraform";
import { sayableErrors } from "../terraform-errors";
import { withoutTokens, type SecretValue } from "../vault";

/** What Terraform's environment needs to reach a Vault. */
export function vaultEnv(vault: Vault, address: string, token: SecretValue): Env {
  return {
    VAULT_ADDR: address,
    [`TF_VAR_${addressVariable(vault.name)}`]: address,
    VAULT_TOKEN: token.unsafeReveal(),
  };
}

/**
 * Terraform as `up` and `down` run it: no token but what a step gives it, and a log beside the synthesis, in a folder
 * that git ignores, that is readable by this user alone and has no token in it.
 */
export function loggedTerraform(outdir: string, name: "up" | "down", inherited: Env): Terraform {
  const logFile = join(dirname(outdir), ".tmp", `${name}.log`);
  mkdirSync(dirname(logFile), { recursive: true });
  writeFileSync(logFile, "", { mode: 0o600 });
  const { VAULT_TOKEN: _, ...env } = inherited;
  return new Terraform({
    outdir,
    env,
    lockTimeout: "60s",
    hear: (text, { VAULT_TOKEN }) =>
      appendFileSync(logFile, withoutTokens(VAULT_TOKEN ? text.replaceAll(VAULT_TOKEN, "[token]") : text)),
    failure: (stack, command, { stderr }) =>
      new OpsError(
        `stack ${stack}: terraform ${command} failed. ${sayableErrors(stderr)}\n` +
          `All that it said: ${logFile}. Run this again when it is mended; it continues here.`,
      ),
  });
}

/** What is done around an apply. */
export interface Around {
  /**
   * Called with what the plan would change, while nobody else works at the stack. Returns whether that is another by
   * now.
   */
  prepare(changes: readonly PlannedChange[]): Promise<boolean>;
  /** Does the apply, and something beside it. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Brings a stack to what its JSON says. Returns the number of changes. A plan that would delete or replace something is
 * not applied: bringing up takes nothing away. Throws an OpsError for that.
 */
export async function bringTo(terraform: Terraform, stack: string, env?: Env, around?: Around): Promise<number> {
  const plan = join(terraform.folder(stack), "up.tfplan");
  const planned = async () =>
    (await terraform.plan(stack, plan, env))
      ? parsePlan(await terraform.show(stack, plan, env)).changes.filter(({ drift }) => !drift)
      : undefined;
  try {
    let changes = await planned();
    if (await around?.prepare(changes ?? [])) changes = await planned();
    if (!changes) return 0;
    const away = changes.filter(({ action }) => action === "delete" || action === "replace");
    if (away.length > 0)
      throw new OpsError(
        `stack ${stack}: its plan would delete or replace ` +
          `${away
            .slice(0, 5)
            .map(({ address }) => address)
            .join(", ")}${away.length > 5 ? ", …" : ""}; ` +
          `nothing of it was applied. Look at it with npm run diff -- ${stack}, and apply it with ` +
          `npm run deploy -- ${stack} if it is meant.`,
      );
    const apply = () => terraform.apply(stack, plan, env);
    await (around ? around.during(apply) : apply());
    return changes.length;
  } finally {
    rmSync(plan, { force: true });
  }
}
