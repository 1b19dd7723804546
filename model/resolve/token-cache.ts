import { vaultAddressIn } from "../addresses";
import { AUDIENCE, named, type Cluster, type Tenant, type Vault } from "../platform";
import type { TokenCache } from "../token-cache";

/** The operator's own service account, as its chart calls it. */
const OPERATOR_ACCOUNT = "vault-secrets-operator-controller-manager";

/** Clusters, each with the token cache of an operator that gets dynamic credentials of databases. */
export function withTokenCaches(
  clusters: readonly Cluster[],
  vaults: readonly Vault[],
  tenants: readonly Tenant[],
): Cluster[] {
  return clusters.map((cluster) => {
    const tokenCache = tokenCacheOf(cluster, vaults, tenants);
    return { ...cluster, ...(tokenCache && { tokenCache }) };
  });
}

/** In the first Vault of the config that makes dynamic credentials for the cluster. */
function tokenCacheOf(
  { name: cluster, auths, operator }: Cluster,
  vaults: readonly Vault[],
  tenants: readonly Tenant[],
): TokenCache | undefined {
  const makers = tenants.filter(
    ({ delivery, databases }) =>
      delivery?.cluster === cluster && databases.some(({ access }) => access.type === "dynamic"),
  );
  const auth = auths.find((each) => makers.some(({ vault }) => vault === each.vault));
  if (!auth || !operator) return undefined;
  const vault = named(vaults, auth.vault);
  return {
    name: `vault-secrets-operator-${cluster}`,
    vault: vault.name,
    address: vaultAddressIn(cluster, vault),
    ...(vault.ca && { ca: vault.ca }),
    authMount: auth.mount,
    type: auth.login.type === "jwt" ? "jwt" : "kubernetes",
    namespace: operator.namespace,
    serviceAccount: OPERATOR_ACCOUNT,
    audience: AUDIENCE,
  };
}
