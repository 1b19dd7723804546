import { readFileSync } from "node:fs";
import { Option } from "commander";
import { AccessInputError, judgePlan, parsePlan, planMarkdown, SEVERITIES, type Severity } from "../access";
import { EXIT } from "./exit-codes";
import { deliver, newProgram, PROCESS, runProgram, type Output } from "./run-program";

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

/** Runs a command line, without node's own two words. It fails where a finding reaches `--fail-on`. */
export async function runPlanCheck(words: readonly string[], io: Output = PROCESS): Promise<void> {
  const program = newProgram("plan:check", io)
    .description("What a Terraform plan would do that a person must look at.")
    .argument("<plan...>", "what terraform show -json PLAN printed; - for standard input")
    .addOption(new Option("--format <format>", "of the report").choices(["markdown", "json"]).default("markdown"))
    .option("--out <file>", "write it there instead of showing it")
    .addOption(
      new Option("--fail-on <severity>", "exit with 1 from this severity on")
        .choices([...SEVERITIES, "never"])
        .default("warning"),
    )
    .action((files: readonly string[], { format, out, failOn }: PlanCheckOptions) => {
      const findings = files.flatMap((file) => judgePlan(parsePlan(read(file))));
      deliver(io, format === "json" ? JSON.stringify(findings, null, 2) : planMarkdown(findings), out);
      const failing = failOn === "never" ? [] : SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1);
      if (findings.some(({ severity }) => failing.includes(severity))) io.exit(EXIT.failed);
    });
  await runProgram(program, words, io);
}

if (require.main === module) void runPlanCheck(process.argv.slice(2));
