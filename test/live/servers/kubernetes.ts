import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { requireBinary } from "./binaries";
import {
  clusterKeys,
  ISSUER,
  startApiServer,
  startControllerManager,
  startKwok,
  startScheduler,
  writeKubeconfig,
  type ApiServer,
  type ClusterKeys,
} from "./control-plane";
import { JsonHttp, type Answer } from "./http";
import { pause, removeFolder, temporaryFolder, type ServerProcess } from "./processes";

/** How a cluster is started. */
export interface KubernetesOptions {
  /** Ready nodes, `node-0` and so on, 8 CPUs and 32 GiB each; @default 1 with kwok, else 0. */
  readonly nodes?: number;
  /** Whether pods are given a node; @default false. */
  readonly scheduler?: boolean;
  /** Whether pods on a node "run" (by kwok, no container behind them); @default false. */
  readonly kwok?: boolean;
  /** More arguments of the API server; @default none. */
  readonly apiServerArgs?: readonly string[];
}

/** One request with `KubernetesCluster.request`. */
export interface KubernetesRequest {
  /** A service account's token to ask with; @default the admin's client certificate. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An object of the API, as far as the harness looks into it. */
interface KubernetesObject {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  readonly spec?: { readonly taints?: readonly unknown[] };
}

/**
 * Starts etcd, an API server with RBAC and a controller manager on free loopback ports (about 4 s; with ready nodes a
 * little longer). Throws, saying how to get it, if a binary or openssl is missing, and with the end of a log if a
 * server does not come up.
 */
export async function startKubernetes(options: KubernetesOptions = {}): Promise<KubernetesCluster> {
  const folder = temporaryFolder("kubernetes");
  const keys = await clusterKeys(folder);
  const api = await startApiServer(folder, keys, options.apiServerArgs);
  const configure = (name: string, client: ClusterKeys["admin"]): string =>
    writeKubeconfig(folder, name, api.address, keys.authority.cert, client);
  const kubeconfig = configure("admin", keys.admin);
  const others = [startControllerManager(folder, configure("controller-manager", keys.controllerManager), keys)];
  if (options.scheduler) others.push(startScheduler(folder, configure("scheduler", keys.scheduler)));
  if (options.kwok) others.push(startKwok(folder, kubeconfig));
  const cluster = new KubernetesCluster(folder, api, keys, kubeconfig, others);
  await cluster.waitForDefaultServiceAccount("default");
  await cluster.addNodes(options.nodes ?? (options.kwok ? 1 : 0), Boolean(options.kwok));
  return cluster;
}

/** A Kubernetes API that this test file started. */
export class KubernetesCluster {
  /** `https://127.0.0.1:<port>`. */
  readonly address: string;
  /** PEM text of the CA of its certificate; also the CA of the client certificates. */
  readonly ca: string;
  /** File of that CA. */
  readonly caFile: string;
  /** The issuer of its service account tokens. Nothing answers at that address: give Vault the public key. */
  readonly issuer = ISSUER;
  /**
   * PEM text of the public key that its service account tokens are checked with, for Vault's `jwt_validation_pubkeys`.
   */
  readonly serviceAccountPublicKey: string;
  /** Its servers, the first started first: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kwok. */
  readonly processes: readonly ServerProcess[];
  private readonly http: JsonHttp;
  private readonly anonymous: JsonHttp;

  /** Use `startKubernetes`. */
  constructor(
    /** Its temporary folder. */
    readonly folder: string,
    api: ApiServer,
    keys: ClusterKeys,
    /** The admin's kubeconfig file (`system:masters`), certificates within. */
    readonly kubeconfig: string,
    others: readonly ServerProcess[],
  ) {
    this.address = api.address;
    this.ca = keys.authority.cert;
    this.caFile = keys.authority.certFile;
    this.serviceAccountPublicKey = readFileSync(keys.serviceAccount.publicFile, "utf8");
    this.processes = [api.etcd, api.apiServer, ...others];
    this.http = new JsonHttp(api.address, { ca: this.ca, cert: keys.admin.cert, key: keys.admin.key });
    this.anonymous = new JsonHttp(api.address, { ca: this.ca });
  }

  /**
   * Sends a request as the admin, or with a token, and returns what came back, whatever its status. `path` begins with
   * `/api` or `/apis`. A PATCH is a merge patch, unless `headers` says otherwise. Throws only when there is no answer.
   */
  request<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    { token, headers }: KubernetesRequest = {},
  ): Promise<Answer<T>> {
    const own: Record<string, string> = {};
    if (method === "PATCH") own["content-type"] = "application/merge-patch+json";
    if (token) own.authorization = `Bearer ${token}`;
    // A client certificate would win over the token.
    return (token ? this.anonymous : this.http).send<T>(method, path, { body, headers: { ...own, ...headers } });
  }

