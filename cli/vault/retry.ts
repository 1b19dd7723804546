import { VaultError, type VaultErrorKind } from "./errors";

/** How often a read is repeated, and after how long. */
export interface RetryOptions {
  /** Repetitions after the first attempt; @default 2. */
  readonly retries?: number;
  /**
   * Milliseconds before the first repetition, doubled for each further one, each shortened at random by up to half;
   * @default 200.
   */
  readonly baseMs?: number;
}

/**
 * The longest single wait in milliseconds. A Retry-After beyond it is not waited for: the error says how long it is.
 */
const LONGEST_MS = 5000;

// Not `sealed` (it needs people) and not `timeout` (a paused server would take the reader's time three times).
const WORTH_IT: readonly VaultErrorKind[] = ["rateLimited", "server", "standby", "unreachable"];

/**
 * Runs `send` with the number of the attempt, from 1, until it succeeds, fails for good, or the repetitions are used
 * up.
 */
export async function repeated<T>(
  { retries = 2, baseMs = 200 }: RetryOptions = {},
  send: (attempt: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send(attempt);
    } catch (error) {
      if (attempt > retries || !(error instanceof VaultError) || !WORTH_IT.includes(error.kind)) throw error;
      const waitMs =
        error.retryAfter === undefined
          ? Math.min(LONGEST_MS, baseMs * 2 ** (attempt - 1)) * (1 - Math.random() / 2)
          : error.retryAfter * 1000;
      if (waitMs > LONGEST_MS) throw error;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}
