import { InvalidArgumentError, type Command } from "commander";
import type { SecretValue } from "../../vault";
import { repeated } from "../arguments";
import { UsageError } from "../errors";
import type { Io } from "../io";
import { chooseVault, platformOf, secretCommand, type VaultOptions } from "../session";
import { serversOf } from "../way";
import { initialise } from "./initialise";
import { chooseRecipients, readPgpKey, type ShareOptions } from "./recipients";

/**
 * Adds the options of commands that make shares: how many, how many are enough, and who gets them. Numbers that Vault
 * does not take are refused before the command runs.
 */
export function shareOptions(command: Command): Command {
  return command
    .option("--shares <n>", "shares that are made, each for another person", whole, 5)
    .option("--threshold <n>", "shares that are enough", whole, 3)
    .option("--pgp-key <file>", "a PGP public key that a share is encrypted to; once for each share", repeated)
    .option("--out-dir <folder>", "a folder for one file a share, readable by you alone")
    .hook("preAction", () => {
      const { shares, threshold } = command.opts<ShareOptions>();
      if (shares > 255 || threshold > shares || (threshold === 1 && shares > 1))
        throw new UsageError(
          `--shares, --threshold: given ${shares} and ${threshold}; accepted: 1 to 255 shares, and a ` +
            `threshold from 2 to their number (one share: 1).`,
        );
    });
}

/** `ops init`: initialises a new Vault and hands its shares to people. */
export function addInit(program: Command, io: Io): void {
  shareOptions(secretCommand(program, "init", "A key share"))
    .option("--root-token-pgp-key <file>", "a PGP public key that the root token is encrypted to")
    .description(
      "Initialise a new Vault: its key shares (recovery shares, where it unseals itself) go to " +
        "people. npm run up does this too",
    )
    .addHelpText(
      "after",
      `
Without --pgp-key and --out-dir each share is shown once on this terminal, on a screen that is cleared; without a
terminal that is refused. The root token is shown once in the same way, or encrypted. It sets up the Vault (npm run up,
with VAULT_TOKEN), and is revoked after that.

Examples:
  npm run ops -- init
  npm run ops -- init --shares 2 --threshold 2 --pgp-key ada.asc --pgp-key bo.asc --root-token-pgp-key ada.asc
  npm run ops -- init --out-dir /media/usb/shares --root-token-pgp-key ada.asc`,
    )
    .action(async (options: ShareOptions & VaultOptions & { rootTokenPgpKey?: string }) => {
      const recipients = chooseRecipients(io, options);
      const { rootTokenPgpKey, vault, address } = options;
      if (rootTokenPgpKey) readPgpKey(rootTokenPgpKey);
      else if (!io.terminal)
        throw new UsageError(
          "--root-token-pgp-key: given nothing, and there is no terminal to show the root token on; " +
            "accepted: the file of a PGP public key.",
        );
      const platform = platformOf(io);
      const [server] = await serversOf(io, platform, chooseVault(platform, vault), address ? [address] : []);
      const { client, close } = await server!.open();
      try {
        const { rootToken } = await initialise(io, client, { ...options, recipients });
        if (rootTokenPgpKey) io.out(`root token, for ${rootTokenPgpKey}: ${rootToken.unsafeReveal()}`);
        else await showRootToken(io, rootToken, "it is shown once.");
        io.err(
          "next: npm run ops -- unseal, then npm run up with the root token in VAULT_TOKEN, which " +
            "revokes it at the end.",
        );
      } finally {
        await close();
      }
    });
}

/** Shows a root token on a screen of its own. */
export async function showRootToken(io: Io, token: SecretValue, how: string): Promise<void> {
  await io.showOnce([`The root token. It may do everything; ${how}`, "", `  ${token.unsafeReveal()}`]);
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError("Accepted: a whole number from 1.");
  return Number(text);
}

export type { ShareOptions } from "./recipients";
