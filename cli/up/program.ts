import { CommanderError, type Command } from "commander";
import { EXIT, OpsError, UsageError } from "../ops/errors";
import type { Io } from "../ops/io";
import { PlatformFileError } from "../platform-file";
import { VaultError } from "../vault";

/** Has a program speak through `io`, and suggest the nearest option for an unknown one. */
export function configureProgram(program: Command, io: Io): Command {
  return program
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.replace(/\n$/, "")),
      writeErr: (text) => io.err(text.replace(/\n$/, "")),
    })
    .showSuggestionAfterError();
}

/** Runs a program on its words, and sets the exit code through `io`. Throws only what is a mistake in this code. */
export async function runProgram(program: Command, words: readonly string[], io: Io): Promise<void> {
  try {
    await program.parseAsync([...words], { from: "user" });
    io.exit(EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) return io.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage);
    const usage = error instanceof UsageError || error instanceof PlatformFileError;
    if (usage || error instanceof OpsError || error instanceof VaultError) io.err(error.message);
    else if (error instanceof Error && error.name === "ExitPromptError")
      io.err("stopped; what was done stays, and running this again continues here.");
    else throw error;
    io.exit(usage ? EXIT.usage : EXIT.failed);
  }
}
