import type { Command } from "commander";
import { USERPASS_MOUNT } from "../../../model";
import { refuseSecretArguments } from "../arguments";
import { EXIT, UsageError } from "../errors";
import type { Io } from "../io";
import { askNewPassword } from "./new-password";
import { ACCEPTED_PASSWORD } from "./password";
import { onVault, vaultOption, type VaultOption } from "./vault-option";

/** `ops users passwd`. */
export function addPasswd(users: Command, io: Io): void {
  vaultOption(users.command("passwd"))
    .allowExcessArguments()
    .description("Change the own password: asked for twice, not shown")
    .addHelpText(
      "after",
      `\nAccepted: ${ACCEPTED_PASSWORD}.\nTo give somebody else a password: users ` +
        `invite.\n\nExample:\n  npm run ops -- users passwd`,
    )
    .action(async ({ vault: vaultName }: VaultOption, command: Command) => {
      refuseSecretArguments(command, "A password");
      await onVault(io, { vault: vaultName }, async ({ client, vault }) => {
        const { data } = await client.read<{ path: string; meta: Readonly<Record<string, string>> | null }>(
          "auth/token/lookup-self",
        );
        const name = data.path.startsWith(`auth/${USERPASS_MOUNT}/login/`) ? data.meta?.username : undefined;
        if (!name)
          throw new UsageError(
            `the token (VAULT_TOKEN, or the one that vault login left): given one made by ` +
              `${data.path}; accepted: a person's own login. Unset it and run this again: it then ` +
              `asks for user name and password.`,
          );
        const password = await askNewPassword(io, name);
        await client.write(`auth/${USERPASS_MOUNT}/users/${name}/password`, { password });
        io.out(
          `${name} has a new password in Vault ${vault.name}. Tokens that ${name} holds stay; users revoke ends them.`,
        );
        io.exit(EXIT.ok);
      });
    });
}
