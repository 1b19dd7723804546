import type { Command } from "commander";
import { SecretValue, VaultError, type VaultClient, type VaultErrorKind } from "../../vault";
import { refuseSecretArguments } from "../arguments";
import { OpsError } from "../errors";
import type { Io } from "../io";
import { showAccount } from "../second-factor";
import { endToken, loginAs, NO_LOGIN, vaultCommand, type Session } from "../session";
import type { Invitation } from "./invite";
import { askNewPassword, setPassword } from "./password";
import { userName } from "./people";

// The invitation is used up by then: only trying again with what it held helps.
const MAY_PASS: readonly VaultErrorKind[] = ["sealed", "standby", "unreachable", "timeout", "rateLimited", "server"];

/** `ops users accept NAME`: what an invited person runs. */
export function addAccept(users: Command, io: Io): void {
  const accept = async (session: Session, _: object, given: string): Promise<void> => {
    const { client, vault } = session;
    const name = userName(given);
    const token = new SecretValue((await io.askSecret("Token of the invitation")).unsafeReveal().trim());
    await checkInvitation(io, client, token);
    // Every question before the unwrapping: who stops at one, or is called away, still has a good invitation.
    const own = await askNewPassword(io, name);
    await takeOver(io, session, await unwrap(client, token, name), own);
    io.out(`${name} has an own password in Vault ${vault.name} now, which nobody else knows.`);
  };
  refuseSecretArguments(vaultCommand(users, io, "accept", accept, NO_LOGIN), "The token of an invitation")
    .argument("<name>", "your user name")
    .description("Take an invitation: asks for its token and for an own new password, showing neither")
    .addHelpText("after", "\nExample:\n  npm run ops -- users accept mei.tanaka");
}

/**
 * Looks at the token without using it up: its age, and that it was made by `users invite` and not by somebody who has
 * opened the real one.
 */
async function checkInvitation(io: Io, client: VaultClient, token: SecretValue): Promise<void> {
  const used = new OpsError(
    "the token of the invitation is not valid: it was mistyped, its time is up, or it was used. If " +
      "you have not used it yourself, somebody else has your password now: tell whoever invited " +
      "you, who invites you again (npm run ops -- users invite).",
  );
  if (!/^[\w.-]{20,}$/.test(token.unsafeReveal())) throw used;
  const facts = await client
    .write<{ creation_path: string }>("sys/wrapping/lookup", { token }, { token: null })
    .catch((error: unknown) => {
      if (error instanceof VaultError && (error.kind === "badRequest" || error.kind === "forbidden")) throw used;
      throw error;
    });
  if (facts.data.creation_path === "sys/wrapping/wrap") return;
  io.err(`the token was made by ${facts.data.creation_path}, and not by an invitation (sys/wrapping/wrap)`);
  throw new OpsError(
    "this is not the token of an invitation; nothing was opened. Ask whoever invited you, over " +
      "another channel, what they sent.",
  );
}

async function unwrap(client: VaultClient, token: SecretValue, name: string): Promise<SecretValue<Invitation>> {
  const opened = await client.unwrap<Partial<Invitation> | undefined>(token);
  const { username, password, account } = opened.unsafeReveal() ?? {};
  if (typeof username !== "string" || typeof password !== "string")
    throw new OpsError(
      "the token opened something that is not an invitation; ask whoever sent it for another (npm " +
        "run ops -- users invite).",
    );
  if (username !== name)
    throw new OpsError(
      `the invitation was for ${username}, not for ${name}, and is used up now: ask for another ` +
        `(npm run ops -- users invite).`,
    );
  return new SecretValue({ username, password, ...(typeof account === "string" && { account }) });
}

/**
 * Logs in with the invitation's password and sets the own one. A failure that may pass is tried again for as long as
 * the person wants. Throws an OpsError for every other, and after the last: that the invitation is used up.
 */
export async function takeOver(
  io: Io,
  { client, vault }: Session,
  invitation: SecretValue<Invitation>,
  own: SecretValue,
): Promise<void> {
  const { username, password, account } = invitation.unsafeReveal();
  for (;;) {
    try {
      if (account !== undefined) await showAccount(io, new SecretValue(account));
      const token = await loginAs(io, client, username, new SecretValue(password));
      await setPassword(client, username, own, { token });
      return await endToken(io, client, token);
    } catch (error) {
      // A wrong code and a question left by Ctrl-C, too: what is open here is nowhere else.
      io.err((error as Error).message);
      if ((!(error instanceof VaultError) || MAY_PASS.includes(error.kind)) && io.terminal && (await again(io)))
        continue;
      throw new OpsError(
        `the invitation is used up, and the own password of ${username} in Vault ${vault.name} is ` +
          `not known to be set: ask for another invitation (npm run ops -- users invite ${username}).`,
      );
    }
  }
}

/** Whether to try again; no, where that question is left, too. */
function again(io: Io): Promise<boolean> {
  return io.confirm("The invitation is opened and works here alone, until this ends. Try again?").catch(() => false);
}
