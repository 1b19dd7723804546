import { Release } from "@cdktf/provider-helm/lib/release";
import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { Construct } from "constructs";
import {
  certificateNames,
  chartSource,
  inClusterAddress,
  serverAlerts,
  serverMonitor,
  tlsSecret,
  VERSIONS,
  type Backup,
  type TlsConfig,
  type VaultInstallConfig,
} from "../model";
import { LONGEST_RELEASE, serverRelease } from "../model/addresses";
import { SERVER_NAMESPACE } from "../model/rules";
import { alertRule, podMonitor } from "./alert-rule";
import { podSecurityLabels, valuesText } from "./chart";
import { pinProviders } from "./providers";
import { textProblem, validateProps } from "./validation";
import { addBackup } from "./vault-backup";
import type { Server } from "./vault-server-config";
import { vaultValues } from "./vault-values";

/** Props of {@link VaultInstall}. */
export interface VaultInstallProps extends Omit<VaultInstallConfig, "cluster" | "namespace" | "replicas" | "backup"> {
  /** The server's own namespace, which is made. */
  readonly namespace: string;
  /**
   * Name of the Helm release, and so of the service and the pods.
   * @default the namespace's name, with "-vault" after it where "vault" is not in it
   */
  readonly release?: string;
  /**
   * Servers: 1 of `standalone`, 3 or 5 of `ha`.
   * @default 1 of `standalone`, 3 of `ha`
   */
  readonly replicas?: 1 | 3 | 5;
  /**
   * Where the server's certificate is from.
   * @default { secret: "<release>-tls" }, a Secret that you make, unless `unsafeNoTls`
   */
  readonly tls?: TlsConfig;
  /**
   * Snapshots of an `ha` server: a CronJob in its namespace. Vault's side of it is a {@link BackupRole}.
   * @default none: nobody takes snapshots
   */
  readonly backup?: Backup;
  /**
   * Namespaces of operators in the same cluster that log in here: its network policy lets them in.
   * @default none
   */
  readonly operatorNamespaces?: readonly string[];
  /**
   * The URL that people, CI and other clusters reach it by: its host becomes a name of the certificate that
   * cert-manager issues.
   * @default the certificate has the names inside the cluster only
   */
  readonly address?: string;
  /**
   * Labels of the namespace, beside those of pod security.
   * @default none
   */
  readonly labels?: { readonly [name: string]: string };
}

/**
 * A Vault server in a cluster: its namespace, its certificate where cert-manager issues it, and the Helm release.
 *
 * - The release does not wait: pods are not ready until Vault is initialised and unsealed.
 * - The claims of its volumes outlive the release, but not the namespace, which holds the values of every secret:
 * Terraform cannot destroy it unless the config says `unsafeDestroy` (docs/decisions/0007-who-may-destroy-a-vault.md).
 * - The certificate is a `kubernetes_manifest`, which plans only in a cluster that has cert-manager's CRDs.
 * - With `tls.secret`, the certificate must be for `<release>.<namespace>.svc` at the least; `certificateNames` has all
 *   its names.
 * - Sizes and classes of volumes are fixed by the first install: Kubernetes refuses a change of a StatefulSet's claim
 *   templates.
 *
 * @example
 * const vault = new VaultInstall(this, "vault", { namespace: "vault" });
 */
export class VaultInstall extends Construct {
  /** The namespace's name. */
  readonly namespace: string;
  /** The Helm release's name, and so the service's and the pods'. */
  readonly release: string;
  /** Where it is reached from inside its cluster. */
  readonly address: string;

  constructor(scope: Construct, id: string, { address, labels, ...props }: VaultInstallProps) {
    super(scope, id);
    pinProviders(this, "helm", "kubernetes");
    const { namespace, release = serverRelease(namespace), mode = "standalone", unsafeNoTls } = props;
    const installation: Server = {
      ...props,
      release,
      mode,
      replicas: props.replicas ?? (mode === "ha" ? 3 : 1),
      tls: props.tls ?? (unsafeNoTls ? undefined : { secret: `${release}-tls` }),
      operatorNamespaces: props.operatorNamespaces ?? [],
    };
    validateProps(this, () => [
      textProblem("namespace", namespace, SERVER_NAMESPACE, "Give the server a namespace of its own."),
      release.length > LONGEST_RELEASE && {
        prop: "release",
        given: release,
        accepted: `at most ${LONGEST_RELEASE} characters: the names and labels of its pods are made of it`,
        hint: "Give a shorter release, or namespace.",
      },
      props.tls &&
        unsafeNoTls && {
          prop: "unsafeNoTls",
          given: true,
          accepted: "either tls or unsafeNoTls",
          hint: "Take unsafeNoTls out: with it the listener speaks plain HTTP.",
        },
      (mode === "ha") !== installation.replicas > 1 && {
        prop: "replicas",
        given: installation.replicas,
        accepted: "1 with mode standalone, 3 or 5 with mode ha",
        hint: "Leave replicas out, or change the mode.",
      },
      installation.backup &&
        mode !== "ha" && {
          prop: "backup",
          given: installation.backup.schedule,
          accepted: "only with mode ha",
          hint: "Of file storage Vault takes no snapshots: leave backup out, or change the mode.",
        },
    ]);
    this.namespace = namespace;
    this.release = release;
    this.address = inClusterAddress(installation);
    const home = new NamespaceV1(this, "namespace", {
      metadata: { name: namespace, labels: { ...labels, ...podSecurityLabels() } },
      lifecycle: installation.unsafeDestroy ? undefined : { preventDestroy: true },
    });
    const certificate = this.certificate(installation, address, home);
    new Release(this, "release", {
      name: release,
      namespace,
      createNamespace: false,
      ...chartSource(VERSIONS.charts.vault, installation.chart),
      values: [valuesText(vaultValues(installation))],
      wait: false,
      maxHistory: 10,
      dependsOn: [home, ...certificate],
    });
    const { backup, alerts } = installation;
    if (backup) addBackup(this, { ...installation, backup }, home);
    if (!alerts) return;
    alertRule(this, { namespace, ...alerts }, release, serverAlerts({ ...installation, alerts }), home);
    podMonitor(this, { namespace, ...alerts }, release, serverMonitor(installation), home);
  }

  private certificate(installation: Server, address: string | undefined, home: NamespaceV1): Manifest[] {
    const { tls, release, namespace } = installation;
    if (!tls || !("certManager" in tls)) return [];
    return [
      new Manifest(this, "certificate", {
        manifest: {
          apiVersion: "cert-manager.io/v1",
          kind: "Certificate",
          metadata: { name: release, namespace },
          spec: {
            secretName: tlsSecret(installation),
            issuerRef: {
              group: "cert-manager.io",
              kind: tls.certManager.kind ?? "ClusterIssuer",
              name: tls.certManager.issuer,
            },
            ...certificateNames(installation, address),
            privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
            usages: ["digital signature", "key encipherment", "server auth"],
          },
        },
        dependsOn: [home],
      }),
    ];
  }
}
