import { findOperator, ServerProcess, temporaryFolder, type KubernetesCluster } from "./servers";

/**
 * Runs the operator's own program against a cluster, as the admin and without leader election; its CRDs must be there.
 * `more` are flags beside. Ready means that it watches. Throws when the binary is missing.
 */
export async function startOperator(cluster: KubernetesCluster, more: readonly string[] = []): Promise<ServerProcess> {
  const command = findOperator();
  if (!command) throw new Error("vault-secrets-operator is missing");
  const namespace = "operator-under-test";
  const there = await cluster.request("GET", `/api/v1/namespaces/${namespace}`);
  if (there.status === 404) await cluster.createNamespace(namespace);
  const args = [
    "--leader-elect=false",
    "--metrics-bind-address=0",
    "--health-probe-bind-address=0",
    "--backoff-initial-interval=1s",
    "--backoff-max-interval=5s",
    ...more,
  ];
  const started = new ServerProcess({
    name: "operator",
    command,
    args,
    folder: temporaryFolder("operator"),
    env: { OPERATOR_NAMESPACE: namespace, KUBECONFIG: cluster.kubeconfig },
  });
  await started.waitUntil(async () => started.logs().includes("Starting workers"));
  return started;
}
