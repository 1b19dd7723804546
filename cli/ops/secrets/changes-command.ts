import { InvalidArgumentError, Option, type Command } from "commander";
import { Duration, named, type Platform } from "../../../model";
import { loadPlatform } from "../../platform-file";
import { textTable } from "../../table";
import { KvClient } from "../../vault";
import { EXIT } from "../errors";
import type { Io } from "../io";
import { withSession } from "../session";
import { minuteText, visible } from "./assess";
import { readAuditLogs } from "./audit-log";
import { changesOf, type Change } from "./changes";
import { failIfDenied, readFacts } from "./facts";
import { select, selectionOptions, type Selected, type Selection } from "./select";

const HELP = `
Without --audit-log it reads the metadata of the versions that Vault keeps; since Vault 1.21 that says who wrote each. With --audit-log it reads files of
an audit device instead (plain or .gz, several times for several files) and asks Vault nothing; that also shows undelete, destroy, the keys that were
written, and paths that are not in the config.

Examples:
  npm run ops -- secrets changes --since 24h
  npm run ops -- secrets changes --since 90d --app sample-node-api --json
  npm run ops -- secrets changes --since 7d --audit-log /vault/audit/audit.log --audit-log /vault/audit/audit.log.1.gz`;

interface Options extends Selection {
  readonly since: Duration;
  readonly auditLog?: readonly string[];
  readonly json?: boolean;
}

/** `ops secrets changes`. */
export function addChanges(secrets: Command, io: Io): void {
  selectionOptions(secrets.command("changes"))
    .addOption(
      new Option("--since <duration>", "how far to look back").argParser(parseSince).default(Duration.of("1d"), "1d"),
    )
    .option(
      "--audit-log <file>",
      "read this file of an audit device; may be given several times",
      (file: string, before: readonly string[] = []) => [...before, file],
    )
    .option("--json", "print it as JSON, see docs/secrets.md")
    .description("What changed, when, and by whom; never a value")
    .addHelpText("after", HELP)
    .action(async ({ since, auditLog, json, ...selection }: Options) => {
      const platform = loadPlatform(io.env.PLATFORM || undefined);
      const selected = select(platform, selection);
      const now = io.now();
      const from = new Date(now.getTime() - since.seconds * 1000);
      const print = (changes: readonly Change[], source: string) => {
        if (json)
          io.out(
            JSON.stringify(
              {
                platform: platform.name,
                vault: selected.vault,
                since: from.toISOString(),
                at: now.toISOString(),
                source,
                changes,
              },
              null,
              2,
            ),
          );
        else if (changes.length === 0) io.out(`nothing changed since ${minuteText(from.toISOString())} UTC.`);
        else
          io.out(
            textTable([["time (UTC)", "app", "environment", "what", "version", "by", "keys"], ...changes.map(row)]),
          );
      };
      if (auditLog) {
        const { changes, unreadable } = await fromLogs(platform, selected, selection, auditLog, from, now);
        if (unreadable > 0)
          io.err(`${unreadable} ${unreadable === 1 ? "line is" : "lines are"} no audit entries and left out`);
        print(changes, "audit log");
        return io.exit(EXIT.ok);
      }
      await withSession(io, platform, { vault: selected.vault }, async ({ client }) => {
        const { facts, denied } = await readFacts(io, new KvClient(client), selected.tenants, { keys: false });
        const changes = changesOf(facts, from, now);
        if (changes.some(({ by }) => by === null))
          io.err("this Vault does not say who wrote every version (it does since 1.21): --audit-log FILE tells");
        print(changes, "version metadata");
        failIfDenied(denied);
        io.exit(EXIT.ok);
      });
    });
}

async function fromLogs(
  platform: Platform,
  { vault, tenants }: Selected,
  { app, environment }: Selection,
  files: readonly string[],
  from: Date,
  now: Date,
) {
  const { root } = named(platform.vaults, vault);
  const all = await readAuditLogs(
    files,
    root,
    platform.tenants.filter((tenant) => tenant.vault === vault),
    from,
    now,
  );
  const chosen = new Set(tenants.map((tenant) => tenant.path.toString()));
  // Paths outside the config are shown where nothing narrows the view.
  return {
    ...all,
    changes: all.changes.filter(
      (change) => chosen.has(change.path) || (change.app === null && app === undefined && environment === undefined),
    ),
  };
}

function row({ time, app, environment, path, operation, version, by, keys }: Change): string[] {
  return [
    minuteText(time),
    app ?? path,
    environment ?? "not in the config",
    operation,
    `${version ?? "–"}`,
    by ?? "unknown",
    keys?.join(", ") ?? "–",
  ].map(visible);
}

function parseSince(text: string): Duration {
  const since = Duration.parse(text);
  if (!since) throw new InvalidArgumentError(`accepted: ${Duration.ACCEPTED}.`);
  return since;
}
