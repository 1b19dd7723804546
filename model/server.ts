import { isIP } from "node:net";
import type { SealConfig } from "./config/vault";
import type { Installation } from "./platform";

/** Where the chart mounts a Secret that the server reads files from. */
export function secretFolder(secret: string): string {
  return `/vault/userconfig/${secret}`;
}

/** The Secret that holds the listener's `tls.crt`, `tls.key` and `ca.crt`; undefined where Vault speaks plain HTTP. */
export function tlsSecret({ tls, release }: Pick<Installation, "tls" | "release">): string | undefined {
  if (!tls) return undefined;
  return "secret" in tls ? tls.secret : `${release}-tls`;
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

/**
 * Where a server's seal is, in the words of its configuration; no credential is in it. Source: Vault's documentation,
 * "Seal stanza".
 */
export function sealAttributes(config: SealConfig): { readonly [name: string]: string | undefined } {
  switch (config.type) {
    case "shamir":
      return {};
    case "awskms":
      return { region: config.region, kms_key_id: config.kmsKeyId };
    case "gcpckms":
      return {
        project: config.project,
        region: config.region,
        key_ring: config.keyRing,
        crypto_key: config.cryptoKey,
      };
    case "azurekeyvault":
      return { tenant_id: config.tenantId, vault_name: config.vaultName, key_name: config.keyName };
    case "transit":
      return {
        address: config.address,
        mount_path: config.mountPath ?? "transit/",
        key_name: config.keyName,
        tls_ca_cert: config.ca && `${secretFolder(config.ca)}/ca.crt`,
        // Else the name of this server, in the pod's environment for the vault program, would be expected of the other.
        tls_server_name: new URL(config.address).hostname.replace(/^\[|\]$/g, ""),
      };
  }
}
