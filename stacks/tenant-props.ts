import type { AppTenantProps, IDatabaseConnection, ISecretSet } from "../constructs";
import { LONGEST_LEASE, type BoundDatabase, type KvPath, type Platform, type Tenant } from "../model";

/** How a stack knows what a tenant's parts are in or at. */
export interface TenantParts {
  /** The shared set that lies at a path. */
  setAt(path: KvPath): ISecretSet;
  /** The connection of a name. */
  connectionTo(name: string): IDatabaseConnection;
}

/**
 * What a tenant's constructs have in whichever stack they are: names, keys and what is stored beside the values.
 */
export function tenantProps(
  { placeholder }: Platform,
  tenant: Tenant,
  { setAt, connectionTo }: TenantParts,
): Omit<AppTenantProps, "mount"> {
  const { name, app, path, keys, generated, owner, rotateEvery, secretSet, pinned, delivery, shared, databases } =
    tenant;
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
    databases: Object.fromEntries(
      databases.map(({ called, role, connection, access, delivery: names }) => [
        called,
        {
          name: role,
          connection: connectionTo(connection),
          access,
          destination: names?.secret,
          vaultDynamicSecret: names?.vaultDynamicSecret,
        },
      ]),
    ),
    ...loginTimes(databases),
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

/**
 * How long the login lives of who gets dynamic credentials, which end with it: as long as they do without a renewal, so
 * that pods outlive an operator that is away for a while, and as long as they may at the most.
 */
function loginTimes(databases: readonly BoundDatabase[]): Pick<AppTenantProps, "tokenTtl" | "tokenMaxTtl"> {
  const ttls = databases.flatMap(({ access }) => (access.type === "dynamic" ? access.ttl : []));
  const longest = ttls.sort((a, b) => b.seconds - a.seconds)[0];
  return longest ? { tokenTtl: longest, tokenMaxTtl: LONGEST_LEASE } : {};
}
