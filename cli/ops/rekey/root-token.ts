import type { Command } from "commander";
import { loadPlatform } from "../../platform-file";
import { VaultError } from "../../vault";
import { refuseSecretArguments } from "../arguments";
import { EXIT, UsageError } from "../errors";
import type { Io } from "../io";
import { withSession } from "../session";
import { Shares } from "../unseal/shares";
import { findTokens, revokeTokens } from "../users/tokens";
import { vaultOption, type VaultOption } from "../users/vault-option";
import { generateRoot } from "./generate-root";
import { asksForToken } from "./index";

/** `ops root-token`: makes one from key shares, and takes them away. */
export function addRootToken(program: Command, io: Io): void {
  const rootToken = program
    .command("root-token")
    .description("A root token from key shares, for what nobody else may do; and its end");
  addCreate(rootToken, io);
  addRevoke(rootToken, io);
}

function addCreate(parent: Command, io: Io): void {
  vaultOption(parent.command("create"))
    .allowExcessArguments()
    .description("Make a root token from key shares, and show it once on this terminal")
    .addHelpText(
      "after",
      "\nSince Vault 2.0 a token of someone who may is needed too (platform-admin may). Revoke it " +
        "as soon as the work is done.\n\nExample:\n  npm run ops -- root-token create",
    )
    .action(async (options: VaultOption, command: Command) => {
      refuseSecretArguments(command, "A key share");
      if (!io.terminal)
        throw new UsageError("root-token create shows a token, and there is no terminal to show it on; run it in one.");
      const platform = loadPlatform(io.env.PLATFORM || undefined);
      const { version } = await withSession(io, platform, { vault: options.vault, login: false }, ({ client }) =>
        client.sealStatus(),
      );
      const login = asksForToken(version);
      await withSession(io, platform, { vault: options.vault, login }, async ({ client }) => {
        const token = await generateRoot(io, client, new Shares(io), login);
        await io.showOnce([
          "A root token. It may do everything; it is shown once, and does not expire.",
          "",
          `  ${token.unsafeReveal()}`,
        ]);
      });
      io.err("next: do the work, then npm run ops -- root-token revoke");
      io.exit(EXIT.ok);
    });
}

function addRevoke(parent: Command, io: Io): void {
  vaultOption(parent.command("revoke"))
    .option("--all", "every root token that Vault knows, found by someone who may list tokens")
    .allowExcessArguments()
    .description("Revoke a root token, asked for and not shown; or all of them")
    .addHelpText("after", "\nExamples:\n  npm run ops -- root-token revoke\n  npm run ops -- root-token revoke --all")
    .action(async ({ vault: name, all }: VaultOption & { all?: boolean }, command: Command) => {
      refuseSecretArguments(command, "A root token");
      const platform = loadPlatform(io.env.PLATFORM || undefined);
      if (all) {
        await withSession(io, platform, { vault: name }, async ({ client, vault }) => {
          const found = await findTokens(io, client, ({ policies }) => policies.includes("root"));
          await revokeTokens(io, client, found);
          io.out(`Vault ${vault.name}: ${found.length} root ${found.length === 1 ? "token" : "tokens"} revoked.`);
        });
      } else {
        await withSession(io, platform, { vault: name, login: false }, async ({ client, vault }) => {
          const token = await io.askSecret("Root token to revoke");
          await client.write("auth/token/revoke-self", {}, { token }).catch((error: unknown) => {
            if (error instanceof VaultError && error.kind === "forbidden")
              throw new UsageError(`Vault ${vault.name} does not know that token (any more); nothing was revoked.`);
            throw error;
          });
          io.out(`Vault ${vault.name}: the root token is revoked.`);
        });
      }
      io.exit(EXIT.ok);
    });
}
