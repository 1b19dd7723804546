/** A rule for a text: what it accepts, and how that is said. */
export interface TextRule {
  readonly accepted: string;
  accepts(text: string): boolean;
}

/** A rule of a pattern, a greatest length and words that are taken; `accepted` says the pattern in words. */
export function rule(accepted: string, pattern: RegExp, longest: number, reserved: readonly string[] = []): TextRule {
  return {
    accepted: `${accepted}, at most ${longest} characters${reserved.length ? `, not ${reserved.join(", ")}` : ""}`,
    accepts: (text) => text.length > 0 && text.length <= longest && pattern.test(text) && !reserved.includes(text),
  };
}
