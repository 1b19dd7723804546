import { add, addBlock, ACCESS, DEV, LOCAL, set, each, type Mutation } from "./mutation";
import type { Mutable, Stacks } from "../fixture";

const GRANT = { token_policies: "platform-admin", password: "x" };
const POLICY = { policy: 'path "kvv2/data/*" { capabilities = ["read"] }' };

/** A write to any path of Vault's API. */
function endpoint(path: string, data: Mutable = POLICY): (stacks: Stacks) => void {
  return (s) =>
    add(s, DEV, "vault_generic_endpoint.extra", {
      path,
      data_json: typeof data === "string" ? data : JSON.stringify(data),
      ignore_absent_fields: true,
      disable_delete: true,
    });
}

const USER = "auth/userpass/users/sample-node-api-user";

/** Paths and texts that mean something else than they seem to, or that only an apply makes known. */
export const PATHS: readonly Mutation[] = [
  ...each({ config: "sample", expect: "judged" }, [
    {
      name: "a metadata path that climbs to a policy",
      change: endpoint("kvv2/metadata/../../sys/policies/acl/own-password"),
    },
    {
      name: "a metadata path that climbs to a user",
      change: endpoint("kvv2/metadata/sample/../../../auth/userpass/users/mallory", GRANT),
    },
    {
      name: "a metadata path that climbs to values",
      change: endpoint("kvv2/metadata/../data/sample/sample-node-api/sample-node-api-dev", { data: { KEY: "mine" } }),
    },
    {
      name: "a metadata path that climbs by encoded dots",
      change: endpoint("kvv2/metadata/%2e%2e/%2e%2e/sys/policies/acl/own-password"),
    },
    {
      name: "a metadata path that climbs by an encoded slash",
      change: endpoint("kvv2/metadata/..%2f..%2fsys%2fpolicies%2facl%2fown-password"),
    },
    {
      name: "a metadata path with an empty segment",
      change: endpoint("kvv2/metadata//../../sys/policies/acl//own-password"),
    },
    {
      name: "a metadata path with a dot for a segment",
      change: endpoint("kvv2/metadata/./../../sys/./policies/acl/own-password"),
    },
    {
      name: "a metadata path with a question mark",
      change: endpoint("kvv2/metadata/sample/x?list=true"),
    },
    {
      name: "a metadata path with a line break",
      change: endpoint("kvv2/metadata/sample/x\nsys/policies/acl/own-password"),
    },
    { name: "the metadata of another mount than the Vault's", change: endpoint("pki/metadata/x") },
    {
      name: "metadata of a set that is nobody's",
      change: endpoint("kvv2/metadata/other/nobody", { max_versions: 1 }),
    },
    {
      name: "a mount by expression",
      change: (s) => {
        addBlock(s, DEV, "locals", { mount: "auth/userpass/users/mallory?" });
        endpoint("${local.mount}/metadata/x", GRANT)(s);
      },
    },
    { name: "a mount's settings by expression", change: endpoint('${"auth"}${"/"}userpass/config') },
    { name: "a name by expression", change: endpoint("kvv2/metadata/${var.climb}") },
    {
      name: "the settings of an engine that no stack mounts",
      change: endpoint("kubernetes/config", { kubernetes_host: "https://evil.example" }),
    },
    {
      name: "settings of the mount that end versions",
      change: endpoint("kvv2/config", { max_versions: 1, delete_version_after: "1s" }),
    },
    { name: "a policy by the plain API", change: endpoint("sys/policies/acl/own-password") },
    { name: "a path that begins with a slash", change: endpoint("/sys/policy/x") },
    {
      name: "a known user's policies by an expression",
      change: endpoint(USER, '${jsonencode({ token_policies = ["platform-admin"] })}'),
    },
    { name: "a known user's policies by a file", change: endpoint(USER, '${file("user.json")}') },
    {
      name: "a known user's policies in a text that is no JSON",
      change: endpoint(USER, "{'token_policies': 'platform-admin'}"),
    },
    {
      name: "a known user's policies by an expression in JSON",
      change: endpoint(USER, { token_policies: ["${var.policies}"] }),
    },
    { name: "a known user's password", change: endpoint(USER, { password: "known" }) },
    {
      name: "a placeholder whose path climbs",
      change: (s) => set(s, DEV, "vault_kv_secret_v2.sample-node-api_secrets_data", { name: "sample/../other/x" }),
    },
    {
      name: "a placeholder with a value of the stack's own",
      change: (s) =>
        set(s, DEV, "vault_kv_secret_v2.sample-node-api_secrets_data", { data_json: '{"KEY":"known"}', options: {} }),
    },
    {
      name: "a policy's text by a variable that has a default",
      change: (s) => {
        const policy = s[DEV].resource.vault_policy["sample-node-api_workload_policy"];
        addBlock(s, DEV, "variable", { text: { type: "string", default: policy.policy } });
        policy.policy = "${var.text}";
      },
    },
    {
      name: "a policy's name by a variable that has a default",
      change: (s) => {
        addBlock(s, DEV, "variable", { name: { type: "string", default: "sample-node-api-dev" } });
        set(s, DEV, "vault_policy.sample-node-api_workload_policy", { name: "${var.name}" });
      },
    },
    {
      name: "a role's policy by a variable that has a default",
      change: (s) => {
        addBlock(s, LOCAL, "variable", { policy: { type: "string", default: "sample-node-api-local" } });
        set(s, LOCAL, "vault_kubernetes_auth_backend_role.sample-node-api_workload_role", {
          token_policies: ["${var.policy}"],
        });
      },
    },
    {
      name: "a role's account by a variable that has a default",
      change: (s) => {
        const account = "sample-node-api-vault-operator-sa";
        addBlock(s, LOCAL, "variable", { account: { type: "string", default: account } });
        set(s, LOCAL, "vault_kubernetes_auth_backend_role.sample-node-api_workload_role", {
          bound_service_account_names: ["${var.account}"],
        });
      },
    },
    {
      name: "a policy's text by a file",
      change: (s) => set(s, DEV, "vault_policy.sample-node-api_workload_policy", { policy: '${file("wide.hcl")}' }),
    },
    {
      name: "a policy's text with a directive",
      change: (s) => {
        const text = '%{ if true }path "kvv2/data/*" { capabilities = ["read"] }%{ endif }';
        set(s, ACCESS, "vault_policy.group_sample-node-api-user_policy", { policy: text });
      },
    },
    {
      name: "members of a group by expression",
      change: (s) =>
        set(s, ACCESS, "vault_identity_group.group_sample-admin", { member_entity_ids: "${var.everybody}" }),
    },
  ]),
  ...each({ config: "sample", expect: "binding" }, [
    { name: "a user by the plain API", change: endpoint("auth/userpass/users/mallory", GRANT) },
  ]),
];
