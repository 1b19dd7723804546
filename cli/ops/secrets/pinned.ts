import { named, type Platform, type SecretSet } from "../../../model";
import type { KvMetadata } from "../../vault";
import type { Finding } from "../doctor/findings";
import type { Io } from "../io";

/** What is amiss with the version that a set is pinned to. */
export type PinnedFinding = Omit<Finding, "where">;

/** Versions as people read them: `4`, or `3 of 4, pinned`; a dash where nothing is known. */
export function versionText(newest: number | null | undefined, pinned: number | null | undefined): string {
  if (!pinned) return `${newest ?? "–"}`;
  return newest ? `${pinned} of ${newest}, pinned` : `${pinned}, pinned`;
}

/**
 * What is amiss with the version that a set is pinned to; undefined if nothing, and where there is no set. What the
 * operator does then: source, the operator 1.4.1, client.go (Read) and secrets.go (WithVaultData).
 * @param maxVersions how many versions the Vault keeps
 */
export function pinnedFinding(
  { pinned }: SecretSet,
  metadata: KvMetadata | undefined,
  maxVersions: number,
  now: Date,
): PinnedFinding | undefined {
  if (!pinned || !metadata) return undefined;
  const { version, at } = pinned;
  const { current_version: newest, versions } = metadata;
  const found = versions.find((each) => each.version === version);
  const [oldest] = versions;
  const another = `set ${at} to a version that is there (the newest is ${newest}), and apply`;
  if (!found)
    return {
      id: "pinned-version-missing",
      severity: "error",
      seen:
        version > newest
          ? `version ${version} is pinned, and the newest is ${newest}`
          : `version ${version} is pinned, and Vault does not keep it any more (the oldest is ${oldest?.version})`,
      cause:
        version > newest
          ? "the config is ahead of what was written; the operator leaves the Secret as it is"
          : "newer ones took its place (maxVersions); the operator leaves the Secret as it is, and makes no new one",
      remedy: another,
    };
  const ends = found.deletion_time === "" ? undefined : new Date(found.deletion_time);
  if (found.destroyed || (ends && ends <= now))
    return {
      id: "pinned-version-deleted",
      severity: "error",
      seen: `version ${version} is pinned, and is ${found.destroyed ? "destroyed" : "deleted"}`,
      cause: "somebody took it away; the operator empties the Secret",
      remedy: found.destroyed ? another : `take that back (vault kv undelete), or ${another}`,
    };
  // The larger of the two counts. Source: vault-plugin-secrets-kv, KeyMetadata.AddVersion.
  const kept = Math.max(maxVersions, metadata.max_versions ?? 0);
  if (!ends && version > newest - kept + 1) return undefined;
  return {
    id: "pinned-version-ends",
    severity: "warning",
    seen: ends
      ? `version ${version} is pinned, and is deleted on ${ends.toISOString().slice(0, 10)}`
      : `version ${version} is pinned, and is the oldest of the ${kept} that Vault keeps`,
    cause: ends ? "the set has delete_version_after" : "the next value that is written takes its place",
    remedy: `${another}, before that`,
  };
}

/** Says when a version that was just written reaches pods, where its environment is pinned to another. */
export function tellPinned(
  io: Io,
  { vaults, clusters, environments }: Platform,
  { pinned, environment, vault }: SecretSet,
  written: number,
): void {
  if (!pinned || pinned.version === written) return;
  const { stack, cluster } = named(environments, environment);
  // The operator's stack holds the environment's job to the version, too.
  const { operator } = named(clusters, cluster!);
  io.out(
    `Pods in ${environment} get version ${pinned.version}, pinned: version ${written} reaches them when ${pinned.at} ` +
      `in the config is ${written}, and ${operator!.stack} and then ${stack} are applied.`,
  );
  const { maxVersions } = named(vaults, vault);
  const left = pinned.version - (written - maxVersions + 1);
  const kept = `the ${maxVersions} that Vault keeps (vaults.${vault}.maxVersions)`;
  if (left === 0)
    io.err(`warning: version ${pinned.version} is the oldest of ${kept}: the next value that is written removes it`);
  if (left < 0)
    io.err(`warning: version ${pinned.version} is not among ${kept} any more: pin a newer one, and apply that`);
}
