import type { Command } from "commander";
import { refuseSecretArguments } from "../arguments";
import { UsageError } from "../errors";
import { shareOptions } from "../init";
import { chooseRecipients, type ShareOptions } from "../init/recipients";
import type { Io } from "../io";
import {
  addressOption,
  onVault,
  platformOf,
  vaultOption,
  type Login,
  type Session,
  type VaultOptions,
} from "../session";
import { rekey } from "./rekey";

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
  const command = shareOptions(addressOption(vaultOption(program.command("rekey"))))
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
  refuseSecretArguments(command, "A key share");
}
