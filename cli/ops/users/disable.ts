import type { Command } from "commander";
import { EXIT } from "../errors";
import type { Io } from "../io";
import { refuseOwn } from "./own";
import { existingEntity, existingUser } from "./people";
import { findTokens, revokeTokens, tokenCount } from "./tokens";
import { onVault, vaultOption, type VaultOption } from "./vault-option";

/** `ops users disable NAME`. */
export function addDisable(users: Command, io: Io): void {
  vaultOption(users.command("disable"))
    .argument("<name>", "the person")
    .description("Lock a person out: no login, no token; the password stays (enable takes it back)")
    .addHelpText(
      "after",
      "\nFor good: take the person out of people.users and apply the access stack.\n\nExample:\n  " +
        "npm run ops -- users disable mei.tanaka",
    )
    .action(async (given: string, { vault: vaultName }: VaultOption) => {
      await onVault(io, { vault: vaultName }, async ({ client, vault }, platform) => {
        const name = await existingUser(client, platform, vault, given);
        const entity = await existingEntity(client, vault, name);
        await refuseOwn(client, entity);
        // First the door, then the rooms: with the entity disabled no new token is made while the old ones are revoked.
        if (!entity.disabled) await client.write(`identity/entity/id/${entity.id}`, { disabled: true });
        const tokens = await findTokens(io, client, (token) => token.entity_id === entity.id);
        await revokeTokens(io, client, tokens);
        io.out(
          `${name} is disabled in Vault ${vault.name}${entity.disabled ? " (was before)" : ""}; ` +
            `${tokenCount(tokens.length)} revoked.`,
        );
        io.exit(EXIT.ok);
      });
    });
}
