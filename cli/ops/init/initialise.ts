import { SecretValue, type VaultClient } from "../../vault";
import { OpsError } from "../errors";
import type { Io } from "../io";
import { readPgpKey, type Recipients, type ShareOptions } from "./recipients";

/** How a Vault is initialised. */
interface InitialiseOptions extends Pick<ShareOptions, "shares" | "threshold"> {
  readonly recipients: Recipients;
  /** File of a PGP public key that the root token is encrypted to; @default it is returned as it is. */
  readonly rootTokenPgpKey?: string;
}

/** What came of it. */
interface Initialised {
  /** `key share`, or `recovery share` where the Vault unseals itself. */
  readonly kind: string;
  /** The shares; absent where they were encrypted, and are not known here. */
  readonly shares?: readonly SecretValue[];
  /** Encrypted, base64, where `rootTokenPgpKey` is given. */
  readonly rootToken: SecretValue;
}

/** Vault's answer. Source: Vault's API documentation, "/sys/init". */
interface InitAnswer {
  readonly keys_base64?: readonly string[];
  readonly recovery_keys_base64?: readonly string[];
  readonly root_token: string;
}

/**
 * Initialises a Vault and hands the shares over before it returns. They become recovery shares where the Vault unseals
 * itself.
 *
 * Throws an OpsError for a Vault that is initialised, what the recipients throw (nothing was changed then), and
 * VaultErrors.
 */
export async function initialise(
  io: Io,
  client: VaultClient,
  { shares, threshold, recipients, rootTokenPgpKey }: InitialiseOptions,
): Promise<Initialised> {
  const status = await client.sealStatus();
  if (status.initialized)
    throw new OpsError(
      `the Vault at ${client.address} is initialised already; nothing was changed. Its shares are ` +
        `with the people who got them: npm run ops -- unseal, or vault operator rekey for new ones.`,
    );
  const own = status.type !== "shamir";
  const kind = own ? "recovery share" : "key share";
  const pgp = recipients.pgpKeys?.map((key) => key.base64);
  const prefix = own ? "recovery" : "secret";
  const body = {
    [`${prefix}_shares`]: shares,
    [`${prefix}_threshold`]: threshold,
    [own ? "recovery_pgp_keys" : "pgp_keys"]: pgp,
    root_token_pgp_key: rootTokenPgpKey && readPgpKey(rootTokenPgpKey).base64,
  };
  await recipients.prepare(kind);
  let answer: InitAnswer;
  try {
    // Encrypting to many PGP keys, or a remote seal, takes Vault longer than a read.
    answer = (await client.write<InitAnswer>("sys/init", body, { token: null, timeoutMs: 60_000 })).data;
  } catch (error) {
    recipients.abandon();
    throw error;
  }
  const made = ((own ? answer.recovery_keys_base64 : answer.keys_base64) ?? []).map((share) => new SecretValue(share));
  await recipients.handOver(made, kind);
  io.err(
    `initialised: ${shares} ${kind}s, any ${threshold} of which ` +
      `${own ? "rekey it or make a root token" : "unseal it"}.`,
  );
  return { kind, ...(!pgp && { shares: made }), rootToken: new SecretValue(answer.root_token) };
}
