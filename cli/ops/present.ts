/** The lines that there are: one that stands under a condition is left out where that does not hold. */
export function present(...lines: readonly (string | false | undefined)[]): string[] {
  return lines.filter((line) => typeof line === "string");
}
