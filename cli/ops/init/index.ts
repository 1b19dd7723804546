import { InvalidArgumentError, type Command } from "commander";
import { loadPlatform } from "../../platform-file";
import { refuseSecretArguments } from "../arguments";
import { EXIT, UsageError } from "../errors";
import type { Io } from "../io";
import { chooseVault } from "../session";
import { serversOf } from "../unseal/servers";
import { vaultOption } from "../users/vault-option";
import { initialise } from "./initialise";
import { chooseRecipients, readPgpKey, type RecipientOptions } from "./recipients";

/** What the command line of a command that makes shares says. */
export interface ShareOptions extends RecipientOptions {
  readonly shares: number;
  readonly threshold: number;
}

/** Adds the options of commands that make shares: how many, how many are enough, and who gets them. */
export function shareOptions(command: Command): Command {
  return command
    .option("--shares <n>", "shares that are made, each for another person", whole, 5)
    .option("--threshold <n>", "shares that are enough", whole, 3)
    .option(
      "--pgp-key <file>",
      "a PGP public key that a share is encrypted to; once for each share",
      (file: string, before: string[] = []) => [...before, file],
    )
    .option("--out-dir <folder>", "a folder for one file a share, readable by you alone");
}

/** Throws a UsageError for numbers that Vault does not take. */
export function checkShares({ shares, threshold }: ShareOptions): void {
  if (shares > 255 || threshold > shares || (threshold === 1 && shares > 1))
    throw new UsageError(
      `--shares, --threshold: given ${shares} and ${threshold}; accepted: 1 to 255 shares, and a ` +
        `threshold from 2 to their number (one share: 1).`,
    );
}

/** `ops init`: initialises a new Vault and hands its shares to people. */
export function addInit(program: Command, io: Io): void {
  shareOptions(vaultOption(program.command("init")))
    .option("--root-token-pgp-key <file>", "a PGP public key that the root token is encrypted to")
    .allowExcessArguments()
    .description(
      "Initialise a new Vault: its key shares (recovery shares, where it unseals itself) go to " +
        "people. npm run up does this too",
    )
    .addHelpText(
      "after",
      `
Without --pgp-key and --out-dir each share is shown once on this terminal, on a screen that is cleared; without a terminal that is refused.
The root token is shown once in the same way, or encrypted. It sets up the Vault (npm run up, with VAULT_TOKEN), and is revoked after that.

Examples:
  npm run ops -- init
  npm run ops -- init --shares 3 --threshold 2 --pgp-key ada.asc --pgp-key bo.asc --pgp-key cy.asc --root-token-pgp-key ada.asc
  npm run ops -- init --out-dir /media/usb/shares --root-token-pgp-key ada.asc`,
    )
    .action(async (options: ShareOptions & { vault?: string; rootTokenPgpKey?: string }, command: Command) => {
      refuseSecretArguments(command, "A key share");
      checkShares(options);
      const recipients = chooseRecipients(io, options, options.shares);
      const { rootTokenPgpKey } = options;
      if (rootTokenPgpKey) readPgpKey(rootTokenPgpKey);
      else if (!io.terminal)
        throw new UsageError(
          "--root-token-pgp-key: given nothing, and there is no terminal to show the root token on; " +
            "accepted: the file of a PGP public key.",
        );
      const platform = loadPlatform(io.env.PLATFORM || undefined);
      // Encrypting to many PGP keys, or a remote seal, takes Vault longer than a read.
      const patient = Object.assign(Object.create(io) as Io, {
        env: { ...io.env, VAULT_CLIENT_TIMEOUT: io.env.VAULT_CLIENT_TIMEOUT || "60s" },
      });
      const [server] = await serversOf(patient, platform, chooseVault(platform, options.vault));
      const { client, close } = await server!.open();
      try {
        const { rootToken } = await initialise(io, client, { ...options, recipients, rootTokenPgpKey });
        if (rootTokenPgpKey) io.out(`root token, for ${rootTokenPgpKey}: ${rootToken.unsafeReveal()}`);
        else
          await io.showOnce([
            "The root token. It may do everything; it is shown once.",
            "",
            `  ${rootToken.unsafeReveal()}`,
          ]);
        io.err(
          "next: npm run ops -- unseal, then npm run up with the root token in VAULT_TOKEN, which " +
            "revokes it at the end.",
        );
      } finally {
        await close();
      }
      io.exit(EXIT.ok);
    });
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError("Accepted: a whole number from 1.");
  return Number(text);
}

export { initialise, type Initialised } from "./initialise";
export { chooseRecipients, type Recipients } from "./recipients";
