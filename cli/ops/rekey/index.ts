import type { Command } from "commander";
import { SecretValue, type VaultClient } from "../../vault";
import { OpsError, UsageError } from "../errors";
import { shareOptions } from "../init";
import { chooseRecipients, type Recipients, type ShareOptions } from "../init/recipients";
import type { Io } from "../io";
import { Shares } from "../unseal/shares";
import { onVault, platformOf, secretCommand, type Login, type Session, type VaultOptions } from "../session";

/** Whether a version of Vault asks for a token to rekey and to make a root token: since 2.0. */
export function asksForToken(version: string): boolean {
  return Number(version.split(".")[0]) >= 2;
}

/** A login where Vault asks for a token beside key shares. */
export const besideShares: Login = async (client) => asksForToken((await client.sealStatus()).version);

/** Throws a UsageError where key shares could not be asked for. */
export function needTerminal(io: Io, command: string): void {
  if (!io.terminal)
    throw new UsageError(`${command} asks for key shares, and there is no terminal to ask on; run it in one.`);
}

/** `ops rekey`: new shares for old ones. */
export function addRekey(program: Command, io: Io): void {
  shareOptions(secretCommand(program, "rekey", "A key share"))
    .description(
      "Make new key shares (or recovery shares) from the present ones; the old ones hold until the " +
        "new ones are seen to have arrived",
    )
    .addHelpText(
      "after",
      `
Asks for the present shares, hands the new ones over as init does, and asks for enough of those. Before Vault 2.0
shares are all it takes; since then a token of someone who may rekey is needed too (VAULT_TOKEN, vault login, or a
login here; platform-admin may).

Examples:
  npm run ops -- rekey
  npm run ops -- rekey --shares 7 --threshold 4 --out-dir /media/usb/shares`,
    )
    .action(async (options: ShareOptions & VaultOptions) => {
      needTerminal(io, "rekey");
      const recipients = chooseRecipients(io, options);
      const work = async ({ client, vault }: Session): Promise<void> => {
        await rekey(io, client, { ...options, recipients });
        io.out(
          `Vault ${vault.name} has ${options.shares} new shares, any ${options.threshold} of which ` +
            `are enough; the old ones are worth nothing.`,
        );
      };
      await onVault(io, platformOf(io), options, work, besideShares);
    });
}

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
async function rekey(io: Io, client: VaultClient, { shares, threshold, recipients }: RekeyOptions): Promise<void> {
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
