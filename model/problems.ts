import { distance } from "fastest-levenshtein";
import { isRecord } from "./record";

/** One mistake in a config. */
export interface Problem {
  /** Where, as one would write it in code: `environments.dev.cluster`. */
  readonly at: string;
  readonly given: unknown;
  /** What is accepted, in words. */
  readonly accepted: string;
  readonly hint?: string;
}

/** Takes the parts of a {@link Problem}, and says `false` of what has it. */
export type Report = (at: string, given: unknown, accepted: string, hint?: string) => false;

/** A text in quotes and in ASCII alone, so that what looks like another character, or is not seen at all, is seen. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Given in place of a text that may be a value by mistake. */
export const SOME_TEXT = Symbol("a text");

/**
 * Says what was given. Messages reach logs, and a config may hold by mistake what has no place there: of objects and
 * lists only the outside is said, of a private key, a URL's credentials and what follows an = nothing.
 */
function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "function") return "a function";
  if (value === SOME_TEXT) return "a text";
  if (typeof value === "string")
    return value.includes("PRIVATE KEY")
      ? "a private key"
      : quoted(
          value
            .slice(0, 1000)
            .replace(/:\/\/[^/\s]*@/g, "://***@")
            .replace(/=.*/s, "=***"),
        );
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return value.length ? `a list of ${value.length}` : "an empty list";
  if (!isRecord(value)) return "an object that is not plain";
  const fields = Object.keys(value).map((field) => (/^\w+$/.test(field) ? field : quoted(field)));
  return fields.length ? `an object of ${fields.join(", ")}` : "an empty object";
}

/** Shows a given value in one line of at most 80 characters. */
function show(value: unknown): string {
  const text = describe(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** A problem as a line. */
export function problemText(problem: Problem): string {
  return (
    `${problem.at || "the config"}: given ${show(problem.given)}; accepted: ` +
    `${problem.accepted}.${problem.hint ? ` ${problem.hint}` : ""}`
  );
}

/** Thrown with every mistake of a config at once, a line each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  /** Each once, however many apps or environments it was met from. */
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const lines = new Map(problems.map((problem) => [problemText(problem), problem]));
    super(
      [
        `the config has ${lines.size} ${lines.size === 1 ? "mistake" : "mistakes"}:`,
        ...[...lines.keys()].map((line) => `  ${line}`),
      ].join("\n"),
    );
    this.problems = [...lines.values()];
  }
}

/**
 * "Did you mean …?" where one of `candidates` is near: at most a third of its length away, or a swapped pair; otherwise
 * undefined.
 */
export function didYouMean(given: string, candidates: readonly string[]): string | undefined {
  const letters = (text: string) => [...text.toLowerCase()].sort().join("");
  const far = (candidate: string) =>
    Math.max(candidate.length > 3 ? 2 : candidate.length > 1 ? 1 : 0, Math.floor(candidate.length / 3));
  const near = candidates
    .filter((candidate) => Math.abs(candidate.length - given.length) <= far(candidate))
    .map((candidate) => ({ candidate, distance: distance(given.toLowerCase(), candidate.toLowerCase()) }))
    .filter(
      (each) =>
        each.distance <= far(each.candidate) || (each.distance === 2 && letters(each.candidate) === letters(given)),
    )
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))[0];
  return near ? `Did you mean ${JSON.stringify(near.candidate)}?` : undefined;
}
