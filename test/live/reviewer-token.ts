import type { KubernetesCluster } from "./servers";

/** A token that may review others, as a cluster's owner hands it over at apply. */
export async function reviewerToken(cluster: KubernetesCluster): Promise<string> {
  const [namespace, name] = ["default", "vault-reviewer"];
  if ((await cluster.request("GET", `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`)).status === 404) {
    await cluster.createServiceAccount(namespace, name);
    await cluster.ok("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
      metadata: { name },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    });
  }
  return cluster.token(namespace, name);
}
