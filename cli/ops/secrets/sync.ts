import type { Command } from "commander";
import type { SecretSet } from "../../../model";
import { KvClient, VaultError } from "../../vault";
import { EXIT } from "../errors";
import { print, type Io } from "../io";
import { eachInParallel } from "../parallel";
import { names, type SetNames } from "./facts";
import { tellPinned } from "./pinned";
import { setsCommand } from "./select";

/** What became of one set. This is what `secrets sync --json` prints. */
interface SyncResult extends SetNames {
  /**
   * `synced`: keys were added (`--dry-run`: would be); `complete`: nothing was missing; `missing`, `deleted`: there is
   * no version to add to.
   */
  readonly outcome: "synced" | "complete" | "missing" | "deleted";
  /** The keys that were added as the placeholder. */
  readonly added: readonly string[];
  /** The version with them; null where nothing was written. */
  readonly version: number | null;
}

const HELP = `
Adds declared keys that are not stored, with the placeholder as their value. No other key is touched, no key is taken
out, no value is read; a generated key is left to \`secrets generate\`. A set that is not there is placed by the stack
of its environment, not by this. The token needs patch on the set, as people with write access have.

Examples:
  npm run ops -- secrets sync --dry-run
  npm run ops -- secrets sync --app sample-node-api`;

/** How often a set that others change at the same moment is tried. */
const TRIES = 5;

/** `ops secrets sync`. */
export function addSync(secrets: Command, io: Io): void {
  setsCommand<{ dryRun?: boolean }>(secrets, io, "sync", async (session, { json, dryRun = false }) => {
    const { platform, vault, client } = session;
    const tenants = session.tenants.filter((tenant) => tenant.secretSet !== "retired");
    const kv = new KvClient(client);
    const sets = await eachInParallel(io, tenants, "bringing keys in line", (tenant) =>
      syncSet(kv, tenant, platform.placeholder, dryRun),
    );
    print(io, json, { platform: platform.name, vault: vault.name, dryRun, sets }, () =>
      report(sets, dryRun, platform.placeholder),
    );
    if (!json)
      for (const [i, { version }] of sets.entries()) if (version) tellPinned(io, platform, tenants[i]!, version);
    if (sets.some(({ outcome }) => outcome === "missing" || outcome === "deleted")) io.exit(EXIT.findings);
  })
    .option("--dry-run", "say what would be added, and add nothing")
    .description("Add missing declared keys as the placeholder (exit code 3 where a set is not there or deleted)")
    .addHelpText("after", HELP);
}

/**
 * Adds one set's missing keys. Throws VaultErrors, also kind `casMismatch` when others change the set faster than this
 * can follow.
 */
export async function syncSet(
  kv: KvClient,
  tenant: SecretSet,
  placeholder: string,
  dryRun: boolean,
): Promise<SyncResult> {
  const of = (
    outcome: SyncResult["outcome"],
    added: readonly string[] = [],
    version: number | null = null,
  ): SyncResult => ({ ...names(tenant), outcome, added, version });
  for (let attempt = 1; ; attempt++) {
    const subkeys = await kv.subkeys(tenant.path);
    if (!subkeys || subkeys.deleted) return of(subkeys ? "deleted" : "missing");
    const added = tenant.keys.filter((key) => !subkeys.keys.includes(key) && !tenant.generated.has(key));
    if (added.length === 0) return of("complete");
    if (dryRun) return of("synced", added);
    try {
      // Bound to the version that lacked them: a key that somebody sets in between is never replaced by the
      // placeholder.
      const values = Object.fromEntries(added.map((key) => [key, placeholder]));
      return of("synced", added, await kv.patch(tenant.path, values, subkeys.version));
    } catch (error) {
      if (!(error instanceof VaultError) || error.kind !== "casMismatch" || attempt === TRIES) throw error;
    }
  }
}

function report(results: readonly SyncResult[], dryRun: boolean, placeholder: string): string[] {
  const lines = results.flatMap(({ app, environment, path, outcome, added }) => {
    if (outcome === "synced")
      return [`${app} in ${environment}: ${added.join(", ")} ${dryRun ? "would be added" : "added"} as ${placeholder}`];
    if (outcome === "missing")
      return [
        `${app} in ${environment}: there is no secret set ${path}; apply the stack of environment ` +
          `${environment}, which places it`,
      ];
    return outcome === "deleted"
      ? [`${app} in ${environment}: the current version of ${path} is deleted; vault kv undelete takes that back`]
      : [];
  });
  const complete = results.filter(({ outcome }) => outcome === "complete").length;
  return [...lines, `${complete} of ${results.length} secret sets had every declared key.`];
}
