export { EXIT } from "../exit-codes";

/** A mistake in a command: what was given, what is accepted, what to do. Nothing was done. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A command that could not do its work, for a reason that the message tells together with the remedy. Exit code 1. */
export class OpsError extends Error {
  override readonly name = "OpsError";
}
