import type { ListrTaskObject, ListrRenderer } from "listr2";
import { ListrTaskEventType, ListrTaskState } from "listr2";
import type { Io } from "../ops/io";

/** Seconds as people read them: `0.4 s`, `12 s`, `3 min 05 s`. */
export function inSeconds(ms: number): string {
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/**
 * A listr2 renderer that writes a line when a step begins and one when it ends, with its time, to standard error.
 * Nothing is drawn over: questions and screens of their own come in between, and a log of it reads the same.
 */
export function linesRenderer(io: Io, now: () => number = Date.now): typeof ListrRenderer {
  type Task = ListrTaskObject<unknown, typeof ListrRenderer, typeof ListrRenderer>;
  return class LinesRenderer {
    static rendererOptions: Record<PropertyKey, unknown> = {};
    static rendererTaskOptions: Record<PropertyKey, unknown> = {};
    static nonTTY = true;
    private readonly total: number;
    private done = 0;

    constructor(private readonly tasks: readonly Task[]) {
      this.total = tasks.length;
    }

    render(): void {
      for (const task of this.tasks) this.follow(task);
    }

    end(): void {
      // every line is out already
    }

    private follow(task: Task): void {
      let started = now();
      task.on(ListrTaskEventType.OUTPUT, (text: string) => io.err(`       ${text}`));
      task.on(ListrTaskEventType.STATE, (state: ListrTaskState) => {
        if (state === ListrTaskState.STARTED) {
          started = now();
          io.err(`${this.count(this.done + 1)} ${task.initialTitle ?? ""}`);
        } else if (
          state === ListrTaskState.COMPLETED ||
          state === ListrTaskState.SKIPPED ||
          state === ListrTaskState.FAILED
        ) {
          this.done++;
          const mark =
            state === ListrTaskState.COMPLETED ? "done" : state === ListrTaskState.SKIPPED ? "nothing to do" : "FAILED";
          const says = task.title !== task.initialTitle && typeof task.title === "string" ? `: ${task.title}` : "";
          io.err(`       ${mark}${says} (${inSeconds(now() - started)})`);
        }
      });
    }

    private count(step: number): string {
      return `[${String(step).padStart(String(this.total).length)}/${this.total}]`;
    }
  } as unknown as typeof ListrRenderer;
}
