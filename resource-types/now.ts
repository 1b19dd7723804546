import type { JsonObject } from "./json";

/** How resources of a type are told apart in a running Vault, and compared with what a stack says. */
export interface InVaultNow {
  /** The arguments that name one, in order; several make a path. */
  readonly key: readonly string[];
  /** Whether Vault's names of it are the same whatever their case. @default they are not */
  readonly anyCase?: boolean;
  /** What Vault answers where nothing was said, but for what is empty. Source: a new Vault 1.21. @default nothing */
  readonly defaults?: JsonObject;
}

const TOKEN: JsonObject = { token_type: "default" };
const NAMED: InVaultNow = { key: ["name"], anyCase: true };
const ROLE = ["backend", "role_name"];

const NOW: { readonly [type: string]: InVaultNow } = {
  vault_mount: { key: ["path"] },
  vault_kv_secret_backend_v2: { key: ["mount"] },
  vault_auth_backend: { key: ["path"] },
  vault_jwt_auth_backend: { key: ["path"], defaults: { namespace_in_state: true } },
  // Vault's own default of disable_iss_validation is true; the provider writes false where a stack says nothing.
  vault_kubernetes_auth_backend_config: { key: ["backend"] },
  vault_audit: { key: ["path"] },
  vault_audit_request_header: NAMED,
  vault_password_policy: NAMED,
  vault_quota_rate_limit: NAMED,
  vault_policy: NAMED,
  vault_kubernetes_auth_backend_role: {
    key: ROLE,
    defaults: { ...TOKEN, alias_name_source: "serviceaccount_uid" },
  },
  vault_jwt_auth_backend_role: { key: ROLE, defaults: { ...TOKEN, bound_claims_type: "string" } },
  vault_identity_group_alias: { key: ["mount_accessor", "name"], anyCase: true },
  vault_userpass_auth_backend_user: { key: ["mount", "username"], anyCase: true, defaults: TOKEN },
  vault_identity_group: NAMED,
  vault_identity_entity: NAMED,
  vault_identity_mfa_totp: { key: ["issuer"], defaults: { qr_size: 200, key_size: 20, type: "totp" } },
  vault_identity_mfa_login_enforcement: { key: ["name"] },
  vault_identity_entity_alias: { key: ["mount_accessor", "name"], anyCase: true },
};

/** How a type is compared with what is in a running Vault; undefined: it is not. */
export function inVaultNow(type: string): InVaultNow | undefined {
  return Object.hasOwn(NOW, type) ? NOW[type] : undefined;
}
