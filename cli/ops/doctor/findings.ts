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
  | "placeholder";

/** What the doctor found, and what it makes of it. */
export interface Finding {
  readonly id: FindingId;
  /** `error`: something does not work; `warning`: it works, and is not as it should be. */
  readonly level: "error" | "warning";
  /** What it is about: a Vault, a cluster or `<app>-<environment>`. */
  readonly where: string;
  /** What was seen. */
  readonly seen: string;
  readonly cause: string;
  readonly remedy: string;
}

/** Makes a finding; an error unless it says otherwise. */
export function finding(
  id: FindingId,
  where: string,
  seen: string,
  cause: string,
  remedy: string,
  level: Finding["level"] = "error",
): Finding {
  return { id, level, where, seen, cause, remedy };
}
