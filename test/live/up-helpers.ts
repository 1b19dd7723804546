import { join } from "node:path";
import sample from "../../config/sample";
import type { PlatformConfig } from "../../model";
import type { KubernetesCluster, VaultServer } from "./servers";

/** How a Vault that is not in a test's cluster checks its service accounts: by key, since nothing answers for it. */
export function loginByKey({ issuer, serviceAccountPublicKey }: KubernetesCluster) {
  return { type: "jwt", issuer, publicKeys: [serviceAccountPublicKey] } as const;
}

/** A test's cluster, with the operator's chart from a folder. */
export function localCluster(cluster: KubernetesCluster, charts: string): PlatformConfig["clusters"][string] {
  return {
    context: "live",
    kubeconfig: cluster.kubeconfig,
    login: loginByKey(cluster),
    operator: { chart: { repository: "", name: join(charts, "vault-secrets-operator") } },
  };
}

/**
 * The sample on a Vault that is there, with its local environment in a test's cluster and its charts from a folder:
 * what a test can run without pods.
 */
export function onExistingVault(
  server: VaultServer,
  cluster: KubernetesCluster,
  charts: string,
  changes: Partial<PlatformConfig> = {},
): PlatformConfig {
  return {
    ...sample,
    vaults: { main: { address: server.address, unsafeNoTls: true } },
    clusters: { local: localCluster(cluster, charts) },
    environments: {
      local: { vault: "main", cluster: "local", namespace: "sample", refreshAfter: "2s" },
      dev: { vault: "main" },
    },
    ...changes,
  };
}

/**
 * The environment of a command in a test: a home of its own, Terraform's settings, and nothing else of the person's who
 * runs the test.
 */
export function commandEnvironment(
  home: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string | undefined> {
  const { PATH, TF_CLI_CONFIG_FILE } = process.env;
  return { PATH, TF_CLI_CONFIG_FILE, HOME: home, CDKTF_OUTDIR: join(home, "cdktf.out"), ...more };
}

/** What is in a Vault beside its values: mounts, auth methods, policies, people, audit devices. */
export async function inventory(server: VaultServer): Promise<Record<string, readonly string[]>> {
  const keys = async (method: string, path: string): Promise<string[]> => {
    const { status, body } = await server.request<{ data?: { keys?: string[]; [name: string]: unknown } }>(
      method,
      path,
    );
    if (status === 404) return [];
    return (body.data?.keys ?? Object.keys(body.data ?? {})).sort();
  };
  return {
    mounts: await keys("GET", "sys/mounts"),
    auth: await keys("GET", "sys/auth"),
    policies: await keys("LIST", "sys/policies/acl"),
    entities: await keys("LIST", "identity/entity/name"),
    groups: await keys("LIST", "identity/group/name"),
    audit: await keys("GET", "sys/audit"),
  };
}

/**
 * What is in a cluster that a platform might leave: namespaces, CRDs, cluster roles and bindings, claims and Secrets,
 * custom resources, policies of admission.
 */
export async function clusterInventory(cluster: KubernetesCluster): Promise<Record<string, readonly string[]>> {
  const names = async (path: string): Promise<string[]> => {
    const { items } = await cluster.ok<{ items: { metadata: { namespace?: string; name: string } }[] }>("GET", path);
    return items.map(({ metadata }) => [metadata.namespace, metadata.name].filter(Boolean).join("/")).sort();
  };
  return {
    namespaces: await names("/api/v1/namespaces"),
    crds: await names("/apis/apiextensions.k8s.io/v1/customresourcedefinitions"),
    clusterRoles: await names("/apis/rbac.authorization.k8s.io/v1/clusterroles"),
    clusterRoleBindings: await names("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"),
    secrets: await names("/api/v1/secrets"),
    claims: await names("/api/v1/persistentvolumeclaims"),
    policies: await names("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies"),
    bindings: await names("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings"),
  };
}
