import { SecretValue, type VaultClient } from "../../vault";
import { OpsError } from "../errors";
import type { Io } from "../io";
import type { Recipients } from "../init/recipients";
import { Shares } from "../unseal/shares";

/** How a Vault is rekeyed. */
export interface RekeyOptions {
  /** New shares. */
  readonly shares: number;
  /** New shares that will be enough. */
  readonly threshold: number;
  readonly recipients: Recipients;
  /** Whether to send the client's token: since Vault 2.0 rekeying needs one beside the shares. @default false */
  readonly login?: boolean;
}

/** Progress of a rekey, and what it came to. Source: Vault's API documentation, "/sys/rekey". */
interface Rekey {
  readonly started?: boolean;
  readonly nonce: string;
  readonly progress: number;
  readonly required: number;
  readonly complete?: boolean;
  readonly keys_base64?: readonly string[];
  readonly verification_nonce?: string;
}

/**
 * Makes new shares from old ones. Vault takes the new ones into use only after enough of them were given back, so that
 * shares that reached nobody lock nobody out; until then, and after an interruption, the old ones hold. Recovery shares
 * where the Vault unseals itself.
 *
 * Throws an OpsError when a rekey is under way and is not to be given up, what recipients and `Shares.giveTo` throw,
 * and VaultErrors.
 */
export async function rekey(
  io: Io,
  client: VaultClient,
  { shares, threshold, recipients, login }: RekeyOptions,
): Promise<void> {
  const { type } = await client.sealStatus();
  const kind = type === "shamir" ? "key share" : "recovery share";
  const path = type === "shamir" ? "sys/rekey" : "sys/rekey-recovery-key";
  const options = login ? {} : { token: null };
  // Whoever cancels must name the rekey (Vault since 1.20); older servers do not look into the body.
  const cancel = (nonce: string): Promise<void> => client.delete(`${path}/init`, options, { nonce });
  const begin = async (): Promise<Rekey> => {
    const body = {
      secret_shares: shares,
      secret_threshold: threshold,
      require_verification: true,
      ...(recipients.pgpKeys && { pgp_keys: recipients.pgpKeys.map((key) => key.base64) }),
    };
    return (await client.write<Rekey>(`${path}/init`, body, options)).data;
  };
  const current = (await client.read<Rekey>(`${path}/init`, options)).data;
  if (current.started) {
    if (
      !io.terminal ||
      !(await io.confirm(
        `a rekey is under way, ${current.progress} of ${current.required} shares given. Give it up and begin again?`,
      ))
    )
      throw new OpsError("a rekey is under way; nothing was changed.");
    await cancel(current.nonce);
  }
  await recipients.prepare(shares, kind);
  let state: Rekey | undefined;
  try {
    state = await begin();
    const { nonce: first } = state;
    const made = await new Shares(io).giveTo({
      purpose: "of the present ones, to make new ones",
      kind,
      required: state.required,
      send: async (key) => {
        const { data } = await client.write<Rekey>(`${path}/update`, { key, nonce: first }, options);
        return { progress: data.progress ?? 0, ...(data.complete && { done: data }) };
      },
      restart: async () => undefined, // Vault has forgotten the shares by itself, and keeps the nonce
    });
    await recipients.handOver(
      (made.keys_base64 ?? []).map((share) => new SecretValue(share)),
      kind,
    );
    io.err(`the old ${kind}s hold until ${threshold} of the new ones are given back.`);
    let nonce = made.verification_nonce!;
    await new Shares(io).giveTo({
      purpose: "of the new ones, to see that they arrived",
      kind,
      required: threshold,
      send: async (key) => {
        const { data } = await client.write<Rekey>(`${path}/verify`, { key, nonce }, options);
        return { progress: data.progress ?? 0, ...(data.complete && { done: true }) };
      },
      restart: async () => {
        await client.delete(`${path}/verify`, options, { nonce });
        nonce = (await client.read<Rekey>(`${path}/verify`, options)).data.nonce;
      },
    });
  } catch (error) {
    if (state) await cancel(state.nonce).catch(() => undefined);
    recipients.abandon();
    io.err(`the rekey is given up: the old ${kind}s hold, and any new ones are worth nothing.`);
    throw error;
  }
}