  /** As `request`, and returns the body. Throws, with what the API said, unless the status is 2xx. */
  async ok<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    options: KubernetesRequest = {},
  ): Promise<T> {
    const answer = await this.request<T>(method, path, body, options);
    if (answer.status < 200 || answer.status > 299)
      throw new Error(`${method} ${path}: ${answer.status} ${answer.text.trim()}`);
    return answer.body;
  }

  /** Makes a namespace and waits for its `default` service account, without which no pod can be made there. */
  async createNamespace(name: string, labels: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.ok("POST", "/api/v1/namespaces", { metadata: { name, labels } });
    await this.waitForDefaultServiceAccount(name);
  }

  /** Makes a service account. */
  async createServiceAccount(namespace: string, name: string): Promise<void> {
    await this.ok("POST", `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } });
  }

  /** A token of a service account by TokenRequest, for ten minutes. @default audience: the API server's own. */
  async token(namespace: string, serviceAccount: string, audience?: string): Promise<string> {
    const spec = { expirationSeconds: 600, ...(audience && { audiences: [audience] }) };
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
    return (await this.ok<{ status: { token: string } }>("POST", path, { spec })).status.token;
  }

  /**
   * Applies every CustomResourceDefinition (`*.json`) in a folder, and waits until all are served. Throws if there are
   * none.
   */
  async applyCrds(folder: string): Promise<void> {
    const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
    if (files.length === 0) throw new Error(`${folder}: no *.json`);
    const headers = { "content-type": "application/apply-patch+yaml" };
    await Promise.all(
      files.map(async (file) => {
        const crd = JSON.parse(readFileSync(join(folder, file), "utf8")) as KubernetesObject;
        const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd.metadata.name}`;
        await this.ok("PATCH", `${path}?fieldManager=live-tests&force=true`, crd, { headers });
        await this.until(
          async () => has(await this.ok<KubernetesObject>("GET", path), "Established"),
          `${crd.metadata.name} is served`,
        );
      }),
    );
  }

  /**
   * Runs kubectl with the admin's kubeconfig and returns its standard output. Throws, with its standard error, if it is
   * missing or fails. Tokens are no arguments.
   */
  kubectl(...args: readonly string[]): Promise<string> {
    const env = { PATH: process.env.PATH, HOME: this.folder, KUBECONFIG: this.kubeconfig };
    return new Promise((resolve, reject) => {
      execFile(
        requireBinary("kubectl"),
        args,
        { env, encoding: "utf8", maxBuffer: 64 << 20 },
        (error, stdout, stderr) => {
          if (error) reject(new Error(`kubectl ${args.join(" ")}: ${stderr.trim() || error.message}`));
          else resolve(stdout);
        },
      );
    });
  }

  /**
   * Waits until `condition` holds, asking every 50 ms. Throws, naming `what`, after `timeoutMs` milliseconds (@default
   * 20000).
   */
  async until(condition: () => Promise<boolean>, what: string, timeoutMs = 20_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!(await condition())) {
      if (Date.now() > deadline)
        throw new Error(`not after ${timeoutMs} ms: ${what} (logs in ${this.folder}; KEEP_LIVE=1 keeps them)`);
      await pause(50);
    }
  }

  /**
   * Stops its servers, the last started first, and removes its folder. Not needed at the end of a test file: that
   * happens by itself.
   */
  async stop(): Promise<void> {
    this.http.close();
    this.anonymous.close();
    // Without grace: the API server would wait for its watches, and the data goes anyway.
    for (const server of [...this.processes].reverse()) await server.stop(0);
    removeFolder(this.folder);
  }

  /** Waits for the account that the controller manager makes in each namespace. */
  async waitForDefaultServiceAccount(namespace: string): Promise<void> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
    await this.until(
      async () => (await this.request("GET", path)).status === 200,
      `namespace ${namespace} has its default service account`,
    );
  }

  /** Adds nodes `node-0` and so on; `ready` waits until they are, which needs kwok. */
  async addNodes(count: number, ready: boolean): Promise<void> {
    const room = { cpu: "8", memory: "32Gi", pods: "110", "ephemeral-storage": "100Gi" };
    const names = Array.from({ length: count }, (_, index) => `node-${index}`);
    await Promise.all(
      names.map(async (name) => {
        const labels = {
          "kubernetes.io/hostname": name,
          "kubernetes.io/os": "linux",
          "kubernetes.io/arch": "amd64",
          "topology.kubernetes.io/zone": `zone-${name}`,
        };
        await this.ok("POST", "/api/v1/nodes", { metadata: { name, labels } });
        await this.ok("PATCH", `/api/v1/nodes/${name}/status`, { status: { allocatable: room, capacity: room } });
        if (!ready) return;
        const isReady = (node: KubernetesObject): boolean => has(node, "Ready") && !node.spec?.taints?.length;
        await this.until(
          async () => isReady(await this.ok<KubernetesObject>("GET", `/api/v1/nodes/${name}`)),
          `${name} is ready`,
        );
      }),
    );
  }
}

function has(object: KubernetesObject, condition: string): boolean {
  return Boolean(object.status?.conditions?.some(({ type, status }) => type === condition && status === "True"));
}
