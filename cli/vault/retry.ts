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
  /**
   * The longest single wait in milliseconds. A Retry-After beyond it is not waited for: the error says how long it is.
   * @default 5000.
   */
  readonly maxMs?: number;
}

// Not `sealed` (it needs people) and not `timeout` (a paused server would take the reader's timeout three times).
const WORTH_IT: ReadonlySet<VaultErrorKind> = new Set<VaultErrorKind>([
  "rateLimited",
  "server",
  "standby",
  "unreachable",
]);

/** Repeats a request that failed in a way that may pass. */
export class RetryPolicy {
  private readonly retries: number;
  private readonly baseMs: number;
  private readonly maxMs: number;

  constructor({ retries = 2, baseMs = 200, maxMs = 5000 }: RetryOptions = {}) {
    this.retries = retries;
    this.baseMs = baseMs;
    this.maxMs = maxMs;
  }

  /**
   * Runs `send` with the number of the attempt, from 1, until it succeeds, fails for good, or the repetitions are used
   * up.
   */
  async run<T>(mayRepeat: boolean, send: (attempt: number) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await send(attempt);
      } catch (error) {
        const waitMs =
          mayRepeat && attempt <= this.retries && error instanceof VaultError
            ? this.waitFor(error, attempt)
            : undefined;
        if (waitMs === undefined) throw error;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  private waitFor({ kind, retryAfter }: VaultError, attempt: number): number | undefined {
    if (!WORTH_IT.has(kind)) return undefined;
    if (retryAfter !== undefined) return retryAfter * 1000 <= this.maxMs ? retryAfter * 1000 : undefined;
    return Math.min(this.maxMs, this.baseMs * 2 ** (attempt - 1)) * (1 - Math.random() / 2);
  }
}

/** The seconds of a Retry-After header, which is a number or a date; undefined if it is neither. */
export function retryAfterSeconds(header: string | undefined, now = Date.now()): number | undefined {
  if (!header) return undefined;
  if (/^\d+$/.test(header)) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}
