import type { Command } from "commander";
import { EXIT } from "../errors";
import type { Io } from "../io";
import { existingEntity, existingUser } from "./people";
import { onVault, vaultOption, type VaultOption } from "./vault-option";

/** `ops users enable NAME`. */
export function addEnable(users: Command, io: Io): void {
  vaultOption(users.command("enable"))
    .argument("<name>", "the person")
    .description("Let a disabled person in again, with the old password")
    .addHelpText("after", "\nExample:\n  npm run ops -- users enable mei.tanaka")
    .action(async (given: string, { vault: vaultName }: VaultOption) => {
      await onVault(io, { vault: vaultName }, async ({ client, vault }, platform) => {
        const name = await existingUser(client, platform, vault, given);
        const entity = await existingEntity(client, vault, name);
        if (entity.disabled) await client.write(`identity/entity/id/${entity.id}`, { disabled: false });
        io.out(
          `${name} is enabled in Vault ${vault.name}${entity.disabled ? "" : " (was before)"}. If ` +
            `the password may be known to others: npm run ops -- users invite ${name}`,
        );
        io.exit(EXIT.ok);
      });
    });
}
