import { at, rule } from "../fixture";
import { NODE_POLICY, inSample, type Planted } from "./mistake";

/** Mistakes in who may do what in a Vault, and in what is read of it. */
export const VAULTS: readonly Planted[] = [
  inSample(
    "a service account that reads every Secret of the namespace",
    "isolation",
    /ServiceAccount sample\/debug can read the Secret sample\/sample-app-node-api/,
    /kubernetes_role_binding_v1\.debug/,
    (s) => {
      s["sample-local"].resource.kubernetes_role_v1 = {
        debug: {
          metadata: { name: "debug", namespace: "sample" },
          rule: [{ api_groups: [""], resources: ["secrets"], verbs: ["get"] }],
        },
      };
      s["sample-local"].resource.kubernetes_role_binding_v1 = {
        debug: {
          metadata: { name: "debug", namespace: "sample" },
          role_ref: { kind: "Role", name: "debug" },
          subject: [{ kind: "ServiceAccount", namespace: "sample", name: "debug" }],
        },
      };
    },
  ),
  inSample(
    "a group with one policy too many",
    "least-privilege",
    /group sample-node-api-user has the policy sample-python-api-admin beside its own/,
    /group_sample-node-api-user/,
    (s) => {
      at(s, "sample-access-main", "vault_identity_group.group_sample-node-api-user").policies.push(
        "sample-python-api-admin",
      );
    },
  ),
  inSample(
    "a person with a policy of its own",
    "least-privilege",
    /person sample-node-api-user has the policy sample-admin directly/,
    /user_sample-node-api-user_entity/,
    (s) => {
      at(s, "sample-access-main", "vault_identity_entity.user_sample-node-api-user_entity").policies.push(
        "sample-admin",
      );
    },
  ),
  inSample(
    "a user without an alias",
    "binding",
    /user sample-node-api-user has no alias/,
    /user_sample-node-api-user/,
    (s) => {
      delete s["sample-access-main"].resource.vault_identity_entity_alias["user_sample-node-api-user_alias"];
    },
  ),
  inSample(
    "a group that may write policies",
    "privilege-escalation",
    /person sample-admin can write policies in Vault main/,
    /group_sample-admin_policy/,
    (s) => {
      at(s, "sample-access-main", "vault_policy.group_sample-admin_policy").policy += rule(
        "sys/policies/acl/sample-*",
        "create",
        "update",
      );
    },
  ),
  inSample(
    "everybody may set everybody's password",
    "privilege-escalation",
    /can set another person's password \(sample-admin's\)/,
    /userpass_own-password/,
    (s) => {
      at(s, "sample-access-main", "vault_policy.userpass_own-password").policy = rule(
        "auth/userpass/users/+/password",
        "update",
      );
    },
  ),
  inSample(
    "a person in a group of admins by another group",
    "privilege-escalation",
    /person sample-python-api-user can .*, and is not in platform-admin/,
    /group_helpers/,
    (s) => {
      s["sample-access-main"].resource.vault_identity_group.group_helpers = {
        name: "helpers",
        type: "internal",
        policies: ["platform-admin"],
        member_entity_ids: ["${vault_identity_entity.user_sample-python-api-user_entity.id}"],
      };
    },
  ),
  inSample(
    "a workload that may write its own role",
    "privilege-escalation",
    /sample-node-api-vault-operator-sa can write users or roles of an auth method/,
    /sample-node-api_workload_policy/,
    (s) => {
      at(s, "sample-local", NODE_POLICY).policy += rule("auth/kubernetes/role/sample-node-api-local", "update");
    },
  ),
  inSample(
    "sudo on everything",
    "privilege-escalation",
    /can disable or move the mount/,
    /group_sample-node-api-admin_policy/,
    (s) => {
      at(s, "sample-access-main", "vault_policy.group_sample-node-api-admin_policy").policy += rule(
        "*",
        "create",
        "read",
        "update",
        "delete",
        "list",
        "sudo",
      );
    },
  ),
  inSample(
    "an auth method that the report does not know",
    "supported",
    /vault_approle_auth_backend_role may grant access/,
    /vault_approle_auth_backend_role\.ci/,
    (s) => {
      s["sample-access-main"].resource.vault_approle_auth_backend_role = {
        ci: { role_name: "ci", token_policies: ["sample-admin"] },
      };
    },
  ),
  inSample("a policy of Vault Enterprise's own", "supported", /control_group/, /group_sample-admin_policy/, (s) => {
    at(s, "sample-access-main", "vault_policy.group_sample-admin_policy").policy =
      'path "kvv2/data/*" {\n  capabilities = ["read"]\n  control_group = {}\n}\n';
  }),
  inSample(
    "two stacks write one policy",
    "supported",
    /writes the policy sample-node-api-local too/,
    /sample-node-api_workload_policy in sample-local/,
    (s) => {
      s["sample-dev"].resource.vault_policy.twin = {
        name: "sample-node-api-local",
        policy: rule("kvv2/data/sample/*", "read"),
      };
    },
  ),
];
