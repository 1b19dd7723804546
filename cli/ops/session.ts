import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { addressVariable, didYouMean, named, USERPASS_MOUNT, type Platform, type Vault } from "../../model";
import { SecretValue, VaultClient, type TokenProvider } from "../vault";
import { UsageError } from "./errors";
import type { Io } from "./io";

/** A Vault of the platform, and a client that talks to it. */
export interface Session {
  readonly vault: Vault;
  readonly client: VaultClient;
  /** Revokes the token if this program made it, and closes the connection. */
  end(): Promise<void>;
}

/** Which Vault a command means. */
export interface SessionOptions {
  /**
   * A Vault's name.
   * @default the only one of the platform
   */
  readonly vault?: string;
  /**
   * Whether a token is needed.
   * @default true
   */
  readonly login?: boolean;
}

/** The Vault that is meant. Throws a UsageError when there is none of that name, or several and none is named. */
export function chooseVault(platform: Platform, name?: string): Vault {
  const names = platform.vaults.map((vault) => vault.name);
  if (name === undefined && names.length === 1) return platform.vaults[0]!;
  if (name === undefined) throw new UsageError(`--vault: given nothing; accepted: ${names.join(", ")}.`);
  if (!names.includes(name))
    throw new UsageError(
      [`--vault: given ${JSON.stringify(name)}; accepted: ${names.join(", ")}.`, didYouMean(name, names)]
        .filter(Boolean)
        .join(" "),
    );
  return named(platform.vaults, name);
}

/**
 * Connects to a Vault: at its address in the config, else at VAULT_ADDR (TF_VAR_vault_address_<vault> overrides both,
 * as for Terraform). The token is VAULT_TOKEN, else the one that `vault login` left, else a person logs in here by
 * hidden prompt, and `end` revokes what that made.
 *
 * Throws a UsageError when it is not known where the Vault is, and VaultErrors of the login.
 */
export async function connect(io: Io, platform: Platform, options: SessionOptions = {}): Promise<Session> {
  const vault = chooseVault(platform, options.vault);
  const address = io.env[`TF_VAR_${addressVariable(vault.name)}`] || vault.address || io.env.VAULT_ADDR;
  if (!address)
    throw new UsageError(
      `VAULT_ADDR: given nothing; accepted: the URL of Vault ${vault.name}, e.g. ` +
        `http://127.0.0.1:8200 of a port-forward.`,
    );
  let token: SecretValue | undefined;
  const client = openClient({ ...io.env, VAULT_ADDR: address }, () => token);
  const close = () => client.close();
  if (options.login === false) return { vault, client, end: async () => close() };
  token = tokenAtHand(io);
  if (token) return { vault, client, end: async () => close() };
  token = await loginByPrompt(io, client, vault);
  return {
    vault,
    client,
    end: async () => {
      await client
        .write("auth/token/revoke-self")
        .catch(() => io.err("the token of this run could not be revoked; it expires by itself"));
      close();
    },
  };
}

/**
 * Does `work` with a session of {@link connect} and ends it, whatever happens. Throws what `connect` and `work` throw.
 */
export async function withSession<T>(
  io: Io,
  platform: Platform,
  options: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await connect(io, platform, options);
  try {
    return await work(session);
  } finally {
    await session.end();
  }
}

/** The client's own complaints about its variables, and a CA file that cannot be read, are the caller's mistakes. */
function openClient(env: Io["env"], token: TokenProvider): VaultClient {
  try {
    return VaultClient.fromEnvironment(env, token);
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${error.message}.`);
    const { code } = error as NodeJS.ErrnoException;
    if (code)
      throw new UsageError(
        `VAULT_CACERT: given ${JSON.stringify(env.VAULT_CACERT)}; accepted: a readable file of PEM ` +
          `certificates (${code}).`,
      );
    throw error;
  }
}

/** The token that there is without asking: VAULT_TOKEN, else the file that the vault program's `login` writes. */
export function tokenAtHand(io: Io): SecretValue | undefined {
  if (io.env.VAULT_TOKEN) return new SecretValue(io.env.VAULT_TOKEN);
  try {
    const stored = readFileSync(join(io.env.HOME || homedir(), ".vault-token"), "utf8").trim();
    return stored ? new SecretValue(stored) : undefined;
  } catch {
    return undefined;
  }
}

async function loginByPrompt(io: Io, client: VaultClient, vault: Vault): Promise<SecretValue> {
  const user = (await io.ask(`User name in Vault ${vault.name}`)).trim().toLowerCase();
  if (!/^[\w.-]+$/.test(user))
    throw new UsageError(`user name: given ${JSON.stringify(user)}; accepted: letters, digits, dots and dashes.`);
  const password = await io.askSecret(`Password of ${user}`);
  const answer = await client.write(`auth/${USERPASS_MOUNT}/login/${user}`, { password }, { token: null });
  return answer.auth!.token;
}
