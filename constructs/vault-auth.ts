import type { IVaultConnection } from "./vault-connection";
import type { IWorkload, ServiceAccountLogin } from "./workload";

/** The `spec` of a workload's VaultAuth. Its own namespace alone may use it: `allowedNamespaces` is left out. */
export function vaultAuthSpec(workload: IWorkload, connection: IVaultConnection, login: ServiceAccountLogin): object {
  const { type, path } = login.authMethod;
  const account = {
    role: workload.name,
    serviceAccount: login.serviceAccount,
    audiences: [login.audience],
    tokenExpirationSeconds: 600,
  };
  return { vaultConnectionRef: connection.name, mount: path, method: type, [type]: account };
}
