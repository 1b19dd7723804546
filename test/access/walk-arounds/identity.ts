import { at, rule, type Mutable, type Stacks } from "../fixture";
import { ACCESS, add, DEV, LOCAL, NONPROD_ACCESS, PROD_ACCESS, set, each, type Mutation } from "./mutation";

const USER_ENTITY = "${vault_identity_entity.user_sample-node-api-user_entity.id}";
const ADMIN_ENTITY = "${vault_identity_entity.user_sample-admin_entity.id}";

function alias(stack: string, name: string, mount: string, entity: string): (stacks: Stacks) => void {
  return (s) =>
    add(s, stack, "vault_identity_entity_alias.extra", { name, mount_accessor: mount, canonical_id: entity });
}

function user(values: Mutable): (stacks: Stacks) => void {
  return (s) => set(s, ACCESS, "vault_userpass_auth_backend_user.user_sample-node-api-user", values);
}

/** Who somebody is to Vault, and what each of the ways to a policy gives. */
export const IDENTITY: readonly Mutation[] = [
  ...each({ config: "sample", expect: "judged" }, [
    {
      name: "a service account that is a person by an alias on the kubernetes mount",
      change: alias(ACCESS, "0c5e8d1a-uid", "${vault_auth_backend.login_local.accessor}", ADMIN_ENTITY),
    },
    {
      name: "a service account that is a person by its name",
      change: (s) => {
        set(s, LOCAL, "vault_kubernetes_auth_backend_role.sample-node-api_workload_role", {
          alias_name_source: "serviceaccount_name",
        });
        const name = "sample/sample-node-api-vault-operator-sa";
        alias(ACCESS, name, "${vault_auth_backend.login_local.accessor}", ADMIN_ENTITY)(s);
      },
    },
    {
      name: "an alias for a user that nobody made yet",
      change: alias(ACCESS, "mallory", "${vault_auth_backend.userpass.accessor}", ADMIN_ENTITY),
    },
    {
      name: "an alias of another person's user name",
      change: alias(ACCESS, "Sample-Node-API-User", "${vault_auth_backend.userpass.accessor}", ADMIN_ENTITY),
    },
    {
      name: "an alias by an accessor as it stands",
      change: alias(ACCESS, "x", "auth_kubernetes_1a2b3c", ADMIN_ENTITY),
    },
    {
      name: "groups in a group by a resource of their own",
      change: (s) =>
        add(s, ACCESS, "vault_identity_group_member_group_ids.extra", {
          group_id: "${vault_identity_group.group_platform-admin.id}",
          member_group_ids: ["${vault_identity_group.group_sample-node-api-user.id}"],
        }),
    },
    {
      name: "a second group of the name platform-admin",
      change: (s) =>
        add(s, ACCESS, "vault_identity_group.extra", {
          name: "platform-admin",
          policies: ["platform-admin"],
          member_entity_ids: [USER_ENTITY],
        }),
    },
    {
      name: "a group whose members are known elsewhere",
      change: (s) => set(s, ACCESS, "vault_identity_group.group_sample-admin", { type: "external" }),
    },
    {
      name: "a group whose members are others' to say",
      change: (s) => set(s, ACCESS, "vault_identity_group.group_sample-admin", { external_member_entity_ids: true }),
    },
    {
      name: "an entity whose policies are others' to say",
      change: (s) =>
        set(s, ACCESS, "vault_identity_entity.user_sample-node-api-user_entity", { external_policies: true }),
    },
    {
      name: "an entity that an environment's stack writes once more, with a policy more",
      change: (s) =>
        add(s, DEV, "vault_identity_entity.extra", { name: "sample-node-api-user", policies: ["sample-admin"] }),
    },
    {
      name: "a policy of a name in capitals",
      change: (s) =>
        add(s, DEV, "vault_policy.extra", { name: "Own-Password", policy: rule("kvv2/data/sample/*", "read") }),
    },
    {
      name: "a role of a name in capitals",
      change: (s) => {
        const role = at(s, LOCAL, "vault_kubernetes_auth_backend_role.sample-node-api_workload_role");
        add(s, LOCAL, "vault_kubernetes_auth_backend_role.extra", { ...role, role_name: "SAMPLE-NODE-API-LOCAL" });
      },
    },
    { name: "a first password that stands in the stack", change: user({ password_wo: "changeme" }) },
    {
      name: "a first password by its hash",
      change: user({ password_hash_wo: "$2a$10$N9qo8uLOickgx2ZMRZoMye", password_hash_wo_version: 1 }),
    },
    {
      name: "a first password of four letters",
      change: (s) => {
        s[ACCESS].ephemeral.random_password["user_sample-admin_password"].length = 4;
      },
    },
    {
      name: "an auth mount of a kind that no rule reads",
      change: (s) => add(s, ACCESS, "vault_auth_backend.extra", { path: "approle", type: "approle" }),
    },
  ]),
  ...each({ config: "production", expect: "judged" }, [
    {
      name: "a job that is a person by an alias on the jwt mount",
      change: alias(
        PROD_ACCESS,
        "repo:acme/vault-tenancy:environment:plan-acme-prod-eu",
        "${vault_jwt_auth_backend.pipelines.accessor}",
        "${vault_identity_entity.user_amara--okafor_entity.id}",
      ),
    },
    {
      name: "a workload of another cluster that is a person",
      change: alias(
        PROD_ACCESS,
        "system:serviceaccount:payments:payments-vault-operator-sa",
        "${vault_jwt_auth_backend.login_prod-us.accessor}",
        "${vault_identity_entity.user_mei--tanaka_entity.id}",
      ),
    },
    {
      name: "a person by an oidc mount",
      change: (s) => {
        add(s, PROD_ACCESS, "vault_jwt_auth_backend.oidc", {
          path: "oidc",
          type: "oidc",
          oidc_discovery_url: "https://login.evil.example",
          oidc_client_id: "vault",
        });
        alias(
          PROD_ACCESS,
          "mallory",
          "${vault_jwt_auth_backend.oidc.accessor}",
          "${vault_identity_entity.user_amara--okafor_entity.id}",
        )(s);
      },
    },
  ]),
  ...each({ config: "sample", expect: "privilege-escalation" }, [
    { name: "a user with a policy of its own", change: user({ token_policies: ["platform-admin"] }) },
    {
      name: "policies of an entity as a resource of their own",
      change: (s) =>
        add(s, ACCESS, "vault_identity_entity_policies.extra", {
          entity_id: USER_ENTITY,
          policies: ["platform-admin"],
        }),
    },
    {
      name: "policies of a group as a resource of their own",
      change: (s) =>
        add(s, DEV, "vault_identity_group_policies.extra", {
          group_id: "${vault_identity_group.group_sample-node-api-user.id}",
          policies: ["platform-admin"],
        }),
    },
    {
      name: "a member of platform-admin by a resource of its own",
      change: (s) =>
        add(s, ACCESS, "vault_identity_group_member_entity_ids.extra", {
          group_id: "${vault_identity_group.group_platform-admin.id}",
          member_entity_ids: [USER_ENTITY],
          exclusive: false,
        }),
    },
    {
      name: "a group in platform-admin",
      change: (s) =>
        set(s, ACCESS, "vault_identity_group.group_platform-admin", {
          member_group_ids: ["${vault_identity_group.group_sample-node-api-user.id}"],
        }),
    },
    {
      name: "a second group of a name in capitals",
      change: (s) =>
        add(s, ACCESS, "vault_identity_group.extra", {
          name: "Platform-Admin",
          policies: ["Platform-Admin"],
          member_entity_ids: [USER_ENTITY],
        }),
    },
    {
      name: "an entity of another person's name",
      change: (s) => {
        at(s, ACCESS, "vault_identity_entity.user_sample-node-api-user_entity").name = "sample-admin";
      },
    },
    {
      name: "an entity of another person's name in capitals",
      change: (s) => {
        at(s, ACCESS, "vault_identity_entity.user_sample-node-api-user_entity").name = "Sample-Admin";
      },
    },
  ]),
  ...each({ config: "sample", expect: "least-privilege" }, [
    {
      name: "a user with another group's policy in capitals",
      change: user({ token_policies: ["Sample-Python-API-Admin"] }),
    },
    {
      name: "an entity with a policy of its own",
      change: (s) =>
        at(s, ACCESS, "vault_identity_entity.user_sample-node-api-user_entity").policies.push("sample-admin"),
    },
  ]),
  ...each({ config: "production", expect: "protection" }, [
    {
      name: "the default policy, written anew",
      change: (s) =>
        add(s, PROD_ACCESS, "vault_policy.extra", { name: "Default", policy: rule("apps/data/acme/*", "read") }),
    },
  ]),
  // Vault keeps one of each whatever the case: who writes it again writes over it.
  ...each({ config: "sample", expect: "judged" }, [
    {
      name: "an entity of a name in capitals, with a policy more",
      change: (s) =>
        add(s, ACCESS, "vault_identity_entity.extra", { name: "Sample-Node-API-User", policies: ["sample-admin"] }),
    },
    {
      name: "a user of a name in capitals, with a known password",
      change: (s) =>
        add(s, DEV, "vault_userpass_auth_backend_user.extra", {
          mount: "userpass",
          username: "Sample-Admin",
          password_wo: "known",
        }),
    },
  ]),
  ...each({ config: "production", expect: "judged" }, [
    {
      name: "a job's role of a name in capitals",
      change: (s) => {
        const role = at(s, NONPROD_ACCESS, "vault_jwt_auth_backend_role.pipeline_plan-acme-dev_role");
        const bound_claims = { repository: "evil/fork" };
        const role_name = "PLAN-ACME-DEV";
        add(s, NONPROD_ACCESS, "vault_jwt_auth_backend_role.extra", { ...role, role_name, bound_claims });
      },
    },
  ]),
];
