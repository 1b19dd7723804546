import type { DurationText } from "../duration";
import type { VolumeConfig } from "./volume";

/**
 * Snapshots of a server's raft storage, taken in its cluster. A snapshot holds what the storage holds: everything,
 * encrypted by the keyring that the seal protects, so that it is of use only to who can unseal (the same key shares, or
 * the same key of the cloud or the other Vault). Source: Vault's documentation, "Security model" ("the storage backend
 * … never sees plain text") and the API's "/sys/storage/raft/snapshot".
 */
export interface BackupConfig {
  /**
   * When, in UTC: a cron expression of five fields (minute, hour, day of the month, month, day of the week).
   * @default "0 0,6,12,18 * * *"
   */
  readonly schedule?: string;
  /** Where the snapshots are kept. */
  readonly to: BackupTarget;
  /**
   * How long a snapshot is kept. Older ones go only after a newer one is there whole.
   * @default "14d"
   */
  readonly keep?: DurationText;
}

/** Where snapshots are kept. */
export interface BackupTarget {
  /**
   * A volume of its own in the server's namespace. It is in the same cluster: whoever loses that loses both, unless the
   * storage class keeps copies elsewhere.
   */
  readonly volume: VolumeConfig;
}
