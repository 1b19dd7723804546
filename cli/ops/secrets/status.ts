import { Option, type Command } from "commander";
import { textTable } from "../../table";
import { EXIT } from "../errors";
import { print, type Io } from "../io";
import { present } from "../present";
import { failIfDenied, names, readFacts, type SetFacts, type SetNames } from "./facts";
import { rotationMetrics } from "./metrics";
import { pinnedFinding, versionText, type PinnedFinding } from "./pinned";
import { setsCommand } from "./select";

const HELP = `
Reads key names and version facts (subkeys, metadata), never a value. Age is that of the set's current version.

Exit codes: 0 all is well; 1 failed, or some set could not be looked at; 3 a set or a key is missing, a set is deleted,
a key is undeclared, or a set is older than its rotation period. A set that was never set is shown, and is no finding.

Examples:
  npm run ops -- secrets status
  npm run ops -- secrets status --environment prod
  npm run ops -- secrets status --metrics > /var/lib/node_exporter/vault-tenancy.prom
  npm run ops -- secrets status --json | jq -r '.sets[] | select(.overdue) | .path'`;

/** `ops secrets status`. */
export function addStatus(secrets: Command, io: Io): void {
  setsCommand<{ metrics?: boolean }>(secrets, io, "status", async (session, { json, metrics }) => {
    const { platform, vault, client, tenants } = session;
    const { facts, denied } = await readFacts(io, client, tenants, { keys: true });
    const at = io.now();
    // A retired set that is gone is nothing to show.
    const sets = facts
      .filter(({ tenant, metadata }) => tenant.secretSet !== "retired" || metadata?.current_version)
      .map((each) => assess(each, at, vault.maxVersions));
    const result = {
      platform: platform.name,
      vault: vault.name,
      at: at.toISOString(),
      sets,
      denied: denied.map((tenant) => tenant.path.toString()),
    };
    print(io, json, result, () => (metrics ? rotationMetrics(platform.name, vault.name, sets) : report(sets)));
    failIfDenied(denied);
    if (sets.some((status) => findings(status).length > 0)) io.exit(EXIT.findings);
  })
    .addOption(
      new Option("--metrics", "print when each set is due, for Prometheus; see docs/backup.md").conflicts("json"),
    )
    .description(
      "For each app and shared set in each environment: is it there, which version, changed when and by whom, " +
        "how old, which keys are amiss",
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
    versionText(each.version, each.pinnedVersion),
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

/**
 * `set`: a person has written values. `never set`: nobody but who placed it has written, so its values are most likely
 * the placeholder (which cannot be known without reading them). `missing`: there is no such set. `deleted`: its current
 * version is. `retired`: it is leaving, and still stored.
 */
type SetState = "set" | "never set" | "missing" | "deleted" | "retired";

/** The state of one secret set. This is what `secrets status --json` prints; docs/secrets.md describes it. */
export interface SetStatus extends SetNames {
  readonly owner: string;
  readonly state: SetState;
  /** The current version; null if there is none. */
  readonly version: number | null;
  /** The version that pods get; null where that is the newest. */
  readonly pinnedVersion: number | null;
  /** What is amiss with it; null if nothing. */
  readonly pinnedFinding: PinnedFinding | null;
  /** Declared and stored, and not in the version that pods get; in the config's order. */
  readonly undeliveredKeys: readonly string[];
  /** When the current version was written, ISO 8601, UTC. */
  readonly changed: string | null;
  /** Who wrote it; null where Vault does not say (before 1.21). */
  readonly by: string | null;
  readonly ageSeconds: number | null;
  /** Null: the set has no rotation period. */
  readonly rotateEverySeconds: number | null;
  readonly overdue: boolean;
  /** Declared in the config and not stored, in the config's order. */
  readonly missingKeys: readonly string[];
  /** Those of the declared keys whose value a command makes. */
  readonly generatedKeys: readonly string[];
  /** Stored and not declared, sorted. */
  readonly undeclaredKeys: readonly string[];
}

/**
 * The state of a set at a time. Pure.
 * @param maxVersions how many versions its Vault keeps
 */
export function assess(
  { tenant, metadata, subkeys, pinnedSubkeys }: SetFacts,
  now: Date,
  maxVersions: number,
): SetStatus {
  const rotateEverySeconds = tenant.rotateEvery?.seconds ?? null;
  const current = metadata?.versions.find((version) => version.version === metadata.current_version);
  const stored = subkeys?.keys ?? [];
  const ageSeconds = current
    ? Math.max(0, Math.floor((now.getTime() - Date.parse(current.created_time)) / 1000))
    : null;
  const retired = current !== undefined && tenant.secretSet === "retired";
  const deleted = current?.destroyed || subkeys?.deleted === true;
  const written = neverSet(metadata) ? "never set" : "set";
  return {
    ...names(tenant),
    owner: tenant.owner,
    state: !current ? "missing" : retired ? "retired" : deleted ? "deleted" : written,
    version: current?.version ?? null,
    pinnedVersion: tenant.pinned?.version ?? null,
    pinnedFinding: pinnedFinding(tenant, metadata, maxVersions, now) ?? null,
    undeliveredKeys:
      !pinnedSubkeys || pinnedSubkeys.deleted
        ? []
        : tenant.keys.filter((key) => stored.includes(key) && !pinnedSubkeys.keys.includes(key)),
    changed: current?.created_time ?? null,
    by: current?.created_by?.actor ?? null,
    ageSeconds,
    rotateEverySeconds,
    overdue: !retired && ageSeconds !== null && rotateEverySeconds !== null && ageSeconds > rotateEverySeconds,
    // Of a deleted version no key can be seen: that it is deleted is what must be looked at.
    missingKeys: retired || deleted ? [] : tenant.keys.filter((key) => !stored.includes(key)),
    generatedKeys: [...tenant.generated.keys()],
    undeclaredKeys: retired ? [] : stored.filter((key) => !tenant.keys.includes(key)),
  };
}

/**
 * Whether nobody but who placed version 1 has written. Where old versions are gone, or Vault does not say who wrote,
 * only a single version is sure. Who places and sets values under one name (root, in a trial) is not told apart.
 */
function neverSet(metadata: SetFacts["metadata"]): boolean {
  if (!metadata || metadata.current_version === 1) return true;
  const [first] = metadata.versions;
  const placer = first?.version === 1 ? first.created_by : undefined;
  return Boolean(
    placer &&
    metadata.versions.every(({ created_by: by }) => by?.actor === placer.actor && by.entity_id === placer.entity_id),
  );
}

/**
 * What somebody must look at, each with what to do; empty if nothing. Never set is no finding: the config may be ahead
 * of the people.
 */
export function findings(status: SetStatus): string[] {
  const { app, environment, state, generatedKeys, undeclaredKeys } = status;
  const missing = status.missingKeys.filter((key) => !generatedKeys.includes(key));
  const toMake = status.missingKeys.filter((key) => generatedKeys.includes(key));
  return present(
    state === "missing" &&
      "there is no such secret set: apply the stack of the environment, which places it; if the " +
        "config calls it existing, whoever has it must write it",
    state === "deleted" && "its current version is deleted: take that back with vault kv undelete, or write it anew",
    state !== "missing" &&
      missing.length > 0 &&
      `without ${missing.join(", ")}: npm run ops -- secrets sync --app ${app} --environment ${environment}`,
    state !== "missing" &&
      toMake.length > 0 &&
      `${toMake.join(", ")} not made yet: npm run ops -- secrets generate ${app} ${environment}`,
    status.pinnedFinding !== null && `${status.pinnedFinding.seen}: ${status.pinnedFinding.remedy}`,
    status.undeliveredKeys.length > 0 &&
      `pods get version ${status.pinnedVersion}, pinned, which has no ${status.undeliveredKeys.join(", ")}: pin a ` +
        "version that has, and apply that",
    undeclaredKeys.length > 0 &&
      `undeclared ${visible(undeclaredKeys.join(", "))}: declare ` +
        `${undeclaredKeys.length === 1 ? "it" : "them"} in the config, or take out what nobody uses`,
    status.overdue &&
      `${ageText(status.ageSeconds!)} old, to be changed every ${ageText(status.rotateEverySeconds!)} ` +
        `(${status.owner}): npm run ops -- secrets set ${app} ${environment} KEY` +
        (generatedKeys.length > 0 ? `, or secrets rotate for ${generatedKeys.join(", ")}` : ""),
  );
}

/** Seconds as people say them, in the largest whole unit: `3d`, `5h`, `12m`, `40s`. */
export function ageText(seconds: number): string {
  const [unit, size] = (
    [
      ["d", 86400],
      ["h", 3600],
      ["m", 60],
    ] as const
  ).find(([, each]) => seconds >= each) ?? ["s", 1];
  return `${Math.floor(seconds / size)}${unit}`;
}

/** An ISO time to the minute, UTC: `2026-11-23 12:18`. */
export function minuteText(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}

/** A text from Vault or a log for a terminal: what would move the cursor or hide text becomes `?`. */
export function visible(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, "?");
}
