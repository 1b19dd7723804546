import { confirm, input, password } from "@inquirer/prompts";
import { SecretValue } from "../vault";
import { OpsError, UsageError } from "./errors";

/** What a command has of the world around it; tests give their own. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a person sits in front: questions may be asked, progress may be drawn. */
  readonly terminal: boolean;
  /** A line on standard output: the result. */
  out(line: string): void;
  /** A line on standard error: progress and warnings. */
  err(line: string): void;
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
  /** Sets the process's exit code, see EXIT. */
  exit(code: number): void;
}

/** The real world. */
export function processIo(): Io {
  // Questions go to standard error, so that standard output holds the result alone.
  const context = { output: process.stderr };
  const terminal = Boolean(process.stdin.isTTY && process.stderr.isTTY);
  const needTerminal = (question: string) => {
    if (!terminal)
      throw new UsageError(
        `there is no terminal to ask "${question}" on; run this in a terminal, or give what it ` +
          `needs as its --help says.`,
      );
  };
  return {
    env: process.env,
    terminal,
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    now: () => new Date(),
    askSecret: async (question) => {
      needTerminal(question);
      return new SecretValue(await password({ message: question, mask: false }, context));
    },
    ask: async (question) => {
      needTerminal(question);
      return input({ message: question }, context);
    },
    confirm: async (question) => {
      needTerminal(question);
      return confirm({ message: question, default: false }, context);
    },
    showOnce: async (lines) => {
      needTerminal(lines[0] ?? "");
      // The alternate screen has no scrollback, and goes as a whole: the terminal shows what it showed before.
      process.stderr.write(`\u001b[?1049h\u001b[2J\u001b[H${lines.join("\n")}\n\n`);
      try {
        await password({ message: "Enter when it is kept", mask: false }, context);
      } finally {
        process.stderr.write("\u001b[2J\u001b[3J\u001b[?1049l");
      }
    },
    readSecretInput: async () => {
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of process.stdin) {
        size += (chunk as Buffer).length;
        if (size > 1024 * 1024)
          throw new OpsError("standard input is longer than 1 MiB, which Vault's default request size does not take.");
        chunks.push(chunk as Buffer);
      }
      const text = Buffer.concat(chunks)
        .toString("utf8")
        .replace(/\r?\n$/, "");
      if (text === "") throw new OpsError("standard input is empty; nothing was changed.");
      return new SecretValue(text);
    },
    exit: (code) => void (process.exitCode = code),
  };
}
