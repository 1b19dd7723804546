export { EphemeralBlock, RemovedBlock, ThinResource, type Arguments } from "./block";
export { KubernetesAuthConfig, type KubernetesAuthConfigProps } from "./kubernetes-auth-config";
export { UserpassUser, type UserpassUserProps } from "./userpass-user";
export { VaultPolicy, type VaultPolicyProps } from "./vault-policy";
