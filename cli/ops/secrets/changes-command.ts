import type { Command } from "commander";
import { counted } from "../../counted";
import { named, type Duration } from "../../../model";
import { textTable } from "../../table";
import { repeated } from "../arguments";
import { durationOption } from "../duration-option";
import { print, type Io } from "../io";
import { onVault, platformOf } from "../session";
import { minuteText, visible } from "./status";
import { readAuditLogs } from "./audit-log";
import { changesOf, type Change } from "./changes";
import { failIfDenied, readFacts } from "./facts";
import { select, selectionOptions, type Selection } from "./select";

const HELP = `
Without --audit-log it reads the metadata of the versions that Vault keeps; since Vault 1.21 that says who wrote each.
With --audit-log it reads files of an audit device instead (plain or .gz, several times for several files) and asks
Vault nothing; that also shows undelete, destroy, the keys that were written, and paths that are not in the config.

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
    .addOption(durationOption("--since <duration>", "how far to look back", "1d"))
    .option("--audit-log <file>", "read this file of an audit device; may be given several times", repeated)
    .description("What changed, when, and by whom; never a value")
    .addHelpText("after", HELP)
    .action(async (options: Options) => {
      const platform = platformOf(io);
      const selected = select(platform, options);
      const now = io.now();
      const from = new Date(now.getTime() - options.since.seconds * 1000);
      const show = (changes: readonly Change[], source: string): void => {
        const since = from.toISOString();
        const head = { platform: platform.name, vault: selected.vault, since, at: now.toISOString(), source };
        print(io, options.json, { ...head, changes }, () => [
          changes.length === 0
            ? `nothing changed since ${minuteText(since)} UTC.`
            : textTable([["time (UTC)", "app", "environment", "what", "version", "by", "keys"], ...changes.map(row)]),
        ]);
      };
      if (options.auditLog) {
        const declared = platform.sets.filter((tenant) => tenant.vault === selected.vault);
        const { root } = named(platform.vaults, selected.vault);
        const { changes, unreadable } = await readAuditLogs(options.auditLog, root, declared, from, now);
        if (unreadable > 0) io.err(`${counted(unreadable, "line is", "lines are")} no audit entries and left out`);
        const chosen = new Set(selected.tenants.map((tenant) => tenant.path.toString()));
        // Paths outside the config are shown where nothing narrows the view.
        const all = options.app === undefined && options.environment === undefined;
        return show(
          changes.filter(({ path, app }) => chosen.has(path) || (all && app === null)),
          "audit log",
        );
      }
      await onVault(io, platform, { ...options, vault: selected.vault }, async ({ client }) => {
        const { facts, denied } = await readFacts(io, client, selected.tenants, { keys: false });
        const changes = changesOf(facts, from, now);
        if (changes.some(({ by }) => by === null))
          io.err("this Vault does not say who wrote every version (it does since 1.21): --audit-log FILE tells");
        show(changes, "version metadata");
        failIfDenied(denied);
      });
    });
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
