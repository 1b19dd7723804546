import { at } from "../fixture";
import { ACCESS, add, addManifest, DEV, LOCAL, OPERATOR, SERVER, set, each, type Mutation } from "./mutation";

/** Types, places and arguments that no rule may overlook. */
export const CLOSED_LIST: readonly Mutation[] = [
  ...each({ config: "sample", expect: "judged" }, [
    {
      name: "count on a Vault resource",
      change: (s) => set(s, DEV, "vault_policy.sample-node-api_workload_policy", { count: 2 }),
    },
    {
      name: "for_each on a manifest",
      change: (s) =>
        set(s, LOCAL, "kubernetes_manifest.sample-node-api_binding_auth", {
          for_each: '${toset(["sample", "default"])}',
        }),
    },
    {
      name: "count on a service account",
      change: (s) =>
        set(s, LOCAL, "kubernetes_service_account_v1.sample-node-api_binding_service-account", { count: "${var.n}" }),
    },
    {
      name: "for_each on a release",
      change: (s) => set(s, OPERATOR, "helm_release.operator_release", { for_each: "${var.namespaces}" }),
    },
    {
      name: "another provider's alias on a Kubernetes resource",
      change: (s) => {
        s[LOCAL].provider.kubernetes.push({ alias: "other", config_context: "production" });
        set(s, LOCAL, "kubernetes_manifest.sample-node-api_binding_auth", { provider: "kubernetes.other" });
      },
    },
    {
      name: "another provider's alias on a Vault resource",
      change: (s) => {
        s[DEV].provider.vault.push({ alias: "other", address: "https://other.example" });
        set(s, DEV, "vault_policy.sample-node-api_workload_policy", { provider: "vault.other" });
      },
    },
    {
      name: "a Vault namespace on a Vault resource",
      change: (s) => set(s, DEV, "vault_policy.sample-node-api_workload_policy", { namespace: "team" }),
    },
    {
      name: "a policy in an operator stack",
      change: (s) => add(s, OPERATOR, "vault_policy.extra", { name: "own-password", policy: '${file("wide.hcl")}' }),
    },
    {
      name: "a user in the server's stack",
      change: (s) =>
        add(s, SERVER, "vault_userpass_auth_backend_user.extra", {
          mount: "userpass",
          username: "mallory",
          token_policies: ["platform-admin"],
        }),
    },
    {
      name: "a stack of grants that calls itself an operator's",
      change: (s) => {
        const text = 'path "kvv2/data/*" { capabilities = ["read"] }';
        s["sample-extra"] = {
          locals: { metadata: { platform: "sample", kind: "operator", cluster: "local" } },
          resource: { vault_policy: { extra: { name: "own-password", policy: text } } },
        };
      },
    },
    {
      name: "a Vault type that no rule reads",
      change: (s) =>
        add(s, ACCESS, "vault_approle_auth_backend_role.extra", { role_name: "x", token_policies: ["platform-admin"] }),
    },
    {
      name: "a request to any API",
      change: (s) => add(s, ACCESS, "restapi_object.extra", { path: "/v1/sys/policies/acl/x", data: "{}" }),
    },
    {
      name: "a file on the machine that applies",
      change: (s) =>
        add(s, ACCESS, "local_file.extra", { filename: "~/.ssh/authorized_keys", content: "ssh-ed25519 AAAA" }),
    },
    {
      name: "a copy of a value in another store",
      change: (s) =>
        add(s, LOCAL, "aws_secretsmanager_secret_version.extra", {
          secret_id: "copy",
          secret_string: "${kubernetes_secret_v1.sample-node-api_binding_secret.data}",
        }),
    },
    {
      name: "a manifest in the server's stack",
      change: (s) =>
        addManifest(s, SERVER, "batch/v1", "Job", {
          metadata: { namespace: "sample-vault" },
          spec: { template: { spec: { volumes: [{ persistentVolumeClaim: { claimName: "data-sample-vault-0" } }] } } },
        }),
    },
    {
      name: "a placeholder that is read back into the state",
      change: (s) => {
        at(s, DEV, "vault_kv_secret_v2.sample-node-api_secrets_data").disable_read = false;
      },
    },
  ]),
];
