export { Duration, KvPath } from "../model";
export type {
  AccessLevel,
  AuditConfig,
  Backup,
  BackupTarget,
  CaConfig,
  ChartConfig,
  ClusterLogin,
  DatabaseAccess,
  ImageConfig,
  RestartTarget,
  SealConfig,
  SecretOwner,
  SecretSetState,
  TlsConfig,
  TokenCacheSettings,
} from "../model";
export type { PolicyRule } from "../policies/write";
export { AppNamespace, type AppNamespaceProps, type IAppNamespace } from "./app-namespace";
export { AppTenant, type AppTenantProps, type TenantDatabase } from "./app-tenant";
export { AuditDevices, type AuditDevicesProps } from "./audit-devices";
export { AuthMethod, type AuthMethodProps, type IAuthMethod } from "./auth-method";
export { BackupRole, type BackupRoleProps } from "./backup-role";
export { BindingsRelease, type BindingsReleaseProps } from "./bindings-release";
export type { ObjectDelivery } from "./delivered-object";
export {
  DatabaseConnection,
  DatabaseMount,
  type DatabaseConnectionProps,
  type DatabaseMountProps,
  type IDatabaseConnection,
  type IDatabaseMount,
} from "./database-connection";
export { DatabaseRole, type DatabaseRoleProps, type IDatabaseRole } from "./database-role";
export type { BoundDatabaseRole, DatabaseBindingNames } from "./dynamic-secret";
export { EnvSecretSet, type EnvSecretSetProps, type ISecretSet, type SecretSetReference } from "./env-secret-set";
export { EphemeralPassword, type EphemeralPasswordProps } from "./ephemeral-password";
export type { Grant, IGrantee } from "./grant";
export { ExternalGroup, type ExternalGroupProps } from "./external-group";
export { Group, type GroupProps } from "./group";
export { KvMount, type IKvMount, type KvMountProps } from "./kv-mount";
export { OidcLogin, type OidcLoginProps } from "./oidc-login";
export { OperatorAdmission, type AdmittedObjects, type OperatorAdmissionProps } from "./operator-admission";
export { OperatorInstall, type OperatorInstallProps } from "./operator-install";
export { OperatorTokenCache, TransitMount, type OperatorTokenCacheProps } from "./operator-token-cache";
export { Person, type PersonProps } from "./person";
export { PipelineRights, type PipelineRightsProps } from "./pipeline-rights";
export { PipelineRole, type PipelineRoleProps } from "./pipeline-role";
export { Policy, type PolicyProps } from "./policy";
export { pinProviders, type ProviderName } from "./providers";
export { SecondFactor, type SecondFactorProps } from "./second-factor";
export { SecretFolder } from "./secret-folder";
export { Userpass, type UserpassProps } from "./userpass";
export { VaultConnection, type IVaultConnection, type VaultConnectionProps } from "./vault-connection";
export { VaultInstall, type VaultInstallProps } from "./vault-install";
export { VsoBinding, type BoundSecretSet, type VsoBindingOptions, type VsoBindingProps } from "./vso-binding";
export { Workload, type IWorkload, type ServiceAccountLogin, type WorkloadProps } from "./workload";
