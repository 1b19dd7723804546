/** Vault's HTTP API for the operations program. */
export { VaultClient, type RequestOptions, type VaultClientOptions } from "./client";
export { VaultError, type VaultErrorKind } from "./errors";
export { KvClient, type KvMetadata, type KvSubkeys, type KvVersion } from "./kv";
export type { SealStatus, VaultAuth } from "./responses";
export { SecretValue, withoutTokens } from "./secret-value";
