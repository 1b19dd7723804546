/** What the operations program ends with; a pipeline can tell them apart. */
export const EXIT = {
  /** Done, and nothing to look at. */
  ok: 0,
  /** Something failed; the message says what, and what to do. */
  failed: 1,
  /** The command line or the config is wrong; nothing was done. */
  usage: 2,
  /** Done, and there is something that a person must look at: a missing key, an overdue value, a sealed server. */
  findings: 3,
} as const;

/** A mistake in a command: what was given, what is accepted, what to do. Nothing was done. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A command that could not do its work, for a reason that the message tells together with the remedy. Exit code 1. */
export class OpsError extends Error {
  override readonly name = "OpsError";
}
