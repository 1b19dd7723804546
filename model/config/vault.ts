import type { AdoptedConfig } from "./adopted";
import type { AlertsConfig } from "./alerts";
import type { BackupConfig } from "./backup";
import type { ChartConfig, ChartValues, ImageConfig } from "./cluster";
import type { LoginConfig } from "./login";
import type { UnsafeWithout } from "./unsafe";
import type { VolumeConfig } from "./volume";
import type { DurationText } from "../duration";

/** TLS of the server's listener: from a Secret that exists, or a certificate that cert-manager issues. */
export type TlsConfig =
  | {
      /** A Secret of type kubernetes.io/tls with `tls.crt`, `tls.key` and `ca.crt` in the server's namespace. */
      readonly secret: string;
    }
  | {
      /** What issues it. */
      readonly certManager: {
        /** Name of cert-manager's issuer. */
        readonly issuer: string;
        /**
         * The issuer's kind.
         * @default "ClusterIssuer"
         */
        readonly kind?: "Issuer" | "ClusterIssuer";
      };
    };

/** A key of a Kubernetes Secret in the server's namespace, made by someone else. */
export interface SecretKeyReference {
  /** The Secret's name. */
  readonly secret: string;
  /** The key in it. */
  readonly key: string;
}

/**
 * What unseals Vault. Credentials come by reference only: the server's configuration is a ConfigMap.
 * `credentials` maps an environment variable of that seal (e.g. `AWS_SECRET_ACCESS_KEY`) to a key of a Secret;
 * without them the pod's own identity is used. Source: Vault's documentation, "Seal stanza".
 */
export type SealConfig =
  | { readonly type: "shamir" }
  | {
      readonly type: "awskms";
      /** The key's region. */
      readonly region: string;
      /** The key's id, ARN or alias. */
      readonly kmsKeyId: string;
      /** @default the pod's own identity (IRSA, instance profile) */
      readonly credentials?: { readonly [variable: string]: SecretKeyReference };
    }
  | {
      readonly type: "gcpckms";
      /** The key ring's project. */
      readonly project: string;
      /** The key ring's region. */
      readonly region: string;
      /** The key ring's name. */
      readonly keyRing: string;
      /** The key's name. */
      readonly cryptoKey: string;
      /** @default workload identity */
      readonly credentials?: { readonly [variable: string]: SecretKeyReference };
    }
  | {
      readonly type: "azurekeyvault";
      /** The directory's id. */
      readonly tenantId: string;
      /** The key vault's name. */
      readonly vaultName: string;
      /** The key's name. */
      readonly keyName: string;
      /** @default the pod's managed identity */
      readonly credentials?: { readonly [variable: string]: SecretKeyReference };
    }
  | {
      readonly type: "transit";
      /** The other Vault's https address. */
      readonly address: string;
      /**
       * The other Vault's transit mount.
       * @default "transit/"
       */
      readonly mountPath?: string;
      /** The key's name there. */
      readonly keyName: string;
      /**
       * A Secret in the server's namespace whose `ca.crt` signed the other Vault's certificate.
       * @default the system's roots of the server's image
       */
      readonly ca?: string;
      /** The token, as VAULT_TOKEN; renewed by the server, so it must be periodic. */
      readonly credentials: { readonly VAULT_TOKEN: SecretKeyReference };
    };

/** An audit device. Source: Vault's documentation, "Audit devices". */
export type AuditConfig =
  | {
      readonly type: "file";
      /** A path in the server's container, or `stdout`. */
      readonly path: string;
    }
  | {
      readonly type: "socket";
      /** host:port */
      readonly address: string;
      /**
       * How it connects.
       * @default "tcp"
       */
      readonly socketType?: "tcp" | "udp";
    }
  | {
      readonly type: "syslog";
      /**
       * The program's name in the messages.
       * @default "vault"
       */
      readonly tag?: string;
    };

/** CPU and memory as Kubernetes quantities. */
export interface ResourcesConfig {
  /** @default none: what is given replaces our defaults as a whole */
  readonly requests?: AmountsConfig;
  /** @default none: what is given replaces our defaults as a whole */
  readonly limits?: AmountsConfig;
}

/** An amount of each. */
export interface AmountsConfig {
  /**
   * A Kubernetes quantity, e.g. `250m`.
   * @default none
   */
  readonly cpu?: string;
  /**
   * A Kubernetes quantity, e.g. `256Mi`.
   * @default none
   */
  readonly memory?: string;
}

/** Who may reach the server's pods. Some network plugins ignore network policies. */
export interface NetworkPolicyConfig {
  /**
   * Namespaces whose pods may reach the API, beside those of the operator in the same cluster.
   * @default none
   */
  readonly namespaces?: readonly string[];
  /**
   * Address blocks that may reach the API, e.g. of an ingress or of other clusters.
   * @default none
   */
  readonly cidrs?: readonly string[];
}

