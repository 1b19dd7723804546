import { SecretValue, type VaultClient } from "../../vault";
import { OpsError } from "../errors";
import type { Io } from "../io";
import type { Recipients, ShareOptions } from "../init/recipients";
import { Shares } from "../unseal/shares";

/** How a Vault is rekeyed. */
interface RekeyOptions extends Pick<ShareOptions, "shares" | "threshold"> {
  readonly recipients: Recipients;
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
 * where the Vault unseals itself. Since Vault 2.0 the client needs a token of someone who may rekey, beside the shares.
 *
 * Throws an OpsError when a rekey is under way and is not to be given up, what recipients and `Shares.giveTo` throw,
 * and VaultErrors.
 */
export async function rekey(
  io: Io,
  client: VaultClient,
  { shares, threshold, recipients }: RekeyOptions,
): Promise<void> {
  const { type } = await client.sealStatus();
  const [kind, path] = type === "shamir" ? ["key share", "sys/rekey"] : ["recovery share", "sys/rekey-recovery-key"];
  // Whoever cancels must name the rekey (Vault since 1.20); older servers do not look into the body.
  const cancel = (nonce: string): Promise<void> => client.delete(`${path}/init`, {}, { nonce });
  /** Gives shares to one of the two halves; each answers with what came of it at its last one. */
  const give = (purpose: string, half: "update" | "verify", required: number, state: { nonce: string }) =>
    new Shares(io).giveTo({
      purpose,
      kind,
      required,
      send: async (key) => {
        const { data } = await client.write<Rekey>(`${path}/${half}`, { key, nonce: state.nonce });
        return { progress: data.progress ?? 0, ...(data.complete && { done: data }) };
      },
      restart: async () => {
        if (half === "update") return; // Vault has forgotten the shares by itself, and keeps the nonce
        await client.delete(`${path}/verify`, {}, { nonce: state.nonce });
        state.nonce = (await client.read<Rekey>(`${path}/verify`)).nonce;
      },
    });
  const current = await client.read<Rekey>(`${path}/init`);
  if (current.started) {
    const question = `a rekey is under way, ${current.progress} of ${current.required} shares given.`;
    if (!io.terminal || !(await io.confirm(`${question} Give it up and begin again?`)))
      throw new OpsError("a rekey is under way; nothing was changed.");
    await cancel(current.nonce);
  }
  await recipients.prepare(kind);
  let state: Rekey | undefined;
  try {
    const body = {
      secret_shares: shares,
      secret_threshold: threshold,
      require_verification: true,
      pgp_keys: recipients.pgpKeys?.map((key) => key.base64),
    };
    state = (await client.write<Rekey>(`${path}/init`, body)).data;
    const made = await give("of the present ones, to make new ones", "update", state.required, { ...state });
    await recipients.handOver(
      (made.keys_base64 ?? []).map((share) => new SecretValue(share)),
      kind,
    );
    io.err(`the old ${kind}s hold until ${threshold} of the new ones are given back.`);
    const nonce = made.verification_nonce!;
    await give("of the new ones, to see that they arrived", "verify", threshold, { nonce });
  } catch (error) {
    if (state) await cancel(state.nonce).catch(() => undefined);
    recipients.abandon();
    io.err(`the rekey is given up: the old ${kind}s hold, and any new ones are worth nothing.`);
    throw error;
  }
}
