import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import {
  Access,
  AccessInputError,
  changesBetween,
  check,
  csvReport,
  diffComment,
  htmlReport,
  jsonReport,
  linesOf,
  markdownReport,
  RISKS,
  type Filter,
  type Risk,
} from "../access";
import { aroundText, checkText, matrixText } from "./access/terminal";

/** Exit codes: 1 a proof fails, or a change reaches `--fail-on`; 2 what was given cannot be judged. */
const EXIT = { fine: 0, fails: 1, input: 2 } as const;

const FORMATS = ["terminal", "markdown", "json", "csv", "html"] as const;

interface ReportOptions extends Filter {
  readonly dir: string;
  readonly format: (typeof FORMATS)[number];
  readonly out?: string;
}

interface DiffOptions {
  readonly base: string;
  readonly head: string;
  readonly format: "markdown" | "json";
  readonly out?: string;
  readonly failOn?: Risk;
}

function deliver(text: string, out: string | undefined): void {
  if (out === undefined) process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  else writeFileSync(out, text);
}

function report({ dir, format, out, ...filter }: ReportOptions): number {
  const access = Access.fromFolder(dir);
  checkFilter(access, filter);
  const text = {
    terminal: () =>
      [matrixText(access, filter), "", aroundText(access, filter), "", checkText(check(access))].join("\n"),
    markdown: () => markdownReport(access, check(access), filter),
    json: () => jsonReport(access, check(access), filter),
    csv: () => csvReport(access, filter),
    html: () => htmlReport(access, check(access)),
  }[format]();
  deliver(text, out);
  return EXIT.fine;
}

/** A name that is not there would show an empty table, which reads as "nobody". */
function checkFilter({ sets, identities }: Access, { who, app, environment }: Filter): void {
  const known = [
    ["--app", app, [...new Set(sets.map((set) => set.app))]],
    ["--environment", environment, [...new Set(sets.map((set) => set.environment))]],
  ] as const;
  for (const [option, given, names] of known)
    if (given !== undefined && !names.includes(given))
      throw new AccessInputError(
        `${option}: given ${JSON.stringify(given)}; accepted: ` +
          `${names.slice(0, 20).join(", ")}${names.length > 20 ? ", …" : ""}.`,
      );
  if (who !== undefined && !identities.some(({ name }) => name.includes(who)))
    throw new AccessInputError(
      `--who: given ${JSON.stringify(who)}; accepted: part of the name of a person, workload or pipeline. None has it.`,
    );
}

function prove({ dir }: { readonly dir: string }): number {
  const result = check(Access.fromFolder(dir));
  console.log(checkText(result));
  return result.failures.length > 0 ? EXIT.fails : EXIT.fine;
}

/**
 * Whether a base was written with no stack in it. A folder that is not there is a mistake in writing, and no platform
 * without stacks.
 */
function hasNoStacks(folder: string): boolean {
  const stacks = join(folder, "stacks");
  return existsSync(stacks) && readdirSync(stacks).length === 0;
}

function diff({ base, head, format, out, failOn }: DiffOptions): number {
  const [before, after] = [hasNoStacks(base) ? new Access([]) : Access.fromFolder(base), Access.fromFolder(head)];
  const changes = changesBetween(before, after);
  const lines = linesOf(changes);
  const text =
    format === "json"
      ? `${JSON.stringify({ lines }, null, 2)}\n`
      : diffComment(after.platform, changes, before.stacks.length === 0 ? undefined : check(before), check(after));
  deliver(text, out);
  const reached = failOn !== undefined && lines.some(({ risk }) => RISKS.indexOf(risk) <= RISKS.indexOf(failOn));
  if (reached) process.stderr.write(`access diff: a change of risk ${lines[0]!.risk} reaches --fail-on ${failOn}\n`);
  return reached ? EXIT.fails : EXIT.fine;
}

/** The command line of `npm run access`; each action sets the exit code. */
export function accessProgram(): Command {
  const program = new Command("access").description(
    "Who can do what with which secret set, computed from the synthesized stacks.",
  );
  const run =
    <T>(action: (options: T) => number) =>
    (_: unknown, command: Command) =>
      void (process.exitCode = action(command.optsWithGlobals() as T));
  const exits = `\nExit codes: 0 fine; 1 a proof fails, or a change reaches --fail-on; 2 what was given cannot be judged.`;
  program
    .addOption(new Option("--dir <folder>", "what npm start wrote").default("cdktf.out"))
    .addOption(new Option("--format <format>", "of the report").choices(FORMATS).default("terminal"))
    .option("--out <file>", "write it there instead of showing it")
    .option("--who <text>", "only identities with this in their name")
    .option("--app <app>", "only this app")
    .option("--environment <environment>", "only this environment")
    .addHelpText("after", exits)
    .action(run(report));
  program
    .command("check")
    .description("Run the proofs; each failure shows the shortest path that breaks it.")
    .addHelpText("after", exits)
    .action(run(prove));
  program
    .command("diff")
    .description(
      "Who gains what and who loses what between two syntheses, most severe first: Markdown for a pull request.",
    )
    .requiredOption(
      "--base <folder>",
      "cdktf.out of the base; where its folder stacks is empty, everything is new, and the diff says so",
    )
    .requiredOption("--head <folder>", "cdktf.out of the head")
    .option("--fail-on <risk>", `exit with 1 from this risk on: ${RISKS.join(", ")}`, riskArgument)
    .addHelpText("after", exits)
    .action((_: unknown, command: Command) => {
      const options = command.optsWithGlobals<DiffOptions & { readonly format: string }>();
      if (!["terminal", "markdown", "json"].includes(options.format))
        throw new AccessInputError(
          `--format: given ${JSON.stringify(options.format)}; accepted by diff: markdown, json.`,
        );
      process.exitCode = diff(options);
    });
  return program;
}

function riskArgument(text: string): Risk {
  if ((RISKS as readonly string[]).includes(text)) return text as Risk;
  throw new InvalidArgumentError(`accepted: ${RISKS.join(", ")}.`);
}

/** Runs a command line without node's own two words; returns the exit code. */
export function runAccess(words: readonly string[]): number {
  const program = accessProgram();
  for (const each of [program, ...program.commands]) each.exitOverride();
  process.exitCode = EXIT.fine;
  try {
    program.parse([...words], { from: "user" });
  } catch (error) {
    if (error instanceof AccessInputError) console.error(`access: ${error.message}`);
    else if (!(error instanceof Error && "code" in error && String(error.code).startsWith("commander."))) throw error;
    const helped = error instanceof Error && "exitCode" in error && error.exitCode === 0;
    process.exitCode = helped ? EXIT.fine : EXIT.input;
  }
  return process.exitCode;
}

// `npm run access | head` closes the pipe early, which is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) =>
  process.exit(error.code === "EPIPE" ? EXIT.fine : EXIT.fails),
);
if (require.main === module) runAccess(process.argv.slice(2));
