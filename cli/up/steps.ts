import { OpsError } from "../ops/errors";
import type { Io } from "../ops/io";
import { clustersWithEnvironments, type Scope } from "./scope";

/**
 * One step: what it is called, and what it does; what it returns is shown, and undefined means that there was nothing
 * to do. `interrupted` says when a person wants the run to end: what only waits stops then.
 */
export type Step = readonly [
  title: string,
  run: (progress: (text: string) => void, interrupted: AbortSignal) => Promise<string | undefined>,
];

/** Called after each step with its title, e.g. `Vault main: unseal`. A test ends the process there. */
export type AfterStep = (title: string) => void | Promise<void>;

/** What is said where a person ends a run. */
export const CONTINUES = "stopped; what was done stays, and running this again continues here.";

/** Seconds as people read them: `0.4 s`, `12 s`, `3 min 05 s`. */
export function inSeconds(ms: number): string {
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/**
 * Runs steps one after the other. Of each a line is written to standard error when it begins, and one when it ends,
 * with its time: questions and screens of their own come in between, and a log of it reads the same. An interrupt from
 * the keyboard ends what waits, and the run after what Terraform is at, in order.
 *
 * Throws what a step throws, and an OpsError after an interrupt.
 */
export async function runSteps(io: Io, steps: readonly Step[], afterStep?: AfterStep): Promise<void> {
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once("SIGINT", interrupt);
  try {
    for (const [i, [title, run]] of steps.entries()) {
      if (stop.signal.aborted) throw new OpsError(CONTINUES);
      const started = Date.now();
      const say = (text: string) => io.err(`       ${text}`);
      const end = (words: string) => say(`${words} (${inSeconds(Date.now() - started)})`);
      io.err(`[${String(i + 1).padStart(String(steps.length).length)}/${steps.length}] ${title}`);
      const result = await run(say, stop.signal).catch((error: unknown) => {
        end("FAILED");
        throw error;
      });
      end(result === undefined ? "nothing to do" : `done: ${result}`);
      await afterStep?.(title);
    }
  } finally {
    process.removeListener("SIGINT", interrupt);
  }
}

/** A step for the operator of each cluster where an environment runs. */
export function operatorSteps(
  scope: Scope,
  run: (cluster: string, stack: string, progress: (text: string) => void) => Promise<string | undefined>,
): Step[] {
  return clustersWithEnvironments(scope).flatMap(({ name, operator }): Step[] =>
    operator
      ? [[`Cluster ${name}: the operator (${operator.stack})`, (progress) => run(name, operator.stack, progress)]]
      : [],
  );
}
