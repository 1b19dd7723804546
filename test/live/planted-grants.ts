import { accessorOf, edited, id, made, NONE, several, type Planted } from "./planted";

const READ_ALL = 'path "kvv2/data/*" {\n  capabilities = ["read"]\n}\n';
const USER = "sample-node-api-user";

const POLICIES: readonly Planted[] = [
  {
    kind: "a policy edited",
    named: /gain person sample-node-api-user: read.*by vault_policy\.group_sample-node-api-user_policy/,
    plant: async ({ live }) => {
      const path = `sys/policies/acl/${USER}`;
      const { policy } = (await live.write("GET", path)).data as { policy: string };
      await live.write("PUT", path, { policy: policy + READ_ALL });
      return () => live.write("PUT", path, { policy });
    },
  },
  made("a policy added", "sys/policies/acl/planted", { policy: READ_ALL }, /only in Vault: vault_policy\.\S*planted/),
  several(
    "a policy added and given to a user",
    /gain person sample-node-api-user: read.*by .*vault_policy\.only-in-vault_planted/,
    made("", "sys/policies/acl/planted", { policy: READ_ALL }, NONE),
    edited("", `auth/userpass/users/${USER}`, { token_policies: ["planted"] }, NONE),
  ),
  {
    kind: "the default policy edited",
    named: /only in Vault: vault_policy\.only-in-vault_default/,
    plant: async ({ live }) => {
      const { policy } = (await live.write("GET", "sys/policies/acl/default")).data as { policy: string };
      await live.write("PUT", "sys/policies/acl/default", { policy: policy + READ_ALL });
      return () => live.write("PUT", "sys/policies/acl/default", { policy });
    },
  },
  {
    kind: "a policy gone",
    named: /not in Vault: vault_policy\.group_sample-node-api-user_policy/,
    plant: async ({ live }) => {
      const { policy } = (await live.write("GET", `sys/policies/acl/${USER}`)).data as { policy: string };
      await live.write("DELETE", `sys/policies/acl/${USER}`);
      return () => live.write("PUT", `sys/policies/acl/${USER}`, { policy });
    },
  },
];

const PEOPLE: readonly Planted[] = [
  edited(
    "a user's own policies",
    `auth/userpass/users/${USER}`,
    { token_policies: ["platform-admin"] },
    /gain person sample-node-api-user: .*write policies/,
  ),
  edited(
    "a user's own policies, its name in capitals",
    "auth/userpass/users/SAMPLE-NODE-API-USER",
    { token_policies: ["Sample-Admin"] },
    /otherwise in Vault: vault_userpass_auth_backend_user\.user_sample-node-api-user .*token_policies.*sample-admin/,
  ),
  made(
    "a user added",
    "auth/userpass/users/planted",
    { password: "only-in-this-test", token_policies: ["sample-admin"] },
    /gain person planted: delete, update, read/,
  ),
  several(
    "an auth method for people, with a user",
    /gain person planted: delete, update, read.*by vault_userpass_auth_backend_user\.only-in-vault_other-planted/,
    made("", "sys/auth/other", { type: "userpass" }, NONE),
    made("", "auth/other/users/planted", { password: "only-in-this-test", token_policies: ["sample-admin"] }, NONE),
  ),
  edited(
    "policies of an entity",
    `identity/entity/name/${USER}`,
    { policies: ["own-password", "sample-admin"] },
    /gain person sample-node-api-user: .*by vault_identity_entity\.user_sample-node-api-user_entity/,
  ),
  edited(
    "an entity's metadata, which templates read",
    `identity/entity/name/${USER}`,
    { metadata: { team: "platform" } },
    /otherwise in Vault: vault_identity_entity\.user_sample-node-api-user_entity .*metadata/,
    { metadata: {} },
  ),
  edited(
    "an entity disabled",
    `identity/entity/name/${USER}`,
    { disabled: true },
    /otherwise in Vault: vault_identity_entity\.user_sample-node-api-user_entity .*disabled/,
  ),
  {
    kind: "an alias that leads to another entity",
    named:
      /gain person sample-node-api-user: delete[^]*vault_identity_entity_alias\.user_sample-node-api-user_.*planted/,
    plant: async ({ live }) => {
      const own = await id(live, `identity/entity/name/${USER}`);
      await live.write("POST", "identity/entity", { name: "planted", policies: ["sample-admin"] });
      const mount_accessor = await accessorOf(live, "userpass");
      const point = (canonical_id: string) =>
        live.write("POST", "identity/entity-alias", { name: USER, mount_accessor, canonical_id });
      await point(await id(live, "identity/entity/name/planted"));
      return async () => {
        await point(own);
        await live.write("DELETE", "identity/entity/name/planted");
      };
    },
  },
  {
    kind: "an alias by which a service account is a person",
    named:
      /only in Vault: vault_identity_entity_alias\.only-in-vault_vault_auth_backend-kubernetes-planted .*sample-admin/,
    plant: async ({ live }) => {
      const canonical_id = await id(live, "identity/entity/name/sample-admin");
      const mount_accessor = await accessorOf(live, "kubernetes");
      const { data } = await live.write("POST", "identity/entity-alias", {
        name: "planted",
        mount_accessor,
        canonical_id,
      });
      return () => live.write("DELETE", `identity/entity-alias/id/${(data as { id: string }).id}`);
    },
  },
];

