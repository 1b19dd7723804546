import type { Resource } from "./read-stacks";

/** Types that the access model reads. */
const READ: ReadonlySet<string> = new Set([
  "vault_auth_backend",
  "vault_identity_entity",
  "vault_identity_entity_alias",
  "vault_identity_entity_policies",
  "vault_identity_group",
  "vault_identity_group_member_entity_ids",
  "vault_identity_group_policies",
  "vault_jwt_auth_backend",
  "vault_jwt_auth_backend_role",
  "vault_kubernetes_auth_backend_config",
  "vault_kubernetes_auth_backend_role",
  "vault_kv_secret_v2",
  "vault_mount",
  "vault_policy",
  "vault_userpass_auth_backend_user",
]);

/** Types that grant nobody anything. */
const HARMLESS: ReadonlySet<string> = new Set([
  "vault_audit",
  "vault_audit_request_header",
  "vault_kv_secret_backend_v2",
  "vault_password_policy",
  "vault_quota_lease_count",
  "vault_quota_rate_limit",
  "vault_raft_autopilot",
]);

/** Charts of ours, whose service accounts and roles the docs describe; any other may bring bindings of its own. */
const CHARTS: ReadonlySet<string> = new Set(["vault", "vault-secrets-operator"]);

/**
 * Whether all that a resource can grant is read, or it grants nothing. Kubernetes' own objects cannot grant anything in
 * Vault.
 */
export function isSupported({ type, values }: Resource): boolean {
  if (READ.has(type) || HARMLESS.has(type)) return true;
  if (type === "vault_generic_endpoint")
    return (
      /^[^/]+\/metadata\/|^auth\/.+\/users\/[^/]+$|^[^/]+\/config$/.test(String(values.path)) &&
      !/^(sys|identity|auth)\/(metadata|config)/.test(String(values.path))
    );
  if (type === "helm_release") return CHARTS.has(String(values.chart).split("/").at(-1) ?? "");
  return !type.startsWith("vault_");
}
