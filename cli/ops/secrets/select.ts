import type { Command } from "commander";
import type { Platform, SecretSet } from "../../../model";
import { oneOf } from "../arguments";
import { UsageError } from "../errors";
import type { Io } from "../io";
import { addressOption, onVault, oneVault, platformOf, type Session, type VaultOptions } from "../session";

/** Which secret sets a command looks at; without `vault`, those of the one Vault that they are on. */
export interface Selection extends VaultOptions {
  /** @default every app */
  readonly app?: string;
  /** @default every environment */
  readonly environment?: string;
}

/** Selected secret sets, all on one Vault. */
export interface Selected {
  readonly vault: string;
  /** At least one. */
  readonly tenants: readonly SecretSet[];
}

/** Adds `--app`, `--environment`, `--vault`, `--address` and `--json`. */
export function selectionOptions(command: Command): Command {
  return addressOption(command)
    .option("--app <name>", "only this app, or this shared set")
    .option("--environment <name>", "only this environment")
    .option("--vault <name>", "only sets of this Vault, where the platform has several")
    .option("--json", "print it as JSON, see docs/secrets.md");
}

/** Adds a command that works on the selected secret sets of one Vault. */
export function setsCommand<Options extends object>(
  secrets: Command,
  io: Io,
  name: string,
  work: (
    session: Session & Pick<Selected, "tenants">,
    options: Options & Selection & { readonly json?: boolean },
  ) => Promise<void>,
): Command {
  return selectionOptions(secrets.command(name)).action(async (options: Options & Selection) => {
    const platform = platformOf(io);
    const { vault, tenants } = select(platform, options);
    await onVault(io, platform, { ...options, vault }, (session) => work({ ...session, tenants }, options));
  });
}

/**
 * The secret sets that are meant. Throws a UsageError for unknown names, for a selection of nothing, and where several
 * Vaults are meant.
 */
export function select(platform: Platform, { app, environment, vault: given }: Selection): Selected {
  if (app !== undefined) oneOf("--app", app, setNames(platform));
  if (environment !== undefined) oneOf("--environment", environment, platform.environments);
  if (given !== undefined) oneOf("--vault", given, platform.vaults);
  const tenants = platform.sets.filter(
    (tenant) =>
      tenant.app === (app ?? tenant.app) &&
      tenant.environment === (environment ?? tenant.environment) &&
      tenant.vault === (given ?? tenant.vault),
  );
  if (tenants.length === 0)
    throw new UsageError(
      `--app, --environment, --vault: given a combination that no secret set has; accepted: an app ` +
        `or a shared set in an environment that it is in, on that environment's Vault.`,
    );
  return { vault: oneVault([...new Set(tenants.map((tenant) => tenant.vault))], given), tenants };
}

/** What sets are called by: the apps, and the shared sets. */
export function setNames({ sets }: Platform): string[] {
  return [...new Set(sets.map(({ app }) => app))];
}

/** An app's own set, or a shared one, in one environment. Throws a UsageError for unknown names, with the nearest. */
export function selectSet(platform: Platform, app: string, environment: string): SecretSet {
  oneOf("APP", app, setNames(platform));
  const tenants = platform.sets.filter((tenant) => tenant.app === app);
  const environments = tenants.map((tenant) => tenant.environment);
  return tenants[environments.indexOf(oneOf("ENV", environment, environments))]!;
}

/**
 * A declared key of a set. Throws a UsageError for any other, with the nearest; what cannot be a key's name is not
 * repeated, since it may be a value.
 */
export function selectKey(tenant: SecretSet, key: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return oneOf("KEY", key, tenant.keys);
  throw notDeclared(tenant);
}

/**
 * Declared keys of a set, at least one and each once. Throws a UsageError as {@link selectKey} does; of a word after
 * the first, which is most likely a value, nothing is repeated.
 */
export function selectKeys(tenant: SecretSet, given: readonly string[]): readonly string[] {
  selectKey(tenant, given[0]!);
  if (given.some((key) => !tenant.keys.includes(key))) throw notDeclared(tenant);
  if (new Set(given).size < given.length)
    throw new UsageError(`KEY: given ${given.join(", ")}; accepted: each key once.`);
  return given;
}

function notDeclared({ keys }: SecretSet): UsageError {
  return new UsageError(
    `KEY: given something that is no key's name; accepted: ${keys.join(", ")}. The value is ` +
      `asked for, or read by --stdin; it has no place on a command line.`,
  );
}
