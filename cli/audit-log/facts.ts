import type { Actor, Entry, Use } from "./entry";

/** When somebody did something with a set. Milliseconds since 1970. */
export interface Seen {
  readonly first: number;
  readonly last: number;
  /** Where the requests came from: at most {@link MOST_ADDRESSES}, the first in the alphabet. */
  readonly addresses: readonly string[];
  /** Whether there were more. */
  readonly more: boolean;
}

/** What one actor did, by path in the mount; paths that the question has not are `""`. */
interface Deeds {
  readonly actor: Actor;
  readonly byPath: Map<string, Map<Use, Seen>>;
}

/** What is asked of a log: survives the way to another thread. */
export interface Question {
  /** The kv mount. */
  readonly mount: string;
  /** Paths in the mount of what is told apart: sets, and folders with a slash at their end. */
  readonly paths: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const MOST_ADDRESSES = 8;

/** Actors, and pairs of actor, path and use, that are kept: about 100 MB. */
const MOST_FACTS = 200_000;

const HOUR = 3_600_000;

/**
 * What an audit log says, in words that do not change when a line is told twice: the first and the last time of
 * something, and the hours in which there was a line. So a request that two devices wrote, and files that overlap, come
 * in any order and count once, in memory that does not grow with the log.
 */
export class Facts {
  readonly deeds = new Map<string, Deeds>();
  /** Hours since 1970 that have a line. */
  readonly hours = new Set<number>();
  first = Infinity;
  last = -Infinity;
  /** Whether something was left out, because there are more than {@link MOST_FACTS}. */
  full = false;
  private facts = 0;

  /** Adds what an entry says. */
  add({ time, actor, used }: Entry, paths: ReadonlySet<string>): void {
    this.first = Math.min(this.first, time);
    this.last = Math.max(this.last, time);
    this.hours.add(Math.floor(time / HOUR));
    if (!actor) return;
    const deeds = this.deedsOf(actor);
    if (!deeds || !used) return;
    const { use, path, address } = used;
    this.put(deeds, paths.has(path) ? path : "", use, { first: time, last: time, addresses: [address], more: false });
  }

  /** Takes another's in. */
  merge(other: Pick<Facts, "deeds" | "hours" | "first" | "last" | "full">): void {
    this.first = Math.min(this.first, other.first);
    this.last = Math.max(this.last, other.last);
    for (const hour of other.hours) this.hours.add(hour);
    for (const { actor, byPath } of other.deeds.values()) {
      const deeds = this.deedsOf(actor);
      if (deeds) for (const [path, uses] of byPath) for (const [use, seen] of uses) this.put(deeds, path, use, seen);
    }
    // Last: one that is full takes nothing more in.
    this.full ||= other.full;
  }

  /**
   * Times without any line that are longer than `longest`, as far as hours tell: from the end of an hour with a line to
   * the beginning of the next with one; and from the last line until now. Milliseconds.
   */
  gaps(longest: number, now: number): { readonly from: number; readonly to: number }[] {
    const hours = [...this.hours].sort((a, b) => a - b);
    const between = hours.slice(1).map((hour, i) => ({ from: (hours[i]! + 1) * HOUR, to: hour * HOUR }));
    return [...between, { from: this.last, to: now }].filter(({ from, to }) => to - from > longest);
  }

  private deedsOf(actor: Actor): Deeds | undefined {
    const key = `${actor.entity}\n${actor.display}\n${actor.login}`;
    const known = this.deeds.get(key);
    if (known || !this.room()) return known;
    const made: Deeds = { actor, byPath: new Map() };
    this.deeds.set(key, made);
    return made;
  }

  private put({ byPath }: Deeds, path: string, use: Use, seen: Seen): void {
    const uses = byPath.get(path) ?? new Map<Use, Seen>();
    const known = uses.get(use);
    if (!known && !this.room()) return;
    byPath.set(path, uses);
    uses.set(use, known ? both(known, seen) : seen);
  }

  private room(): boolean {
    if (this.facts >= MOST_FACTS) this.full = true;
    else this.facts++;
    return !this.full;
  }
}

/** Both as one. Not changed by order or repetition. */
export function both(a: Seen, b: Seen): Seen {
  const { first, last } = { first: Math.min(a.first, b.first), last: Math.max(a.last, b.last) };
  // Of most lines the address is known already, or one of too many.
  const most = a.addresses.length === MOST_ADDRESSES ? a.addresses.at(-1)! : undefined;
  const unknown = b.addresses.filter((each) => !a.addresses.includes(each));
  const kept = unknown.filter((each) => most === undefined || each < most);
  const more = a.more || b.more || kept.length < unknown.length;
  if (kept.length === 0) return { first, last, addresses: a.addresses, more };
  const addresses = [...a.addresses, ...kept].sort();
  return {
    first,
    last,
    addresses: addresses.slice(0, MOST_ADDRESSES),
    more: more || addresses.length > MOST_ADDRESSES,
  };
}
