import type { Duration } from "../../model";
import { AccessInputError } from "../../access";
import type { LogReading } from "../audit-log";
import { EXIT } from "../exit-codes";
import { processIo, type Io } from "../ops/io";
import { chooseVault } from "../ops/session";
import { loadConfig } from "../platform-file";
import { deliver, type Output } from "../run-program";
import { usageOf } from "./grants";
import { REPORTS, type UsedResult } from "./report";
import { suggestionsOf } from "./suggestions";
import { dayText, timeText } from "./times";
import { readVaultLogs } from "./vault-log";

/** The words of `npm run access -- used`. */
export interface UsedOptions {
  readonly vault?: string;
  readonly days: Duration;
  readonly longestGap: Duration;
  readonly format: string;
  readonly out?: string;
}

/**
 * Why logs cannot tell what was not used since a time, in sentences; none: they can.
 * @param since, now milliseconds since 1970
 */
function blindSpots({ facts, losses }: LogReading, since: number, now: number, longestGap: Duration): string[] {
  if (facts.hours.size === 0) return ["There is no entry in the log.", ...losses];
  const gaps = facts.gaps(longestGap.seconds * 1000, now).filter(({ to }) => to > since);
  const days = Math.floor((now - facts.first) / 86_400_000);
  return [
    ...(facts.first > since
      ? [
          `The log begins on ${dayText(facts.first)}, and has to begin before ${dayText(since)}` +
            `${days > 0 ? `: it is good for --days ${days}d at the most` : ""}.`,
        ]
      : []),
    ...gaps.map(
      ({ from, to }) => `The log has no line from ${timeText(from)} to ${timeText(to)}, longer than --longest-gap.`,
    ),
    ...losses,
  ];
}

/**
 * Reports what the grants of the config were used for, by audit logs, and suggests what nobody used. Exits with 1 where
 * the log does not tell all of it, else with 3 where there is a suggestion.
 *
 * Throws an AccessInputError for another format, a UsageError for an unknown Vault or a file that cannot be read.
 */
export async function used(output: Output, files: readonly string[], options: UsedOptions): Promise<void> {
  const io: Io = { ...processIo(), ...output };
  const { format, days, longestGap, out } = options;
  const report = REPORTS[format];
  if (!report)
    throw new AccessInputError(
      `--format: given ${JSON.stringify(format)}; accepted by used: ${Object.keys(REPORTS).join(", ")}.`,
    );
  const { config, platform } = loadConfig(io.env.PLATFORM || undefined);
  const { name: vault, installation } = chooseVault(platform, options.vault);
  const now = io.now();
  const since = now.getTime() - days.seconds * 1000;
  const log = await readVaultLogs(platform, vault, files, now);
  const usage = usageOf(config, platform, vault, log.everyone, since);
  const servers = installation?.replicas ?? 1;
  const unknown = [
    ...(servers > 1 && files.length === 1
      ? [`Vault ${vault} has ${servers} servers, each with a log of its own: give those of every server.`]
      : []),
    ...blindSpots(log, since, now.getTime(), longestGap),
  ];
  const result: UsedResult = {
    vault,
    days: days.toString(),
    log,
    usage,
    unknown,
    suggestions: unknown.length > 0 ? [] : suggestionsOf(usage, since, days.toString()),
    strangers: log.everyone.filter(
      ({ kind, name, byPath }) =>
        byPath.size > 0 &&
        (kind === "other" || (kind === "person" && !platform.users.some((user) => user.name === name))),
    ),
  };
  deliver(io, report(result), out);
  if (unknown.length > 0 || log.damages.length > 0) io.exit(EXIT.failed);
  else if (result.suggestions.length > 0) io.exit(EXIT.findings);
}
