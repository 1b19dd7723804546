import { BACKUP } from "./backup";
import { Duration } from "./duration";
import type { Installation } from "./platform";
import { tlsSecret } from "./server";

/** A rule of a PrometheusRule. Source: Prometheus' documentation, "Alerting rules". */
interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: "critical" | "warning" };
  readonly annotations: { readonly summary: string };
}

/** When a set's values are due, in Unix time: what `secrets status --metrics` prints. */
export const ROTATION_DUE = "vault_tenancy_rotation_due_timestamp_seconds";

/** A server, as far as its alerts need it. */
export type AlertedServer = Omit<Installation, "cluster"> & Required<Pick<Installation, "alerts">>;

function rule(
  alert: string,
  severity: "critical" | "warning",
  after: string,
  summary: string,
  ...expr: readonly string[]
): AlertRule {
  return { alert, expr: expr.join(" "), for: after, labels: { severity }, annotations: { summary } };
}

/**
 * What hurts where a server is: sealed, without a leader, with audit devices that fail, with a volume that is nearly
 * full, unscraped, with snapshots or a certificate that are too old. Metrics are Vault's own, the kubelet's,
 * kube-state-metrics', cert-manager's, and what `secrets status --metrics` prints.
 */
export function serverAlerts(server: AlertedServer): readonly AlertRule[] {
  const { namespace, release, mode, backup, tls, alerts } = server;
  const of = (metric: string) => `${metric}{namespace="${namespace}",pod=~"${release}-[0-9]+"}`;
  const age = (Duration.parse(alerts.backupAge) ?? Duration.of("36h")).seconds;
  const job = (metric: string) => `${metric}{namespace="${namespace}",cronjob="${BACKUP}"}`;
  // The claims of the StatefulSet, by the chart's names.
  const claims = `namespace="${namespace}",persistentvolumeclaim=~"(data|audit)-${release}-[0-9]+"`;
  const volume = (what: string) => `kubelet_volume_stats_${what}_bytes{${claims}}`;
  // cert-manager's own scrape renames the label, unless it honours labels.
  const certificate = (label: string) =>
    `certmanager_certificate_expiration_timestamp_seconds{name="${release}",${label}="${namespace}"}`;
  return [
    // A sealed server keeps the series of the time before it knew its cluster's name: the largest of a pod counts.
    rule(
      "VaultSealed",
      "critical",
      "2m",
      "A server is sealed: it answers nobody. npm run ops -- unseal",
      `max by (namespace, pod) (${of("vault_core_unsealed")}) == 0`,
    ),
    ...(mode === "ha"
      ? [
          rule(
            "VaultNoLeader",
            "critical",
            "2m",
            "No server leads: nothing is read or written. npm run ops -- status",
            `(sum(max by (pod) (${of("vault_core_active")})) or vector(0)) < 1`,
          ),
        ]
      : []),
    rule(
      "VaultAuditFailing",
      "critical",
      "0m",
      "A request or an answer was recorded by no audit device, and Vault refused it.",
      `sum by (namespace, pod) (increase(${of("vault_audit_log_request_failure")}[5m])`,
      `+ increase(${of("vault_audit_log_response_failure")}[5m])) > 0`,
    ),
    rule(
      "VaultVolumeNearlyFull",
      "warning",
      "15m",
      "A volume has less than a tenth left. Full, it stops storage, or one audit device of several without a metric.",
      `${volume("available")} / ${volume("capacity")} < 0.1`,
    ),
    rule(
      "VaultMetricsAbsent",
      "warning",
      "15m",
      "Nothing is known of the server: it is down, or is not scraped.",
      `absent(${of("vault_core_unsealed")})`,
    ),
    rule(
      "VaultSecretOverdue",
      "warning",
      "1h",
      "A secret set is older than its rotation period. npm run ops -- secrets status",
      `time() - ${ROTATION_DUE} > 0`,
    ),
    ...(backup
      ? [
          rule(
            "VaultBackupTooOld",
            "critical",
            // Who looks at the job may be started anew.
            "15m",
            "The newest whole snapshot is too old: see the pods of the CronJob.",
            `time() - ${job("kube_cronjob_status_last_successful_time")} > ${age}`,
            // One that never succeeded has no such time.
            `or (time() - ${job("kube_cronjob_created")} > ${age}`,
            `unless on (namespace, cronjob) ${job("kube_cronjob_status_last_successful_time")})`,
            // One that is gone, or that nobody looks at, has neither.
            `or absent(${job("kube_cronjob_created")})`,
          ),
        ]
      : []),
    ...(tls && "certManager" in tls
      ? [
          rule(
            "VaultCertificateNearItsEnd",
            "critical",
            "1h",
            "The server's certificate ends within a week: cert-manager did not renew it.",
            `(${certificate("namespace")} or ${certificate("exported_namespace")}) - time() < 604800`,
          ),
        ]
      : []),
  ];
}

/**
 * What hurts where the operator is. The metrics are its own, as vault-secrets-operator 1.4.1 gives them: of bindings it
 * has none by name, but it counts the logins and reads that fail for them.
 */
export function operatorAlerts(): readonly AlertRule[] {
  return [
    rule(
      "VaultLoginNotValid",
      "warning",
      "10m",
      "A VaultAuth or a VaultConnection is not valid: what delivers by it stops. npm run ops -- doctor",
      'controller_resource_status{controller=~"vaultauth|vaultconnection"} != 1',
    ),
    rule(
      "VaultBindingNotReady",
      "warning",
      "10m",
      "The operator cannot log in, or cannot read, for a binding: its Secret keeps what it had. npm run ops -- doctor",
      'sum by (vault_connection) (increase(vso_client_operations_errors_total{operation=~"login|read"}[5m])) > 0',
    ),
  ];
}

/** How Prometheus scrapes the server's pods, those that are sealed too: the spec of a PodMonitor. */
export function serverMonitor(server: Omit<Installation, "cluster">) {
  const { release, namespace } = server;
  const secret = tlsSecret(server);
  return {
    selector: { matchLabels: { "app.kubernetes.io/name": "vault", "app.kubernetes.io/instance": release } },
    podMetricsEndpoints: [
      {
        // The chart calls the port after its scheme.
        port: secret === undefined ? "http" : "https",
        scheme: secret === undefined ? "http" : "https",
        path: "/v1/sys/metrics",
        params: { format: ["prometheus"] },
        ...(secret !== undefined && {
          tlsConfig: { ca: { secret: { name: secret, key: "ca.crt" } }, serverName: `${release}.${namespace}.svc` },
        }),
      },
    ],
  };
}
