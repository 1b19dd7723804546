/** What a script of the CI was given and cannot use; the message says where, what is accepted and what to do. */
export class CiError extends Error {
  override readonly name = "CiError";
}

/** Runs a program of the CI: a {@link CiError} is one line and exit code 2; anything else is a mistake in the program. */
export function main(program: () => number | Promise<number>): void {
  Promise.resolve()
    .then(program)
    .then((code) => void (process.exitCode = code))
    .catch((error: unknown) => {
      if (!(error instanceof Error)) throw error;
      const known = error instanceof CiError || ["VaultError", "AccessInputError", "PlatformFileError"].includes(error.name);
      console.error(known ? `ci: ${error.message}` : error);
      process.exitCode = 2;
    });
}
