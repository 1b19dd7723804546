import { edited, made, NONE, several, token, type Body, type Planted } from "./planted";
import { TestIssuer } from "./ci-tokens";

const USER = "sample-node-api-user";
const CONFIG = "auth/kubernetes/config";
const CONFIG_NAME = "otherwise in Vault: vault_kubernetes_auth_backend_config\\.login_local_config ";

const TRUST: readonly Planted[] = [
  edited(
    "another API server",
    CONFIG,
    { kubernetes_host: "https://elsewhere.example" },
    new RegExp(`${CONFIG_NAME}.*elsewhere`),
  ),
  edited(
    "an API server's keys",
    CONFIG,
    { pem_keys: new TestIssuer().publicKey },
    new RegExp(`${CONFIG_NAME}.*pem_keys`),
  ),
  edited(
    "another issuer's key",
    "auth/jwt-ci/config",
    { jwt_validation_pubkeys: new TestIssuer().publicKey },
    /otherwise in Vault: vault_jwt_auth_backend\.pipelines .*jwt_validation_pubkeys/,
  ),
  edited(
    "another issuer's name",
    "auth/jwt-ci/config",
    { bound_issuer: "https://elsewhere.example" },
    /otherwise in Vault: vault_jwt_auth_backend\.pipelines .*bound_issuer.*elsewhere/,
  ),
  {
    kind: "people's tokens that live longer",
    named: /otherwise in Vault: vault_auth_backend\.userpass .*tune.*2592000/,
    plant: async ({ live }) => {
      await live.write("POST", "sys/auth/userpass/tune", { max_lease_ttl: "720h" });
      return () => live.write("POST", "sys/auth/userpass/tune", { max_lease_ttl: "28800s" });
    },
  },
];

const SERVER: readonly Planted[] = [
  {
    kind: "an audit device that writes values in clear",
    named: /only in Vault: vault_audit\.only-in-vault_raw .*log_raw/,
    plant: async ({ live }) => {
      await live.server.enableAudit("raw", { log_raw: "true" });
      return () => live.write("DELETE", "sys/audit/raw");
    },
  },
  {
    kind: "an audit device gone",
    named: /not in Vault: vault_audit\./,
    plant: async ({ live }) => {
      const devices = (await live.write("GET", "sys/audit")).data as Record<string, Body>;
      const [path, device] = Object.entries(devices)[0]!;
      await live.write("DELETE", `sys/audit/${path.replace("/", "")}`);
      return () => live.write("PUT", `sys/audit/${path.replace("/", "")}`, device);
    },
  },
  made(
    "a header that is audited in clear",
    "sys/config/auditing/request-headers/authorization",
    { hmac: false },
    /only in Vault: vault_audit_request_header\.only-in-vault_authorization/,
  ),
  {
    kind: "values of the mount in clear in the audit log",
    named: /otherwise in Vault: vault_mount\.kv .*audit_non_hmac_response_keys.*data/,
    plant: async ({ live }) => {
      await live.write("POST", "sys/mounts/kvv2/tune", { audit_non_hmac_response_keys: ["data"] });
      return () => live.write("POST", "sys/mounts/kvv2/tune", { audit_non_hmac_response_keys: [] });
    },
  },
  made("a second kv mount", "sys/mounts/other", { type: "kv-v2" }, /only in Vault: vault_mount\.only-in-vault_other/),
  made("another secrets engine", "sys/mounts/transit", { type: "transit" }, /broken supported: mount transit in Vault/),
  edited(
    "fewer versions kept",
    "kvv2/config",
    { max_versions: 1 },
    /vault_kv_secret_backend_v2\.kv_config .*max_versions/,
  ),
  edited(
    "values that delete themselves",
    "kvv2/config",
    { delete_version_after: "1h" },
    /vault_kv_secret_backend_v2\.kv_config .*delete_version_after.*3600/,
  ),
  made(
    "a web page that may call Vault",
    "sys/config/cors",
    { allowed_origins: ["https://elsewhere.example"] },
    /broken supported: vault_generic_endpoint\.only-in-vault_sys-config-cors/,
  ),
  made(
    "a header of the web interface",
    "sys/config/ui/headers/X-Planted",
    { values: ["x"] },
    /broken supported: vault_generic_endpoint\.only-in-vault_sys-config-ui-headers-X-Planted/,
  ),
  made(
    "a password policy",
    "sys/policies/password/planted",
    { policy: 'length = 4\nrule "charset" { charset = "abc" }' },
    /only in Vault: vault_password_policy\.only-in-vault_planted/,
  ),
  made("a quota", "sys/quotas/rate-limit/planted", { rate: 1000 }, /only in Vault: vault_quota_rate_limit\.\S*planted/),
  several("a second factor", /broken trust: vault_identity_mfa_login_enforcement\.only-in-vault_planted/, {
    kind: "",
    named: NONE,
    plant: async ({ live }) => {
      const body = { issuer: "planted" };
      const { data } = await live.write("POST", "identity/mfa/method/totp", body);
      const { method_id: method } = data as { method_id: string };
      const path = "identity/mfa/login-enforcement/planted";
      await live.write("POST", path, { mfa_method_ids: [method], auth_method_types: ["kubernetes"] });
      return async () => {
        await live.write("DELETE", path);
        await live.write("DELETE", `identity/mfa/method/totp/${method}`);
      };
    },
  }),
  made(
    "a client of Vault's own OpenID provider",
    "identity/oidc/client/planted",
    { assignments: ["allow_all"] },
    /broken supported: vault_generic_endpoint\.only-in-vault_identity-oidc-client-planted/,
  ),
  {
    kind: "a root token in the making",
    named: /broken supported: vault_generic_endpoint\.only-in-vault_sys-generate-root-attempt/,
    plant: async ({ live }) => {
      await live.write("PUT", "sys/generate-root/attempt", {});
      return () => live.write("DELETE", "sys/generate-root/attempt");
    },
  },
];

const TOKENS: readonly Planted[] = [
  token(
    "a root token left over",
    { no_parent: true },
    /vault_generic_endpoint\.only-in-vault_auth-token-accessors-\S+ .*a root token/,
  ),
  token(
    "a token that is renewed for ever",
    { no_parent: true, period: "24h", policies: ["sample-admin"] },
    /vault_generic_endpoint\.only-in-vault_auth-token-accessors-\S+ .*does not end with another token/,
  ),
  token(
    "a token of the policy platform-admin",
    { policies: ["platform-admin"] },
    /vault_generic_endpoint\.only-in-vault_auth-token-accessors-\S+ .*platform-admin/,
  ),
  made(
    "a role of tokens",
    "auth/token/roles/planted",
    { allowed_policies: ["platform-admin"], orphan: true },
    /broken supported: vault_generic_endpoint\.only-in-vault_auth-token-roles-planted/,
  ),
  {
    kind: "a token of a login that gave more",
    named: /only-in-vault_auth-token-accessors-\S+ .*its login does not give platform-admin any more/,
    plant: async ({ live, loader }) => {
      const path = `auth/userpass/users/${USER}`;
      await live.write("POST", path, { token_policies: ["platform-admin"] });
      const { auth } = (await live.write("POST", `auth/userpass/login/${USER}`, {
        password: loader.passwords.get(USER),
      })) as { auth: { accessor: string } };
      await live.write("POST", path, { token_policies: [] });
      return () => live.write("POST", "auth/token/revoke-accessor", { accessor: auth.accessor });
    },
  },
];

/** What Vault trusts, records and lets in otherwise. */
export const SETTINGS: readonly Planted[] = [...TRUST, ...SERVER, ...TOKENS];
