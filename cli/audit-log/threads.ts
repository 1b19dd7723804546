import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { Digest, type Part } from "./digest";
import type { Facts, Question } from "./facts";

/** Less than this is read sooner than threads start. Bytes. */
const ALONE = 16 * 2 ** 20;

/** Threads beyond these would wait for one that hands them their parts. */
const MOST_THREADS = 4;

/** Reads parts of logs: a few in this thread, and more in as many as there are cores. */
export class Threads {
  private readonly own: Digest;
  private threads: Thread[] = [];
  private bytes = 0;

  constructor(private readonly question: Question) {
    this.own = new Digest(question);
  }

  /**
   * What a part came to, later; waits for a thread that is free, so that no more than one part a thread is kept. The
   * part may not be used afterwards.
   */
  async take(bytes: Buffer): Promise<{ readonly part: Promise<Part> }> {
    this.bytes += bytes.length;
    if (this.bytes <= ALONE) return { part: Promise.resolve(this.own.take(bytes)) };
    if (this.threads.length === 0)
      this.threads = Array.from(
        { length: Math.min(availableParallelism(), MOST_THREADS) },
        () => new Thread(this.question),
      );
    const thread = await Promise.race(this.threads.map((each) => each.free));
    return { part: thread.ask<Part>(bytes) };
  }

  /** What all parts say. */
  async end(): Promise<Facts> {
    const { facts } = this.own;
    for (const thread of this.threads) facts.merge(await thread.ask<Facts>("end"));
    return facts;
  }
}

class Thread {
  /** Done when it has answered. */
  free: Promise<Thread> = Promise.resolve(this);
  private readonly worker: Worker;

  constructor(question: Question) {
    this.worker = new Worker(join(__dirname, "worker.ts"), {
      workerData: question,
      // Whatever loaded this file's TypeScript loads no other thread's.
      execArgv: ["--require", join(__dirname, "../tsx.cjs")],
    });
    this.worker.setMaxListeners(0);
  }

  async ask<T>(what: Buffer | "end"): Promise<T> {
    const before = this.free;
    const answer = before.then(
      () =>
        new Promise<T>((resolve, reject) => {
          this.worker.once("message", (said: T) => {
            this.worker.off("error", reject);
            resolve(said);
          });
          this.worker.once("error", reject);
          if (what === "end") this.worker.postMessage(what);
          else this.worker.postMessage(what, [what.buffer as ArrayBuffer]);
        }),
    );
    this.free = answer.then(() => this);
    return answer;
  }
}