const GROUPS: readonly Planted[] = [
  {
    kind: "a member of a group",
    named: /gain person sample-node-api-user: .*by vault_identity_group\.group_sample-admin/,
    plant: async ({ live }) => {
      const path = "identity/group/name/sample-admin";
      const { member_entity_ids: members } = (await live.write("GET", path)).data as { member_entity_ids: string[] };
      const planted = await id(live, `identity/entity/name/${USER}`);
      await live.write("POST", path, { member_entity_ids: [...members, planted] });
      return () => live.write("POST", path, { member_entity_ids: members });
    },
  },
  edited(
    "policies of a group",
    `identity/group/name/${USER}`,
    { policies: [USER, "platform-admin"] },
    /gain person sample-node-api-user: .*write policies.*by vault_identity_group\.group_sample-node-api-user/,
  ),
  {
    kind: "a group in a group",
    named: /gain person sample-node-api-user: .*by vault_identity_group\.group_sample-admin/,
    plant: async ({ live }) => {
      const inner = await id(live, `identity/group/name/${USER}`);
      await live.write("POST", "identity/group/name/sample-admin", { member_group_ids: [inner] });
      return () => live.write("POST", "identity/group/name/sample-admin", { member_group_ids: [] });
    },
  },
  {
    kind: "a group of one's own",
    named: /gain person sample-node-api-user: .*by vault_identity_group\.only-in-vault_planted/,
    plant: async ({ live }) => {
      const member = await id(live, `identity/entity/name/${USER}`);
      const body = { policies: ["sample-admin"], member_entity_ids: [member] };
      await live.write("POST", "identity/group/name/planted", body);
      return () => live.write("DELETE", "identity/group/name/planted");
    },
  },
  {
    kind: "an external group, whose members another system knows",
    named: /broken supported: vault_identity_group_alias\.only-in-vault_.* it gives whoever logs in at jwt-ci /,
    plant: async ({ live }) => {
      const body = { type: "external", policies: ["sample-admin"] };
      await live.write("POST", "identity/group/name/planted", body);
      const canonical_id = await id(live, "identity/group/name/planted");
      const mount_accessor = await accessorOf(live, "jwt-ci");
      await live.write("POST", "identity/group-alias", { name: "planted", mount_accessor, canonical_id });
      return () => live.write("DELETE", "identity/group/name/planted");
    },
  },
];

const ROLE = "auth/kubernetes/role/sample-node-api-local";
const ROLE_NAME = /otherwise in Vault: vault_kubernetes_auth_backend_role\.sample-node-api_workload_role /.source;
const JWT_ROLE = "auth/jwt-ci/role/apply-sample-dev";
const JWT_NAME = /otherwise in Vault: vault_jwt_auth_backend_role\.pipeline_apply-sample-dev_role /.source;

const LOGINS: readonly Planted[] = [
  edited(
    "a role's service accounts widened",
    ROLE,
    { bound_service_account_names: ["*"] },
    new RegExp(`${ROLE_NAME}.*bound_service_account_names`),
  ),
  edited(
    "a role's namespaces widened",
    ROLE,
    { bound_service_account_namespaces: ["sample", "default"] },
    /gain workload local\/default\/\S+: read/,
  ),
  edited("a role for any audience", ROLE, { audience: "" }, new RegExp(`${ROLE_NAME}.*audience`)),
  edited(
    "a policy given to a role",
    ROLE,
    { token_policies: ["sample-node-api-local", "sample-admin"] },
    /gain workload local\/sample\/\S+: delete, update, read.*by vault_kubernetes_auth_backend_role\./,
  ),
  edited("a role's tokens that never end", ROLE, { token_period: "24h" }, new RegExp(`${ROLE_NAME}.*token_period`)),
  made(
    "a role added",
    "auth/kubernetes/role/planted",
    {
      bound_service_account_names: ["planted"],
      bound_service_account_namespaces: ["default"],
      token_policies: ["sample-admin"],
    },
    /gain workload local\/default\/planted: delete, update, read/,
  ),
  edited("claims that may be anything", JWT_ROLE, { bound_claims_type: "glob" }, new RegExp(`${JWT_NAME}.*glob`)),
  edited(
    "another repository's claims",
    JWT_ROLE,
    { bound_claims: { repository: ["acme/vault-tenancy", "evil/fork"] } },
    new RegExp(`${JWT_NAME}.*bound_claims.*evil/fork`),
  ),
  edited(
    "another audience of a pipeline",
    JWT_ROLE,
    { bound_audiences: ["https://vault.example", "https://other.example"] },
    new RegExp(`${JWT_NAME}.*bound_audiences`),
  ),
  several(
    "an auth method of another type, with a role",
    /broken supported: auth method approle in Vault: .*approle.*\n[^]*only-in-vault_auth-approle-role-planted/,
    made("", "sys/auth/approle", { type: "approle" }, NONE),
    made("", "auth/approle/role/planted", { token_policies: ["sample-admin"] }, NONE),
  ),
  several(
    "an auth method by certificates",
    /broken supported: auth method cert in Vault: .*type cert/,
    made("", "sys/auth/cert", { type: "cert" }, NONE),
  ),
];

/** Policies, people, groups and roles. */
export const GRANTS: readonly Planted[] = [...POLICIES, ...PEOPLE, ...GROUPS, ...LOGINS];
