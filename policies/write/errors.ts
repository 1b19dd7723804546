/** One thing that is wrong with a policy: where it is, what was given, what would be accepted, and how to mend it. */
export interface PolicyProblem {
  /** The rule, or line and column, that is meant. */
  readonly where: string;
  /** What stands there, already fit to print. */
  readonly given: string;
  /** What would have been accepted in its place. */
  readonly accepted: string;
  /** What to do about it. */
  readonly hint: string;
}

/** Thrown by everything in `policies/` that refuses its input: lists every problem found, not the first alone. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
  /** What was wrong, in the order it was found. Never empty. */
  readonly problems: readonly PolicyProblem[];

  constructor(...problems: readonly PolicyProblem[]) {
    super(problems.map((p) => `${p.where}: given ${p.given}; accepted: ${p.accepted}. Hint: ${p.hint}`).join("\n"));
    this.problems = problems;
  }
}
