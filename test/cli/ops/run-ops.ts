import { runOps } from "../../../cli/ops";
import { OpsError, UsageError } from "../../../cli/ops/errors";
import type { Io } from "../../../cli/ops/io";
import { SecretValue } from "../../../cli/vault";

/** What a command is given. */
export interface OpsWorld {
  /** All that it sees of the environment; HOME is a folder that does not exist unless given. */
  readonly env?: Readonly<Record<string, string>>;
  /** Answers to questions, in order, each to the question that its pattern finds. @default there is no terminal */
  readonly answers?: readonly (readonly [question: RegExp, answer: string])[];
  /** @default nothing */
  readonly stdin?: string;
  /** @default the time now */
  readonly now?: Date;
}

/** What came of a command. */
export interface OpsRun {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
  /** Both. */
  readonly all: string;
  /** The questions that were asked, in order. */
  readonly questions: readonly string[];
}

/**
 * Runs `npm run ops -- <words>` in this process. Throws what the program throws by mistake, and when a question has no
 * answer or an answer no question.
 */
export async function ops(words: string, { env = {}, answers, stdin = "", now }: OpsWorld = {}): Promise<OpsRun> {
  const out: string[] = [];
  const err: string[] = [];
  const questions: string[] = [];
  const left = [...(answers ?? [])];
  let code: number | undefined;
  const ask = (question: string): string => {
    if (!answers) throw new UsageError(`there is no terminal to ask "${question}" on`);
    questions.push(question);
    const next = left.shift();
    if (!next?.[0].test(question))
      throw new Error(`asked ${JSON.stringify(question)}, expected ${next ? String(next[0]) : "no question"}`);
    return next[1];
  };
  const io: Io = {
    env: { HOME: "/nonexistent", ...env },
    terminal: answers !== undefined,
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    now: () => now ?? new Date(),
    askSecret: async (question) => new SecretValue(ask(question)),
    ask: async (question) => ask(question),
    confirm: async (question) => ask(question) === "yes",
    showOnce: async () => {
      throw new Error("nothing here is shown once");
    },
    readSecretInput: async () => {
      if (stdin === "") throw new OpsError("standard input is empty; nothing was changed.");
      return new SecretValue(stdin.replace(/\r?\n$/, ""));
    },
    exit: (value) => void (code = value),
  };
  await runOps(words.split(" ").filter(Boolean), io);
  if (left.length > 0 && (code === 0 || code === 3))
    throw new Error(`not asked: ${left.map(([question]) => String(question)).join(", ")}`);
  return { code, out: out.join("\n"), err: err.join("\n"), all: [...out, ...err].join("\n"), questions };
}
