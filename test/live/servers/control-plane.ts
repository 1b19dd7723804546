import { existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { requireBinary, type BinaryName } from "./binaries";
import { CertificateAuthority, writeKeyPair, type Certificate } from "./certificates";
import { JsonHttp } from "./http";
import { withFreePorts } from "./ports";
import { ServerProcess } from "./processes";

/** The issuer in every service account token, as real clusters have it by default. */
export const ISSUER = "https://kubernetes.default.svc";

/** The certificates and keys of one cluster, in its folder. */
export interface ClusterKeys {
  readonly authority: CertificateAuthority;
  readonly server: Certificate;
  /** In `system:masters`: may do everything. */
  readonly admin: Certificate;
  readonly controllerManager: Certificate;
  readonly scheduler: Certificate;
  /**
   * Files of the keys that sign and check service account tokens: RSA, as real clusters have (Vault's jwt method
   * expects RS256 by default).
   */
  readonly serviceAccount: { readonly privateFile: string; readonly publicFile: string };
}

/** Makes all certificates and keys of a cluster. Throws if openssl is missing. */
export async function clusterKeys(folder: string): Promise<ClusterKeys> {
  const authority = await CertificateAuthority.create(folder);
  const inCluster = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "localhost"].map(
    (name) => `DNS:${name}`,
  );
  const [server, admin, controllerManager, scheduler, serviceAccount] = await Promise.all([
    authority.issue("api-server", {
      commonName: "kube-apiserver",
      names: ["IP:127.0.0.1", "IP:10.96.0.1", ...inCluster],
    }),
    authority.issue("admin", { commonName: "admin", organization: "system:masters" }),
    authority.issue("controller-manager", { commonName: "system:kube-controller-manager" }),
    authority.issue("scheduler", { commonName: "system:kube-scheduler" }),
    writeKeyPair(folder, "service-account", "rsa"),
  ]);
  return { authority, server, admin, controllerManager, scheduler, serviceAccount };
}

/** etcd and an API server that is ready. */
export interface ApiServer {
  readonly address: string;
  readonly etcd: ServerProcess;
  readonly apiServer: ServerProcess;
}

/** Starts etcd and the API server with RBAC (about 3 s). `args` are more arguments of the API server. */
export function startApiServer(folder: string, keys: ClusterKeys, args: readonly string[] = []): Promise<ApiServer> {
  return withFreePorts(3, async ([client, peer, secure]) => {
    const store = `http://127.0.0.1:${client}`;
    const address = `https://127.0.0.1:${secure}`;
    const etcd = start(folder, "etcd", [
      `--data-dir=${join(folder, "etcd")}`,
      `--listen-client-urls=${store}`,
      `--advertise-client-urls=${store}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-cluster=default=http://127.0.0.1:${peer}`,
      "--unsafe-no-fsync", // the data does not outlive the test
    ]);
    const apiServer = start(folder, "kube-apiserver", [
      `--etcd-servers=${store}`,
      `--secure-port=${secure}`,
      "--bind-address=127.0.0.1",
      `--tls-cert-file=${keys.server.certFile}`,
      `--tls-private-key-file=${keys.server.keyFile}`,
      `--client-ca-file=${keys.authority.certFile}`,
      `--service-account-key-file=${keys.serviceAccount.publicFile}`,
      `--service-account-signing-key-file=${keys.serviceAccount.privateFile}`,
      `--service-account-issuer=${ISSUER}`,
      "--service-cluster-ip-range=10.96.0.0/16",
      "--authorization-mode=Node,RBAC",
      "--allow-privileged=true",
      "--endpoint-reconciler-type=none", // a loopback address is none that pods could reach
      ...args,
    ]);
    const http = new JsonHttp(address, { ca: keys.authority.cert, cert: keys.admin.cert, key: keys.admin.key });
    try {
      await apiServer.waitUntil(
        async () => etcd.running && (await http.send("GET", "/readyz", { timeoutMs: 5000 })).status === 200,
      );
    } catch (error) {
      // A port taken by another process shows in the log of the one that ended.
      const problem = etcd.running ? String(error) : `etcd ended:\n${etcd.logs().slice(-2000)}`;
      await Promise.all([etcd.stop(0), apiServer.stop(0)]);
      throw new Error(problem);
    } finally {
      http.close();
    }
    return { address, etcd, apiServer };
  });
}

/**
 * Starts the controller manager: default service accounts, garbage collection, the end of namespaces, deployments. It
 * provisions no volumes.
 */
export function startControllerManager(folder: string, kubeconfig: string, keys: ClusterKeys): ServerProcess {
  return start(folder, "kube-controller-manager", [
    `--kubeconfig=${kubeconfig}`,
    `--service-account-private-key-file=${keys.serviceAccount.privateFile}`,
    `--root-ca-file=${keys.authority.certFile}`,
    // with RBAC, its own user may do little: each controller asks as its own account
    "--use-service-account-credentials=true",
    "--kube-api-qps=500", // with the default of 20 it takes 5 s more to start
    "--kube-api-burst=1000",
    "--leader-elect=false",
    "--secure-port=0", // its own health and metrics: nobody asks, and the port would be a fixed one
  ]);
}

/** Starts the scheduler. */
export function startScheduler(folder: string, kubeconfig: string): ServerProcess {
  return start(folder, "kube-scheduler", [`--kubeconfig=${kubeconfig}`, "--leader-elect=false", "--secure-port=0"]);
}

/**
 * Starts kwok, which plays every node's kubelet: nodes are ready, pods run and are ready, with no container behind
 * them.
 */
export function startKwok(folder: string, kubeconfig: string): ServerProcess {
  // A build from the Go module has its stages beside it; a released kwok has them built in.
  const stages = join(dirname(requireBinary("kwok")), "kwok-stages.yaml");
  const config = existsSync(stages) ? [`--config=${stages}`] : [];
  return start(folder, "kwok", [
    `--kubeconfig=${kubeconfig}`,
    ...config,
    "--manage-all-nodes=true",
    "--node-lease-duration-seconds=40",
  ]);
}

/**
 * Writes a kubeconfig with everything in it, so that it can be copied, readable by this user alone. Returns its file.
 */
export function writeKubeconfig(
  folder: string,
  name: string,
  address: string,
  ca: string,
  client: Certificate,
): string {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const file = join(folder, `${name}.kubeconfig`);
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "live",
    contexts: [{ name: "live", context: { cluster: "live", user: name } }],
    clusters: [{ name: "live", cluster: { server: address, "certificate-authority-data": base64(ca) } }],
    users: [{ name, user: { "client-certificate-data": base64(client.cert), "client-key-data": base64(client.key) } }],
  };
  writeFileSync(file, JSON.stringify(config, null, 2), { mode: 0o600 });
  return file;
}

function start(folder: string, name: BinaryName, args: readonly string[]): ServerProcess {
  return new ServerProcess({ name, command: requireBinary(name), args, folder });
}
