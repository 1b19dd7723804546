import type { Mutable } from "../access/fixture";
import { judged } from "./by-hand";

const created = (type: string, after: Mutable, more?: Mutable) => judged(type, ["create"], null, after, more);

/** As the provider plans it: what a stack does not say is null, empty or the default. */
const ROLE = {
  backend: "kubernetes",
  role_name: "app",
  audience: "vault",
  bound_service_account_names: ["app"],
  bound_service_account_namespaces: ["app"],
  token_policies: ["app-dev"],
  token_ttl: 600,
  token_type: "default",
  token_no_default_policy: null,
  alias_name_source: "serviceaccount_uid",
  namespace: null,
};
const JOB = {
  backend: "jwt-ci",
  role_name: "apply-shop-dev",
  role_type: "jwt",
  user_claim: "sub",
  user_claim_json_pointer: false,
  bound_audiences: ["https://vault.acme.example"],
  bound_claims: { repository: "acme/shop" },
  bound_claims_type: "string",
  clock_skew_leeway: 0,
  disable_bound_claims_parsing: false,
  verbose_oidc_logging: false,
  token_policies: ["apply-shop-dev"],
  token_type: "service",
};
const manifest = (kind: string, spec: Mutable) => ({
  manifest: { apiVersion: "secrets.hashicorp.com/v1beta1", kind, metadata: { name: "x", namespace: "shop" }, spec },
});
const AUTH = {
  method: "kubernetes",
  mount: "kubernetes",
  vaultConnectionRef: "vault",
  kubernetes: { role: "app", serviceAccount: "app", audiences: ["vault"], tokenExpirationSeconds: 600 },
};

describe("what is made and a person must look at", () => {
  test.each<[string, string, Mutable]>([
    ["an alias for an entity that is there", "vault_identity_entity_alias", { name: "x", canonical_id: "1b2c" }],
    ["an entity with a policy", "vault_identity_entity", { name: "x", policies: ["platform-admin"] }],
    ["a user with a policy", "vault_userpass_auth_backend_user", { username: "x", token_policies: ["admin"] }],
    ["a group with another's policy", "vault_identity_group", { name: "x", policies: ["platform-admin"] }],
    [
      "a group with people who are there",
      "vault_identity_group",
      { name: "x", policies: ["x"], member_entity_ids: ["1"] },
    ],
    ["a group whose members others say", "vault_identity_group", { name: "x", external_member_entity_ids: true }],
    ["members by a resource of their own", "vault_identity_group_member_entity_ids", { member_entity_ids: ["1"] }],
    ["policies by a resource of their own", "vault_identity_entity_policies", { policies: ["admin"] }],
    ["another way to log in", "vault_auth_backend", { path: "approle", type: "approle" }],
    ["another issuer", "vault_jwt_auth_backend", { path: "jwt-x", type: "jwt", namespace_in_state: true }],
    ["a role for every account", "vault_kubernetes_auth_backend_role", { ...ROLE, bound_service_account_names: ["*"] }],
    ["a role whose tokens never end", "vault_kubernetes_auth_backend_role", { ...ROLE, token_period: 600 }],
    ["a role whose tokens live for a month", "vault_kubernetes_auth_backend_role", { ...ROLE, token_max_ttl: 2592000 }],
    ["a job by a pattern", "vault_jwt_auth_backend_role", { ...JOB, bound_claims_type: "glob" }],
    ["a job without claims", "vault_jwt_auth_backend_role", { ...JOB, bound_claims: null }],
    ["a job's groups by a claim", "vault_jwt_auth_backend_role", { ...JOB, groups_claim: "groups" }],
    ["an audit device with values", "vault_audit", { path: "f", type: "file", options: { log_raw: "true" } }],
    ["a header as it is in the audit log", "vault_audit_request_header", { name: "x-vault-token", hmac: false }],
    [
      "a mount whose keys are not hashed",
      "vault_mount",
      { path: "x", type: "kv", audit_non_hmac_request_keys: ["data"] },
    ],
    [
      "a login for other namespaces",
      "kubernetes_manifest",
      manifest("VaultAuth", { ...AUTH, allowedNamespaces: ["*"] }),
    ],
    [
      "a connection unchecked",
      "kubernetes_manifest",
      manifest("VaultConnection", { address: "https://v", skipTLSVerify: true }),
    ],
    ["another kind of the operator's", "kubernetes_manifest", manifest("VaultDynamicSecret", { mount: "database" })],
    ["a right in Kubernetes", "kubernetes_role_binding_v1", { metadata: [{ name: "x", namespace: "shop" }] }],
    ["a service account's token", "kubernetes_secret_v1", { type: "kubernetes.io/service-account-token" }],
    [
      "a policy about Vault itself",
      "vault_policy",
      { name: "x", policy: 'path "sys/raw/*" { capabilities = ["read"] }' },
    ],
    ["what no record describes", "terraform_data", { input: "x" }],
  ])("%s", (_, type, after) => {
    expect(created(type, after).join("\n")).toMatch(/^(warning|error): /);
  });

  test("a chart from elsewhere", () => {
    const release = {
      name: "vault",
      namespace: "vault",
      chart: "vault",
      repository: "https://helm.example",
      version: "1.0.0",
    };
    expect(judged("helm_release", ["update"], release, { ...release, repository: "https://evil.example" })).toEqual([
      "warning: release vault/vault: its repository becomes https://evil.example",
    ]);
  });

  test("what takes the place of something", () => {
    expect(judged("vault_jwt_auth_backend_role", ["delete", "create"], JOB, { ...JOB, bound_claims: null })).toContain(
      "warning: role jwt-ci/apply-shop-dev is made without claims",
    );
  });
});

describe("what the config adds is routine", () => {
  test.each<[string, string, Mutable, Mutable?]>([
    ["a workload's role", "vault_kubernetes_auth_backend_role", ROLE],
    ["a job's role", "vault_jwt_auth_backend_role", JOB],
    ["an entity", "vault_identity_entity", { name: "dana", policies: ["own-password"], external_policies: false }],
    ["its alias", "vault_identity_entity_alias", { name: "dana" }, { after_unknown: { canonical_id: true, id: true } }],
    ["its user", "vault_userpass_auth_backend_user", { username: "dana", mount: "userpass", password_wo: null }],
    [
      "a group",
      "vault_identity_group",
      { name: "x", policies: ["x"], type: "internal" },
      { after_unknown: { id: true } },
    ],
    ["a set", "vault_kv_secret_v2", { mount: "kvv2", name: "a", disable_read: true, data_json_wo: null }],
    [
      "a service account",
      "kubernetes_service_account_v1",
      { metadata: [{ name: "x" }], automount_service_account_token: false },
    ],
    [
      "a Secret",
      "kubernetes_secret_v1",
      { metadata: [{ name: "x" }], type: "Opaque", wait_for_service_account_token: true },
    ],
    ["a login of the operator", "kubernetes_manifest", manifest("VaultAuth", AUTH)],
    [
      "a connection",
      "kubernetes_manifest",
      manifest("VaultConnection", { address: "https://v", skipTLSVerify: false }),
    ],
    ["an audit device", "vault_audit", { path: "f", type: "file", options: { file_path: "stdout" }, local: null }],
  ])("%s", (_, type, after, more) => {
    expect(created(type, after, more).filter((each) => !each.startsWith("info: "))).toEqual([]);
  });
});
