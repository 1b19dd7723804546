import type { Command } from "commander";
import { textTable } from "../../table";
import { EXIT } from "../errors";
import { print, type Io } from "../io";
import { ageText, assess, findings, minuteText, type SetStatus } from "./assess";
import { failIfDenied, readFacts } from "./facts";
import { setsCommand } from "./select";

const HELP = `
Reads key names and version facts (subkeys, metadata), never a value. Age is that of the set's current version.

Exit codes: 0 all is well; 1 failed, or some set could not be looked at; 3 a set or a key is missing, a set is deleted,
a key is undeclared, or a set is older than its rotation period. A set that was never set is shown, and is no finding.

Examples:
  npm run ops -- secrets status
  npm run ops -- secrets status --environment prod
  npm run ops -- secrets status --json | jq -r '.sets[] | select(.overdue) | .path'`;

/** `ops secrets status`. */
export function addStatus(secrets: Command, io: Io): void {
  setsCommand(secrets, io, "status", async ({ platform, vault, client, tenants }, { json }) => {
    const { facts, denied } = await readFacts(io, client, tenants, { keys: true });
    const at = io.now();
    // A retired set that is gone is nothing to show.
    const sets = facts
      .filter(({ tenant, metadata }) => tenant.secretSet !== "retired" || metadata?.current_version)
      .map((each) => assess(each, at));
    const result = {
      platform: platform.name,
      vault: vault.name,
      at: at.toISOString(),
      sets,
      denied: denied.map((tenant) => tenant.path.toString()),
    };
    print(io, json, result, () => report(sets));
    failIfDenied(denied);
    if (sets.some((status) => findings(status).length > 0)) io.exit(EXIT.findings);
  })
    .description(
      "For each app and environment: is it there, which version, changed when and by whom, how old, " +
        "which keys are amiss",
    )
    .addHelpText("after", HELP);
}

function report(all: readonly SetStatus[]): string[] {
  if (all.length === 0) return [];
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
