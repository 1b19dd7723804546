import { randomInt } from "node:crypto";
import { USERPASS_MOUNT } from "../../../model";
import { SecretValue, type RequestOptions, type VaultClient } from "../../vault";
import { OpsError } from "../errors";
import type { Io } from "../io";

/**
 * No letter or digit that looks like another: 0 and o, 1, i and l, and no upper case. 31 characters, 4.95 bits each.
 */
const ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz";
const GROUPS = 7;
const GROUP_LENGTH = 4;

/** What a new password must be, in words. */
export const ACCEPTED_PASSWORD =
  "16 to 72 bytes, of at least 6 different characters, without the user's name in it and no space at its ends";

/** A password from Node's cryptographic source: 28 characters in groups of four, 138 bits. */
export function generatePassword(): SecretValue {
  const group = () => Array.from({ length: GROUP_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
  return new SecretValue(Array.from({ length: GROUPS }, group).join("-"));
}

/**
 * Sets a person's password. Throws VaultErrors.
 * @param options `mount`: the userpass mount, with a slash at its end; @default the platform's
 */
export async function setPassword(
  client: VaultClient,
  user: string,
  password: SecretValue,
  { mount = `${USERPASS_MOUNT}/`, ...options }: RequestOptions & { readonly mount?: string } = {},
): Promise<void> {
  await client.write(`auth/${mount}users/${user}/password`, { password }, options);
}

/**
 * What is wrong with a password that a person chose, in words that do not repeat it; undefined if nothing is. Bounds
 * are in bytes of UTF-8: Vault's userpass refuses more than 72 (bcrypt takes no more).
 */
export function passwordProblem(password: SecretValue, user: string): string | undefined {
  const text = password.unsafeReveal();
  const bytes = Buffer.byteLength(text);
  if (bytes < 16) return "it is too short";
  if (bytes > 72) return "it is too long";
  if (text !== text.trim()) return "it has a space at its ends";
  if (new Set(text).size < 6) return "it has too few different characters";
  if (text.toLowerCase().includes(user.toLowerCase())) return "the user's name is in it";
  return undefined;
}

const TRIES = 3;

/**
 * Asks for a person's new password, twice, until it is good and both are the same; three times at the most. Throws an
 * OpsError after that.
 */
export async function askNewPassword(io: Io, user: string): Promise<SecretValue> {
  for (let attempt = 1; ; attempt++) {
    const password = await io.askSecret(`New password of ${user}`);
    const again = passwordProblem(password, user) === undefined ? await io.askSecret("The same once more") : undefined;
    const problem =
      passwordProblem(password, user) ??
      (again?.unsafeReveal() === password.unsafeReveal() ? undefined : "the two are not the same");
    if (problem === undefined) return password;
    const sentence = `new password: ${problem}; accepted: ${ACCEPTED_PASSWORD}.`;
    if (attempt === TRIES) throw new OpsError(`${sentence} Nothing was changed; run this again.`);
    io.err(sentence);
  }
}
