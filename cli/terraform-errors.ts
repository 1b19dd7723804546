import { withoutTokens } from "./vault";

/** Errors of one command that are told, and characters of each summary. */
const ERRORS = 10;
const SUMMARY = 300;

/** A line that says which resource, provider or line of configuration an error is about. */
const WHERE = /^ {2}(with [\w.-]+(?:\[[^\]]*\][\w.-]*)*(?=,)|on [\w./-]+ line \d+)/;

/** What a state's lock says of itself. Source: Terraform's documentation, "State: Locking". */
const LOCK = /^ {2}(ID|Who|Created): +(\S.*)$/;

/**
 * Of Terraform's errors what holds no argument's value: each one's summary, a server's status code, the resource's
 * address, the file and line, and of a state's lock whose it is and how it is taken off. Their details, the lines of
 * configuration and the "x is …" below them quote values, and so does what some providers put behind "value" in a
 * summary.
 */
export function sayableErrors(stderr: string): string {
  const lines = stderr.split(/\r?\n/).map((line) => line.replace(/^[╷│╵] ?/, "").trimEnd());
  const starts = [...lines.keys()].filter((i) => lines[i]!.startsWith("Error: ") && !lines[i - 1]);
  const told = starts.slice(0, ERRORS).map((start, i) => {
    const block = lines.slice(start + 1, starts[i + 1]);
    const where = block.flatMap((line) => WHERE.exec(line)?.[1] ?? []).slice(0, 2);
    const status = block.map((line) => /^Code: (\d{3})\. Errors:$/.exec(line)?.[1]).find(Boolean);
    const lock = block.includes("Lock Info:") ? [lockOf(block)] : [];
    return [withoutValues(lines[start]!), ...(status ? [`status ${status}`] : []), ...where, ...lock].join("; ");
  });
  if (starts.length > ERRORS) told.push(`and ${starts.length - ERRORS} more errors`);
  return withoutTokens(told.join("\n"));
}

/** A run that was killed leaves its lock where the backend keeps it, and every later run waits for it in vain. */
function lockOf(block: readonly string[]): string {
  const {
    ID = "ID",
    Who = "somebody",
    Created = "a time that it does not say",
  } = Object.fromEntries(
    block.flatMap((line) => {
      const [, name, value] = LOCK.exec(line) ?? [];
      return name && value ? [[name, value]] : [];
    }),
  ) as Readonly<Record<string, string | undefined>>;
  return `held by ${Who} since ${Created}. If that run was killed: terraform force-unlock ${ID}, in the stack's folder`;
}

function withoutValues(summary: string): string {
  return summary.replace(/\b(value|was|got|is)(:| of)?\s+["'`{[\d].*$/i, "$1 […]").slice(0, SUMMARY);
}
