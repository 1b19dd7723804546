import type { Command } from "commander";
import { USERPASS_MOUNT } from "../../../model";
import { refuseSecretArguments } from "../arguments";
import { UsageError } from "../errors";
import type { Io } from "../io";
import { vaultCommand, type Session } from "../session";
import { ACCEPTED_PASSWORD, askNewPassword, setPassword } from "./password";

/** `ops users passwd`. */
export function addPasswd(users: Command, io: Io): void {
  const passwd = async ({ client, vault }: Session): Promise<void> => {
    const { path, meta } = await client.read<{ path: string; meta: Readonly<Record<string, string>> | null }>(
      "auth/token/lookup-self",
    );
    const name = path.startsWith(`auth/${USERPASS_MOUNT}/login/`) ? meta?.username : undefined;
    if (!name)
      throw new UsageError(
        `the token (VAULT_TOKEN, or the one that vault login left): given one made by ${path}; accepted: a person's ` +
          "own login. Unset it and run this again: it then asks for user name and password.",
      );
    await setPassword(client, name, await askNewPassword(io, name));
    io.out(
      `${name} has a new password in Vault ${vault.name}. Tokens that ${name} holds stay; users revoke ends them.`,
    );
  };
  refuseSecretArguments(vaultCommand(users, io, "passwd", passwd), "A password")
    .description("Change the own password: asked for twice, not shown")
    .addHelpText(
      "after",
      `\nAccepted: ${ACCEPTED_PASSWORD}.\nTo give somebody else a password: users ` +
        `invite.\n\nExample:\n  npm run ops -- users passwd`,
    );
}
