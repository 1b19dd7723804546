import type { AlertLabelsConfig } from "./alerts";
import type { ClusterPipelinesConfig } from "./pipelines";

/**
 * How Vault checks the service account tokens of a cluster:
 * - `vault`: Vault runs in this cluster and reviews them with its own service account (`server.authDelegator`);
 * - `token`: Vault runs elsewhere and reviews them with a token of that cluster, handed over at apply as the ephemeral
 *   variable
 *   `reviewer_jwt_<cluster>` and stored nowhere by Terraform;
 * - `jwt`: Vault checks the signature against the cluster's issuer; no secret at all, but a deleted service account's
 *   token
 *   lives until it expires, and Vault must reach the issuer or be given its public keys.
 */
export type ClusterLogin =
  | { readonly type: "vault" }
  | {
      readonly type: "token";
      /** The API server as Vault reaches it: an https URL. */
      readonly host: string;
      /** The API server's CA certificate, PEM (public). */
      readonly caCertificate: string;
      /**
       * Raise it to hand over another token: Terraform cannot see that the variable's value has changed.
       * @default 1
       */
      readonly tokenVersion?: number;
    }
  | {
      readonly type: "jwt";
      /** The cluster's `--service-account-issuer`. */
      readonly issuer: string;
      /**
       * Public keys, PEM, for a Vault that cannot reach the issuer.
       * @default Vault fetches them from the issuer's discovery document
       */
      readonly publicKeys?: readonly string[];
      /**
       * CA certificate of the issuer's endpoint, PEM (public).
       * @default the system's
       */
      readonly caCertificate?: string;
    };

/** A chart that comes from somewhere else than the pinned one. */
export interface ChartConfig {
  /**
   * A Helm repository or OCI registry URL; an empty string when `name` is a folder on disk.
   * @default the publisher's repository
   */
  readonly repository?: string;
  /**
   * The chart's name, or a folder.
   * @default the publisher's name
   */
  readonly name?: string;
  /**
   * The chart's exact version.
   * @default the version in model/versions.ts
   */
  readonly version?: string;
  /**
   * The SHA-256 of the chart's archive, `sha256:…`: the release then takes
   * `charts/<name>-<version>.sha256-<digest>.tgz` of the project, which a synthesis looks at, and asks no repository.
   * @default none: the repository's word for what the version is
   */
  readonly digest?: string;
}

/** An image that comes from somewhere else than the pinned one. */
export interface ImageConfig {
  /**
   * The image without its tag.
   * @default the publisher's
   */
  readonly repository?: string;
  /**
   * The image's exact version.
   * @default the version in model/versions.ts
   */
  readonly tag?: string;
  /**
   * The digest of its manifest, `sha256:…`: no other image of that tag runs.
   * @default none: the registry's word for what the tag is
   */
  readonly digest?: string;
}

/** Values that the typed settings do not cover, merged over ours: the one open door into a chart. */
export type ChartValues = { readonly [key: string]: unknown };

/** The Vault Secrets Operator in a cluster. */
export interface OperatorConfig {
  /**
   * The operator's own namespace, which its stack makes.
   * @default "<platform>-vault-secrets-operator"
   */
  readonly namespace?: string;
  /**
   * Replicas; one leads, the others stand by.
   * @default 1
   */
  readonly replicas?: 1 | 2 | 3;
  /**
   * The controller's memory limit, a Kubernetes quantity.
   * @default "512Mi"
   */
  readonly memoryLimit?: string;
  /** @default the chart's */
  readonly image?: ImageConfig;
  /**
   * The image of the proxy before the operator's metrics.
   * @default the chart's
   */
  readonly proxyImage?: ImageConfig;
  /**
   * A PrometheusRule for bindings that are not ready, in a cluster that has the Prometheus operator's CRDs.
   * @default none: nobody is told
   */
  readonly alerts?: AlertLabelsConfig;
  /** @default the pinned one */
  readonly chart?: ChartConfig;
  /** @default none: ours alone */
  readonly values?: ChartValues;
}

/** A Kubernetes cluster that workloads, or a Vault, run in. */
export interface ClusterConfig {
  /** The kubeconfig context; pins which cluster is applied, whatever the current context is. */
  readonly context: string;
  /**
   * The kubeconfig file; `TF_VAR_kubeconfig_<cluster>` (dashes as underscores) overrides it.
   * @default "~/.kube/config"
   */
  readonly kubeconfig?: string;
  /**
   * @default { type: "vault" } for the Vault that runs in this cluster, always; for a Vault elsewhere it must be given
   */
  readonly login?: ClusterLogin;
  /** @default one replica with safe values in "<platform>-vault-secrets-operator" */
  readonly operator?: OperatorConfig;
  /**
   * Rights in this cluster for the CI's jobs, made by the operator's stack. That stack then makes the environments'
   * namespaces too, so that a job needs no right on namespaces of others.
   * @default none: a job's rights in the cluster are somebody else's matter
   */
  readonly pipelines?: ClusterPipelinesConfig;
}
