import { accessSync, constants, createReadStream, statSync } from "node:fs";
import { UsageError } from "../ops/errors";
import { chunksOf } from "./chunks";
import type { Part } from "./digest";
import type { Damage } from "./entry";
import type { Facts, Question } from "./facts";
import { Threads } from "./threads";

export type { Actor, Use } from "./entry";
export { both, type Facts, type Seen } from "./facts";

/** What stands for standard input. */
const STANDARD_INPUT = "-";

/** Fewer, larger reads than Node's 64 KiB. */
const READ = { highWaterMark: 2 ** 20 };

const TOO_LONG: Part = {
  lines: 1,
  others: 0,
  damages: new Map([["is longer than 16 MiB", { count: 1, first: 1 }]]),
};

/** What logs say, and whether anything of them could not be read. */
export interface LogReading {
  readonly facts: Facts;
  readonly lines: number;
  /** Lines that are no part of an entry: of Vault's own log, of another program. */
  readonly others: number;
  /** Sentences: what could not be read, and where it begins. Empty: every entry was read. */
  readonly damages: readonly string[];
  /** Those of them that are more than lines: the end of a file, or identities and sets that were not kept. */
  readonly losses: readonly string[];
}

/**
 * Reads files of audit devices, in any order, plain or gzip, and standard input for `-`; the same entry may be in
 * several of them. Memory is bounded, see {@link Facts}.
 *
 * Throws a UsageError for a file that cannot be opened, before anything is read.
 */
export async function readLogs(files: readonly string[], question: Question): Promise<LogReading> {
  checkFiles(files);
  const threads = new Threads(question);
  const damages: string[] = [];
  const losses: string[] = [];
  let [lines, others] = [0, 0];
  for (const file of files) {
    const { parts, failure } = await partsOf(file, threads);
    const name = file === STANDARD_INPUT ? "standard input" : file;
    lines += parts.reduce((sum, part) => sum + part.lines, 0);
    others += parts.reduce((sum, part) => sum + part.others, 0);
    for (const [what, { count, first }] of damagesOf(parts))
      damages.push(`${name}: ${count === 1 ? "a line" : `${count} lines, each`} ${what}; the first is line ${first}.`);
    if (failure) losses.push(`${name}: could not be read to its end (${failure.message}).`);
  }
  const facts = await threads.end();
  if (facts.full) losses.push("There are more identities and sets in it than are kept: some were left out.");
  return { facts, lines, others, damages: [...damages, ...losses], losses };
}

/** One file's parts in their order, and why it could not be read to its end. */
async function partsOf(file: string, threads: Threads): Promise<{ parts: Part[]; failure?: Error }> {
  const parts: Promise<Part>[] = [];
  for await (const chunk of chunksOf(file === STANDARD_INPUT ? process.stdin : createReadStream(file, READ))) {
    if (chunk instanceof Error) return { parts: await Promise.all(parts), failure: chunk };
    parts.push(chunk === "too long" ? Promise.resolve(TOO_LONG) : (await threads.take(chunk)).part);
  }
  return { parts: await Promise.all(parts) };
}

/** How many lines of a file are damaged in which way, and the first of each, counted from 1 in the file. */
function damagesOf(parts: readonly Part[]): Map<Damage, { count: number; first: number }> {
  const all = new Map<Damage, { count: number; first: number }>();
  let before = 0;
  for (const { lines, damages } of parts) {
    for (const [damage, { count, first }] of damages) {
      const known = all.get(damage) ?? { count: 0, first: before + first };
      all.set(damage, { ...known, count: known.count + count });
    }
    before += lines;
  }
  return all;
}

/** Throws a UsageError for a file that cannot be opened; reads nothing. */
export function checkFiles(files: readonly string[]): void {
  for (const file of files) checkFile(file);
}

function checkFile(file: string): void {
  const problem = (reason: string) =>
    new UsageError(
      `given ${JSON.stringify(file)}; accepted: a readable file of an audit device, plain or gzip, or - for standard ` +
        `input (${reason}).`,
    );
  if (file === STANDARD_INPUT) return;
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() !== false) throw problem("it is none, or a folder");
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    throw problem((error as Error).message);
  }
}
