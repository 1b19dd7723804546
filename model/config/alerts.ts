import type { DurationText } from "../duration";

/** Labels by which a Prometheus finds its rules and monitors. */
export interface AlertLabelsConfig {
  /**
   * Labels of the objects that are made, e.g. `{ release: "prometheus" }`.
   * @default none
   */
  readonly labels?: { readonly [name: string]: string };
}

/**
 * A PrometheusRule and a PodMonitor for a server, in a cluster that has the Prometheus operator's CRDs. The server then
 * gives its metrics without a token to whoever reaches it: counts, and names of mounts and policies, no values. Source:
 * Vault's documentation, "Telemetry", `unauthenticated_metrics_access`.
 */
export interface AlertsConfig extends AlertLabelsConfig {
  /** The namespace that Prometheus runs in: the server's network policy lets it in. */
  readonly prometheus: string;
  /**
   * How old the newest snapshot may be.
   * @default "36h"
   */
  readonly backupAge?: DurationText;
}
