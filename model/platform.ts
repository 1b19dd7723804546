import type { AdoptedConfig } from "./config/adopted";
import type { BackendConfig } from "./config/backend";
import type { BackupConfig } from "./config/backup";
import type { ClusterConfig, ClusterLogin, OperatorConfig } from "./config/cluster";
import type { AppKubernetesConfig, RestartTarget, SecretSetState } from "./config/app";
import type { EnvironmentConfig } from "./config/environment";
import type { WaiverConfig } from "./config/waivers";
import type { OidcConfig, SecondFactor } from "./config/login";
import type { AccessLevel } from "./config/people";
import type { PipelinesConfig } from "./config/pipelines";
import type { AuditConfig, VaultConfig, VaultInstallConfig } from "./config/vault";
import type { UnsafeWithout } from "./config/unsafe";
import type { BoundDatabase, DatabaseConnection } from "./databases";
import type { Duration } from "./duration";
import type { Generated } from "./generated";
import type { KvPath } from "./kv-path";
import type { Pinned } from "./pinned";
import type { TokenCache } from "./token-cache";

/** A platform with every default filled in, every name made and every reference checked. */
export interface Platform {
  readonly name: string;
  readonly placeholder: string;
  /** Backend of the vault, access and operator stacks. */
  readonly backend: BackendConfig;
  /** In the config's order, as all lists here. */
  readonly vaults: readonly Vault[];
  readonly clusters: readonly Cluster[];
  readonly environments: readonly Environment[];
  /** In the order in which they can be applied: servers, who may do what in them, operators, environments. */
  readonly stacks: readonly StackSpec[];
  readonly apps: readonly { readonly name: string }[];
  /** Every app in every environment it runs in; apps in the config's order, then environments. */
  readonly tenants: readonly Tenant[];
  /** Every shared set in every environment that it is in. */
  readonly sharedSets: readonly SharedSet[];
  /** All secret sets: the apps' own, then the shared ones. */
  readonly sets: readonly SecretSet[];
  /** Every database in every environment that has one. */
  readonly databases: readonly DatabaseConnection[];
  /** `platform-admin` first. */
  readonly groups: readonly Group[];
  /** `platform-admin` first. */
  readonly users: readonly User[];
  /** What the access proofs would refuse and is meant. */
  readonly waivers: readonly WaiverConfig[];
  /** Absent where people apply. */
  readonly pipelines?: Pipelines;
}

/**
 * What a pipeline's identity is for: `plan` reads what a pull request proposes, whose code runs in the job; `watch`
 * reads the same of what is committed on the protected branch, so that nobody is asked first; `apply` also writes.
 */
export type PipelinePurpose = "plan" | "watch" | "apply";

/** The CI's login, and an identity for each stack and purpose. */
export interface Pipelines extends Pick<PipelinesConfig, "issuer" | "audience" | "publicKeys" | "caCertificate"> {
  readonly mount: string;
  readonly tokenTtl: Duration;
  /** Stacks in the order in which they can be applied; `plan`, `watch`, `apply` of each. */
  readonly identities: readonly PipelineIdentity[];
}

/** A job of the CI, as Vault and the clusters know it. */
export interface PipelineIdentity {
  /** `<purpose>-<stack>`: its role and the CI's deployment environment. */
  readonly name: string;
  /** The name of its policy in Vault and of its roles in a cluster: its own, and of a `watch` its stack's `plan`. */
  readonly rights: string;
  readonly stack: string;
  readonly purpose: PipelinePurpose;
  /** The Vault that its stack talks to; absent where it talks to none. */
  readonly vault?: string;
  /** The cluster that its stack talks to; absent where it talks to none. */
  readonly cluster?: string;
  /** Values of a claim, one of which a token must have; exact. */
  readonly claims: { readonly [claim: string]: readonly string[] };
  /** The `sub` of its tokens. */
  readonly subject: string;
}

/** Snapshots of a server's storage. */
export interface Backup extends Pick<BackupConfig, "to"> {
  /** A cron expression, in UTC. */
  readonly schedule: string;
  readonly keep: Duration;
}

