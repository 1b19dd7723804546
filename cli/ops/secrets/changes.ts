import { names, type SetFacts } from "./facts";

/** One change of a secret set. This is what `secrets changes --json` prints; docs/secrets.md describes it. */
export interface Change {
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Null for a path that is not in the config, which only an audit log shows. */
  readonly app: string | null;
  readonly environment: string | null;
  /** With the mount, without an API prefix. */
  readonly path: string;
  /**
   * `create`, `update`, `patch`, `delete`, `undelete`, `destroy`, `delete everything`, `metadata`; `write` where Vault
   * does not say which.
   */
  readonly operation: string;
  /** The version that it made, or concerned; null where the source does not say. */
  readonly version: number | null;
  /** Who did it; null where Vault does not say (before 1.21). */
  readonly by: string | null;
  /** The keys that were written, never their values; null where the source does not say (version metadata does not). */
  readonly keys: readonly string[] | null;
}

/**
 * The changes of sets since a time, as the metadata of the versions that are still kept tells them. It does not tell of
 * undelete and destroy, nor of versions beyond the number that is kept: an audit log does. Pure.
 */
export function changesOf(facts: readonly SetFacts[], since: Date, now: Date): Change[] {
  return facts
    .flatMap(({ tenant, metadata }) =>
      (metadata?.versions ?? []).flatMap((version): Change[] => {
        const { created_by: writer, deleted_by: deleter } = version;
        const base = { ...names(tenant), version: version.version, keys: null };
        return [
          { ...base, time: version.created_time, operation: writer?.operation ?? "write", by: writer?.actor ?? null },
          // A deletion time that lies ahead is a plan (delete_version_after), not a change; without one it is empty.
          { ...base, time: version.deletion_time, operation: "delete", by: deleter?.actor ?? null },
        ];
      }),
    )
    .filter((change) => isWithin(change, since, now))
    .sort(byTime);
}

/** Whether a change lies between two times; one without a time does not. */
export function isWithin({ time }: Change, since: Date, now: Date): boolean {
  return Date.parse(time) >= since.getTime() && Date.parse(time) <= now.getTime();
}

/** For `sort`: the oldest first, then by path. */
export function byTime(a: Change, b: Change): number {
  return Date.parse(a.time) - Date.parse(b.time) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
}
