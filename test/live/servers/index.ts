/**
 * Real servers for the live tests (../README.md): started on free loopback ports in temporary folders, gone when the
 * test process is.
 */
export { binaryFolders, findBinaries, findBinary, findOperator, requireBinary, type BinaryName } from "./binaries";
export { base64Forms, Canary, type CanaryHit } from "./canary";
export { chartsFolder } from "./charts";
export { CertificateAuthority, type Certificate, type CertificateSubject } from "./certificates";
export { JsonHttp, type Answer, type JsonRequest } from "./http";
export { describeLive, missingOf, testWith, type Need } from "./needs";
export { pause, ServerProcess, stopEverything, temporaryFolder, type ProcessOptions } from "./processes";
export { startPostgres, type Login, type PostgresServer } from "./postgres";
export { findTerraform, type TerraformFound } from "./terraform";
export { startVault, type InitResult, type VaultOptions, type VaultRequest, type VaultServer } from "./vault";
export { startKubernetes, type KubernetesCluster, type KubernetesOptions, type KubernetesRequest } from "./kubernetes";
