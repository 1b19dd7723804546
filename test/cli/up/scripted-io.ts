import type { Io } from "../../../cli/ops/io";
import { UsageError } from "../../../cli/ops/errors";
import { SecretValue } from "../../../cli/vault";

/**
 * An answer to a question that matches; a function is called with the question. A word in `secrets` answers a hidden
 * prompt.
 */
export interface Script {
  /** Environment; @default none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whether a person sits in front; @default true. */
  readonly terminal?: boolean;
  /** Answers to hidden prompts; @default a failing test. */
  secret?(question: string): string;
  /** Answers to open prompts; @default a failing test. */
  answer?(question: string): string;
  /** Answers to yes or no; @default yes. */
  confirm?(question: string): boolean;
  /** What is shown on a screen of its own; @default nothing happens. */
  shown?(lines: readonly string[]): void;
}

/** A world for commands that answers from a script, and keeps what it was told. */
export interface ScriptedIo extends Io {
  /** Lines on standard output. */
  readonly outLines: string[];
  /** Lines on standard error. */
  readonly errLines: string[];
  /** Every question, in order. */
  readonly questions: string[];
  /** The last exit code; undefined if none was set. */
  readonly code: number | undefined;
}

/** Makes one. A question that the script does not answer fails the test by its name. */
export function scriptedIo({ env = {}, terminal = true, secret, answer, confirm, shown }: Script = {}): ScriptedIo {
  const io = {
    outLines: [] as string[],
    errLines: [] as string[],
    questions: [] as string[],
    code: undefined as number | undefined,
  };
  const asked = (question: string): void => {
    if (!terminal) throw new UsageError(`there is no terminal to ask "${question}" on`);
    io.questions.push(question);
    if (io.questions.length > 200) throw new Error(`asked without end: ${question}`);
  };
  return Object.assign(io, {
    env,
    terminal,
    out: (line: string) => void io.outLines.push(line),
    err: (line: string) => void io.errLines.push(line),
    now: () => new Date(),
    askSecret: async (question: string) => {
      asked(question);
      if (!secret) throw new Error(`no answer to: ${question}`);
      return new SecretValue(secret(question));
    },
    ask: async (question: string) => {
      asked(question);
      if (!answer) throw new Error(`no answer to: ${question}`);
      return answer(question);
    },
    confirm: async (question: string) => {
      asked(question);
      return confirm ? confirm(question) : true;
    },
    showOnce: async (lines: readonly string[]) => {
      asked(lines[0] ?? "");
      shown?.(lines);
    },
    readSecretInput: async () => {
      throw new Error("standard input is not part of this script");
    },
    exit: (code: number) => void (io.code = code),
  });
}
