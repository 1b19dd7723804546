import type { BoundSet } from "../../../model";

/** A failure that the doctor knows, by a name that does not change. */
export type FindingId =
  | "vault-unreachable"
  | "vault-tls"
  | "vault-sealed"
  | "vault-new"
  | "cluster-unreachable"
  | "crd-missing"
  | "operator-down"
  | "operator-tls"
  | "operator-cannot-reach-vault"
  | "binding-missing"
  | "service-account-missing"
  | "secret-missing"
  | "role-missing"
  | "wrong-audience"
  | "wrong-namespace"
  | "wrong-service-account"
  | "wrong-key"
  | "login-refused"
  | "role-without-policy"
  | "stale-token"
  | "not-synced"
  | "placeholder"
  | "version-not-applied"
  | "pinned-version-missing"
  | "pinned-version-deleted"
  | "pinned-version-ends";

/** What the doctor found, and what it makes of it. */
export interface Finding {
  readonly id: FindingId;
  /** `error`: something does not work; `warning`: it works, and is not as it should be. */
  readonly severity: "error" | "warning";
  /** What it is about: a Vault, a cluster or `<app>-<environment>`. */
  readonly where: string;
  /** What was seen. */
  readonly seen: string;
  readonly cause: string;
  readonly remedy: string;
}

/** The remedy of a finding whose `seen` says already what to do. */
export const AS_IT_SAYS = "what the message says";

/** Adds a finding; an error unless it says otherwise. */
export type Report = (
  id: FindingId,
  seen: string,
  cause: string,
  remedy: string,
  severity?: Finding["severity"],
) => void;

/** Adds a finding of an object that a tenant's binding needs, and that is not in its namespace. */
export function absentFrom(report: Report, { delivery, environment }: BoundSet) {
  return (
    id: FindingId,
    object: string,
    cause = "the environment's stack was not applied, or somebody deleted it",
  ): undefined =>
    void report(
      id,
      `there is no ${object} in namespace ${delivery!.namespace}`,
      cause,
      `npm run deploy, with the stack of environment ${environment}`,
    );
}

/** Adds findings about one Vault, cluster or tenant to a list. */
export function reportTo(findings: Finding[], where: string): Report {
  return (id, seen, cause, remedy, severity = "error") =>
    void findings.push({ id, severity, where, seen, cause, remedy });
}
