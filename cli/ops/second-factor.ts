import { issuerOf, type Platform, type Vault } from "../../model";
import { SecretValue, VaultError, type VaultAuth, type VaultClient } from "../vault";
import { OpsError } from "./errors";
import type { Io } from "./io";
import type { Entity } from "./users/entity";

const TRIES = 3;

/** How a Vault says that somebody has no authenticator app at all. Source: Vault 1.21. */
const NOT_ENROLLED = /not present in entity|no (MFA )?secret/i;

/**
 * The login of somebody who has given the right password: as it is, or, where the Vault asks for a second factor, after
 * a code from a hidden prompt, three tries at the most.
 *
 * Throws an OpsError for somebody who is not enrolled and after three wrong codes, a UsageError without a terminal, and
 * VaultErrors.
 */
export async function passSecondFactor(
  io: Io,
  client: VaultClient,
  user: string,
  { secondFactor, ...auth }: VaultAuth,
): Promise<VaultAuth> {
  if (!secondFactor) return auth;
  for (let attempt = 1; ; attempt++) {
    const code = new SecretValue((await io.askSecret(`Code of ${user}'s authenticator app`)).unsafeReveal().trim());
    const payload = Object.fromEntries(secondFactor.methods.map((method) => [method, [code]]));
    const body = { mfa_request_id: secondFactor.request, mfa_payload: payload };
    try {
      return (await client.write("sys/mfa/validate", body, { token: null })).auth!;
    } catch (error) {
      if (!(error instanceof VaultError) || (error.kind !== "badRequest" && error.kind !== "forbidden")) throw error;
      const said = error.errors.join(" ");
      if (NOT_ENROLLED.test(said))
        throw new OpsError(
          `${user} has no authenticator app in this Vault, which asks for a code: whoever is in platform-admin ` +
            `invites you again (npm run ops -- users invite ${user}), and you accept that.`,
        );
      if (attempt === TRIES)
        throw new OpsError(
          `${user}: the code is not right, ${TRIES} times. See that the clock of the device is right, and log in ` +
            "again.",
        );
      io.err("that is not the code, or it was used already: each works once. Once more, please.");
    }
  }
}

/** An account of an authenticator app, as its QR code would say it; it holds the secret. */
type Account = SecretValue;

/**
 * Makes a new second factor for a person in the place of the one that they have. Throws an OpsError where the Vault has
 * no second factor yet, or several, and VaultErrors.
 */
export async function enrol(
  io: Io,
  client: VaultClient,
  platform: Platform,
  vault: Vault,
  { id, name }: Pick<Entity, "id" | "name">,
): Promise<Account> {
  const issuer = issuerOf(platform.name, vault.name);
  const [method, ...others] = await methodsOf(client, issuer);
  if (others.length > 0)
    throw new OpsError(
      `Vault ${vault.name} has several second factors ${issuer}: ${[method, ...others].join(", ")}. An account of ` +
        `the wrong one lets nobody in: take away those that the stack ${vault.accessStack} did not make (vault ` +
        "delete identity/mfa/method/totp/ID; vault list identity/mfa/login-enforcement names what asks for one), " +
        "then run this again. Nothing was changed.",
    );
  if (method === undefined)
    throw new OpsError(
      `Vault ${vault.name} has no second factor ${issuer} yet: apply the stack ${vault.accessStack} ` +
        `(npm run deploy -- ${vault.accessStack}), then run this again.`,
    );
  const body = { method_id: method, entity_id: id };
  await client.write("identity/mfa/method/totp/admin-destroy", body);
  const { data } = await withoutOldApp(io, name, () =>
    client.write<{ url: string }>("identity/mfa/method/totp/admin-generate", body),
  );
  const account = new URL(data.url);
  // Vault calls it by the entity's id, which tells nobody anything.
  account.pathname = `/${issuer}:${name}`;
  return new SecretValue(account.href);
}

/**
 * Does what is left to do once a person's old authenticator app works no more. Throws what `work` throws, and says
 * before that how things stand: whoever invites may be the person, and without a code at the next login.
 */
export async function withoutOldApp<T>(io: Io, user: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    io.err(`the old authenticator app of ${user} works no more: run this again now, while this login lasts`);
    throw error;
  }
}

async function methodsOf(client: VaultClient, issuer: string): Promise<string[]> {
  const found: string[] = [];
  for (const id of await client.list("identity/mfa/method/totp")) {
    const method = await client.readIfPresent<{ issuer: string }>(`identity/mfa/method/totp/${id}`);
    if (method?.issuer === issuer) found.push(id);
  }
  return found;
}

/** Shows somebody the account for the authenticator app, once. Throws a UsageError without a terminal. */
export async function showAccount(io: Io, account: Account): Promise<void> {
  const url = new URL(account.unsafeReveal());
  const key = url.searchParams.get("secret") ?? "";
  await io.showOnce([
    `Add an account to your authenticator app: it is shown once.`,
    "",
    `  account  ${decodeURIComponent(url.pathname.replace(/^\/+/, ""))}`,
    `  key      ${key.replace(/(.{4})(?=.)/g, "$1 ")}`,
    "  type     by time, 6 digits",
    "",
    `or, for an app that takes an address: ${url.href}`,
  ]);
}
