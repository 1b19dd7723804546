import { SecretValue } from "./secret-value";

/** What a login or a token creation returns. */
export interface VaultAuth {
  readonly token: SecretValue;
  /** Its policies: the token's own, and those that come from the identity's groups. */
  readonly policies: readonly string[];
  /** What is still wanted before there is a token; absent where the password was enough. */
  readonly secondFactor?: { readonly request: string; readonly methods: readonly string[] };
}

/** A response that Vault keeps for one unwrapping. */
export interface WrapInfo {
  /** The single-use token. */
  readonly token: SecretValue;
  /** Safe to show: it revokes the token, and cannot be used in its place. */
  readonly accessor: string;
  /** Seconds. */
  readonly ttl: number;
  /** ISO 8601, UTC. */
  readonly creationTime: string;
}

/** Vault's answer to a successful request. */
export interface VaultResponse<T> {
  /**
   * The `data` of the answer; for the few `sys/` paths that have none, the whole answer. Undefined when Vault answers
   * without a body.
   */
  readonly data: T;
  readonly auth?: VaultAuth;
  readonly wrapInfo?: WrapInfo;
}

/** `sys/seal-status`. */
export interface SealStatus {
  /** `shamir`, or the automatic seal's type. */
  readonly type: string;
  readonly initialized: boolean;
  readonly sealed: boolean;
  /** Key shares that unseal it. */
  readonly t: number;
  /** Key shares given so far. */
  readonly progress: number;
  readonly version: string;
  /** Undefined while it is sealed. */
  readonly cluster_id?: string;
  readonly storage_type: string;
}

/** Vault's JSON envelope, as far as it is used. Source: Vault's API documentation. */
export interface Envelope {
  readonly data?: unknown;
  readonly errors?: readonly string[];
  readonly auth?: {
    readonly client_token: string;
    readonly token_policies?: readonly string[] | null;
    readonly identity_policies?: readonly string[] | null;
    readonly mfa_requirement?: {
      readonly mfa_request_id: string;
      readonly mfa_constraints: { readonly [name: string]: { readonly any: readonly { readonly id: string }[] } };
    } | null;
  } | null;
  readonly wrap_info?: {
    readonly token: string;
    readonly accessor: string;
    readonly ttl: number;
    readonly creation_time: string;
  } | null;
}

/** Vault's envelope as this code's types, its tokens hidden. */
export function toResponse<T>(envelope: Envelope | undefined): VaultResponse<T> {
  const { auth, wrap_info: wrap } = envelope ?? {};
  // Some sys/ paths answer without an envelope. One that carries a token always has it, and never goes out as data.
  const bare = envelope && !auth && !wrap && !("data" in envelope);
  return {
    data: (bare ? envelope : envelope?.data) as T,
    ...(auth && {
      auth: {
        token: new SecretValue(auth.client_token),
        policies: [...(auth.token_policies ?? []), ...(auth.identity_policies ?? [])],
        ...(auth.mfa_requirement && {
          secondFactor: {
            request: auth.mfa_requirement.mfa_request_id,
            // Each of the enforcements wants one of its methods; ours have one.
            methods: Object.values(auth.mfa_requirement.mfa_constraints).flatMap(({ any }) => any[0]?.id ?? []),
          },
        }),
      },
    }),
    ...(wrap && {
      wrapInfo: {
        token: new SecretValue(wrap.token),
        accessor: wrap.accessor,
        ttl: wrap.ttl,
        creationTime: wrap.creation_time,
      },
    }),
  };
}
