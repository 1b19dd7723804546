export { operatorAlerts, ROTATION_DUE, serverAlerts, serverMonitor, type AlertedServer } from "./alerts";
export { addressVariable, inClusterAddress, vaultAddressIn } from "./addresses";
export { auditDeviceName, auditOptions } from "./audit-device";
export {
  BACKUP,
  BACKUP_ROLE,
  backupJob,
  backupLabels,
  backupRole,
  backupScript,
  jobFacts,
  SNAPSHOT_PATH,
} from "./backup";
export { BINDINGS_CHART, releasedKey, type ReleasedObject } from "./bindings-chart";
export { backendSettings } from "./backend-settings";
export { chartArchive, chartSource, imageOf } from "./chart-source";
export { METADATA, metadataOf, type DatabaseMetadata, type SecretSetMetadata, type StackMetadata } from "./metadata";
export type * from "./config/adopted";
export type * from "./config/alerts";
export { boundSets } from "./bound-sets";
export type * from "./config/app";
export type * from "./config/backend";
export type * from "./config/backup";
export type * from "./config/cluster";
export type * from "./config/database";
export type * from "./config/environment";
export type * from "./config/login";
export * from "./config/waivers";
export type * from "./config/generated";
export type * from "./config/people";
export type * from "./config/pipelines";
export * from "./config/platform";
export type * from "./config/shared-set";
export type * from "./config/unsafe";
export type * from "./config/vault";
export type * from "./config/volume";
export * from "./databases";
export * from "./token-cache";
export { digestsOf, PINNED, type Digests, type DigestsFile, type PinnedName } from "./digests";
export * from "./duration";
export { generatedBy, type Generated } from "./generated";
export { keysOfEnvExample, type EnvExampleOptions } from "./env-example";
export * from "./kv-path";
export { externalGroups, oidcLogin, oidcMount, oidcRole } from "./oidc";
export * from "./platform";
export { ConfigError, didYouMean, problemText, type Problem } from "./problems";
export { OWN_PASSWORD_POLICY } from "./resolve/collisions";
export { resolvePlatform } from "./resolve";
export { setsOf } from "./resolve/people";
export { step } from "./schema";
export { guardedGroups, issuerOf, SECOND_FACTOR, totpMethod } from "./second-factor";
export { isOpen, nextOpening } from "./restart-window";
export { certificateNames, sealAttributes, secretFolder, tlsSecret } from "./server";
export { IN_CLUSTER_HOST, JOBS_API_SERVER, VAULT_CA, type Trust, type TrustFacts } from "./trust";
export { advisoriesOf, isFixed, isServer, serverOf, VERSIONS, type Advisory } from "./versions";
