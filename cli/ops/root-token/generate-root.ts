import { SecretValue, VaultError, type VaultClient } from "../../vault";
import { OpsError } from "../errors";
import type { Io } from "../io";
import type { Shares } from "../unseal/shares";

/** Progress of making a root token. Source: Vault's API documentation, "/sys/generate-root". */
interface Attempt {
  readonly started: boolean;
  readonly nonce: string;
  readonly progress: number;
  readonly required: number;
  readonly complete: boolean;
  readonly otp?: string;
  readonly encoded_token?: string;
}

const ATTEMPT = "sys/generate-root/attempt";

/** Whether a version of Vault asks for a token to make a root token, beside the shares: since 2.0. */
export function asksForToken(version: string): boolean {
  return Number(version.split(".")[0]) >= 2;
}

/**
 * Makes a root token from key shares (recovery shares where the Vault unseals itself). An attempt that somebody else
 * left unfinished is given up first. Since Vault 2.0 the client needs a token of someone who may (platform-admin may),
 * unless the server's configuration opens it.
 *
 * Throws an OpsError where Vault asks for a token and there is none, what `Shares.giveTo` throws, and VaultErrors.
 */
export async function generateRoot(io: Io, client: VaultClient, shares: Shares): Promise<SecretValue> {
  const { type } = await client.sealStatus();
  let attempt = await begin(io, client);
  const encoded = await shares
    .giveTo({
      purpose: `for a root token of ${client.address}`,
      kind: type === "shamir" ? "key share" : "recovery share",
      required: attempt.required,
      send: async (key) => {
        const { data } = await client.write<Attempt>("sys/generate-root/update", { key, nonce: attempt.nonce });
        return { progress: data.progress, ...(data.complete && { done: new SecretValue(data.encoded_token!) }) };
      },
      restart: async () => (attempt = await begin(io, client)),
    })
    .catch(async (error: unknown) => {
      await client.delete(ATTEMPT).catch(() => undefined);
      throw error;
    });
  return decodeToken(encoded, attempt.otp!);
}

/** The token, which Vault sends with each byte XORed with the one-time password's, as base64 without padding. */
export function decodeToken(encoded: SecretValue, otp: string): SecretValue {
  const bytes = Buffer.from(encoded.unsafeReveal(), "base64");
  const pad = Buffer.from(otp, "utf8");
  return new SecretValue(Buffer.from(bytes.map((byte, index) => byte ^ pad[index]!)).toString("utf8"));
}

async function begin(io: Io, client: VaultClient): Promise<Attempt> {
  try {
    const { started, progress, required } = await client.read<Attempt>(ATTEMPT);
    if (started) {
      if (progress > 0) io.err(`an attempt at a root token with ${progress} of ${required} shares is given up`);
      await client.delete(ATTEMPT);
    }
    return (await client.write<Attempt>(ATTEMPT)).data;
  } catch (error) {
    if (!(error instanceof VaultError) || error.kind !== "forbidden" || client.token) throw error;
    throw new OpsError(
      `${client.address}: since Vault 2.0 key shares alone make no root token; a token that may ` +
        `start it is needed too (platform-admin may: npm run ops -- root-token create). ` +
        'If nobody can log in: put enable_unauthenticated_access = ["generate-root"] into the ' +
        "server's configuration, send the server SIGHUP, run this again, and take it out.",
    );
  }
}
