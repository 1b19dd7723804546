import { existsSync } from "node:fs";
import { join } from "node:path";
import { Option, type Command } from "commander";
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
  stackTexts,
  type Filter,
  type Risk,
} from "../access";
import { aroundText, checkText, matrixText } from "./access/terminal";
import { EXIT } from "./exit-codes";
import { live, type LiveOptions } from "./access-live";
import { used } from "./access-used";
import { oneOf } from "./ops/arguments";
import { durationOption } from "./ops/duration-option";
import { addressOption, vaultOption } from "./ops/session";
import { deliver, newProgram, PROCESS, runProgram, type Output } from "./run-program";

const FORMATS = ["terminal", "markdown", "json", "csv", "html"] as const;

interface ReportOptions extends Filter {
  readonly dir: string;
  readonly format: (typeof FORMATS)[number];
  readonly out?: string;
}

interface DiffOptions {
  readonly base: string;
  readonly head: string;
  readonly format: (typeof FORMATS)[number];
  readonly out?: string;
  readonly failOn?: Risk;
}

function report(io: Output, { dir, format, out, ...filter }: ReportOptions): void {
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
  deliver(io, text, out);
}

/** A name that is not there would show an empty table, which reads as "nobody". */
function checkFilter({ sets, identities }: Access, { who, app, environment }: Filter): void {
  if (app !== undefined) oneOf("--app", app, [...new Set(sets.map((set) => set.app))]);
  if (environment !== undefined) oneOf("--environment", environment, [...new Set(sets.map((set) => set.environment))]);
  if (who !== undefined && !identities.some(({ name }) => name.includes(who)))
    throw new AccessInputError(
      `--who: given ${JSON.stringify(who)}; accepted: part of the name of a person, workload or pipeline. None has it.`,
    );
}

function prove(io: Output, { dir }: { readonly dir: string }): void {
  const result = check(Access.fromFolder(dir));
  io.out(checkText(result));
  if (result.failures.length > 0) io.exit(EXIT.failed);
}

/**
 * Whether a base was written with no stack in it. A folder that is not there is a mistake in writing, and no platform
 * without stacks.
 */
function hasNoStacks(folder: string): boolean {
  return existsSync(join(folder, "stacks")) && stackTexts(folder).size === 0;
}

function diff(io: Output, { base, head, format, out, failOn }: DiffOptions): void {
  if (!["terminal", "markdown", "json"].includes(format))
    throw new AccessInputError(`--format: given ${JSON.stringify(format)}; accepted by diff: markdown, json.`);
  const [before, after] = [hasNoStacks(base) ? new Access([]) : Access.fromFolder(base), Access.fromFolder(head)];
  const changes = changesBetween(before, after);
  const lines = linesOf(changes);
  const text =
    format === "json"
      ? JSON.stringify({ lines }, null, 2)
      : diffComment(after.platform, changes, before.stacks.length === 0 ? undefined : check(before), check(after));
  deliver(io, text, out);
  if (failOn === undefined || !lines.some(({ risk }) => RISKS.indexOf(risk) <= RISKS.indexOf(failOn))) return;
  io.err(`access diff: a change of risk ${lines[0]!.risk} reaches --fail-on ${failOn}`);
  io.exit(EXIT.failed);
}

/** Runs a command line, without node's own two words. It fails where a proof does, or a change reaches `--fail-on`. */
export async function runAccess(words: readonly string[], io: Output = PROCESS): Promise<void> {
  const run =
    <T>(action: (io: Output, options: T) => void) =>
    (_: unknown, command: Command) =>
      action(io, command.optsWithGlobals() as T);
  const program = newProgram("access", io)
    .description("Who can do what with which secret set, computed from the synthesized stacks.")
    .addOption(new Option("--dir <folder>", "what npm start wrote").default("cdktf.out"))
    .addOption(new Option("--format <format>", "of the report").choices(FORMATS).default("terminal"))
    .option("--out <file>", "write it there instead of showing it")
    .option("--who <text>", "only identities with this in their name")
    .option("--app <app>", "only this app")
    .option("--environment <environment>", "only this environment")
    .action(run(report));
  program
    .command("check")
    .description("Run the proofs; each failure shows the shortest path that breaks it.")
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
    .addOption(new Option("--fail-on <risk>", "exit with 1 from this risk on").choices(RISKS))
    .action(run(diff));
  vaultOption(addressOption(program.command("live")))
    .description("The same of a running Vault, read as it is now, and how it differs from its stacks.")
    .option("--policy", "show the policy that a token for this needs, and do nothing else")
    .action((_: unknown, command: Command) => runLive(io, command.optsWithGlobals()));
  vaultOption(program.command("used"))
    .argument("<files...>", "of audit devices, of every server, plain or gzip, in any order; - is standard input")
    .description("What people and workloads used of what the config gives, by audit logs; suggests, and edits nothing.")
    .addOption(durationOption("--days <duration>", "not used for as long is unused", "90d"))
    .addOption(durationOption("--longest-gap <duration>", "a log without a line for longer is one with a hole", "1d"))
    .action((files: string[], _: unknown, command: Command) => used(io, files, command.optsWithGlobals()));
  await runProgram(program, words, io);
}

async function runLive(io: Output, options: LiveOptions): Promise<void> {
  await live(io, options, (access) => checkFilter(access, options));
}

// `npm run access | head` closes the pipe early, which is no error.
process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => process.exit(code === "EPIPE" ? EXIT.ok : EXIT.failed));
if (require.main === module) void runAccess(process.argv.slice(2));
