import type { Command } from "commander";
import { EXIT } from "../errors";
import type { Io } from "../io";
import { existingEntity, existingUser } from "./people";
import { findTokens, revokeTokens, tokenCount } from "./tokens";
import { onVault, vaultOption, type VaultOption } from "./vault-option";

/** `ops users revoke NAME`. */
export function addRevoke(users: Command, io: Io): void {
  vaultOption(users.command("revoke"))
    .argument("<name>", "the person")
    .description("End all logins of a person; they can log in again (disable prevents that)")
    .addHelpText("after", "\nExample:\n  npm run ops -- users revoke mei.tanaka")
    .action(async (given: string, { vault: vaultName }: VaultOption) => {
      await onVault(io, { vault: vaultName }, async ({ client, vault }, platform) => {
        const name = await existingUser(client, platform, vault, given);
        const entity = await existingEntity(client, vault, name);
        const tokens = await findTokens(io, client, (token) => token.entity_id === entity.id);
        await revokeTokens(io, client, tokens);
        io.out(
          `${tokenCount(tokens.length)} of ${name} in Vault ${vault.name} revoked, with all leases ` +
            `and tokens made by them.`,
        );
        io.exit(EXIT.ok);
      });
    });
}
