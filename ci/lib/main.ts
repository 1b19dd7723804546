import { EXIT, exitCodeOf } from "../../cli/exit-codes";
import { PROCESS, runWork, type Output } from "../../cli/run-program";

/** A job's process: its log tells an error of a script's from other programs'. */
const JOB: Output = { ...PROCESS, err: (text) => PROCESS.err(`ci: ${text}`) };

/**
 * What may be said of an error where others read it: our own errors' words. A mistake in the program has its name
 * alone: its message may quote what it was given.
 */
export function wordsOf(error: Error): string {
  return exitCodeOf(error) === undefined
    ? `a mistake in the scripts (${error.name}): the job's log says where`
    : error.message;
}

/** Runs a script's program as this process; {@link exitCodeOf} an error is how it ends. */
export function main(work: (io: Output) => unknown): void {
  void runWork(JOB, () => work(JOB)).catch((error: unknown) => {
    console.error(forLog(error));
    JOB.exit(EXIT.failed);
  });
}

/**
 * A parser's message quotes the text that it could not read, be it a plan or an answer with a token: where it was
 * thrown is enough.
 */
function forLog(error: unknown): unknown {
  if (!(error instanceof SyntaxError)) return error;
  const trace = (error.stack ?? "").split("\n").filter((line) => /^ {4}at /.test(line));
  return [`ci: ${error.name}`, ...trace].join("\n");
}
