import type { Command } from "commander";
import { loadPlatform } from "../../platform-file";
import { textTable } from "../../table";
import { KvClient } from "../../vault";
import { EXIT } from "../errors";
import type { Io } from "../io";
import { withSession } from "../session";
import { ageText, assess, findings, minuteText, type SetStatus } from "./assess";
import { failIfDenied, readFacts } from "./facts";
import { select, selectionOptions, type Selection } from "./select";

const HELP = `
Reads key names and version facts (subkeys, metadata), never a value. Age is that of the set's current version.

Exit codes: 0 all is well; 1 failed, or some set could not be looked at; 3 a set or a key is missing, a set is deleted, a key is undeclared, or a set
is older than its rotation period. A set that was never set is shown, and is no finding.

Examples:
  npm run ops -- secrets status
  npm run ops -- secrets status --environment prod
  npm run ops -- secrets status --json | jq -r '.sets[] | select(.overdue) | .path'`;

/** `ops secrets status`. */
export function addStatus(secrets: Command, io: Io): void {
  selectionOptions(secrets.command("status"))
    .option("--json", "print it as JSON, see docs/secrets.md")
    .description(
      "For each app and environment: is it there, which version, changed when and by whom, how old, " +
        "which keys are amiss",
    )
    .addHelpText("after", HELP)
    .action(async ({ json, ...selection }: Selection & { json?: boolean }) => {
      const platform = loadPlatform(io.env.PLATFORM || undefined);
      const { vault, tenants } = select(platform, selection);
      await withSession(io, platform, { vault }, async ({ client }) => {
        const { facts, denied } = await readFacts(io, new KvClient(client), tenants, { keys: true });
        const now = io.now();
        const all = facts
          .map((each) => assess(each, now))
          .filter((status, i) => facts[i]!.tenant.secretSet !== "retired" || status.state === "retired");
        if (json)
          io.out(
            JSON.stringify(
              {
                platform: platform.name,
                vault,
                at: now.toISOString(),
                sets: all,
                denied: denied.map((tenant) => tenant.path.toString()),
              },
              null,
              2,
            ),
          );
        else if (all.length > 0) for (const line of report(all)) io.out(line);
        failIfDenied(denied);
        io.exit(all.some((status) => findings(status).length > 0) ? EXIT.findings : EXIT.ok);
      });
    });
}

function report(all: readonly SetStatus[]): string[] {
  const age = ({ ageSeconds, rotateEverySeconds }: SetStatus) =>
    ageSeconds === null
      ? "–"
      : `${ageText(ageSeconds)}${rotateEverySeconds === null ? "" : ` of ${ageText(rotateEverySeconds)}`}`;
  const rows = all.map((each) => [
    each.app,
    each.environment,
    each.state,
    `${each.version ?? "–"}`,
    each.changed ? minuteText(each.changed) : "–",
    each.by ?? (each.version === null ? "–" : "unknown"),
    age(each),
  ]);
  const lines = all.flatMap((status) =>
    findings(status).map((finding) => `look at ${status.app} in ${status.environment}: ${finding}`),
  );
  return [
    textTable([["app", "environment", "state", "version", "changed (UTC)", "by", "age"], ...rows]),
    ...(lines.length > 0 ? ["", ...lines] : []),
  ];
}
