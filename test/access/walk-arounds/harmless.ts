import { at } from "../fixture";
import {
  ACCESS,
  DEV,
  LOCAL,
  OPERATOR,
  PROD_ACCESS,
  PROD_EU,
  PROD_OPERATOR,
  PROD_SERVER,
  SERVER,
  set,
  setValues,
  specOf,
  type Harmless,
} from "./mutation";
import { HARMLESS_OF_PEOPLE } from "./harmless-people";

const NODE_SET = "sample-node-api_secrets";
const NODE_AUTH = "sample-node-api_binding_auth";
const NODE_BINDING = "sample-node-api_binding_static-secret";

/** Changes that the config makes when it is edited in the ordinary way, or that cannot matter. */
export const HARMLESS: readonly Harmless[] = [
  ...HARMLESS_OF_PEOPLE,
  {
    name: "a mount that was there",
    config: "sample",
    change: (s) => void (s[ACCESS].import = [{ to: "vault_mount.kv", id: "kvv2" }]),
  },
  {
    name: "another description of the mount",
    config: "sample",
    change: (s) => set(s, ACCESS, "vault_mount.kv", { description: "What apps need" }),
  },
  {
    name: "another description of an auth mount",
    config: "sample",
    change: (s) => set(s, ACCESS, "vault_auth_backend.userpass", { description: "People of the sample" }),
  },
  {
    name: "another description of the jobs' mount",
    config: "production",
    change: (s) => set(s, PROD_ACCESS, "vault_jwt_auth_backend.pipelines", { description: "Jobs" }),
  },
  {
    name: "more versions that are kept",
    config: "sample",
    change: (s) => set(s, ACCESS, "vault_kv_secret_backend_v2.kv_config", { max_versions: 20 }),
  },
  {
    name: "another label of a namespace",
    config: "sample",
    change: (s) => {
      at(s, LOCAL, "kubernetes_namespace_v1.namespace_sample").metadata.labels.team = "sample";
    },
  },
  {
    name: "an annotation of a namespace",
    config: "sample",
    change: (s) => {
      at(s, LOCAL, "kubernetes_namespace_v1.namespace_sample").metadata.annotations = { "acme.example/cost": "42" };
    },
  },
  {
    name: "an annotation of a service account",
    config: "sample",
    change: (s) => {
      const account = at(s, LOCAL, "kubernetes_service_account_v1.sample-node-api_binding_service-account");
      account.metadata.annotations = { "acme.example/owner": "node" };
    },
  },
  {
    name: "an annotation of a login",
    config: "sample",
    change: (s) => {
      const { metadata } = at(s, LOCAL, `kubernetes_manifest.${NODE_AUTH}`).manifest;
      metadata.annotations = { "acme.example/owner": "node" };
    },
  },
  {
    name: "a binding that is refreshed less often",
    config: "sample",
    change: (s) => {
      specOf(s, LOCAL, NODE_BINDING).refreshAfter = "5m";
    },
  },
  {
    name: "another workload that is restarted",
    config: "sample",
    change: (s) => {
      specOf(s, LOCAL, NODE_BINDING).rolloutRestartTargets = [{ kind: "Deployment", name: "sample-node-api" }];
    },
  },
  {
    name: "what a login depends on in another order",
    config: "sample",
    change: (s) => {
      at(s, LOCAL, `kubernetes_manifest.${NODE_AUTH}`).depends_on.reverse();
    },
  },
  {
    name: "another owner of a secret set",
    config: "sample",
    change: (s) => {
      const metadata = at(s, DEV, `vault_generic_endpoint.${NODE_SET}_metadata`);
      metadata.data_json = metadata.data_json.replace("sample-node-api-admin", "sample-admin");
    },
  },
  {
    name: "another period of rotation",
    config: "sample",
    change: (s) => {
      const metadata = at(s, DEV, `vault_generic_endpoint.${NODE_SET}_metadata`);
      metadata.data_json = metadata.data_json.replace("90d", "30d");
    },
  },
  {
    name: "one key more in a secret set",
    config: "sample",
    change: (s) => {
      const data = at(s, LOCAL, `vault_kv_secret_v2.${NODE_SET}_data`);
      data.data_json_wo = JSON.stringify({ ...JSON.parse(data.data_json_wo), PRIVATE_NODE_API_KEY: "TBD" });
      specOf(s, LOCAL, NODE_BINDING).destination.transformation.includes.unshift("^PRIVATE_NODE_API_KEY$");
      at(s, LOCAL, "kubernetes_secret_v1.sample-node-api_binding_secret").data_wo.PRIVATE_NODE_API_KEY = "TBD";
    },
  },
  {
    name: "another placeholder",
    config: "sample",
    change: (s) => {
      const data = at(s, DEV, `vault_kv_secret_v2.${NODE_SET}_data`);
      data.data_json_wo = data.data_json_wo.replaceAll("TBD", "CHANGE-ME");
    },
  },
  {
    name: "a workload's token that lives for less",
    config: "sample",
    change: (s) =>
      set(s, LOCAL, "vault_kubernetes_auth_backend_role.sample-node-api_workload_role", { token_ttl: 300 }),
  },
  {
    name: "a job's token that lives for less",
    config: "production",
    change: (s) =>
      set(s, PROD_ACCESS, "vault_jwt_auth_backend_role.pipeline_plan-acme-prod-eu_role", {
        token_ttl: 120,
        token_max_ttl: 120,
      }),
  },
  {
    name: "people's tokens that live for less",
    config: "sample",
    change: (s) => {
      at(s, ACCESS, "vault_auth_backend.userpass").tune[0].default_lease_ttl = "1800s";
    },
  },
  {
    name: "a comment in a policy",
    config: "sample",
    change: (s) => {
      const policy = at(s, DEV, "vault_policy.sample-node-api_workload_policy");
      policy.policy = `# read by the operator\n${policy.policy}`;
    },
  },
  {
    name: "rules of a policy in another order",
    config: "sample",
    change: (s) => {
      const policy = at(s, ACCESS, "vault_policy.group_sample-admin_policy");
      policy.policy = policy.policy.trim().split("\n\n").reverse().join("\n\n");
    },
  },
  {
    name: "more memory for the server",
    config: "sample",
    change: (s) =>
      setValues(s, SERVER, "vault_release", (values) => {
        values.server.resources.limits.memory = "1Gi";
      }),
  },
  {
    name: "more storage for the server",
    config: "production",
    change: (s) =>
      setValues(s, PROD_SERVER, "vault_release", (values) => {
        values.server.dataStorage.size = "80Gi";
      }),
  },
  {
    name: "more copies of the operator",
    config: "production",
    change: (s) =>
      setValues(s, PROD_OPERATOR, "operator_release", (values) => {
        values.controller.replicas = 3;
      }),
  },
  {
    name: "more memory for the operator",
    config: "sample",
    change: (s) =>
      setValues(s, OPERATOR, "operator_release", (values) => {
        values.controller.manager.resources.limits.memory = "1Gi";
      }),
  },
  {
    name: "another context of the kubeconfig, in every stack of the cluster",
    config: "sample",
    change: (s) => {
      for (const stack of [LOCAL, OPERATOR, SERVER])
        s[stack] = JSON.parse(JSON.stringify(s[stack]).replaceAll("docker-desktop", "kind-kind"));
    },
  },
  {
    name: "another kubeconfig, in every stack of the cluster",
    config: "sample",
    change: (s) => {
      for (const stack of [LOCAL, OPERATOR, SERVER]) s[stack].variable.kubeconfig_local.default = "~/.kube/other";
    },
  },
  {
    name: "resources in another order",
    config: "production",
    change: (s) => {
      s[PROD_EU].resource = Object.fromEntries(Object.entries(s[PROD_EU].resource).reverse());
    },
  },
  {
    name: "fewer notes of what depends on what",
    config: "production",
    change: (s) => {
      for (const role of Object.values<{ depends_on?: unknown }>(
        s[PROD_ACCESS].resource.vault_kubernetes_auth_backend_role,
      ))
        delete role.depends_on;
    },
  },
  {
    name: "a resource that Terraform forgets",
    config: "sample",
    change: (s) => {
      s[DEV].removed = [{ from: "kubernetes_namespace_v1.namespace_old", lifecycle: { destroy: false } }];
    },
  },
  {
    name: "one environment less",
    config: "sample",
    change: (s) => {
      delete s["sample-qa"];
    },
  },
  {
    name: "what terraform init leaves beside the stack",
    config: "sample",
    files: { [`${DEV}/.terraform.lock.hcl`]: 'provider "registry.terraform.io/hashicorp/vault" {}\n' },
  },
  {
    name: "what a diff leaves beside the stack",
    config: "sample",
    files: { [`${DEV}/plan`]: "PK" },
  },
];