/** A server that the vault stack installs. */
export interface Installation extends Omit<VaultInstallConfig, "replicas" | "backup"> {
  readonly cluster: string;
  readonly namespace: string;
  /** Name of the Helm release, and so of the service and the pods. */
  readonly release: string;
  readonly mode: "standalone" | "ha";
  readonly replicas: 1 | 3 | 5;
  /** Namespaces of operators in the same cluster that log in to this Vault. */
  readonly operatorNamespaces: readonly string[];
  /** Absent where nobody takes snapshots. */
  readonly backup?: Backup;
}

/** What a stack holds: a server, who may do what in a Vault, an operator, or an environment's apps. */
export type StackKind = "vault" | "access" | "operator" | "environment";

/** A stack: what is planned and applied together, with a state of its own. */
export interface StackSpec {
  /** Name of its folder in the synthesis, and key of its state. */
  readonly name: string;
  readonly kind: StackKind;
  /** The Vault that it makes, or that its resources are in; absent where it has to do with none. */
  readonly vault?: string;
  /** The cluster that its resources are in; absent where it has to do with none. */
  readonly cluster?: string;
  /** Of an environment's stack. */
  readonly environment?: string;
  readonly backend: BackendConfig;
  /** Names of the stacks that have to be applied before it. */
  readonly needs: readonly string[];
}

/** Where somebody logs in to a Vault. */
export interface AuthMount {
  readonly path: string;
  readonly type: "userpass" | "oidc" | "kubernetes" | "jwt";
  /** The cluster whose service accounts log in there; absent of people's and of the CI's. */
  readonly cluster?: string;
}

/** People's login by an identity provider. */
export interface OidcLogin extends Required<Omit<OidcConfig, "caCertificate">> {
  readonly caCertificate?: string;
}

/** A Vault. */
export interface Vault extends Pick<VaultConfig, "address" | "ca"> {
  readonly name: string;
  /** Which server it is: `2.2.2`, `openbao-2.6.2`. */
  readonly server: string;
  /** Absent where the Vault exists already. */
  readonly installation?: Installation;
  /** Name of the vault stack; absent with `installation`. */
  readonly stack?: string;
  /** Name of the access stack. */
  readonly accessStack: string;
  /** The kv-v2 mount. */
  readonly mount: string;
  readonly maxVersions: number;
  readonly tokenTtl: Duration;
  readonly tokenMaxTtl: Duration;
  /** Absent where people log in with userpass alone. */
  readonly oidc?: OidcLogin;
  /** Absent where a password is enough. */
  readonly secondFactor?: SecondFactor;
  readonly audit: readonly AuditConfig[];
  /** What it lacks, and why. */
  readonly unsafeWithout: UnsafeWithout;
  /** What it held before, which is taken over. */
  readonly adopted: AdoptedConfig;
  /** Every auth mount that the platform makes: of people, of each cluster, of the CI. */
  readonly authMounts: readonly AuthMount[];
  /** The root of this platform's secrets in the mount. */
  readonly root: KvPath;
}

/** A cluster's login in one Vault: an auth mount there. */
export interface ClusterAuth {
  readonly vault: string;
  readonly cluster: string;
  /** The auth mount: `kubernetes`, or `kubernetes-<cluster>` for a cluster that the Vault does not run in. */
  readonly mount: string;
  readonly login: ClusterLogin;
}

/** A cluster. */
export interface Cluster extends Omit<ClusterConfig, "login" | "operator"> {
  readonly name: string;
  readonly kubeconfig: string;
  /** One a Vault that holds secrets of this cluster's environments. */
  readonly auths: readonly ClusterAuth[];
  /** Absent where no environment runs in this cluster. */
  readonly operator?: OperatorConfig & { readonly namespace: string; readonly stack: string };
  /** Absent where the operator keeps no tokens. */
  readonly tokenCache?: TokenCache;
}

/** An environment. */
export interface Environment extends Required<Omit<EnvironmentConfig, "cluster" | "namespace" | "refreshAfter">> {
  readonly name: string;
  readonly stack: string;
  readonly cluster?: string;
  readonly refreshAfter: Duration;
}

