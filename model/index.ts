export { operatorAlerts, serverAlerts, serverMonitor, type AlertedServer } from "./alerts";
export { addressVariable, inClusterAddress } from "./addresses";
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
export { backendSettings } from "./backend-settings";
export { chartArchive, chartSource, imageOf } from "./chart-source";
export { METADATA, metadataOf, type SecretSetMetadata, type StackMetadata } from "./metadata";
export * from "./config/alerts";
export * from "./config/app";
export * from "./config/backend";
export * from "./config/backup";
export * from "./config/cluster";
export * from "./config/environment";
export * from "./config/waivers";
export * from "./config/people";
export * from "./config/pipelines";
export * from "./config/platform";
export * from "./config/unsafe";
export * from "./config/vault";
export * from "./config/volume";
export { digestsOf, PINNED, type Digests, type DigestsFile, type PinnedName } from "./digests";
export * from "./duration";
export * from "./kv-path";
export * from "./platform";
export { ConfigError, didYouMean, problemText, type Problem } from "./problems";
export { OWN_PASSWORD_POLICY } from "./resolve/collisions";
export { resolvePlatform } from "./resolve";
export { certificateNames, sealAttributes, secretFolder, tlsSecret } from "./server";
export { IN_CLUSTER_HOST, JOBS_API_SERVER, type Trust, type TrustFacts } from "./trust";
export { advisoriesOf, isFixed, isServer, serverOf, VERSIONS, type Advisory } from "./versions";
