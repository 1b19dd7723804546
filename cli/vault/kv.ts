import type { KvPath } from "../../model/kv-path";
import type { VaultClient } from "./client";
import { VaultError } from "./errors";
import { SecretValue } from "./secret-value";

/** Who did something to a version. Source: answers of Vault 1.21.1; older servers do not say. */
interface KvActor {
  /** E.g. `userpass-sample-node-api-user` or `root`. */
  readonly actor: string;
  /** `create`, `update`, `patch`, `delete`, … */
  readonly operation?: string;
  readonly entity_id?: string;
}

/** One version's facts, without its values. Times are ISO 8601, UTC. */
export interface KvVersion {
  readonly version: number;
  readonly created_time: string;
  /** Empty unless it was deleted, or will be (`delete_version_after`). */
  readonly deletion_time: string;
  /** Its values are gone for good. */
  readonly destroyed: boolean;
  /** @default undefined: the server is older than 1.21. */
  readonly created_by?: KvActor | null;
  readonly deleted_by?: KvActor | null;
}

/** `<mount>/metadata/<path>`: what is known about a secret set without reading a value. */
export interface KvMetadata {
  readonly current_version: number;
  readonly created_time: string;
  /** How many versions are kept of this set; 0: as many as the mount says. */
  readonly max_versions?: number;
  /** By number, the oldest first. */
  readonly versions: readonly KvVersion[];
}

/** A secret set's key names, without values. */
export interface KvSubkeys {
  /** Sorted; of a nested value the outer name alone. */
  readonly keys: readonly string[];
  /** The version they were read from, for the next write's check-and-set. */
  readonly version: number;
  /** Whether that version is deleted or destroyed: then there are no keys. */
  readonly deleted: boolean;
}

/** Values to store, by key; null takes the key out. */
type KvValues = Readonly<Record<string, SecretValue | string | null>>;

/**
 * kv-v2 on a VaultClient. Every write is a check-and-set: a person's value that came in between is never overwritten.
 */
export class KvClient {
  constructor(private readonly vault: VaultClient) {}

  /** What is known without reading values; undefined if there is no such secret set. */
  async metadata(path: KvPath): Promise<KvMetadata | undefined> {
    type Raw = Omit<KvMetadata, "versions"> & { versions: Record<string, Omit<KvVersion, "version">> };
    const raw = await this.vault.readIfPresent<Raw>(path.metadata());
    if (!raw) return undefined;
    const versions = Object.entries(raw.versions).map(([version, facts]) => ({ version: Number(version), ...facts }));
    return { ...raw, versions: versions.sort((a, b) => a.version - b.version) };
  }

  /**
   * The key names of a version; undefined if there is none. Reads no value.
   * @param version @default the current one
   */
  async subkeys(path: KvPath, version?: number): Promise<KvSubkeys | undefined> {
    type Raw = { readonly subkeys: object | null; readonly metadata: { readonly version: number } };
    const query = version === undefined ? undefined : { version: String(version) };
    const raw = await this.vault.read<Raw>(path.subkeys(), { query }).catch((error: unknown) => {
      // For a deleted version Vault answers 404 with the version's facts in `data`.
      if (!(error instanceof VaultError) || error.kind !== "notFound" || error.errors.length > 0) throw error;
      return error.data as Raw | undefined;
    });
    return (
      raw && {
        keys: Object.keys(raw.subkeys ?? {}).sort(),
        version: raw.metadata.version,
        deleted: raw.subkeys === null,
      }
    );
  }

  /** The values of the current version, by key. Throws kind `notFound` where that is deleted, or there is none. */
  async values(path: KvPath): Promise<ReadonlyMap<string, SecretValue<unknown>>> {
    const { data } = await this.vault.read<{ readonly data: object }>(path.data());
    return new Map(Object.entries(data).map(([key, value]) => [key, new SecretValue<unknown>(value)]));
  }

  /**
   * Writes a version of these values alone, if the current one is `cas` (0: there is none). Returns the new version.
   * Throws kind `casMismatch`.
   */
  async put(path: KvPath, values: KvValues, cas: number): Promise<number> {
    const body = { options: { cas }, data: values };
    return (await this.vault.write<{ readonly version: number }>(path.data(), body)).data.version;
  }

  /**
   * Writes the given keys and leaves the others, if the current version is `cas`. Returns the new version. Throws kinds
   * `casMismatch` and `notFound`.
   */
  async patch(path: KvPath, values: KvValues, cas: number): Promise<number> {
    const { data } = await this.vault.patch<{ readonly version: number }>(path.data(), {
      options: { cas },
      data: values,
    });
    return data.version;
  }
}
