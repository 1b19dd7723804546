/**
 * What the proofs hold, each by the word that reports use:
 * - `isolation`: no app reads another's secret, nor a shared one that does not list it;
 * - `sharing`: every app that a shared set lists reads it, by a binding of its own;
 * - `protection`: nobody outside a protected environment's own reaches it;
 * - `least-privilege`: no policy grants more than its bindings use;
 * - `binding`: every binding's chain is whole;
 * - `privilege-escalation`: nobody but those named can change who may read what;
 * - `trust`: every login, connection, chart and audit device is the one that the config names;
 * - `supported`: everything that can grant access is of a kind that the proofs can read.
 */
export const PROOFS = [
  "isolation",
  "sharing",
  "protection",
  "least-privilege",
  "binding",
  "privilege-escalation",
  "trust",
  "supported",
] as const;

/** One of {@link PROOFS}. */
export type ProofName = (typeof PROOFS)[number];

/** Something that a proof would refuse and that is meant: it stays in every report, with its reason. */
export interface WaiverConfig {
  readonly proof: ProofName;
  /**
   * Whom it is about, as the report says it: `person jonas.weber`, `workload prod-eu/payments/payments-sa`, `pipeline
   * jwt/deploy`, a resource's address.
   */
  readonly subject: string;
  /**
   * What it is about, as the report says it: a secret set such as `kvv2/sample/…`, a path or a resource's address.
   * @default everything that this proof says of the subject
   */
  readonly object?: string;
  /**
   * The Vault that it is about.
   * @default every Vault
   */
  readonly vault?: string;
  /** Why it is meant, for whoever reads the report: at least a few words. */
  readonly reason: string;
}
