import type { Command } from "commander";
import { DATABASE_MOUNT, type DatabaseConnection, type Platform } from "../../../model";
import { counted } from "../../counted";
import { textTable } from "../../table";
import type { VaultClient } from "../../vault";
import { oneOf } from "../arguments";
import { UsageError } from "../errors";
import type { Io } from "../io";
import {
  addressOption,
  chooseVault,
  onVault,
  platformOf,
  secretCommand,
  vaultOption,
  type VaultOptions,
} from "../session";
import { adopt } from "./adopt";
import {
  lastRotation,
  revokeLeases,
  rotatedBy,
  rotateRoot,
  rotateStatic,
  type DatabaseFilter,
  type Rotated,
} from "./rotate";

const ADOPT_HELP = `
Asks for the password of the database's adminUsername without showing it, has Vault check it by a login there, and has
Vault change it at once: from then on nobody but Vault knows it. It comes after the access stack, which makes the
connection, and before static roles, whose passwords Vault changes when they are made. After an interruption: run it
again where the password still works; else \`databases rotate\`.

Example:
  npm run ops -- databases adopt orders prod`;

const ROTATE_HELP = `
Has Vault change the administrators' passwords and those of static roles; the old ones do not work from then on. With
--revoke, also ends the dynamic credentials that there are, with their sessions: apps fail until they have new ones, so
that this is for a leak. Nobody sees a password. After an interruption, --since with the time that it printed first does
what is left: what was changed since then stays.

Examples:
  npm run ops -- databases rotate
  npm run ops -- databases rotate --database orders --environment prod
  npm run ops -- databases rotate --app payments --revoke
  npm run ops -- databases rotate --revoke --since 2026-01-31T10:00:00.000Z`;

interface Flags {
  readonly database?: string;
  readonly environment?: string;
  readonly app?: string;
}

/** `ops databases`. */
export function addDatabases(program: Command, io: Io): void {
  const databases = program.command("databases").description("Credentials of databases that Vault makes");
  secretCommand(databases, "adopt", "A password")
    .argument("<database>", "as the config calls it")
    .argument("<environment>", "where")
    .description("Give Vault an administrator's password, which Vault changes at once")
    .addHelpText("after", ADOPT_HELP)
    .action(async (database: string, environment: string, options: VaultOptions) => {
      const platform = platformOf(io);
      const found = adoptable(platform, database, environment);
      await onVault(io, platform, { ...options, vault: found.vault }, ({ client }) => adopt(io, client, found));
    });
  filtered(databases.command("rotate"))
    .option("--revoke", "also end the dynamic credentials that there are")
    .option("--since <time>", "what was changed since then stays; UTC, as this command prints it")
    .description("Have Vault change passwords of databases, and end credentials")
    .addHelpText("after", ROTATE_HELP)
    .action(
      async ({ revoke = false, since, ...options }: Flags & VaultOptions & { revoke?: boolean; since?: string }) => {
        const platform = platformOf(io);
        const begun = since === undefined ? io.now() : timeOf(since);
        const chosen = chosenBy(platform, options);
        await onVault(io, platform, options, async ({ client }) => {
          io.err(
            `begun at ${begun.toISOString()}: after an interruption, --since ${begun.toISOString()} does what is left`,
          );
          for (const each of chosen)
            await rotate(io, client, each, { since: begun, revoke, root: options.app === undefined });
        });
      },
    );
  filtered(databases.command("status"))
    .description("When passwords changed last, and how many credentials there are")
    .action(async (options: Flags & VaultOptions) => {
      const platform = platformOf(io);
      const chosen = chosenBy(platform, options);
      await onVault(io, platform, options, async ({ client }) => io.out(textTable(await status(client, chosen))));
    });
}

function filtered(command: Command): Command {
  return addressOption(vaultOption(command))
    .option("--database <name>", "of this database alone")
    .option("--environment <name>", "in this environment alone")
    .option("--app <name>", "of this app alone: no administrator's password");
}

/** What options choose. Throws UsageErrors. */
function chosenBy(platform: Platform, { vault, database, environment, app }: Flags & VaultOptions): Rotated[] {
  if (database !== undefined)
    oneOf("--database", database, [...new Set(platform.databases.map(({ called }) => called))]);
  if (environment !== undefined) oneOf("--environment", environment, platform.environments);
  if (app !== undefined) oneOf("--app", app, platform.apps);
  const filter: DatabaseFilter = { vault: chooseVault(platform, vault).name, database, environment, app };
  const chosen = rotatedBy(platform, filter);
  if (chosen.length === 0)
    throw new UsageError(
      `--database, --environment, --app: given what no database of Vault ${filter.vault} is; accepted: ` +
        `${platform.databases.map(({ name }) => name).join(", ") || "none: the config has no databases"}.`,
    );
  return chosen;
}

function timeOf(given: string): Date {
  const time = new Date(given);
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(given) || Number.isNaN(time.getTime()))
    throw new UsageError(`--since: given ${JSON.stringify(given)}; accepted: a time such as 2026-01-31T10:00:00.000Z.`);
  return time;
}

function adoptable(platform: Platform, database: string, environment: string): DatabaseConnection {
  oneOf("DATABASE", database, [...new Set(platform.databases.map(({ called }) => called))]);
  oneOf(
    "ENVIRONMENT",
    environment,
    platform.databases.filter(({ called }) => called === database).map((each) => each.environment),
  );
  return platform.databases.find((each) => each.called === database && each.environment === environment)!;
}

/** What is changed of a database. */
interface Rotation {
  readonly since: Date;
  /** Whether dynamic credentials end. */
  readonly revoke: boolean;
  /** Whether the administrator's password changes. */
  readonly root: boolean;
}

/**
 * Changes a database's passwords, and ends credentials: the administrator's first, so that whoever had it makes no
 * more. Each step may be done again. Throws VaultErrors.
 */
export async function rotate(
  io: Io,
  client: VaultClient,
  { connection, roles }: Rotated,
  { since, revoke, root }: Rotation,
): Promise<void> {
  if (root) {
    await rotateRoot(client, connection);
    io.out(`${connection.name}: the password of ${connection.adminUsername} is another`);
  }
  for (const { role, access, deliver } of roles)
    if (access.type === "static") {
      const changed = await rotateStatic(client, role, since);
      io.out(`${role}: the password of ${access.username} is another${changed ? "" : " already"}`);
      if (deliver) io.err(`its Secret has it when the operator looks next, or now: ${deliver}`);
    } else if (revoke) io.out(`${role}: ${counted(await revokeLeases(client, role, since), "lease")} ended`);
}

async function status(client: VaultClient, chosen: readonly Rotated[]): Promise<string[][]> {
  const rows = [["role", "database", "is", "password changed", "leases"]];
  for (const { connection, roles } of chosen)
    for (const { role, access } of roles) {
      const leases =
        access.type === "dynamic" ? await client.list(`sys/leases/lookup/${DATABASE_MOUNT}/creds/${role}`) : [];
      const last = access.type === "static" ? await lastRotation(client, role) : undefined;
      rows.push([
        role,
        connection.name,
        access.type === "static" ? `role ${access.username}` : `members of ${access.memberOf}`,
        access.type === "static" ? (last?.toISOString() ?? "never") : "–",
        access.type === "dynamic" ? String(leases.length) : "–",
      ]);
    }
  return rows;
}
