import type { Command } from "commander";
import { loadPlatform } from "../../platform-file";
import { refuseSecretArguments } from "../arguments";
import { EXIT } from "../errors";
import type { Io } from "../io";
import { chooseVault } from "../session";
import { vaultOption } from "../users/vault-option";
import { serversOf } from "./servers";
import { Shares } from "./shares";
import { unsealServer } from "./unseal";

/** `ops unseal`: asks for key shares, one by one, and unseals every server of a Vault with them. */
export function addUnseal(program: Command, io: Io): void {
  vaultOption(program.command("unseal"))
    .option("--address <url>", "a server of the Vault; once for each replica", (url: string, before: string[] = []) => [
      ...before,
      url,
    ])
    .allowExcessArguments()
    .description("Unseal every server of a Vault with key shares, asked for one by one and not shown")
    .addHelpText(
      "after",
      `
Any of the shares do, as many as the threshold says. Without --address and VAULT_ADDR the servers are the pods of the installation, each reached
by a port-forward of its own. Shares are asked for once, and used for all servers.

Examples:
  npm run ops -- unseal
  VAULT_ADDR=https://vault.example.com:8200 npm run ops -- unseal
  npm run ops -- unseal --address https://vault-0.example.com:8200 --address https://vault-1.example.com:8200`,
    )
    .action(async (options: { vault?: string; address?: string[] }, command: Command) => {
      refuseSecretArguments(command, "A key share");
      const platform = loadPlatform(io.env.PLATFORM || undefined);
      const vault = chooseVault(platform, options.vault);
      const shares = new Shares(io);
      for (const server of await serversOf(io, platform, vault, options.address)) {
        const { client, close } = await server.open();
        try {
          io.out(`${server.name}: ${await unsealServer(io, server.name, client, shares)}`);
        } finally {
          await close();
        }
      }
      io.exit(EXIT.ok);
    });
}
