import { existsSync } from "node:fs";
import type { RequestOptions } from "node:https";
import { homedir } from "node:os";
import type { Cluster } from "../../model";
import { notAccepted } from "../ops/arguments";
import { OpsError } from "../ops/errors";
import { Transport } from "../vault/transport";
import { loadKubeConfig } from "./kube-config";

/** Something that the Kubernetes API, or the way to it, refused. The message says where, what, and what to do. */
export class KubernetesError extends OpsError {
  constructor(
    message: string,
    /** The HTTP status; undefined if there was no answer, or no way to ask. */
    readonly status?: number,
  ) {
    super(message);
  }
}

/**
 * The kubeconfig file of a cluster: `TF_VAR_kubeconfig_<cluster>`, as for Terraform, else the config's; `~` is the home
 * folder.
 */
function kubeconfigOf(cluster: Cluster, env: Readonly<Record<string, string | undefined>>): string {
  const file = env[`TF_VAR_kubeconfig_${cluster.name.replaceAll("-", "_")}`] || cluster.kubeconfig;
  return file.replace(/^~(?=$|\/)/, env.HOME || homedir());
}

/** Milliseconds for one answer. */
const TIMEOUT_MS = 15_000;

/**
 * The API of one cluster, as the person that its kubeconfig's context names. Paths begin with `/api`. Nothing is
 * logged, and answers are kept in memory only.
 */
export class Kubernetes {
  private constructor(
    readonly cluster: Cluster,
    /** The kubeconfig's file. */
    readonly kubeconfig: string,
    /** The API server's URL. */
    private readonly address: string,
    private readonly transport: Transport,
  ) {}

  /**
   * Throws a KubernetesError when there is no such file or context, naming those that there are. Asks the cluster
   * nothing yet.
   */
  static async open(cluster: Cluster, env: Readonly<Record<string, string | undefined>>): Promise<Kubernetes> {
    const file = kubeconfigOf(cluster, env);
    const at = `clusters.${cluster.name}`;
    if (!existsSync(file))
      throw new KubernetesError(
        `${at}.kubeconfig: given ${JSON.stringify(file)}, which does not exist; accepted: a kubeconfig file. Set it ` +
          `in the config, or TF_VAR_kubeconfig_${cluster.name.replaceAll("-", "_")} for this run.`,
      );
    const config = new (await loadKubeConfig())();
    config.loadFromFile(file);
    const contexts = config.getContexts().map((context) => context.name);
    if (!contexts.includes(cluster.context))
      throw new KubernetesError(notAccepted(`${at}.context`, cluster.context, contexts, `a context of ${file}: `));
    config.setCurrentContext(cluster.context);
    const options: RequestOptions = {};
    try {
      await config.applyToHTTPSOptions(options as never);
    } catch (error) {
      throw new KubernetesError(
        `${at}: the credentials of context ${cluster.context} cannot be had ` +
          `(${error instanceof Error ? error.message : String(error)}). Log in to the cluster ` +
          `again; kubectl --context ${cluster.context} get ns tries it.`,
      );
    }
    const { server } = config.getCurrentCluster()!;
    return new Kubernetes(cluster, file, server, new Transport(new URL(server), TIMEOUT_MS, options));
  }

  /** GET; undefined where there is nothing (404). Throws a KubernetesError for every other failure. */
  get<T>(path: string): Promise<T | undefined> {
    return this.send<T>("GET", path).catch(undefinedIfAbsent);
  }

  /**
   * GET of an object's metadata alone: of a Secret no value is sent. Undefined where there is none. Source: Kubernetes'
   * documentation, "API concepts", on PartialObjectMetadata.
   */
  async metadata<T>(path: string): Promise<T | undefined> {
    const asked = this.ask("GET", path, "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io");
    const answer = await asked.catch(undefinedIfAbsent);
    return answer === undefined ? undefined : (parse(answer) as { readonly metadata: T }).metadata;
  }

  /** The items of a list; undefined where the kind is not known (404: its CRD is missing). */
  async list<T>(path: string): Promise<readonly T[] | undefined> {
    return (await this.get<{ items: readonly T[] }>(path))?.items;
  }

  /** GET of what is plain text, such as a container's log. Throws a KubernetesError unless the answer is 2xx. */
  text(path: string): Promise<string> {
    return this.ask("GET", path, "*/*");
  }

  /** POST. Throws a KubernetesError unless the answer is 2xx. */
  post<T>(path: string, body: unknown): Promise<T> {
    return this.send<T>("POST", path, body);
  }

  /** A merge patch. Throws a KubernetesError unless the answer is 2xx. */
  patch<T>(path: string, body: unknown): Promise<T> {
    return this.send<T>("PATCH", path, body);
  }

  /** DELETE; nothing there is as good. */
  async delete(path: string): Promise<void> {
    await this.send("DELETE", path).catch(undefinedIfAbsent);
  }

  /** Closes the kept connections. */
  close(): void {
    this.transport.close();
  }

  private async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    return parse(await this.ask(method, path, "application/json", body)) as T;
  }

  private async ask(method: string, path: string, accept: string, body?: unknown): Promise<string> {
    const headers: Record<string, string> = { accept };
    if (body !== undefined)
      headers["content-type"] = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const where = `${method} ${path} in cluster ${this.cluster.name} (context ${this.cluster.context})`;
    const { status, text } = await this.transport
      .send(method, path, headers, body === undefined ? undefined : JSON.stringify(body))
      .catch((error: Error) => {
        throw new KubernetesError(
          `${where}: the API server at ${this.address} cannot be reached (${error.message}). Start the cluster, or ` +
            `check the context: kubectl --context ${this.cluster.context} cluster-info`,
        );
      });
    if (status < 200 || status >= 300) throw new KubernetesError(`${where}: ${refusal(status, text)}`, status);
    return text;
  }
}

function undefinedIfAbsent(error: unknown): undefined {
  if (!(error instanceof KubernetesError) || error.status !== 404) throw error;
}

function refusal(status: number, text: string): string {
  const message = (parse(text) as { message?: string } | undefined)?.message ?? `HTTP ${status}`;
  if (status === 401) return `the credentials are not accepted (${message}). Log in to the cluster again`;
  if (status === 403)
    return `not allowed: ${message}. Ask the cluster's administrators for that right, or use another context`;
  return message;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
