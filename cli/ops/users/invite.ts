import { InvalidArgumentError, Option, type Command } from "commander";
import { Duration, USERPASS_MOUNT } from "../../../model";
import { EXIT, OpsError } from "../errors";
import type { Io } from "../io";
import { generatePassword } from "./password";
import { existingEntity, existingUser } from "./people";
import { onVault, vaultOption, type VaultOption } from "./vault-option";

/** What an invitation's wrapping token hands over, once. */
export interface Invitation {
  readonly username: string;
  readonly password: string;
}

/** A token that lies about for longer than this is a password that lies about. */
const LONGEST = Duration.of("3d");

const HELP = `
NAME gets a fresh password, which nobody sees, and which replaces the old one. What is printed is a single-use token that opens it: send it to NAME,
who then chooses an own password. If the token has been used before NAME comes, somebody else has opened it: invite again, and ask who.

Examples:
  npm run ops -- users invite mei.tanaka
  npm run ops -- users invite mei.tanaka --ttl 30m --json`;

/** `ops users invite NAME`. */
export function addInvite(users: Command, io: Io): void {
  vaultOption(users.command("invite"))
    .argument("<name>", "the person, as in people.users of the config")
    .addOption(
      new Option("--ttl <duration>", `how long the token can be used, at most ${LONGEST.toString()}`)
        .argParser(parseTtl)
        .default(Duration.of("8h"), "8h"),
    )
    .option("--json", "print { user, vault, token, ttlSeconds, expires }")
    .description("Give a person a fresh password, handed over by a single-use token")
    .addHelpText("after", HELP)
    .action(async (given: string, { vault: vaultName, ttl, json }: VaultOption & { ttl: Duration; json?: boolean }) => {
      await onVault(io, { vault: vaultName }, async ({ client, vault }, platform) => {
        const name = await existingUser(client, platform, vault, given);
        const entity = await existingEntity(client, vault, name);
        if (entity.disabled)
          throw new OpsError(
            `user ${name} is disabled, so no password would let them in: npm run ops -- users ` +
              `enable ${name}, then run this again.`,
          );
        const password = generatePassword();
        // The token first: were the password set first and this failed, the person would be locked out by a password
        // that nobody can hand over.
        const wrap = await client.wrap({ username: name, password }, ttl);
        try {
          await client.write(`auth/${USERPASS_MOUNT}/users/${name}/password`, { password });
        } catch (error) {
          await client.write("auth/token/revoke-accessor", { accessor: wrap.accessor }).catch(() => undefined);
          throw error;
        }
        const expires = new Date(Date.parse(wrap.creationTime) + wrap.ttl * 1000).toISOString();
        const token = wrap.token.unsafeReveal();
        if (json) io.out(JSON.stringify({ user: name, vault: vault.name, token, ttlSeconds: wrap.ttl, expires }));
        else
          for (const line of [
            `${name} is invited to Vault ${vault.name}. Send this token to them and to nobody else; ` +
              `it works once, until ${expires} (${ttl.toString()}):`,
            "",
            `  ${token}`,
            "",
            "They type this line, and give the token when it asks:",
            "",
            `  npm run ops -- users accept ${name}`,
            "",
            "or, with the vault program alone (bash, zsh), this one: type it, then the token, which " +
              "is not shown; it prints the password, which they then change:",
            "",
            "  (read -rs VAULT_TOKEN && export VAULT_TOKEN && vault unwrap)",
          ])
            io.out(line);
        io.err(
          `the old password of ${name}, if there was one, works no more; tokens that ${name} holds ` +
            `stay: npm run ops -- users revoke ${name} ends them`,
        );
        io.exit(EXIT.ok);
      });
    });
}

function parseTtl(text: string): Duration {
  const ttl = Duration.parse(text);
  if (!ttl || ttl.seconds > LONGEST.seconds)
    throw new InvalidArgumentError(
      `accepted: ${Duration.ACCEPTED.replace("at most 36500d", `at most ${LONGEST.toString()}`)}.`,
    );
  return ttl;
}
