import { readLine, type Damage } from "./entry";
import { Facts, type Question } from "./facts";

/** What is wrong with lines of a part of a log: how many, and the first, counted from 1. */
export type Damages = ReadonlyMap<Damage, { readonly count: number; readonly first: number }>;

/** What a part of a log came to, beside its facts. */
export interface Part {
  readonly lines: number;
  /** Lines that are no part of an entry. */
  readonly others: number;
  readonly damages: Damages;
}

const BREAK = 10;

/** Reads parts of logs, and keeps what they say. */
export class Digest {
  readonly facts = new Facts();

  constructor(private readonly question: Question) {}

  /** A part that begins and ends with a line. */
  take(bytes: Buffer): Part {
    const { mount, paths, now } = this.question;
    const damages = new Map<Damage, { count: number; first: number }>();
    let [lines, others] = [0, 0];
    for (let at = 0; at < bytes.length;) {
      const found = bytes.indexOf(BREAK, at);
      const end = found < 0 ? bytes.length : found;
      const line = bytes.toString("utf8", at, end);
      at = end + 1;
      lines++;
      if (line.trim() === "") continue;
      const read = readLine(line, mount, now);
      if (read === undefined) others++;
      else if (typeof read !== "string") this.facts.add(read, paths);
      else damages.set(read, { first: lines, ...damages.get(read), count: (damages.get(read)?.count ?? 0) + 1 });
    }
    return { lines, others, damages };
  }
}
