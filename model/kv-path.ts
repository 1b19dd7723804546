/**
 * Where a kv-v2 secret lies: its mount and its path inside it, with each of the API's prefixes spelled once, here.
 * Source: Vault's API documentation, "KV secrets engine - version 2".
 */
export class KvPath {
  constructor(
    /** The kv-v2 mount, one path segment, e.g. `kvv2`. */
    readonly mount: string,
    /** The path inside the mount, without slashes at its ends, e.g. `sample/sample-node-api/sample-node-api-dev`. */
    readonly path: string,
  ) {}

  /** The path one level down. */
  child(segment: string): KvPath {
    return new KvPath(this.mount, `${this.path}/${segment}`);
  }

  /** Values: read, create, update, patch, soft delete of the latest version. */
  data(): string {
    return `${this.mount}/data/${this.path}`;
  }

  /** Versions and custom metadata; `delete` here destroys every version. */
  metadata(): string {
    return `${this.mount}/metadata/${this.path}`;
  }

  /** Key names without values. */
  subkeys(): string {
    return `${this.mount}/subkeys/${this.path}`;
  }

  /** Soft delete of given versions (`update`). */
  delete(): string {
    return `${this.mount}/delete/${this.path}`;
  }

  /** Takes a soft delete back (`update`). */
  undelete(): string {
    return `${this.mount}/undelete/${this.path}`;
  }

  /** Destroys given versions for good (`update`). */
  destroy(): string {
    return `${this.mount}/destroy/${this.path}`;
  }

  /** As people write it: `kvv2/sample/…`, without an API prefix. */
  toString(): string {
    return `${this.mount}/${this.path}`;
  }
}
