import { DATABASE_MOUNT, type DatabaseConnection } from "../../../model";
import { VaultError, type VaultClient } from "../../vault";
import { OpsError } from "../errors";
import type { Io } from "../io";
import { rotateRoot } from "./rotate";

/**
 * Asks for the administrator's password of a connection, has Vault log in with it, and has Vault change it at once.
 * Each step may be done again. Throws VaultErrors, and an OpsError where Vault cannot log in with the password.
 */
export async function adopt(io: Io, client: VaultClient, connection: DatabaseConnection): Promise<void> {
  const { name, called, environment, host, port, database, adminUsername } = connection;
  const password = await io.askSecret(`Password of ${adminUsername} in ${database} on ${host}:${port}`);
  try {
    // A connection that cannot be made is not stored: what Vault knew before stays.
    await write(client, connection, { password, verify_connection: true });
  } catch (error) {
    if (!refused(error)) throw error;
    throw new OpsError(
      `Vault cannot log in to ${database} on ${host}:${port} as ${adminUsername} with this password. Next: see that ` +
        "the server is there and the password right; if Vault has taken it over before, npm run ops -- databases " +
        `rotate --database ${called} --environment ${environment}`,
    );
  }
  await rotateRoot(client, connection);
  await write(client, connection, { verify_connection: false });
  io.out(`${name}: Vault alone knows the password of ${adminUsername}`);
}

/**
 * Adopts the connections by which Vault cannot log in yet. One that is not made yet, or whose server Vault does not
 * reach, is left: the second is said. Returns how many it adopted. Throws as {@link adopt}, and an OpsError, with the
 * commands to run, where nobody sits in front to ask.
 */
export async function adoptMissing(
  io: Io,
  client: VaultClient,
  connections: readonly DatabaseConnection[],
): Promise<number> {
  const missing: DatabaseConnection[] = [];
  for (const connection of connections) {
    const found = await standing(client, connection);
    if (found === "password") missing.push(connection);
    if (found === "away")
      io.err(`${connection.name}: Vault does not reach ${connection.host}:${connection.port}, and so cannot log in`);
  }
  if (missing.length > 0 && !io.terminal)
    throw new OpsError(
      `Vault has no password for ${missing.map(({ name }) => name).join(", ")}. Next, in a terminal:\n` +
        missing
          .map(({ called, environment }) => `  npm run ops -- databases adopt ${called} ${environment}`)
          .join("\n") +
        "\nThen run this again; it continues here.",
    );
  for (const connection of missing) await adopt(io, client, connection);
  return missing.length;
}

/** How Vault gets on with a connection: what it has it logs in with, or is refused with, or finds no server. */
async function standing(
  client: VaultClient,
  connection: DatabaseConnection,
): Promise<"works" | "password" | "away" | "absent"> {
  try {
    await write(client, connection, { verify_connection: true });
  } catch (error) {
    if (error instanceof VaultError && error.kind === "notFound") return "absent";
    if (!refused(error)) throw error;
    return /SASL|authentication/i.test(error.errors.join(" ")) ? "password" : "away";
  }
  await write(client, connection, { verify_connection: false });
  return "works";
}

/**
 * Writes over some settings of a connection; Vault keeps the others, the password too. As Terraform has it,
 * `verify_connection` is false in the end: a database that is away is no reason to stop an apply.
 */
async function write(client: VaultClient, { name }: DatabaseConnection, settings: object): Promise<void> {
  const path = `${DATABASE_MOUNT}/config/${name}`;
  const { plugin_name } = await client.read<{ plugin_name: string }>(path);
  await client.write(path, { plugin_name, ...settings });
}

function refused(error: unknown): error is VaultError {
  return error instanceof VaultError && error.kind === "badRequest";
}
