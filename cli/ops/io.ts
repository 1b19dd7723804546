import { text } from "node:stream/consumers";
import { confirm, input } from "@inquirer/prompts";
import { PROCESS, type Output } from "../run-program";
import { SecretValue } from "../vault";
import { OpsError, UsageError } from "./errors";
import { askHidden } from "./hidden-input";

/** What a command has of the world around it; tests give their own. */
export interface Io extends Output {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a person sits in front: questions may be asked, progress may be drawn. */
  readonly terminal: boolean;
  /** The time now. */
  now(): Date;
  /** Asks for something that must not be seen. Throws a UsageError without a terminal. */
  askSecret(question: string): Promise<SecretValue>;
  /** Asks for something that may be seen. Throws a UsageError without a terminal. */
  ask(question: string): Promise<string>;
  /** Asks yes or no; no is what Enter means. Throws a UsageError without a terminal. */
  confirm(question: string): Promise<boolean>;
  /**
   * Shows something that must be seen once and by one person, on a screen of its own that leaves nothing behind; Enter
   * closes it. Throws a UsageError without a terminal.
   */
  showOnce(lines: readonly string[]): Promise<void>;
  /**
   * All of standard input, without the line break at its end. Throws an OpsError when it is empty or longer than 1 MiB.
   */
  readSecretInput(): Promise<SecretValue>;
}

/** Prints a result: as JSON where that is asked for (an error is its message there), else its lines for people. */
export function print(io: Io, json: boolean | undefined, value: unknown, lines: () => readonly string[]): void {
  for (const line of json
    ? [JSON.stringify(value, (_, each) => (each instanceof Error ? each.message : (each as unknown)), 2)]
    : lines())
    io.out(line);
}

/** The real world. */
export function processIo(): Io {
  // Questions go to standard error, so that standard output holds the result alone.
  const context = { output: process.stderr };
  const terminal = Boolean(process.stdin.isTTY && process.stderr.isTTY);
  const asked = async <T>(question: string, ask: () => Promise<T>): Promise<T> => {
    if (terminal) return ask();
    throw new UsageError(
      `there is no terminal to ask "${question}" on; run this in a terminal, or give what it needs as its --help says.`,
    );
  };
  return {
    ...PROCESS,
    env: process.env,
    terminal,
    now: () => new Date(),
    askSecret: (message) =>
      asked(message, async () => new SecretValue(await askHidden(message, process.stdin, process.stderr))),
    ask: (message) => asked(message, () => input({ message }, context)),
    confirm: (message) => asked(message, () => confirm({ message, default: false }, context)),
    showOnce: (lines) =>
      asked(lines[0] ?? "", async () => {
        // The alternate screen has no scrollback, and goes as a whole: the terminal shows what it showed before.
        process.stderr.write(`\u001b[?1049h\u001b[2J\u001b[H${lines.join("\n")}\n\n`);
        try {
          await askHidden("Enter when it is kept", process.stdin, process.stderr);
        } finally {
          process.stderr.write("\u001b[2J\u001b[3J\u001b[?1049l");
        }
      }),
    readSecretInput: async () => {
      const given = (await text(process.stdin)).replace(/\r?\n$/, "");
      if (Buffer.byteLength(given) > 1024 * 1024)
        throw new OpsError("standard input is longer than 1 MiB, which Vault's default request size does not take.");
      if (given === "") throw new OpsError("standard input is empty; nothing was changed.");
      return new SecretValue(given);
    },
  };
}
