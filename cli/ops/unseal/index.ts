import type { Command } from "commander";
import { refuseSecretArguments, repeated } from "../arguments";
import type { Io } from "../io";
import { chooseVault, platformOf, vaultOption } from "../session";
import { serversOf } from "../way";
import { Shares } from "./shares";
import { unsealServer } from "./unseal";

/** `ops unseal`: asks for key shares, one by one, and unseals every server of a Vault with them. */
export function addUnseal(program: Command, io: Io): void {
  vaultOption(refuseSecretArguments(program.command("unseal"), "A key share"))
    .option("--address <url>", "a server of the Vault; once for each replica", repeated)
    .description("Unseal every server of a Vault with key shares, asked for one by one and not shown")
    .addHelpText(
      "after",
      `
Any of the shares do, as many as the threshold says. Without --address and VAULT_ADDR the servers are the pods of the
installation, each reached by a port-forward of its own. Shares are asked for once, and used for all servers.

Examples:
  npm run ops -- unseal
  VAULT_ADDR=https://vault.example.com:8200 npm run ops -- unseal
  npm run ops -- unseal --address https://vault-0.example.com:8200 --address https://vault-1.example.com:8200`,
    )
    .action(async ({ vault, address }: { vault?: string; address?: string[] }) => {
      const platform = platformOf(io);
      const shares = new Shares(io);
      for (const server of await serversOf(io, platform, chooseVault(platform, vault), address)) {
        const { client, close } = await server.open();
        try {
          io.out(`${server.name}: ${await unsealServer(io, server.name, client, shares)}`);
        } finally {
          await close();
        }
      }
    });
}
