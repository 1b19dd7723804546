/** Vault's HTTP API for the operations program. */
export {
  undefinedIfAbsent,
  VaultClient,
  type RequestOptions,
  type TokenProvider,
  type VaultClientOptions,
} from "./client";
export { kindOf, VaultError, type FailedAnswer, type FailedRequest, type VaultErrorKind } from "./errors";
export {
  KvClient,
  type KvActor,
  type KvData,
  type KvMetadata,
  type KvMetadataSettings,
  type KvSubkeys,
  type KvValues,
  type KvVersion,
} from "./kv";
export type { SealStatus, VaultAuth, VaultHealth, VaultResponse, WrapInfo } from "./responses";
export type { RetryOptions } from "./retry";
export { SecretValue, withoutTokens } from "./secret-value";
