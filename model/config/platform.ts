import type { AppConfig } from "./app";
import type { BackendConfig } from "./backend";
import type { ClusterConfig } from "./cluster";
import type { DatabaseConfig } from "./database";
import type { Authority, EnvironmentConfig, SecretOwner } from "./environment";
import type { WaiverConfig } from "./waivers";
import type { PeopleConfig } from "./people";
import type { PipelinesConfig } from "./pipelines";
import type { SharedSetConfig } from "./shared-set";
import type { VaultConfig } from "./vault";

interface PlatformSettings {
  /**
   * Lower-case letters and digits, at most 20: the first part of every stack's name, and the root of the secrets' tree.
   */
  readonly name: string;
  /** @default "environment" */
  readonly authority?: Authority;
  /** @default "terraform" */
  readonly secretOwner?: SecretOwner;
  /** @default { type: "local" }, which `pipelines` does not take: a job's disk is gone with the job */
  readonly backend?: BackendConfig;
  /**
   * The value of a declared key until a person sets it.
   * @default "TBD"
   */
  readonly placeholder?: string;
  /**
   * What the access proofs would refuse and is meant, each with its reason.
   * @default none
   */
  readonly waivers?: readonly WaiverConfig[];
  /**
   * The CI that plans and applies the stacks.
   * @default none: people apply, with tokens of their own
   */
  readonly pipelines?: PipelinesConfig;
}

/** A platform as an adopter writes it: which apps, environments, clusters, Vaults and people there are. */
export interface PlatformConfig extends PlatformSettings {
  readonly vaults: { readonly [name: string]: VaultConfig };
  readonly clusters: { readonly [name: string]: ClusterConfig };
  readonly environments: { readonly [name: string]: EnvironmentConfig };
  readonly apps: { readonly [name: string]: AppConfig };
  /**
   * Secret sets that are no app's own, by name; no app has the same.
   * @default none
   */
  readonly sharedSets?: { readonly [name: string]: SharedSetConfig };
  /**
   * Databases that Vault makes credentials for, by name; which apps have them is said by each app.
   * @default none
   */
  readonly databases?: { readonly [name: string]: DatabaseConfig };
  /** @default only `platform-admin` */
  readonly people?: PeopleConfig;
}

/**
 * Types a config, so that an app, a shared set, a database, an environment, a cluster, a Vault, a group or a key that
 * is not declared does not compile. It changes nothing; `resolvePlatform` checks what types cannot see.
 */
export function definePlatform<
  const Vault extends string,
  const Cluster extends string,
  const Environment extends string,
  const Apps extends { readonly [name: string]: readonly string[] },
  const Group extends string = never,
  const Shared extends { readonly [name: string]: readonly string[] } = Record<never, never>,
  const Database extends string = never,
>(
  config: PlatformSettings & {
    /** The Vaults, by name. */
    readonly vaults: { readonly [V in Vault]: VaultConfig<NoInfer<Cluster>> };
    /** The clusters, by name. */
    readonly clusters: { readonly [C in Cluster]: ClusterConfig };
    /** The environments, by name. */
    readonly environments: { readonly [E in Environment]: EnvironmentConfig<NoInfer<Vault>, NoInfer<Cluster>> };
    /** The apps, by name. */
    readonly apps: { readonly [A in keyof Apps]: AppConfig<NoInfer<Environment>, Apps[A], NoInfer<Database>> };
    /** @default none */
    readonly databases?: { readonly [D in Database]: DatabaseConfig<NoInfer<Environment>> };
    /** @default none */
    readonly sharedSets?: {
      readonly [S in keyof Shared]: SharedSetConfig<NoInfer<keyof Apps & string>, NoInfer<Environment>, Shared[S]>;
    };
    /** @default only `platform-admin` */
    readonly people?: PeopleConfig<
      NoInfer<keyof Apps & string>,
      NoInfer<Environment>,
      Group,
      NoInfer<keyof Shared & string>
    >;
  },
): PlatformConfig {
  return config as unknown as PlatformConfig;
}
