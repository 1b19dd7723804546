import { writeFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { EXIT, EXIT_HELP, exitCodeOf } from "./exit-codes";

/** What a program has of the world that asks nobody anything; tests give their own. */
export interface Output {
  /** A text on standard output: the result. */
  out(text: string): void;
  /** A text on standard error. */
  err(text: string): void;
  /** Sets the exit code. */
  exit(code: number): void;
}

/** This process. */
export const PROCESS: Output = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  exit: (code) => void (process.exitCode = code),
};

/** Shows a report, or writes it into the file that a person names. */
export function deliver(io: Output, text: string, file: string | undefined): void {
  if (file === undefined) io.out(text.replace(/\n$/, ""));
  else writeFileSync(file, text);
}

/**
 * A program that speaks through `io`, throws instead of ending the process, suggests the nearest word for an unknown
 * one and tells the exit codes in its help. Its commands inherit that.
 */
export function newProgram(name: string, io: Output): Command {
  return new Command(name)
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText("afterAll", EXIT_HELP)
    .configureOutput({
      writeOut: (text) => io.out(text.replace(/\n$/, "")),
      writeErr: (text) => io.err(text.replace(/\n$/, "")),
    });
}

/**
 * Does a program's work. An error that is meant for people is said in its own words, and sets the exit code; a mistake
 * in this code is thrown.
 * @param stopped what is said when a person leaves a question with Ctrl-C
 */
export async function runWork(io: Output, work: () => unknown, stopped = "stopped."): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof CommanderError) return io.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage);
    const left = error instanceof Error && error.name === "ExitPromptError";
    const code = left ? EXIT.failed : exitCodeOf(error);
    if (code === undefined) throw error;
    io.err(left ? stopped : (error as Error).message);
    io.exit(code);
  }
}

/** As {@link runWork}, of a program and its words without node's own two. */
export async function runProgram(
  program: Command,
  words: readonly string[],
  io: Output,
  stopped?: string,
): Promise<void> {
  await runWork(io, () => program.parseAsync([...words], { from: "user" }), stopped);
}
