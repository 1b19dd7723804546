import type { SecretSetState } from "./config/app";
import { mergeValues } from "./chart-values";
import type { ChartValues } from "./config/cluster";
import type { UnsafeWithout } from "./config/unsafe";
import type { WaiverConfig } from "./config/waivers";
import type { DatabaseAccess } from "./databases";
import { tokenCacheValues } from "./token-cache";
import { trustOf, type Trust } from "./trust";
import { named, type Cluster, type Group, type Platform, type StackSpec, type StackKind } from "./platform";

/** A secret set, as the stack of its environment says it beside its resources. */
export interface SecretSetMetadata {
  /** The app, or the shared set's name. */
  readonly app: string;
  readonly mount: string;
  /** Inside the mount. */
  readonly path: string;
  readonly state: SecretSetState;
  /** Of a shared set: the apps that read it here. */
  readonly readBy?: readonly string[];
}

/** A database at an app, as the stack of its environment says it beside its resources. */
export interface DatabaseMetadata {
  readonly app: string;
  /** What the config calls it. */
  readonly called: string;
  readonly type: DatabaseAccess["type"];
  /** The role in Vault. */
  readonly role: string;
  /** The only connection that the role may have. */
  readonly connection: string;
}

/** An operator whose tokens are encrypted, as the access stack of the Vault that does it says it. */
export interface TokenCacheMetadata {
  /** The role, and the key. */
  readonly name: string;
  /** The auth mount. */
  readonly mount: string;
  /** The only service account that may take the role. */
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** Where a group may read values, and where only write them: paths with their mount, folders with a slash last. */
export interface WriteOnlyMetadata {
  readonly reads: readonly string[];
  readonly writesOnly: readonly string[];
}

/**
 * What a stack says of itself in its JSON, as the local value {@link METADATA}: nothing else in it tells which Vault
 * its resources are in, and whose. Terraform makes nothing of it; a reviewer and the access report read it. Absent
 * fields do not apply to the stack.
 */
export interface StackMetadata {
  readonly platform: string;
  readonly kind: StackKind;
  readonly vault?: string;
  readonly cluster?: string;
  readonly environment?: string;
  readonly protected?: boolean;
  /** Of an environment's stack: its secret sets, also those that it does not place. */
  readonly secretSets?: readonly SecretSetMetadata[];
  /** Of an environment's stack: the databases that its apps get credentials for. */
  readonly databases?: readonly DatabaseMetadata[];
  /** Of an access stack: its auth mounts of workloads, and the cluster whose service accounts log in at each. */
  readonly logins?: { readonly [mount: string]: string };
  /** Of an access stack: the operators whose tokens its Vault encrypts. */
  readonly tokenCaches?: readonly TokenCacheMetadata[];
  /** Of an operator's stack: the CI's jobs, as the API server knows them, and the environment of each that has one. */
  readonly jobs?: { readonly [user: string]: string };
  /** Whose word its resources take. */
  readonly trust: Trust;
  /** Of a server's or an operator's stack: the values of its chart that the config itself gives, or that follow. */
  readonly values?: ChartValues;
  /** Of an access stack: which server its Vault is, where it exists already; of others the vault stack installs it. */
  readonly server?: string;
  /** Of an access stack: its groups that may write what they may not read. */
  readonly writeOnly?: { readonly [group: string]: WriteOnlyMetadata };
  /** Of an access stack: what its Vault lacks although it should not, and why. */
  readonly unsafeWithout?: UnsafeWithout;
  /** Of an access stack: what the config says is meant in its Vault. */
  readonly waivers?: readonly WaiverConfig[];
}

/** Name of the local value; no construct of ours is called so. */
export const METADATA = "metadata";

/** What a stack of a platform says of itself. */
export function metadataOf(platform: Platform, stack: StackSpec): StackMetadata {
  const { kind, vault, cluster, environment } = stack;
  return {
    platform: platform.name,
    kind,
    ...(environment !== undefined && { environment }),
    ...(vault !== undefined && { vault }),
    ...(cluster !== undefined && { cluster }),
    ...(kind === "environment" && environmentMetadata(platform, environment!)),
    trust: trustOf(platform, stack),
    ...(kind === "access" && accessMetadata(platform, vault!)),
    ...(kind === "vault" && valuesOf(named(platform.vaults, vault!).installation)),
    ...(kind === "operator" && operatorMetadata(platform, named(platform.clusters, cluster!))),
  };
}

function valuesOf(chart: { readonly values?: ChartValues } | undefined): Pick<StackMetadata, "values"> {
  return chart?.values === undefined ? {} : { values: chart.values };
}

function operatorMetadata(
  { pipelines, stacks }: Platform,
  { name, operator, pipelines: known, tokenCache }: Cluster,
): Pick<StackMetadata, "values" | "jobs"> {
  const here = (pipelines?.identities ?? []).filter(({ cluster }) => cluster === name);
  return {
    ...valuesOf(tokenCache ? { values: mergeValues(tokenCacheValues(tokenCache), operator?.values) } : operator),
    ...(known && {
      jobs: Object.fromEntries(
        here.map(({ subject, stack }) => [`${known.userPrefix}${subject}`, named(stacks, stack).environment ?? ""]),
      ),
    }),
  };
}

function environmentMetadata(
  { environments, tenants, sharedSets }: Platform,
  name: string,
): Pick<StackMetadata, "protected" | "secretSets" | "databases"> {
  const databases = tenants
    .filter(({ environment }) => environment === name)
    .flatMap(({ app, databases: its }) =>
      its.map(({ called, access: { type }, role, connection }) => ({ app, called, type, role, connection })),
    );
  return {
    ...(databases.length > 0 && { databases }),
    protected: named(environments, name).protected,
    secretSets: [...tenants, ...sharedSets]
      .filter(({ environment }) => environment === name)
      .map((set) => ({
        app: set.app,
        mount: set.path.mount,
        path: set.path.path,
        state: set.secretSet,
        ...("readBy" in set && { readBy: set.readBy }),
      })),
  };
}

function accessMetadata(
  { vaults, clusters, groups, waivers }: Platform,
  name: string,
): Pick<StackMetadata, "logins" | "tokenCaches" | "server" | "unsafeWithout" | "writeOnly" | "waivers"> {
  const { authMounts, installation, server, unsafeWithout } = named(vaults, name);
  return {
    ...(!installation && { server }),
    ...(Object.keys(unsafeWithout).length > 0 && { unsafeWithout }),
    ...tokenCaches(clusters, name),
    logins: Object.fromEntries(authMounts.flatMap(({ path, cluster }) => (cluster ? [[path, cluster]] : []))),
    ...writeOnly(groups, name),
    waivers: waivers.filter(({ vault = name }) => vault === name),
  };
}

function tokenCaches(clusters: readonly Cluster[], vault: string): Pick<StackMetadata, "tokenCaches"> {
  const its = clusters.flatMap(({ tokenCache }) => (tokenCache?.vault === vault ? tokenCache : []));
  return its.length > 0
    ? {
        tokenCaches: its.map(({ name, authMount: mount, namespace, serviceAccount }) => {
          return { name, mount, namespace, serviceAccount };
        }),
      }
    : {};
}

function writeOnly(groups: readonly Group[], vault: string): Pick<StackMetadata, "writeOnly"> {
  const said = groups.flatMap(({ name, grants }): [string, WriteOnlyMetadata][] => {
    const paths = (only: boolean) =>
      grants
        .filter((grant) => grant.vault === vault && (grant.access === "write-only") === only)
        .flatMap(({ scope }) => ("tree" in scope ? `${scope.tree.toString()}/` : scope.sets.map(String)));
    const writesOnly = paths(true);
    return writesOnly.length > 0 ? [[name, { reads: paths(false), writesOnly }]] : [];
  });
  return said.length > 0 ? { writeOnly: Object.fromEntries(said) } : {};
}
