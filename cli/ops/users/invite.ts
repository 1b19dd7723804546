import type { Command } from "commander";
import type { Duration } from "../../../model";
import { durationOption } from "../duration-option";
import { OpsError } from "../errors";
import type { Io } from "../io";
import { enrol, withoutOldApp } from "../second-factor";
import { generatePassword, setPassword } from "./password";
import { personCommand } from "./people";

/** What an invitation's wrapping token hands over, once. */
export interface Invitation {
  readonly username: string;
  readonly password: string;
  /** The account for an authenticator app, where the Vault has a second factor. */
  readonly account?: string;
}

/** A token that lies about for longer than this is a password that lies about. */
const LONGEST = "3d";

const HELP = `
NAME gets a fresh password, which nobody sees, and which replaces the old one. What is printed is a single-use token
that opens it: send it to NAME, who then chooses an own password. Where the Vault has a second factor, it opens a new
account for an authenticator app as well. If the token has been used before NAME comes,
somebody else has opened it: invite again, and ask who.

Examples:
  npm run ops -- users invite mei.tanaka
  npm run ops -- users invite mei.tanaka --ttl 30m --json`;

/** `ops users invite NAME`. */
export function addInvite(users: Command, io: Io): void {
  personCommand<{ ttl: Duration; json?: boolean }>(
    users,
    io,
    "invite",
    async ({ client, platform, vault, name, entity }, { ttl, json }) => {
      if (entity.disabled)
        throw new OpsError(
          `user ${name} is disabled, so no password would let them in: npm run ops -- users ` +
            `enable ${name}, then run this again.`,
        );
      const password = generatePassword();
      const account = vault.secondFactor && (await enrol(io, client, platform, vault, entity));
      // The token first: were the password set first and this failed, the person would be locked out by a password
      // that nobody can hand over.
      const handOver = async () => {
        const made = await client.wrap({ username: name, password, ...(account && { account }) }, ttl);
        try {
          await setPassword(client, name, password);
        } catch (error) {
          await client.write("auth/token/revoke-accessor", { accessor: made.accessor }).catch(() => undefined);
          throw error;
        }
        return made;
      };
      const wrap = await (account ? withoutOldApp(io, name, handOver) : handOver());
      const expires = new Date(Date.parse(wrap.creationTime) + wrap.ttl * 1000).toISOString();
      const token = wrap.token.unsafeReveal();
      io.out(
        json
          ? JSON.stringify({ user: name, vault: vault.name, token, ttlSeconds: wrap.ttl, expires })
          : `${name} is invited to Vault ${vault.name}. Send this token to them and to nobody else;
it works once, until ${expires} (${ttl.toString()}):

  ${token}

They type this line, and give the token when it asks:

  npm run ops -- users accept ${name}

or, with the vault program alone (bash, zsh), this one: type it, then the token, which is not shown;
it prints the password, which they then change${account ? ", and the account for an authenticator app" : ""}:

  (read -rs VAULT_TOKEN && export VAULT_TOKEN && vault unwrap)`,
      );
      io.err(
        `the old password of ${name}${account ? " and the old authenticator app" : ""}, if there was one, works no ` +
          `more; tokens that ${name} holds ` +
          `stay: npm run ops -- users revoke ${name} ends them`,
      );
    },
  )
    .addOption(durationOption("--ttl <duration>", `how long the token can be used, at most ${LONGEST}`, "8h", LONGEST))
    .option("--json", "print { user, vault, token, ttlSeconds, expires }")
    .description("Give a person a fresh password, handed over by a single-use token")
    .addHelpText("after", HELP);
}
