import type { Command } from "commander";
import { counted } from "../../counted";
import { VaultError } from "../../vault";
import { refuseSecretArguments } from "../arguments";
import { UsageError } from "../errors";
import { showRootToken } from "../init";
import type { Io } from "../io";
import {
  onVault,
  platformOf,
  secretCommand,
  vaultCommand,
  type Login,
  type Session,
  type VaultOptions,
} from "../session";
import { Shares } from "../unseal/shares";
import { findTokens, revokeTokens } from "../users/tokens";
import { asksForToken, generateRoot } from "./generate-root";

/** `ops root-token`: makes one from key shares, and takes them away. */
export function addRootToken(program: Command, io: Io): void {
  const rootToken = program
    .command("root-token")
    .description("A root token from key shares, for what nobody else may do; and its end");
  addCreate(rootToken, io);
  addRevoke(rootToken, io);
}

function addCreate(parent: Command, io: Io): void {
  const create = async ({ client }: Session): Promise<void> => {
    const token = await generateRoot(io, client, new Shares(io));
    await showRootToken(io, token, "it is shown once, and does not expire.");
    io.err("next: do the work, then npm run ops -- root-token revoke");
  };
  const login: Login = async (client) => asksForToken((await client.sealStatus()).version);
  refuseSecretArguments(vaultCommand(parent, io, "create", create, login), "A key share")
    .hook("preAction", () => {
      if (io.terminal) return;
      throw new UsageError("root-token create asks for key shares, and there is no terminal to ask on; run it in one.");
    })
    .description("Make a root token from key shares, and show it once on this terminal")
    .addHelpText(
      "after",
      "\nSince Vault 2.0 a token of someone who may is needed too (platform-admin may). Revoke it " +
        "as soon as the work is done.\n\nExample:\n  npm run ops -- root-token create",
    );
}

function addRevoke(parent: Command, io: Io): void {
  secretCommand(parent, "revoke", "A root token")
    .option("--all", "every root token that Vault knows, found by someone who may list tokens")
    .description("Revoke a root token, asked for and not shown; or all of them")
    .addHelpText("after", "\nExamples:\n  npm run ops -- root-token revoke\n  npm run ops -- root-token revoke --all")
    .action(async (options: VaultOptions & { all?: boolean }) => {
      await onVault(io, platformOf(io), options, options.all ? revokeAll : revokeOne, async () => Boolean(options.all));
    });
  const revokeAll = async ({ client, vault }: Session): Promise<void> => {
    const found = await findTokens(io, client, ({ policies }) => policies.includes("root"));
    await revokeTokens(io, client, found);
    io.out(`Vault ${vault.name}: ${counted(found.length, "root token")} revoked.`);
  };
  const revokeOne = async ({ client, vault }: Session): Promise<void> => {
    const token = await io.askSecret("Root token to revoke");
    await client.write("auth/token/revoke-self", {}, { token }).catch((error: unknown) => {
      if (error instanceof VaultError && error.kind === "forbidden")
        throw new UsageError(`Vault ${vault.name} does not know that token (any more); nothing was revoked.`);
      throw error;
    });
    io.out(`Vault ${vault.name}: the root token is revoked.`);
  };
}
