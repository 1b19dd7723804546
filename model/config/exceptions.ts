/**
 * What the proofs hold, each by the word that reports use:
 * - `isolation`: no app reads another's secret;
 * - `protection`: nobody outside a protected environment's own reaches it;
 * - `least`: no policy grants more than its bindings use;
 * - `binding`: every binding's chain is whole;
 * - `authority`: nobody but those named can change who may read what;
 * - `judged`: everything that can grant access was understood.
 */
export const PROOFS = ["isolation", "protection", "least", "binding", "authority", "judged"] as const;

/** One of {@link PROOFS}. */
export type ProofName = (typeof PROOFS)[number];

/** Something that a proof would refuse and that is meant: it stays in every report, with its reason. */
export interface ExceptionConfig {
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
  /** Why it is meant, for whoever reads the report: at least a few words. */
  readonly reason: string;
}
