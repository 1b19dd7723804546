import { processIo, type Io } from "./ops/io";
import { opsProgram } from "./ops/program";
import { runProgram } from "./run-program";

/** Runs the operations program on its words; sets the exit code through `io`. Throws what is a mistake in this code. */
export async function runOps(words: readonly string[], io: Io): Promise<void> {
  await runProgram(opsProgram(io), words, io, "stopped; nothing was changed by this step.");
}

if (require.main === module) void runOps(process.argv.slice(2), processIo());
