import { addressVariable, named, type Installation, type Platform, type Vault } from "../../../model";
import { forwardPort, Kubernetes } from "../../kubernetes";
import { VaultClient } from "../../vault";
import { OpsError, UsageError } from "../errors";
import type { Io } from "../io";

/** One server of a Vault: the only one, or a replica. */
export interface Server {
  /** Its address, or its pod. */
  readonly name: string;
  /** A connection to this server and no other. `close` ends it, and the port-forward that it went through. */
  open(): Promise<{ readonly client: VaultClient; close(): Promise<void> }>;
}

/**
 * The servers of a Vault: the given addresses; else the one at VAULT_ADDR; else every pod of the installation, each
 * through a port-forward of its own, since a service or load balancer leads to the unsealed ones alone; else the
 * address in the config.
 *
 * Throws a UsageError when it is not known where the Vault is, and KubernetesErrors.
 */
export async function serversOf(
  io: Io,
  platform: Platform,
  vault: Vault,
  addresses: readonly string[] = [],
): Promise<Server[]> {
  const given =
    addresses.length > 0
      ? addresses
      : [io.env[`TF_VAR_${addressVariable(vault.name)}`] || io.env.VAULT_ADDR].filter((each): each is string =>
          Boolean(each),
        );
  if (given.length > 0) return given.map((address) => atAddress(io, address));
  if (vault.installation) return podsOf(io, platform, vault.installation);
  if (vault.address) return [atAddress(io, vault.address)];
  throw new UsageError(
    `VAULT_ADDR: given nothing; accepted: the URL of Vault ${vault.name}, or --address for each of its servers.`,
  );
}

function atAddress(io: Io, address: string): Server {
  return {
    name: address,
    open: async () => {
      const client = clientAt(io, address);
      return { client, close: async () => client.close() };
    },
  };
}

/** A pod, as far as it is looked into. */
interface Pod {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

async function podsOf(io: Io, platform: Platform, installation: Installation): Promise<Server[]> {
  const cluster = named(platform.clusters, installation.cluster);
  const kubernetes = await Kubernetes.open(cluster, io.env);
  const pods = await runningPods(kubernetes, installation);
  if (pods.length === 0)
    throw new OpsError(
      `cluster ${cluster.name}: no pod of ${installation.release} runs in namespace ` +
        `${installation.namespace}: npm run up, or kubectl --context ${cluster.context} -n ` +
        `${installation.namespace} get pods.`,
    );
  return pods.map((name) => podServer(io, kubernetes, installation, name));
}

/** The running pods of an installation, by number. */
export async function runningPods(kubernetes: Kubernetes, { namespace, release }: Installation): Promise<string[]> {
  const selector = encodeURIComponent(
    `app.kubernetes.io/name=vault,app.kubernetes.io/instance=${release},component=server`,
  );
  const pods = (await kubernetes.list<Pod>(`/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`)) ?? [];
  return pods
    .filter((pod) => pod.status?.phase === "Running")
    .map((pod) => pod.metadata.name)
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

/**
 * A pod of an installation as a server, through a port-forward. With TLS its certificate is for 127.0.0.1 too
 * (constructs/vault-install.ts).
 */
export function podServer(
  io: Io,
  kubernetes: Kubernetes,
  { namespace, unsafeNoTls }: Installation,
  pod: string,
): Server {
  return {
    name: pod,
    open: async () => {
      const forward = await forwardPort(kubernetes, namespace, pod, 8200, io.env);
      const client = clientAt(io, `${unsafeNoTls ? "http" : "https"}://127.0.0.1:${forward.port}`);
      return {
        client,
        close: async () => {
          client.close();
          await forward.stop();
        },
      };
    },
  };
}

/** A client without a token. Throws a UsageError for an address or CA file that is none. */
export function clientAt(io: Io, address: string): VaultClient {
  try {
    return VaultClient.fromEnvironment({ ...io.env, VAULT_ADDR: address }, () => undefined);
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${error.message}.`);
    if (error instanceof Error && "code" in error)
      throw new UsageError(
        `VAULT_CACERT: given ${JSON.stringify(io.env.VAULT_CACERT)}; accepted: a readable file of ` +
          `PEM certificates (${String(error.code)}).`,
      );
    throw error;
  }
}
