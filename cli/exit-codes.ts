/** How every program of this project ends; a pipeline can tell them apart. */
export const EXIT = {
  /** Done, and nothing to look at. */
  ok: 0,
  /** It could not be done, or a check does not hold; the message says what, and what to do. */
  failed: 1,
  /** What was given cannot be used: words, environment, config or a file. Nothing was done. */
  usage: 2,
  /** Done, and there is something that a person must look at: a missing key, an overdue value, drift. */
  findings: 3,
} as const;

/** One of {@link EXIT}. */
type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The table, as `--help` shows it below everything else. */
export const EXIT_HELP =
  "\nExit codes: 0 done, 1 failed or a check does not hold, 2 what was given cannot be used,\n" +
  "  3 done and there is something to look at.";

/** Errors whose message is for people, by name: the programs that throw them need not be loaded for this. */
const MEANT: ReadonlyMap<string, ExitCode> = new Map([
  ["UsageError", EXIT.usage],
  ["AccessInputError", EXIT.usage],
  ["OpsError", EXIT.failed],
  ["VaultError", EXIT.failed],
]);

/** What an error ends a program with; undefined for one that is a mistake in this code. */
export function exitCodeOf(error: unknown): ExitCode | undefined {
  return error instanceof Error ? MEANT.get(error.name) : undefined;
}
