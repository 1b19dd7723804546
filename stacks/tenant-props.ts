import type { AppTenantProps } from "../constructs";
import type { Platform, Tenant } from "../model";

/** What a tenant's constructs have in whichever stack they are: names, keys and what is stored beside the values. */
export function tenantProps({ placeholder }: Platform, tenant: Tenant): Omit<AppTenantProps, "mount"> {
  const { name, app, path, keys, owner, rotateEvery, secretSet, delivery } = tenant;
  return {
    name,
    path: path.path,
    keys,
    owner,
    rotateEvery,
    state: secretSet,
    placeholder,
    labels: { "app.kubernetes.io/name": app, "app.kubernetes.io/managed-by": "vault-tenancy" },
    ...(delivery && {
      namespace: delivery.namespace,
      serviceAccount: delivery.serviceAccount,
      destination: delivery.secret,
      vaultAuth: delivery.vaultAuth,
      vaultStaticSecret: delivery.vaultStaticSecret,
      restartTargets: delivery.restartTargets,
    }),
  };
}
