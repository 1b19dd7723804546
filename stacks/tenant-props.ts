import type { AppTenantProps, ISecretSet } from "../constructs";
import type { KvPath, Platform, Tenant } from "../model";

/**
 * What a tenant's constructs have in whichever stack they are: names, keys and what is stored beside the values.
 * @param setAt the shared set that lies at a path
 */
export function tenantProps(
  { placeholder }: Platform,
  tenant: Tenant,
  setAt: (path: KvPath) => ISecretSet,
): Omit<AppTenantProps, "mount"> {
  const { name, app, path, keys, generated, owner, rotateEvery, secretSet, pinned, delivery, shared } = tenant;
  const bound = shared.map(({ app: set, path: at, keys: its, generated: made, pinned: held, delivery: names }) => [
    set,
    {
      secretSet: setAt(at),
      keys: its,
      generated: [...made.keys()],
      ...(held && { pinnedVersion: held.version }),
      destination: names?.secret,
      vaultStaticSecret: names?.vaultStaticSecret,
    },
  ]);
  return {
    name,
    path: path.path,
    keys,
    generated: [...generated.keys()],
    owner,
    rotateEvery,
    state: secretSet,
    ...(pinned && { pinnedVersion: pinned.version }),
    placeholder,
    shared: Object.fromEntries(bound) as AppTenantProps["shared"],
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
