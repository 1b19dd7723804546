import type { SecretValue } from "../../vault";
import { OpsError } from "../errors";
import type { Io } from "../io";
import { ACCEPTED_PASSWORD, passwordProblem } from "./password";

const TRIES = 3;

/**
 * Asks for a person's new password, twice, until it is good and both are the same; three times at the most. Throws an
 * OpsError after that.
 */
export async function askNewPassword(io: Io, user: string): Promise<SecretValue> {
  for (let attempt = 1; ; attempt++) {
    const password = await io.askSecret(`New password of ${user}`);
    const again = passwordProblem(password, user) === undefined ? await io.askSecret("The same once more") : undefined;
    const problem =
      passwordProblem(password, user) ??
      (again?.unsafeReveal() === password.unsafeReveal() ? undefined : "the two are not the same");
    if (problem === undefined) return password;
    const sentence = `new password: ${problem}; accepted: ${ACCEPTED_PASSWORD}.`;
    if (attempt === TRIES) throw new OpsError(`${sentence} Nothing was changed; run this again.`);
    io.err(sentence);
  }
}
