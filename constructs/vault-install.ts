import { Release } from "@cdktf/provider-helm/lib/release";
import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { Construct } from "constructs";
import { isIP } from "node:net";
import { inClusterAddress, VERSIONS, type Installation } from "../model";
import { chartSource, podSecurityLabels, valuesText } from "./chart";
import { tlsSecret } from "./vault-server-config";
import { vaultValues } from "./vault-values";

/** Props of {@link VaultInstall}. */
export interface VaultInstallProps {
  readonly installation: Installation;
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
 *   Terraform cannot
 *   destroy it unless the config says `unsafeDestroy` (docs/decisions/0010-who-may-destroy-a-vault.md).
 * - The certificate is a `kubernetes_manifest`, which plans only in a cluster that has cert-manager's CRDs.
 * - With `tls.secret`, the certificate must be for `<release>.<namespace>.svc` at the least; `certificateNames` has all
 *   its names.
 * - Sizes and classes of volumes are fixed by the first install: Kubernetes refuses a change of a StatefulSet's claim
 *   templates.
 */
export class VaultInstall extends Construct {
  /** The namespace's name. */
  readonly namespace: string;
  /** The Helm release's name, and so the service's and the pods'. */
  readonly release: string;
  /** Where it is reached from inside its cluster. */
  readonly address: string;

  constructor(scope: Construct, id: string, { installation, address, labels }: VaultInstallProps) {
    super(scope, id);
    const { namespace, release } = installation;
    this.namespace = namespace;
    this.release = release;
    this.address = inClusterAddress(installation);
    const home = new NamespaceV1(this, "namespace", {
      metadata: { name: namespace, labels: { ...labels, ...podSecurityLabels("restricted", VERSIONS.podSecurity) } },
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
  }

  private certificate(installation: Installation, address: string | undefined, home: NamespaceV1): Manifest[] {
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

/**
 * Whom a server's certificate is for: its services and pods by every name that the cluster's DNS knows them by, the
 * host of `address`, and the pod itself.
 */
export function certificateNames(
  { release, namespace, mode }: Pick<Installation, "release" | "namespace" | "mode">,
  address?: string,
): { readonly dnsNames: readonly string[]; readonly ipAddresses: readonly string[] } {
  const services = [
    release,
    `${release}-internal`,
    `*.${release}-internal`,
    ...(mode === "ha" ? [`${release}-active`, `${release}-standby`] : []),
  ];
  const inCluster = services.flatMap((service) =>
    ["", `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`].map((domain) => service + domain),
  );
  const host = address === undefined ? "localhost" : new URL(address).hostname.replace(/^\[|\]$/g, "");
  const outside = isIP(host) ? { dns: [], ip: [host] } : { dns: [host], ip: [] };
  return {
    dnsNames: [...new Set([...inCluster, ...outside.dns, "localhost"])],
    ipAddresses: [...new Set([...outside.ip, "127.0.0.1"])],
  };
}
