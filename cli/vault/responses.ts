import { SecretValue } from "./secret-value";

/** What a login or a token creation returns. */
export interface VaultAuth {
  readonly token: SecretValue;
  /** Safe to show: it looks the token up or revokes it, and cannot be used in its place. */
  readonly accessor: string;
  /** Policies of the token itself. */
  readonly tokenPolicies: readonly string[];
  /** Policies that come from the identity's groups. */
  readonly identityPolicies: readonly string[];
  readonly entityId: string;
  /** Seconds. */
  readonly ttl: number;
  readonly renewable: boolean;
}

/** A response that Vault keeps for one unwrapping. */
export interface WrapInfo {
  /** The single-use token. */
  readonly token: SecretValue;
  readonly accessor: string;
  /** Seconds. */
  readonly ttl: number;
  /** ISO 8601, UTC. */
  readonly creationTime: string;
  readonly creationPath: string;
}

/** Vault's answer to a successful request. */
export interface VaultResponse<T> {
  /**
   * The `data` of the answer; for the few `sys/` paths that have none, the whole answer. Undefined when Vault answers
   * without a body.
   */
  readonly data: T;
  readonly auth: VaultAuth | undefined;
  readonly wrapInfo: WrapInfo | undefined;
  readonly warnings: readonly string[];
}

/** `sys/health`, whatever the state. */
export interface VaultHealth {
  readonly initialized: boolean;
  readonly sealed: boolean;
  readonly standby: boolean;
  /** E.g. `1.21.1`. */
  readonly version: string;
  readonly cluster_name?: string;
}

/** `sys/seal-status`. */
export interface SealStatus {
  /** `shamir`, or the automatic seal's type. */
  readonly type: string;
  readonly initialized: boolean;
  readonly sealed: boolean;
  /** Key shares that unseal it. */
  readonly t: number;
  /** Key shares that there are. */
  readonly n: number;
  /** Key shares given so far. */
  readonly progress: number;
  readonly version: string;
  readonly storage_type: string;
  readonly recovery_seal: boolean;
}

/** Vault's JSON envelope, as far as it is used. Source: Vault's API documentation. */
export interface Envelope {
  readonly data?: unknown;
  readonly errors?: readonly string[];
  readonly warnings?: readonly string[] | null;
  readonly auth?: {
    readonly client_token: string;
    readonly accessor: string;
    readonly token_policies?: readonly string[] | null;
    readonly identity_policies?: readonly string[] | null;
    readonly entity_id: string;
    readonly lease_duration: number;
    readonly renewable: boolean;
  } | null;
  readonly wrap_info?: {
    readonly token: string;
    readonly accessor: string;
    readonly ttl: number;
    readonly creation_time: string;
    readonly creation_path: string;
  } | null;
}

/** Vault's envelope as this code's types, its tokens hidden. */
export function toResponse<T>(envelope: Envelope | undefined): VaultResponse<T> {
  const { auth, wrap_info: wrap } = envelope ?? {};
  // Some sys/ paths answer without an envelope. One that carries a token always has it, and never goes out as data.
  const bare = envelope && !auth && !wrap && !("data" in envelope);
  return {
    data: (bare ? envelope : envelope?.data) as T,
    auth: auth
      ? {
          token: new SecretValue(auth.client_token),
          accessor: auth.accessor,
          tokenPolicies: auth.token_policies ?? [],
          identityPolicies: auth.identity_policies ?? [],
          entityId: auth.entity_id,
          ttl: auth.lease_duration,
          renewable: auth.renewable,
        }
      : undefined,
    wrapInfo: wrap
      ? {
          token: new SecretValue(wrap.token),
          accessor: wrap.accessor,
          ttl: wrap.ttl,
          creationTime: wrap.creation_time,
          creationPath: wrap.creation_path,
        }
      : undefined,
    warnings: envelope?.warnings ?? [],
  };
}
