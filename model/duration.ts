/** A duration as the config writes it: a whole number and one unit, e.g. `30s`, `5m`, `1h`, `90d`. */
export type DurationText = `${number}${"s" | "m" | "h" | "d"}`;

const SECONDS = { s: 1, m: 60, h: 3600, d: 86400 } as const;

/** A hundred years: Vault and the operator count nanoseconds in 64 bits, which hold 292. */
const LONGEST = 36500 * SECONDS.d;

/**
 * A length of time of whole seconds, rendered at the edge: the providers want seconds, the operator one unit of s, m or
 * h (its CRD's pattern is `^([0-9]+(\.[0-9]+)?(s|m|h))$`: neither `1h30m` nor `1d`).
 */
export class Duration {
  /** What the config accepts, for error messages. */
  static readonly ACCEPTED = "a whole number above 0 and one unit of s, m, h, d, e.g. 30s or 90d, at most 36500d";

  private constructor(
    /** Whole seconds, at least 1. */
    readonly seconds: number,
  ) {}

  /** Reads a config duration; undefined if it is not one (the caller knows the config path, and reports). */
  static parse(text: unknown): Duration | undefined {
    const match = typeof text === "string" ? /^([1-9][0-9]{0,8})([smhd])$/.exec(text) : null;
    const seconds = match ? Number(match[1]) * SECONDS[match[2] as keyof typeof SECONDS] : Infinity;
    return seconds <= LONGEST ? new Duration(seconds) : undefined;
  }

  /** A duration known when writing the code. Throws a RangeError if `text` is not one. */
  static of(text: DurationText): Duration {
    const duration = Duration.parse(text);
    if (!duration) throw new RangeError(`given ${JSON.stringify(text)}; accepted: ${Duration.ACCEPTED}`);
    return duration;
  }

  /** As the operator takes it: the largest of h, m, s that divides it, e.g. `90m` for an hour and a half. */
  toOperator(): string {
    for (const unit of ["h", "m"] as const)
      if (this.seconds % SECONDS[unit] === 0) return `${this.seconds / SECONDS[unit]}${unit}`;
    return `${this.seconds}s`;
  }

  /** As people read it, days included: `90d`, `36h`, `30s`. */
  toString(): string {
    return this.seconds % SECONDS.d === 0 ? `${this.seconds / SECONDS.d}d` : this.toOperator();
  }
}
