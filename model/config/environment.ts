import type { BackendConfig } from "./backend";
import type { DurationText } from "../duration";

/**
 * Which stack writes workload policies and roles: the environment's own (`environment`), or the access stack, applied
 * by people with that right (`separate`). Whoever may write a policy's text may grant itself anything.
 */
export type Authority = "environment" | "separate";

/**
 * Who makes the Kubernetes Secret: Terraform, with the placeholder, write-only (`terraform`: planning may then read
 * it from Kubernetes), or the operator (`operator`: planning needs no right on Secrets).
 */
export type SecretOwner = "terraform" | "operator";

/**
 * How the bindings, accounts and connections of an environment come into its cluster: each as a resource of its own
 * (`manifests`: a plan sees each in the cluster, five a second), or all of a namespace as one Helm release of a chart
 * of ours (`chart`: a plan asks for the release alone, and does not see what somebody else changed or deleted).
 */
export type DeliveryMethod = "manifests" | "chart";

/** A day of the week. */
export type Weekday = "Mon" | "Tue" | "Wed" | "Thu" | "Fri" | "Sat" | "Sun";

/** A time that comes again each week, in UTC, as a backup's schedule is. */
export interface RestartWindow {
  /**
   * The days on which it begins.
   * @default every day
   */
  readonly days?: readonly Weekday[];
  /** When it begins, e.g. `"22:00"`. */
  readonly from: string;
  /** When it ends, e.g. `"02:00"`; a time that is not after `from` is one of the next day. */
  readonly to: string;
}

/**
 * Who restarts pods after a changed value: somebody, when they choose (`manual`), the operator, at once (`automatic`),
 * or somebody or a job, by `ops restart`, within windows of time: the operator knows none.
 */
export type Restarts = "manual" | "automatic" | { readonly windows: readonly RestartWindow[] };

/** An environment: a Vault side for each of its apps and, where a cluster is named, a Kubernetes side. */
export interface EnvironmentConfig<Vault extends string = string, Cluster extends string = string> {
  /** The Vault that holds its secrets. */
  readonly vault: Vault;
  /**
   * The cluster that its workloads run in.
   * @default none: only the Vault side is made, without roles, since there is nobody to log in
   */
  readonly cluster?: Cluster;
  /**
   * The namespace of its workloads: a name, or a template of `{platform}`, `{app}` and `{environment}`. With `{app}` in
   * it each app has its own, so that no app can mount another's Secret.
   * @default "{platform}-{environment}"
   */
  readonly namespace?: string;
  /**
   * Whether the stack makes the namespace.
   * @default true
   */
  readonly createNamespace?: boolean;
  /**
   * A protected environment is in no tree-wide grant, only in grants that name it; `down` refuses it.
   * @default false
   */
  readonly protected?: boolean;
  /**
   * How soon a changed value reaches the Secret, at the latest.
   * @default "1m"
   */
  readonly refreshAfter?: DurationText;
  /**
   * Who restarts the apps' restart targets after a changed value. `automatic` needs `secretOwner: "operator"`.
   * @default "manual"
   */
  readonly restarts?: Restarts;
  /**
   * Whether each app and shared set has to say here which version pods get (`pinnedVersion`), so that no new value
   * reaches them without a change of the config.
   * @default "optional"
   */
  readonly pinnedVersions?: "optional" | "required";
  /**
   * How its bindings come into the cluster.
   * @default "manifests" up to 25 bindings, "chart" above
   */
  readonly delivery?: DeliveryMethod;
  /**
   * Whether `delivery` has just changed: what is there is taken over, and no Secret goes. For one apply; then take it
   * out.
   * @default false: what is there under another delivery stops the apply
   */
  readonly movesDelivery?: boolean;
  /** @default the platform's */
  readonly authority?: Authority;
  /** @default the platform's */
  readonly secretOwner?: SecretOwner;
  /** @default the platform's */
  readonly backend?: BackendConfig;
}
