import { named, type Cluster, type Environment, type Platform, type Vault } from "../../model";
import { oneOf } from "../ops/arguments";

/** What a run of `up` or `down` is about, in the config's order. */
export interface Scope {
  readonly vaults: readonly Vault[];
  readonly clusters: readonly Cluster[];
  readonly environments: readonly Environment[];
}

/**
 * The named environments with the Vaults and clusters that they need; everything when none is named. Throws a
 * UsageError, with the nearest name, for a name that is no environment.
 */
export function scopeOf(platform: Platform, names: readonly string[]): Scope {
  const known = platform.environments.map((environment) => environment.name);
  for (const name of names) oneOf("environment", name, known);
  if (names.length === 0) return platform;
  const environments = platform.environments.filter((environment) => names.includes(environment.name));
  const vaults = platform.vaults.filter((vault) =>
    environments.some((environment) => environment.vault === vault.name),
  );
  // The server's own cluster too, where it is installed and no environment of this run is there.
  const needed = new Set([
    ...environments.map((environment) => environment.cluster),
    ...vaults.map((vault) => vault.installation?.cluster),
  ]);
  return { vaults, clusters: platform.clusters.filter((cluster) => needed.has(cluster.name)), environments };
}

/** The clusters where an environment of this scope runs, and so the operator. */
export function clustersWithEnvironments({ clusters, environments }: Scope): Cluster[] {
  return clusters.filter((cluster) => environments.some((environment) => environment.cluster === cluster.name));
}

/**
 * A scope without some clusters: their environments and the Vaults installed there go too, and what needs those Vaults.
 */
export function withoutClusters(
  platform: Platform,
  scope: Scope,
  lost: ReadonlySet<string>,
  installs: (vault: Vault) => boolean,
): Scope {
  const vaults = scope.vaults.filter((vault) => !installs(vault) || !lost.has(vault.installation!.cluster));
  const environments = scope.environments.filter(
    (environment) =>
      (environment.cluster === undefined || !lost.has(environment.cluster)) &&
      vaults.includes(named(platform.vaults, environment.vault)),
  );
  return { vaults, environments, clusters: scope.clusters.filter((cluster) => !lost.has(cluster.name)) };
}
