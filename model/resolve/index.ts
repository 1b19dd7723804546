import { serverRelease } from "../addresses";
import { boundSets } from "../bound-sets";
import type { BackupConfig } from "../config/backup";
import type { PlatformConfig } from "../config/platform";
import { platformSchema } from "../config/schema";
import { Duration } from "../duration";
import { KvPath } from "../kv-path";
import {
  OIDC_MOUNT,
  USERPASS_MOUNT,
  type AuthMount,
  type Backup,
  type Cluster,
  type ClusterAuth,
  type Environment,
  type Installation,
  type Platform,
  type Tenant,
  type Vault,
} from "../platform";
import { ConfigError, type Problem, type Report } from "../problems";
import { checkCollisions } from "./collisions";
import { checkDatabases, resolveDatabases, withDatabases } from "./databases";
import { checkOidc, resolveOidc } from "./login";
import { resolveGroups, resolveUsers } from "./people";
import { pipelinesMount, resolvePipelines } from "./pipelines";
import { checkReferences } from "./references";
import { checkSafeguards } from "./safeguards";
import { resolveStacks } from "./stacks";
import { withTokenCaches } from "./token-cache";
import { serverOf } from "../versions";
import { resolveSharedSets, withSharedSets } from "./shared-sets";
import { resolveTenants } from "./tenants";

/**
 * Fills in every default, makes every name and checks every rule. Shapes and references are reported all at once; what
 * two things would share is judged when each is right by itself.
 *
 * Throws a ConfigError with every mistake: its config path, what was given, what is accepted, and a hint.
 */
export function resolvePlatform(config: PlatformConfig): Platform {
  const problems: Problem[] = [];
  const report: Report = (at, given, accepted, hint) => {
    problems.push({ at, given, accepted, hint });
    return false;
  };
  const settle = () => {
    if (problems.length) throw new ConfigError(problems);
  };
  platformSchema(config, "", report);
  if (typeof config === "object" && config !== null && !Array.isArray(config)) checkReferences(config, report);
  settle();

  const clusters = resolveClusters(config);
  const vaults = resolveVaults(config, clusters);
  const stated = resolveEnvironments(config);
  const apps = resolveTenants(config, { vaults, clusters, environments: stated }, report);
  const sharedSets = resolveSharedSets(config, { vaults, environments: stated, tenants: apps }, report);
  const tenants = withDatabases(config, withSharedSets(config, apps, sharedSets, report), report);
  const environments = withDelivery(config, stated, tenants);
  const sets = [...tenants, ...sharedSets];
  const groups = resolveGroups(config, { vaults, environments, sets }, report);
  const users = resolveUsers(config, groups, vaults);
  const backend = config.backend ?? { type: "local" };
  const stacks = resolveStacks({ vaults, clusters, environments, backend });
  const platform: Platform = {
    name: config.name,
    placeholder: config.placeholder ?? "TBD",
    backend,
    vaults,
    clusters: withTokenCaches(clusters, vaults, tenants),
    environments,
    stacks,
    apps: Object.keys(config.apps).map((name) => ({ name })),
    tenants,
    sharedSets,
    sets,
    databases: resolveDatabases(config, tenants),
    groups,
    users,
    waivers: config.waivers ?? [],
    ...(config.pipelines && { pipelines: resolvePipelines(config.pipelines, stacks) }),
  };
  settle();
  checkOidc(config, platform, report);
  checkCollisions(platform, report);
  checkDatabases(platform, report);
  checkSafeguards(platform, report);
  settle();
  return platform;
}

function operatorNamespace(config: PlatformConfig, cluster: string): string {
  return config.clusters[cluster]?.operator?.namespace ?? `${config.name}-vault-secrets-operator`;
}

function resolveVaults(config: PlatformConfig, clusters: readonly Cluster[]): Vault[] {
  return Object.entries(config.vaults).map(([name, vault]): Vault => {
    const installation = resolveInstallation(config, name);
    const mount = vault.mount ?? "kvv2";
    const oidc = resolveOidc(vault);
    return {
      name,
      server: vault.version ?? serverOf(installation?.image),
      installation,
      stack: installation && `${config.name}-vault-${name}`,
      accessStack: `${config.name}-access-${name}`,
      address: vault.address,
      ca: vault.ca,
      mount,
      maxVersions: vault.maxVersions ?? 10,
      tokenTtl: Duration.parse(vault.tokenTtl) ?? Duration.of("1h"),
      tokenMaxTtl: Duration.parse(vault.tokenMaxTtl) ?? Duration.of("8h"),
      ...(oidc && { oidc }),
      ...(vault.login?.secondFactor && { secondFactor: vault.login.secondFactor }),
      audit:
        vault.audit ??
        (installation
          ? [
              { type: "file", path: "/vault/audit/audit.log" },
              { type: "file", path: "stdout" },
            ]
          : []),
      unsafeWithout: vault.unsafeWithout ?? {},
      adopted: vault.adopted ?? {},
      authMounts: [
        { path: USERPASS_MOUNT, type: "userpass" },
        ...(oidc ? [{ path: OIDC_MOUNT, type: "oidc" } as const] : []),
        ...clusters.flatMap(({ auths }) =>
          auths
            .filter((auth) => auth.vault === name)
            .map(({ mount: path, cluster, login }): AuthMount => {
              return { path, type: login.type === "jwt" ? "jwt" : "kubernetes", cluster };
            }),
        ),
        ...(config.pipelines ? [{ path: pipelinesMount(config.pipelines), type: "jwt" } as const] : []),
      ],
      root: new KvPath(mount, config.name),
    };
  });
}