/** Where a server is installed, and how; without `cluster` the Vault exists already and only `address` says where. */
export interface VaultInstallConfig<Cluster extends string = string> {
  /**
   * The cluster that the server is installed in.
   * @default none: the Vault exists already; `address` is required, and no vault stack is made
   */
  readonly cluster?: Cluster;
  /**
   * The server's own namespace, which its stack makes.
   * @default "<platform>-vault"
   */
  readonly namespace?: string;
  /**
   * `standalone`: one replica with file storage; `ha`: raft.
   * @default "standalone"
   */
  readonly mode?: "standalone" | "ha";
  /**
   * Replicas of an `ha` server.
   * @default 3
   */
  readonly replicas?: 3 | 5;
  /** @default none, which only `unsafeNoTls: true` allows */
  readonly tls?: TlsConfig;
  /**
   * The listener speaks plain HTTP: tokens and values cross the cluster's network readable.
   * @default false
   */
  readonly unsafeNoTls?: boolean;
  /**
   * Terraform may destroy the server's namespace, and with it the volumes: every value is gone.
   * @default false: a destroy, or a change of the namespace's name, stops at its plan
   */
  readonly unsafeDestroy?: boolean;
  /** @default { type: "shamir" } */
  readonly seal?: SealConfig;
  /** @default 10Gi of the default storage class, retained */
  readonly storage?: VolumeConfig;
  /**
   * @default 10Gi of the default storage class, retained; there from the first day, since claim templates cannot be
   * added later
   */
  readonly auditStorage?: VolumeConfig;
  /** @default none: nobody takes snapshots of an `ha` server's storage; of file storage none can be taken */
  readonly backup?: BackupConfig;
  /** @default none: nobody is told when it is sealed, its audit fails or its backup is too old */
  readonly alerts?: AlertsConfig;
  /** @default requests 250m and 256Mi, limit 512Mi */
  readonly resources?: ResourcesConfig;
  /** @default only the operator of the same cluster, and the server's own pods */
  readonly networkPolicy?: NetworkPolicyConfig;
  /**
   * Whether Vault serves its UI.
   * @default false
   */
  readonly ui?: boolean;
  /** @default the pinned one */
  readonly image?: ImageConfig;
  /** @default the pinned one */
  readonly chart?: ChartConfig;
  /** @default none: ours alone */
  readonly values?: ChartValues;
}

/** Whom clients trust when they check the server's certificate. */
export type CaConfig =
  | {
      /** A Secret with `ca.crt` that exists in each app's namespace, e.g. made by trust-manager. */
      readonly secret: string;
      /**
       * What is in it, PEM (public), for the jobs of `pipelines`, which read no Secret.
       * @default what the job's machine trusts
       */
      readonly certificate?: string;
    }
  | {
      /** The CA's certificate, PEM (public); each namespace gets it as the Secret `<platform>-vault-ca`. */
      readonly certificate: string;
    };

/** A Vault, and what the access stack sets up in it. */
export interface VaultConfig<Cluster extends string = string> extends VaultInstallConfig<Cluster> {
  /**
   * Where people, CI and other clusters reach it: a URL; `TF_VAR_vault_address_<vault>` (dashes as underscores)
   * overrides it for one run.
   * @default none: Terraform takes VAULT_ADDR, and so does the cli, or a port-forward to the server that is installed
   */
  readonly address?: string;
  /**
   * Which server a Vault is that exists already: policies mean what they mean to it. OpenBao has its name before:
   * `openbao-2.6.2`. Not beside `cluster`, where `image.tag` says it.
   * @default the version in model/versions.ts
   */
  readonly version?: string;
  /**
   * What it lacks although a protected environment's secrets are in it, each with the reason.
   * @default {}: then such a Vault has TLS, an audit device, more servers than one and a backup
   */
  readonly unsafeWithout?: UnsafeWithout;
  /** @default the system's roots of the operator's image */
  readonly ca?: CaConfig;
  /**
   * The kv-v2 mount, one path segment.
   * @default "kvv2"
   */
  readonly mount?: string;
  /**
   * Versions kept of a secret set, 1 to 100.
   * @default 10
   */
  readonly maxVersions?: number;
  /**
   * How long a person's token lives without renewal.
   * @default "1h"
   */
  readonly tokenTtl?: DurationText;
  /**
   * How long a person's token lives at the most.
   * @default "8h"
   */
  readonly tokenMaxTtl?: DurationText;
  /** @default userpass alone */
  readonly login?: LoginConfig;
  /**
   * Audit devices; two, since a single one that cannot write stops Vault.
   * @default a file on the audit volume and stdout where the server is installed; none for a Vault that exists
   */
  readonly audit?: readonly AuditConfig[];
  /**
   * What a Vault that exists held before. Not beside `cluster`.
   * @default nothing: all is made
   */
  readonly adopted?: AdoptedConfig;
}