/** The Kubernetes side of a tenant: its names, with templates filled in, and how it logs in. */
export interface Delivery extends Required<AppKubernetesConfig> {
  readonly cluster: string;
  readonly namespace: string;
  /** The auth mount in Vault that the service account logs in at. */
  readonly authMount: string;
  /** How that mount checks tokens; `jwt` roles bind by claims. */
  readonly login: ClusterLogin["type"];
  /** The controllers whose pods take a changed value by a restart, whoever restarts them. */
  readonly workloads: readonly RestartTarget[];
  /** Those that the operator restarts: all, or none where it restarts nothing. */
  readonly restartTargets: readonly RestartTarget[];
}

/** A secret set in an environment: an app's own, or a shared one. */
export interface SecretSet {
  /** What people call it by: the app, or the shared set. */
  readonly app: string;
  readonly environment: string;
  readonly vault: string;
  /** `<app>-<environment>` */
  readonly name: string;
  readonly path: KvPath;
  readonly keys: readonly string[];
  /** Those of the keys whose value a command makes, with how. */
  readonly generated: ReadonlyMap<string, Generated>;
  readonly owner: string;
  readonly rotateEvery?: Duration;
  readonly secretSet: SecretSetState;
  /** Absent where the newest version is delivered, and where none is. */
  readonly pinned?: Pinned;
}

/** A secret set that some apps read. */
export interface SharedSet extends SecretSet {
  /** The apps of its list that run in its environment; none of a set that leaves. */
  readonly readBy: readonly string[];
}

/** A set, and how an app gets it. */
export interface BoundSet extends SecretSet {
  /** `<app>-<environment>`: the app's workload policy, and its auth role. */
  readonly role: string;
  /** Absent where the environment has no cluster, and where the tenant leaves. */
  readonly delivery?: Delivery;
}

/** An app in an environment. */
export interface Tenant extends BoundSet {
  /** Of one that leaves (`retired`): the namespace that it is delivered to until the environment is applied. */
  readonly leavesNamespace?: string;
  /** The shared sets that it reads; the name of each is `<app>-<environment>/<set>`. */
  readonly shared: readonly BoundSet[];
  /** The databases that it gets credentials for; none where it leaves. */
  readonly databases: readonly BoundDatabase[];
}

/** A grant, resolved for one Vault. */
export interface Grant {
  readonly access: AccessLevel;
  readonly vault: string;
  /** A whole tree (every secret set below it, present and to come), or exact secret sets. */
  readonly scope: { readonly tree: KvPath } | { readonly sets: readonly KvPath[] };
}

/** A group of people. */
export interface Group {
  readonly name: string;
  /** Whether this is `platform-admin`. */
  readonly admin: boolean;
  /** The group of the identity provider that it is; absent of one whose people are users. */
  readonly oidc?: string;
  readonly grants: readonly Grant[];
  /** The Vaults it exists on: those its grants reach; `platform-admin` is on all. */
  readonly vaults: readonly string[];
}

/** A person. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  /** The Vaults it exists on. */
  readonly vaults: readonly string[];
}

/** The group, and the user, that runs the platform. */
export const PLATFORM_ADMIN = "platform-admin";
/** The auth mount of people with a password. */
export const USERPASS_MOUNT = "userpass";
/** The auth mount of people whom an identity provider knows. */
export const OIDC_MOUNT = "oidc";
/** The only role there. */
export const OIDC_ROLE = "people";
/** The audience of every workload's token: a role without one takes any token of the service account. */
export const AUDIENCE = "vault";

/** The member of `list` called `name`. Throws when there is none, which a resolved platform does not have. */
export function named<T extends { readonly name: string }>(list: readonly T[], name: string): T {
  const found = list.find((each) => each.name === name);
  if (!found)
    throw new Error(
      `nothing is called ${JSON.stringify(name)}; there are: ${list.map((each) => each.name).join(", ")}`,
    );
  return found;
}
