import { distance } from "fastest-levenshtein";

/** One mistake in a config. */
export interface Problem {
  /** Where, as one would write it in code: `environments.dev.cluster`. */
  readonly at: string;
  readonly given: unknown;
  /** What is accepted, in words. */
  readonly accepted: string;
  readonly hint?: string;
}

/** Shows a given value in one line of at most 80 characters. */
function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = typeof value === "function" ? "a function" : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** A problem as a line. */
export function problemText(problem: Problem): string {
  return `${problem.at}: given ${show(problem.given)}; accepted: ${problem.accepted}.${problem.hint ? ` ${problem.hint}` : ""}`;
}

/** Thrown with every mistake of a config at once, a line each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(readonly problems: readonly Problem[]) {
    super([`the config has ${problems.length} ${problems.length === 1 ? "mistake" : "mistakes"}:`, ...problems.map((p) => `  ${problemText(p)}`)].join("\n"));
  }
}

/** "Did you mean …?" where one of `candidates` is near: a third of its length away, or a swapped pair; otherwise undefined. */
export function didYouMean(given: string, candidates: readonly string[]): string | undefined {
  const near = candidates
    .map((candidate) => ({ candidate, distance: distance(given.toLowerCase(), candidate.toLowerCase()) }))
    .filter((each) => each.distance <= Math.max(each.candidate.length > 3 ? 2 : 1, Math.floor(each.candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))[0];
  return near ? `Did you mean ${JSON.stringify(near.candidate)}?` : undefined;
}
