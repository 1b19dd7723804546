import { sealAttributes, secretFolder, tlsSecret, type Installation, type SealConfig } from "../model";
import { renderHcl, type HclBlock } from "./vault-hcl";

/** A server with every default filled in. */
export type Server = Omit<Installation, "cluster">;

/**
 * The server's configuration, HCL: listener, storage, seal, and what Vault's production hardening guide asks of the
 * server. It ends up in a ConfigMap, so it holds no credential. Throws as `renderHcl` does.
 */
export function serverConfig(installation: Server): string {
  const ha = installation.mode === "ha";
  return renderHcl({
    attributes: {
      ui: installation.ui ?? false,
      // Pods have no IPC_LOCK, and a restricted namespace does not let them: nodes must not swap, which is Kubernetes'
      // default.
      disable_mlock: true,
    },
    blocks: [
      listener(installation),
      ha ? raftStorage(installation) : { type: "storage", label: "file", attributes: { path: "/vault/data" } },
      ...(ha ? [{ type: "service_registration", label: "kubernetes" }] : []),
      ...seal(installation.seal),
      ...(installation.alerts
        ? [{ type: "telemetry", attributes: { prometheus_retention_time: "1h", disable_hostname: true } }]
        : []),
      // Vault's defaults, written down: a password cannot be tried without end.
      {
        type: "user_lockout",
        label: "all",
        attributes: { lockout_threshold: "5", lockout_duration: "15m", lockout_counter_reset: "15m" },
      },
    ],
  });
}

function listener(installation: Server): HclBlock {
  const secret = tlsSecret(installation);
  const addresses = {
    address: "[::]:8200",
    cluster_address: "[::]:8201",
    // Vault's 30 s would end the upload of a snapshot, in a restore; headers keep their 10 s. Source: Vault's
    // documentation, "tcp listener".
    ...(installation.mode === "ha" && { http_read_timeout: "15m" }),
  };
  // Prometheus has no token, and a sealed server could check none.
  const metrics: HclBlock[] = installation.alerts
    ? [{ type: "telemetry", attributes: { unauthenticated_metrics_access: true } }]
    : [];
  if (secret === undefined) {
    if (!installation.unsafeNoTls) throw new Error(`${installation.release}: a listener needs tls, or unsafeNoTls`);
    return { type: "listener", label: "tcp", attributes: { ...addresses, tls_disable: true }, blocks: metrics };
  }
  return {
    type: "listener",
    label: "tcp",
    attributes: {
      ...addresses,
      tls_cert_file: `${secretFolder(secret)}/tls.crt`,
      tls_key_file: `${secretFolder(secret)}/tls.key`,
      tls_min_version: "tls13",
    },
    blocks: [
      ...metrics,
      {
        type: "custom_response_headers",
        attributes: { default: { "Strict-Transport-Security": ["max-age=31536000; includeSubDomains"] } },
      },
    ],
  };
}

/**
 * Every replica is asked by its own name, the headless service's; which of them leads, Vault finds out. The node id is
 * the pod's name.
 */
function raftStorage(installation: Server): HclBlock {
  const { release, namespace, replicas } = installation;
  const secret = tlsSecret(installation);
  const join = (index: number): HclBlock => ({
    type: "retry_join",
    attributes: {
      leader_api_addr: `${secret === undefined ? "http" : "https"}://${release}-${index}.${release}-internal:8200`,
      ...(secret !== undefined && {
        leader_ca_cert_file: `${secretFolder(secret)}/ca.crt`,
        // The one name that any certificate for this server must have; those of single pods it may lack.
        leader_tls_servername: `${release}.${namespace}.svc`,
      }),
    },
  });
  return {
    type: "storage",
    label: "raft",
    attributes: { path: "/vault/data" },
    blocks: Array.from({ length: replicas }, (_, index) => join(index)),
  };
}

function seal(config: SealConfig = { type: "shamir" }): HclBlock[] {
  return config.type === "shamir" ? [] : [{ type: "seal", label: config.type, attributes: sealAttributes(config) }];
}
