import { CommanderError, type Command } from "commander";
import { EXIT, OpsError, UsageError } from "./ops/errors";
import { processIo, type Io } from "./ops/io";
import { opsProgram } from "./ops/program";
import { PlatformFileError } from "./platform-file";
import { VaultError } from "./vault";

/**
 * Runs the operations program on its words; sets the exit code through `io`, and throws only what is a mistake in this
 * code.
 */
export async function runOps(words: readonly string[], io: Io): Promise<void> {
  const program: Command = opsProgram(io);
  try {
    await program.parseAsync([...words], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return io.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage);
    if (error instanceof UsageError || error instanceof PlatformFileError) io.err(error.message);
    else if (error instanceof OpsError || error instanceof VaultError) io.err(error.message);
    // Ctrl-C at a prompt: nothing was answered, nothing was done.
    else if (error instanceof Error && error.name === "ExitPromptError")
      io.err("stopped; nothing was changed by this step.");
    else throw error;
    io.exit(error instanceof UsageError || error instanceof PlatformFileError ? EXIT.usage : EXIT.failed);
  }
}

if (require.main === module) void runOps(process.argv.slice(2), processIo());
