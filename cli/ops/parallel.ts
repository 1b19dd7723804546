import type { Io } from "./io";

/** Milliseconds without a word before a person is told how far it is, and between two such lines. */
const PATIENCE_MS = 2000;

/**
 * Does something to each item, several at a time, and returns the results in the items' order. Where a person sits in
 * front and it takes more than two seconds, standard error says how far it is. After a failure nothing new is started;
 * what runs is waited for, and the first failure is thrown.
 * @param doing what is done, for progress: `looking at tokens`
 * @param width how many run at once: enough to hide the network's latency, few enough for a Vault with a rate-limit
 * quota; @default 8
 */
export async function eachInParallel<T, R>(
  io: Io,
  items: readonly T[],
  doing: string,
  work: (item: T) => Promise<R>,
  width = 8,
): Promise<R[]> {
  const results: R[] = new Array<R>(items.length);
  const failures: unknown[] = [];
  let next = 0;
  let done = 0;
  let told = Date.now();
  const worker = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const place = next++;
      try {
        results[place] = await work(items[place]!);
      } catch (error) {
        failures.push(error);
      }
      done++;
      if (!io.terminal || done === items.length || Date.now() - told < PATIENCE_MS) continue;
      told = Date.now();
      io.err(`${doing}: ${done} of ${items.length}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
