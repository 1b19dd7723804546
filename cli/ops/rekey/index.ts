import type { Command } from "commander";
import { loadPlatform } from "../../platform-file";
import { refuseSecretArguments } from "../arguments";
import { EXIT, UsageError } from "../errors";
import { checkShares, shareOptions, type ShareOptions } from "../init";
import { chooseRecipients } from "../init/recipients";
import type { Io } from "../io";
import { withSession } from "../session";
import { vaultOption, type VaultOption } from "../users/vault-option";
import { rekey } from "./rekey";

/** Whether a version of Vault asks for a token to rekey and to make a root token: since 2.0. */
export function asksForToken(version: string): boolean {
  return Number(version.split(".")[0]) >= 2;
}

/** `ops rekey`: new shares for old ones. */
export function addRekey(program: Command, io: Io): void {
  shareOptions(vaultOption(program.command("rekey")))
    .allowExcessArguments()
    .description(
      "Make new key shares (or recovery shares) from the present ones; the old ones hold until the " +
        "new ones are seen to have arrived",
    )
    .addHelpText(
      "after",
      `
Asks for the present shares, hands the new ones over as init does, and asks for enough of those. Before Vault 2.0 shares are all it takes;
since then a token of someone who may rekey is needed too (VAULT_TOKEN, vault login, or a login here; platform-admin may).

Examples:
  npm run ops -- rekey
  npm run ops -- rekey --shares 7 --threshold 4 --out-dir /media/usb/shares`,
    )
    .action(async (options: ShareOptions & VaultOption, command: Command) => {
      refuseSecretArguments(command, "A key share");
      checkShares(options);
      if (!io.terminal)
        throw new UsageError("rekey asks for the present shares, and there is no terminal to ask on; run it in one.");
      const recipients = chooseRecipients(io, options, options.shares);
      const platform = loadPlatform(io.env.PLATFORM || undefined);
      const { version } = await withSession(io, platform, { vault: options.vault, login: false }, ({ client }) =>
        client.sealStatus(),
      );
      const login = asksForToken(version);
      await withSession(io, platform, { vault: options.vault, login }, async ({ client, vault }) => {
        await rekey(io, client, { ...options, recipients, login });
        io.out(
          `Vault ${vault.name} has ${options.shares} new shares, any ${options.threshold} of which ` +
            `are enough; the old ones are worth nothing.`,
        );
      });
      io.exit(EXIT.ok);
    });
}
