import { Terraform } from "../../cli/terraform";
import { OpsError } from "../../cli/ops/errors";
import { withoutTokens } from "../../cli/vault";

/** Errors of one command that are told, and characters of each summary. */
const ERRORS = 10;
const SUMMARY = 300;

/** A line that says which resource, provider or line of configuration an error is about. */
const WHERE = /^ {2}(with [\w.-]+(?:\[[^\]]*\][\w.-]*)*(?=,)|on [\w./-]+ line \d+)/;

/**
 * Terraform as a job runs it: of what it prints nobody hears anything but, of a command that failed, what may be said of
 * its errors.
 */
export function jobTerraform(outdir: string): Terraform {
  // Terraform has no use for the CI's own tokens, and its providers none either.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("CI_ID_TOKEN")));
  return new Terraform({
    outdir,
    env,
    lockTimeout: "120s",
    failure: (stack, command, { code, stdout, stderr }) => {
      // Only init may speak by its standard output: those of plan, show and apply hold arguments' values, also when
      // they fail.
      const said =
        sayableErrors(stderr) ||
        (command === "init" &&
          (sayableErrors(stdout) || withoutTokens((stderr.trim() || stdout.trim()).slice(0, SUMMARY)))) ||
        `it ended with ${code}, without an error that may be shown.`;
      return new OpsError(
        `terraform ${command} of ${stack}: ${said}` +
          (command === "apply" ? "\nWhat was done until then is in the state: the next plan shows what is left." : "") +
          "\nDetails quote values and are left out: who may see them runs terraform " +
          `${command === "init" ? "init" : "plan"} in the stack's folder.`,
      );
    },
  });
}

/**
 * Of Terraform's errors what holds no argument's value: each one's summary, a server's status code, the resource's
 * address, the file and line. Their details, the lines of configuration and the "x is …" below them quote values, and
 * so does what some providers put behind "value" in a summary.
 */
export function sayableErrors(stderr: string): string {
  const lines = stderr.split(/\r?\n/).map((line) => line.replace(/^[╷│╵] ?/, "").trimEnd());
  const starts = [...lines.keys()].filter((i) => lines[i]!.startsWith("Error: ") && !lines[i - 1]);
  const told = starts.slice(0, ERRORS).map((start, i) => {
    const block = lines.slice(start + 1, starts[i + 1]);
    const where = block.flatMap((line) => WHERE.exec(line)?.[1] ?? []).slice(0, 2);
    const status = block.map((line) => /^Code: (\d{3})\. Errors:$/.exec(line)?.[1]).find(Boolean);
    return [withoutValues(lines[start]!), ...(status ? [`status ${status}`] : []), ...where].join("; ");
  });
  if (starts.length > ERRORS) told.push(`and ${starts.length - ERRORS} more errors`);
  return withoutTokens(told.join("\n"));
}

function withoutValues(summary: string): string {
  return summary.replace(/\b(value|was|got|is)(:| of)?\s+["'`{[\d].*$/i, "$1 […]").slice(0, SUMMARY);
}