function resolveInstallation(config: PlatformConfig, name: string): Installation | undefined {
  // The rest is of the Vault, be it installed or not.
  const {
    address,
    version,
    ca,
    mount,
    maxVersions,
    tokenTtl,
    tokenMaxTtl,
    login,
    audit,
    unsafeWithout,
    adopted,
    ...install
  } = config.vaults[name]!;
  const { cluster, mode = "standalone", namespace = `${config.name}-vault`, backup, ...rest } = install;
  if (cluster === undefined) return undefined;
  const served = Object.values(config.environments).some((e) => e.vault === name && e.cluster === cluster);
  return {
    ...rest,
    cluster,
    namespace,
    release: serverRelease(namespace),
    mode,
    replicas: mode === "ha" ? (rest.replicas ?? 3) : 1,
    operatorNamespaces: served ? [operatorNamespace(config, cluster)] : [],
    ...(backup && { backup: resolveBackup(backup) }),
  };
}

function resolveBackup({ schedule = "0 0,6,12,18 * * *", to, keep }: BackupConfig): Backup {
  return { schedule, to, keep: Duration.parse(keep) ?? Duration.of("14d") };
}

function resolveClusters(config: PlatformConfig): Cluster[] {
  return Object.entries(config.clusters).map(([name, cluster]): Cluster => {
    const used = Object.values(config.environments).filter((e) => e.cluster === name);
    const auths = Object.entries(config.vaults)
      // The job that takes snapshots logs in there too.
      .filter(([vault, { backup, cluster: home }]) => used.some((e) => e.vault === vault) || (backup && home === name))
      .map(([vault, { cluster: home }]): ClusterAuth =>
        home === name
          ? { vault, cluster: name, mount: "kubernetes", login: { type: "vault" } }
          : { vault, cluster: name, mount: `kubernetes-${name}`, login: cluster.login! },
      );
    return {
      name,
      context: cluster.context,
      kubeconfig: cluster.kubeconfig ?? "~/.kube/config",
      auths,
      ...(cluster.pipelines && { pipelines: cluster.pipelines }),
      operator: used.length
        ? { ...cluster.operator, namespace: operatorNamespace(config, name), stack: `${config.name}-operator-${name}` }
        : undefined,
    };
  });
}

function resolveEnvironments(config: PlatformConfig): Environment[] {
  return Object.entries(config.environments).map(([name, environment]) => ({
    name,
    stack: `${config.name}-${name}`,
    vault: environment.vault,
    cluster: environment.cluster,
    createNamespace: environment.createNamespace ?? true,
    protected: environment.protected ?? false,
    refreshAfter: Duration.parse(environment.refreshAfter) ?? Duration.of("1m"),
    restarts: environment.restarts ?? "manual",
    pinnedVersions: environment.pinnedVersions ?? "optional",
    delivery: environment.delivery ?? "manifests",
    movesDelivery: environment.movesDelivery ?? false,
    authority: environment.authority ?? config.authority ?? "environment",
    secretOwner: environment.secretOwner ?? config.secretOwner ?? "terraform",
    backend: environment.backend ?? config.backend ?? { type: "local" },
  }));
}

/**
 * Bindings of an environment, above which a plan of their manifests takes longer than ten seconds: two manifests each,
 * five a second (docs/decisions/0030-bindings-as-a-chart.md).
 */
const MOST_MANIFESTS = 25;

/** The environments, each with its way of delivery: where the config says none, its number of bindings decides. */
function withDelivery(
  { environments: stated }: PlatformConfig,
  environments: readonly Environment[],
  tenants: readonly Tenant[],
): Environment[] {
  return environments.map((environment) => {
    const here = ({ environment: name, delivery }: Pick<Tenant, "environment" | "delivery">) =>
      name === environment.name && delivery !== undefined;
    const databases = tenants.filter(here).flatMap((tenant) => tenant.databases);
    const bindings = boundSets(tenants).filter(here).length + databases.length;
    const byNumber = bindings > MOST_MANIFESTS ? "chart" : "manifests";
    return { ...environment, delivery: stated[environment.name]?.delivery ?? byNumber };
  });
}
