import type { DurationText } from "../duration";
import type { AppDatabaseConfig } from "./database";
import type { GeneratedConfig } from "./generated";

/** A pod controller that the operator may restart after a sync. Source: the operator's CRD, `rolloutRestartTargets`. */
export interface RestartTarget {
  /** The controller's kind. */
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet";
  /** The controller's name in the app's namespace. */
  readonly name: string;
}

/**
 * What Terraform does with a secret set:
 * - `managed`: places it once with the placeholder, and never writes it again;
 * - `existing`: it is there already, made by someone else; Terraform leaves it alone;
 * - `retired`: it is leaving: Terraform forgets it, the values stay in Vault until a person deletes them.
 */
export type SecretSetState = "managed" | "existing" | "retired";

/** What differs for an app, or a shared set, in one environment. */
export interface AppEnvironmentConfig<Key extends string = string> {
  /** @default "managed" */
  readonly secretSet?: SecretSetState;
  /**
   * The keys this environment has, out of all.
   * @default all keys
   */
  readonly keys?: readonly Key[];
  /**
   * The version of the set that pods get, as kv-v2 counts: a newer one reaches them when this says so and is applied.
   * Vault has to keep it (`maxVersions`). Only where the set is delivered.
   * @default the newest: what somebody sets reaches pods by itself
   */
  readonly pinnedVersion?: number;
}

/** Kubernetes names of an app, as templates of `{platform}`, `{app}` and `{environment}`. */
export interface AppKubernetesConfig {
  /**
   * The service account that logs in.
   * @default "{app}-vault-operator-sa"
   */
  readonly serviceAccount?: string;
  /**
   * The VaultAuth by which the operator logs in.
   * @default "{app}-vault-auth-static"
   */
  readonly vaultAuth?: string;
  /**
   * The VaultStaticSecret that fills the Secret.
   * @default "{app}-vault-static-secret"
   */
  readonly vaultStaticSecret?: string;
  /**
   * The Secret that pods mount.
   * @default "{app}-{environment}-secrets"
   */
  readonly secret?: string;
}

/** An app: a tenant of every environment that it names. */
export interface AppConfig<
  Environment extends string = string,
  Keys extends readonly string[] = readonly string[],
  Database extends string = string,
> {
  /**
   * The team that answers for the values; stored as metadata of the secret set. Free text of at most 128 characters.
   */
  readonly owner: string;
  /** The keys of its secret set: environment variable names. Values have no place in a config. */
  readonly keys: Keys;
  /**
   * The keys whose value a command makes (`secrets generate`, then `secrets rotate`), with how: `{}` takes the
   * defaults. Terraform places nothing under them in Vault.
   * @default none: people set every value
   */
  readonly generated?: { readonly [K in Keys[number]]?: GeneratedConfig };
  /**
   * How often the values should change; stored as metadata, and what `secrets status` measures age against.
   * @default no rotation period: the set is never called overdue
   */
  readonly rotateEvery?: DurationText;
  /**
   * Where it runs: names of environments, or what differs in each.
   * @default every environment of the platform, nothing different
   */
  readonly environments?: readonly Environment[] | { readonly [E in Environment]?: AppEnvironmentConfig<Keys[number]> };
  /**
   * Whose pods take a changed value by a restart: what the operator restarts, in environments with
   * `restarts: "automatic"`, and `ops restart` in all.
   * @default none: pods take a changed value when someone restarts them by other means
   */
  readonly restartTargets?: readonly RestartTarget[];
  /**
   * The databases that it gets credentials for, each in the environments in which both are.
   * @default none
   */
  readonly databases?: { readonly [D in Database]?: AppDatabaseConfig };
  /** @default the names that the article uses */
  readonly kubernetes?: AppKubernetesConfig;
}
