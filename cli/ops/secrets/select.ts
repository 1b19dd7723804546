import type { Command } from "commander";
import type { Platform, Tenant } from "../../../model";
import { oneOf } from "../arguments";
import { UsageError } from "../errors";

/** Which secret sets a command looks at. */
export interface Selection {
  /** @default every app */
  readonly app?: string;
  /** @default every environment */
  readonly environment?: string;
  /** @default the one Vault that the selected sets are on */
  readonly vault?: string;
}

/** Selected secret sets, all on one Vault. */
export interface Selected {
  readonly vault: string;
  /** At least one. */
  readonly tenants: readonly Tenant[];
}

/** Adds `--app`, `--environment`, `--vault`. */
export function selectionOptions(command: Command): Command {
  return command
    .option("--app <name>", "only this app")
    .option("--environment <name>", "only this environment")
    .option("--vault <name>", "only sets of this Vault, where the platform has several");
}

/**
 * The secret sets that are meant. Throws a UsageError for unknown names, for a selection of nothing, and where several
 * Vaults are meant.
 */
export function select(platform: Platform, { app, environment, vault }: Selection): Selected {
  if (app !== undefined)
    oneOf(
      "--app",
      app,
      platform.apps.map((each) => each.name),
    );
  if (environment !== undefined)
    oneOf(
      "--environment",
      environment,
      platform.environments.map((each) => each.name),
    );
  if (vault !== undefined)
    oneOf(
      "--vault",
      vault,
      platform.vaults.map((each) => each.name),
    );
  const tenants = platform.tenants.filter(
    (tenant) =>
      (app === undefined || tenant.app === app) &&
      (environment === undefined || tenant.environment === environment) &&
      (vault === undefined || tenant.vault === vault),
  );
  const [first] = tenants;
  if (!first)
    throw new UsageError(
      `--app, --environment, --vault: given a combination that no secret set has; accepted: an app ` +
        `in an environment that it runs in, on that environment's Vault.`,
    );
  const vaults = [...new Set(tenants.map((tenant) => tenant.vault))];
  if (vaults.length > 1)
    throw new UsageError(
      `--vault: given nothing, and the secret sets are on several; accepted: ${vaults.join(", ")}. ` +
        `One run looks at one Vault, as its token is for one.`,
    );
  return { vault: first.vault, tenants };
}

/** One app's secret set in one environment. Throws a UsageError for unknown names, with the nearest. */
export function selectSet(platform: Platform, app: string, environment: string): Tenant {
  oneOf(
    "APP",
    app,
    platform.apps.map((each) => each.name),
  );
  const environments = platform.tenants.filter((tenant) => tenant.app === app).map((tenant) => tenant.environment);
  oneOf("ENV", environment, environments);
  return platform.tenants.find((tenant) => tenant.app === app && tenant.environment === environment)!;
}

/**
 * A declared key of a set. Throws a UsageError for any other, with the nearest; what cannot be a key's name is not
 * repeated, since it may be a value.
 */
export function selectKey(tenant: Tenant, key: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return oneOf("KEY", key, tenant.keys);
  throw new UsageError(
    `KEY: given something that is no key's name; accepted: ${tenant.keys.join(", ")}. The value is ` +
      `asked for, or read by --stdin; it has no place on a command line.`,
  );
}
