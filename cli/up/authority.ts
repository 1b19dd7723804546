import { PLATFORM_ADMIN, USERPASS_MOUNT, type Platform, type Vault } from "../../model";
import { VaultError, type SecretValue, type VaultAuth, type VaultClient } from "../vault";
import { OpsError } from "../ops/errors";
import type { Io } from "../ops/io";
import { generateRoot } from "../ops/root-token/generate-root";
import type { Shares } from "../ops/unseal/shares";
import type { Entity } from "../ops/users/entity";
import { enrol, passSecondFactor, showAccount } from "../ops/second-factor";
import { tokenAtHand } from "../ops/session";
import { findTokens, revokeTokens } from "../ops/users/tokens";
import type { BootstrapRecord } from "./record";

/** A token that sets a Vault up. */
export interface Authority {
  readonly token: SecretValue;
  /**
   * `root`: made by this run or given, revoked at the end; `admin`: a login of this run, revoked too; `given`: the
   * token at hand, somebody else's to revoke.
   */
  readonly kind: "root" | "admin" | "given";
  /** Whether this run made it, so that nobody else has it. */
  readonly own: boolean;
}

const TRIES = 3;

/**
 * A token that may set a Vault up: the root token that this run has just been given, else the token at hand (in
 * ~/.vault-token only platform-admin's or a root token counts), else a login of platform-admin by hidden prompt, else,
 * where it has no password yet, a new root token from key shares. A root token that this run made goes into the record
 * before it is used.
 *
 * Throws an OpsError after three wrong passwords, what `generateRoot` throws, and VaultErrors.
 */
export async function obtain(
  io: Io,
  client: VaultClient,
  vault: Vault,
  shares: Shares,
  record: BootstrapRecord,
  fresh?: SecretValue,
): Promise<Authority> {
  if (fresh) return root(client, record, fresh, true);
  const atHand = await tokenAtHand(io, client);
  if (atHand) {
    const { policies, identity_policies: ofGroups } = await lookUp(client, atHand);
    if (policies.includes("root")) return root(client, record, atHand, false);
    if (io.env.VAULT_TOKEN || ofGroups?.includes(PLATFORM_ADMIN)) return { token: atHand, kind: "given", own: false };
    io.err(`the token in ~/.vault-token is not ${PLATFORM_ADMIN}'s: passed over`);
  }
  if (await hasUserpass(client)) {
    const token = await loginAsAdmin(io, client, vault, record.read().passwordSet);
    if (token) return { token, kind: "admin", own: true };
  }
  return root(client, record, await generateRoot(io, client, shares), true);
}

async function root(
  client: VaultClient,
  record: BootstrapRecord,
  token: SecretValue,
  own: boolean,
): Promise<Authority> {
  if (own) record.made((await lookUp(client, token)).accessor);
  return { token, kind: "root", own };
}

interface Looked {
  readonly accessor: string;
  readonly policies: readonly string[];
  readonly identity_policies?: readonly string[];
}

function lookUp(client: VaultClient, token: SecretValue): Promise<Looked> {
  return client.read("auth/token/lookup-self", { token });
}

/** The mount of people is listed to whoever asks (constructs/userpass.ts): where it is not, nobody can log in yet. */
async function hasUserpass(client: VaultClient): Promise<boolean> {
  const { auth } = await client.read<{ auth?: Readonly<Record<string, unknown>> }>("sys/internal/ui/mounts", {
    token: null,
  });
  return Boolean(auth?.[`${USERPASS_MOUNT}/`]);
}

async function loginAsAdmin(
  io: Io,
  client: VaultClient,
  vault: Vault,
  isSet: boolean,
): Promise<SecretValue | undefined> {
  const otherwise = isSet ? "" : " (Enter: none was set yet, key shares make a root token)";
  for (let attempt = 1; ; attempt++) {
    const password = await io.askSecret(`Password of ${PLATFORM_ADMIN} in Vault ${vault.name}${otherwise}`);
    if (password.unsafeReveal() === "" && !isSet) return undefined;
    try {
      return (await login(io, client, password)).token;
    } catch (error) {
      if (!(error instanceof VaultError) || (error.kind !== "badRequest" && error.kind !== "forbidden")) throw error;
      if (attempt === TRIES)
        throw new OpsError(
          `${PLATFORM_ADMIN} in Vault ${vault.name}: the password is not right, ${TRIES} times; five wrong ones ` +
            "lock the login for 15 minutes. Run this again with the right one, or Enter if none was set.",
        );
      io.err("that is not the password; once more, please.");
    }
  }
}

async function login(io: Io, client: VaultClient, password: SecretValue): Promise<VaultAuth> {
  const path = `auth/${USERPASS_MOUNT}/login/${PLATFORM_ADMIN}`;
  const { auth } = await client.write(path, { password }, { token: null });
  return passSecondFactor(io, client, PLATFORM_ADMIN, auth!);
}

/**
 * Sets platform-admin's password with a root token, and sees that a login with it has platform-admin's policy: only
 * then may root tokens go. Where the Vault has a second factor, shows the account for the authenticator app first.
 *
 * Throws an OpsError when the login has no such policy, and VaultErrors.
 */
export async function setAdminPassword(
  io: Io,
  client: VaultClient,
  platform: Platform,
  vault: Vault,
  password: SecretValue,
): Promise<void> {
  await client.write(`auth/${USERPASS_MOUNT}/users/${PLATFORM_ADMIN}/password`, { password });
  if (vault.secondFactor) {
    const entity = await client.read<Entity>(`identity/entity/name/${PLATFORM_ADMIN}`);
    await showAccount(io, await enrol(io, client, platform, vault, entity));
  }
  const { token, policies } = await login(io, client, password);
  await client.write("auth/token/revoke-self", {}, { token });
  if (!policies.includes(PLATFORM_ADMIN))
    throw new OpsError(
      `Vault ${vault.name}: ${PLATFORM_ADMIN} can log in, but has no policy ${PLATFORM_ADMIN}, so ` +
        `the root token stays; is there another entity of that name? Apply ${vault.accessStack} ` +
        `again: npm run deploy -- ${vault.accessStack}`,
    );
}

/**
 * Revokes the root tokens of this and of killed runs: those in the record, and all there are where `up` initialised the
 * Vault. The own token goes last. Returns how many. Throws VaultErrors; what the record holds is then revoked by the
 * next run.
 */
export async function revokeRootTokens(
  io: Io,
  client: VaultClient,
  authority: Authority,
  record: BootstrapRecord,
): Promise<number> {
  const { initialised, accessors } = record.read();
  const self = authority.kind === "root" ? (await lookUp(client, authority.token)).accessor : undefined;
  const looks = initialised || accessors.some((accessor) => accessor !== self);
  const found = looks
    ? await findTokens(
        io,
        client,
        (token) =>
          token.policies.includes("root") &&
          token.accessor !== self &&
          (initialised || accessors.includes(token.accessor)),
      )
    : [];
  await revokeTokens(io, client, found);
  if (self !== undefined) await client.write("auth/token/revoke-self");
  record.clear();
  return found.length + (self === undefined ? 0 : 1);
}
