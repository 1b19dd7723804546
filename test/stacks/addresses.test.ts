import { CONFIGS } from "../helpers/configs";
import { synthPlatform } from "../helpers/synth";

// Addresses are a contract: they stand in people's state. A rename here ships with a `moved` block, or Terraform
// destroys and makes anew.

/** The Vault side of the sample's apps in an environment. */
const VAULT_SIDE = {
  vault_generic_endpoint: ["sample-node-api_secrets_metadata", "sample-python-api_secrets_metadata"],
  vault_kv_secret_v2: ["sample-node-api_secrets_data", "sample-python-api_secrets_data"],
  vault_policy: ["sample-node-api_workload_policy", "sample-python-api_workload_policy"],
};

const ADDRESSES: { readonly [stack: string]: { readonly [type: string]: readonly string[] } } = {
  "sample-vault-main": {
    helm_release: ["vault_release"],
    kubernetes_namespace_v1: ["vault_namespace"],
  },
  "sample-access-main": {
    "ephemeral.random_password": [
      "user_platform-admin_password",
      "user_sample-admin_password",
      "user_sample-node-api-admin_password",
      "user_sample-node-api-user_password",
      "user_sample-python-api-admin_password",
      "user_sample-python-api-user_password",
    ],
    vault_audit: ["audit_file-stdout", "audit_file-vault-audit-audit-log"],
    vault_auth_backend: ["login_local", "userpass"],
    vault_identity_entity: [
      "user_platform-admin_entity",
      "user_sample-admin_entity",
      "user_sample-node-api-admin_entity",
      "user_sample-node-api-user_entity",
      "user_sample-python-api-admin_entity",
      "user_sample-python-api-user_entity",
    ],
    vault_identity_entity_alias: [
      "user_platform-admin_alias",
      "user_sample-admin_alias",
      "user_sample-node-api-admin_alias",
      "user_sample-node-api-user_alias",
      "user_sample-python-api-admin_alias",
      "user_sample-python-api-user_alias",
    ],
    vault_identity_group: [
      "group_platform-admin",
      "group_sample-admin",
      "group_sample-node-api-admin",
      "group_sample-node-api-user",
      "group_sample-python-api-admin",
      "group_sample-python-api-user",
    ],
    vault_kubernetes_auth_backend_config: ["login_local_config"],
    vault_kv_secret_backend_v2: ["kv_config"],
    vault_mount: ["kv"],
    vault_policy: [
      "group_platform-admin_policy",
      "group_sample-admin_policy",
      "group_sample-node-api-admin_policy",
      "group_sample-node-api-user_policy",
      "group_sample-python-api-admin_policy",
      "group_sample-python-api-user_policy",
      "userpass_own-password",
    ],
    vault_userpass_auth_backend_user: [
      "user_platform-admin",
      "user_sample-admin",
      "user_sample-node-api-admin",
      "user_sample-node-api-user",
      "user_sample-python-api-admin",
      "user_sample-python-api-user",
    ],
  },
  "sample-operator-local": {
    helm_release: ["operator_release"],
    kubernetes_manifest: ["admission_binding_sample-local", "admission_policy_sample-local"],
    kubernetes_namespace_v1: ["operator_namespace"],
  },
  "sample-local": {
    ...VAULT_SIDE,
    kubernetes_manifest: [
      "connection_sample",
      "sample-node-api_binding_auth",
      "sample-node-api_binding_static-secret",
      "sample-python-api_binding_auth",
      "sample-python-api_binding_static-secret",
    ],
    kubernetes_namespace_v1: ["namespace_sample"],
    kubernetes_secret_v1: ["sample-node-api_binding_secret", "sample-python-api_binding_secret"],
    kubernetes_service_account_v1: [
      "sample-node-api_binding_service-account",
      "sample-python-api_binding_service-account",
    ],
    vault_kubernetes_auth_backend_role: ["sample-node-api_workload_role", "sample-python-api_workload_role"],
  },
  "sample-dev": VAULT_SIDE,
  "sample-qa": VAULT_SIDE,
  "sample-stg": VAULT_SIDE,
  "sample-prod": VAULT_SIDE,
};

const { stacks } = synthPlatform(CONFIGS.sample!);

test("the list has every stack", () => {
  expect(Object.keys(stacks)).toEqual(Object.keys(ADDRESSES));
});

test.each(Object.keys(ADDRESSES))("the addresses of %s are the ones in people's state", (name) => {
  const { resource = {}, ephemeral = {} } = stacks[name]!;
  const types = [
    ...Object.entries(resource),
    ...Object.entries(ephemeral).map(([type, blocks]) => [`ephemeral.${type}`, blocks] as const),
  ];
  expect(Object.fromEntries(types.map(([type, blocks]) => [type, Object.keys(blocks).sort()]))).toEqual(
    ADDRESSES[name],
  );
});
