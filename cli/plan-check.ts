import { readFileSync, writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import { AccessInputError, judgePlanText, SEVERITIES, planMarkdown, type Severity } from "../access";

/** Exit codes: 1 a finding reaches `--fail-on`; 2 what was given is no plan. */
const EXIT = { fine: 0, found: 1, input: 2 } as const;

interface PlanCheckOptions {
  readonly format: "markdown" | "json";
  readonly out?: string;
  readonly failOn: Severity | "never";
}

function read(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch {
    throw new AccessInputError(
      `${file}: given a file that cannot be read; accepted: what terraform show -json PLAN printed, ` +
        `or - for standard input.`,
    );
  }
}

function judge(files: readonly string[], { format, out, failOn }: PlanCheckOptions): number {
  const findings = files.flatMap((file) => judgePlanText(read(file)));
  const text = format === "json" ? `${JSON.stringify(findings, null, 2)}\n` : planMarkdown(findings);
  if (out === undefined) process.stdout.write(text);
  else writeFileSync(out, text);
  return failOn !== "never" &&
    findings.some(({ severity }) => SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(failOn))
    ? EXIT.found
    : EXIT.fine;
}

/** Runs a command line without node's own two words; returns the exit code. */
export function runPlanCheck(words: readonly string[]): number {
  let code: number = EXIT.fine;
  const program = new Command("plan:check")
    .description("What a Terraform plan would do that a person must look at.")
    .argument("<plan...>", "what terraform show -json PLAN printed; - for standard input")
    .addOption(new Option("--format <format>", "of the report").choices(["markdown", "json"]).default("markdown"))
    .option("--out <file>", "write it there instead of showing it")
    .addOption(
      new Option("--fail-on <severity>", "exit with 1 from this severity on")
        .choices([...SEVERITIES, "never"])
        .default("warning"),
    )
    .addHelpText("after", "\nExit codes: 0 nothing reaches --fail-on; 1 something does; 2 what was given is no plan.")
    .exitOverride()
    .action((files: readonly string[], options: PlanCheckOptions) => void (code = judge(files, options)));
  try {
    program.parse([...words], { from: "user" });
  } catch (error) {
    if (error instanceof AccessInputError) console.error(`plan:check: ${error.message}`);
    else if (!(error instanceof Error && "code" in error && String(error.code).startsWith("commander."))) throw error;
    const helped = error instanceof Error && "exitCode" in error && error.exitCode === 0;
    code = helped ? EXIT.fine : EXIT.input;
  }
  return code;
}

if (require.main === module) process.exitCode = runPlanCheck(process.argv.slice(2));
