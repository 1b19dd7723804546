import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { named, USERPASS_MOUNT, type Platform, type Vault } from "../../model";
import { loadPlatform } from "../platform-file";
import { SecretValue, VaultError, type VaultClient } from "../vault";
import { oneOf, refuseSecretArguments } from "./arguments";
import { UsageError } from "./errors";
import type { Io } from "./io";
import { passSecondFactor } from "./second-factor";
import { wayTo } from "./way";

/** A Vault of the platform, and a client that talks to it. */
export interface Session {
  readonly platform: Platform;
  readonly vault: Vault;
  readonly client: VaultClient;
}

/** Which Vault a command means, and where it is. */
export interface VaultOptions {
  /** @default the only one of the platform */
  readonly vault?: string;
  /** @default as {@link wayTo} finds it */
  readonly address?: string;
}

/** Whether a token is needed; @default yes. */
export type Login = (client: VaultClient) => Promise<boolean>;

/** For what needs no token. */
export const NO_LOGIN: Login = async () => false;

/** The platform that PLATFORM names, or else package.json. Throws UsageErrors. */
export function platformOf(io: Io): Platform {
  return loadPlatform(io.env.PLATFORM || undefined);
}

/** Adds `--address URL`. */
export function addressOption(command: Command): Command {
  return command.option(
    "--address <url>",
    "where the Vault is; else TF_VAR_vault_address_<vault>, VAULT_ADDR, the config, or a port-forward to its pod",
  );
}

/** Adds `--vault NAME`, needed where a platform has several. */
export function vaultOption(command: Command): Command {
  return command.option("--vault <name>", "the Vault, where the platform has several");
}

/** Adds a command with `--vault` and `--address` that refuses a secret among its words; `what` is e.g. `A value`. */
export function secretCommand(parent: Command, name: string, what: string): Command {
  return addressOption(vaultOption(refuseSecretArguments(parent.command(name), what)));
}

/** The Vault that is meant, of these. Throws a UsageError for any other, and for several where none is named. */
export function oneVault(names: readonly string[], given: string | undefined): string {
  if (given !== undefined) return oneOf("--vault", given, names);
  if (names.length === 1) return names[0]!;
  throw new UsageError(
    `--vault: given nothing, and this is on several; accepted: ${names.join(", ")}. Run it once for each, as its ` +
      "token is for one.",
  );
}

/** As {@link oneVault}, of a platform's. */
export function chooseVault({ vaults }: Platform, given: string | undefined): Vault {
  const names = vaults.map(({ name }) => name);
  return named(vaults, oneVault(names, given));
}

/**
 * Adds a command that works on one Vault, with `--vault` and `--address`. `work` gets the command's options and its
 * argument.
 */
export function vaultCommand<Options extends object>(
  parent: Command,
  io: Io,
  name: string,
  work: (session: Session, options: Options & VaultOptions, argument: string) => Promise<void>,
  login?: Login,
): Command {
  return addressOption(vaultOption(parent.command(name))).action(async (...given: unknown[]) => {
    const [argument, options] = [given[0] as string, given.at(-2) as Options & VaultOptions];
    await onVault(io, platformOf(io), options, (session) => work(session, options, argument), login);
  });
}

/**
 * Connects to a Vault by {@link wayTo}, does `work` there and ends the connection, whatever happens. The token is
 * VAULT_TOKEN, else the one that `vault login` left, else a person logs in here by hidden prompt, and what that made is
 * revoked at the end.
 *
 * Throws a UsageError where there is no token and no terminal to log in on, what {@link wayTo} and `work` throw, and
 * VaultErrors of the login.
 */
export async function onVault<T>(
  io: Io,
  platform: Platform,
  { vault: name, address }: VaultOptions,
  work: (session: Session) => Promise<T>,
  login: Login = async () => true,
): Promise<T> {
  const vault = chooseVault(platform, name);
  const { client, close } = await (await wayTo(io, platform, vault, address)).open();
  try {
    const session = { platform, vault, client };
    return (await login(client)) ? await withToken(io, client, vault.name, () => work(session)) : await work(session);
  } finally {
    await close();
  }
}

/** Gives a client a token as {@link onVault} does, does `work`, and revokes what a login here made. Throws as that. */
export async function withToken<T>(io: Io, client: VaultClient, vault: string, work: () => Promise<T>): Promise<T> {
  let own: SecretValue | undefined;
  try {
    client.token = (await tokenAtHand(io, client)) ?? (own = await loginByPrompt(io, client, vault));
    return await work();
  } finally {
    if (own) await endToken(io, client, own);
  }
}

/** Revokes a token that this run made; where that fails, it says so. */
export async function endToken(io: Io, client: VaultClient, token: SecretValue): Promise<void> {
  await client
    .write("auth/token/revoke-self", {}, { token })
    .catch(() => io.err("the token of this run could not be revoked; it expires by itself"));
}

/**
 * The token that there is without asking: VAULT_TOKEN, else what the vault program's `login` left in ~/.vault-token. A
 * stored one that this Vault does not know, such as another Vault's, is said and passed over. Throws VaultErrors.
 */
export async function tokenAtHand(io: Io, client: VaultClient): Promise<SecretValue | undefined> {
  if (io.env.VAULT_TOKEN) return new SecretValue(io.env.VAULT_TOKEN);
  const stored = storedToken(io);
  if (!stored) return undefined;
  const token = new SecretValue(stored);
  try {
    await client.read("auth/token/lookup-self", { token });
  } catch (error) {
    if (!(error instanceof VaultError) || error.kind !== "forbidden") throw error;
    // One that may not look at itself is still good.
    if (!error.isDenied) return void io.err(`~/.vault-token holds no token of ${client.address}: passed over`);
  }
  return token;
}

function storedToken(io: Io): string {
  try {
    return readFileSync(join(io.env.HOME || homedir(), ".vault-token"), "utf8").trim();
  } catch {
    return "";
  }
}

async function loginByPrompt(io: Io, client: VaultClient, vault: string): Promise<SecretValue> {
  if (!io.terminal)
    throw new UsageError(
      `VAULT_TOKEN: given nothing, and there is no terminal to log in to Vault ${vault} on; accepted: a token ` +
        "of that Vault there or in ~/.vault-token (vault login), or a run in a terminal.",
    );
  const user = (await io.ask(`User name in Vault ${vault}`)).trim().toLowerCase();
  if (!/^[\w.-]+$/.test(user))
    throw new UsageError(`user name: given ${JSON.stringify(user)}; accepted: letters, digits, dots and dashes.`);
  const password = await io.askSecret(`Password of ${user}`);
  return loginAs(io, client, user, password);
}

/** Logs a person in, and returns the token. Throws VaultErrors, and what {@link passSecondFactor} throws. */
export async function loginAs(io: Io, client: VaultClient, user: string, password: SecretValue): Promise<SecretValue> {
  const { auth } = await client.write(`auth/${USERPASS_MOUNT}/login/${user}`, { password }, { token: null });
  return (await passSecondFactor(io, client, user, auth!)).token;
}
