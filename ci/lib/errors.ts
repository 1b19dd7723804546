/** What a script of the CI was given and cannot use; the message says where, what is accepted and what to do. */
export class CiError extends Error {
  override readonly name = "CiError";
}

const KNOWN = ["CiError", "VaultError", "AccessInputError", "PlatformFileError"];

/**
 * What may be said of an error where others read it: our own errors' words. A mistake in the program has its name
 * alone: its message may quote what it was given.
 */
export function wordsOf(error: Error): string {
  return KNOWN.includes(error.name)
    ? error.message
    : `a mistake in the scripts (${error.name}): the job's log says where`;
}

/**
 * Runs a program of the CI and returns its exit code: a {@link CiError} is one line and 2; anything else is a mistake
 * in the program.
 */
export async function exitCodeOf(program: () => number | Promise<number>): Promise<number> {
  try {
    return await program();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    console.error(KNOWN.includes(error.name) ? `ci: ${error.message}` : forLog(error));
    return 2;
  }
}

/** Runs a program of the CI as this process. */
export function main(program: () => number | Promise<number>): void {
  void exitCodeOf(program).then((code) => void (process.exitCode = code));
}

/**
 * A parser's message quotes the text that it could not read, be it a plan or an answer with a token: where it was
 * thrown is enough.
 */
function forLog(error: Error): unknown {
  return error instanceof SyntaxError
    ? `ci: ${error.name}\n${(error.stack ?? "")
        .split("\n")
        .filter((line) => /^ {4}at /.test(line))
        .join("\n")}`
    : error;
}
