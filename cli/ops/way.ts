import { addressVariable, named, type Installation, type Platform, type Vault } from "../../model";
import { forwardPort, Kubernetes } from "../kubernetes";
import { VaultClient } from "../vault";
import { OpsError } from "./errors";
import type { Io } from "./io";

/** One server of a Vault: the only one, or a replica. */
export interface Server {
  /** Its address, or its pod. */
  readonly name: string;
  /** A connection to this server and no other, without a token. Throws UsageErrors and KubernetesErrors. */
  open(): Promise<Connection>;
}

/** A connection to a server of a Vault. */
export interface Connection {
  readonly client: VaultClient;
  /** Ends it, and the port-forward that it went through. */
  close(): Promise<void>;
}

/** An address for this run alone, and what gave it. */
interface Given {
  readonly address: string;
  /** `--address`, or the variable. */
  readonly by: string;
}

/**
 * Where this run is told that a Vault is: by `--address` (`option`), by TF_VAR_vault_address_<vault>, as for cdktf's
 * plan, or by VAULT_ADDR; undefined where nothing says so.
 */
export function givenAddress(io: Io, platform: Platform, vault: Vault, option?: string): Given | undefined {
  const variable = `TF_VAR_${addressVariable(vault.name)}`;
  const { VAULT_ADDR } = io.env;
  // One variable for every Vault: where the config knows the address as another's, it does not mean this one.
  const anothers = platform.vaults.some(({ name, address }) => name !== vault.name && address === VAULT_ADDR);
  const sources = { "--address": option, [variable]: io.env[variable], ...(!anothers && { VAULT_ADDR }) };
  return Object.entries(sources).flatMap(([by, address]) => (address ? [{ by, address }] : []))[0];
}

/**
 * The way to a Vault, in the one order that every command keeps: what this run is given ({@link givenAddress}); the
 * config's address; a port-forward of this run's own to the server that the config installs in its cluster. Says on
 * standard error which it is, unless that was given and the config says no other.
 *
 * Throws KubernetesErrors, and an OpsError where no pod of the server runs.
 */
export async function wayTo(io: Io, platform: Platform, vault: Vault, option?: string): Promise<Server> {
  const given = givenAddress(io, platform, vault, option);
  const address = given?.address ?? vault.address;
  if (address === undefined) {
    const pods = await podsOf(io, platform, vault);
    const pod = pods.find(({ ready, leads }) => ready && leads) ?? pods.find(({ ready }) => ready) ?? pods[0]!;
    const { cluster } = vault.installation!;
    io.err(`Vault ${vault.name}: pod ${pod.name} in cluster ${cluster}, by a port-forward of this run's own`);
    return pod;
  }
  if (!given || (vault.address ?? address) !== address)
    io.err(`Vault ${vault.name}: ${address}, as ${given?.by ?? "the config"} says`);
  return atAddress(io, address);
}

/**
 * Every server of a Vault, for what is done to each: those at the given addresses, or at the one that this run is
 * given; else every pod of the installation, before the config's address, since a service or load balancer leads to the
 * unsealed ones alone.
 *
 * Throws KubernetesErrors, and an OpsError where no pod of the server runs.
 */
export async function serversOf(
  io: Io,
  platform: Platform,
  vault: Vault,
  addresses: readonly string[] = [],
): Promise<readonly Server[]> {
  if (addresses.length > 0) return addresses.map((address) => atAddress(io, address));
  const address = givenAddress(io, platform, vault)?.address ?? (vault.installation ? undefined : vault.address);
  return address === undefined ? podsOf(io, platform, vault) : [atAddress(io, address)];
}

function atAddress(io: Io, address: string): Server {
  return {
    name: address,
    open: async () => {
      const client = VaultClient.at(address, io.env);
      return { client, close: async () => client.close() };
    },
  };
}

/** A pod, as far as it is looked into. */
interface Pod {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

async function podsOf(
  io: Io,
  platform: Platform,
  { name, installation }: Vault,
): Promise<readonly (Server & { readonly leads: boolean; readonly ready: boolean })[]> {
  const cluster = named(platform.clusters, installation!.cluster);
  const kubernetes = await Kubernetes.open(cluster, io.env).catch((error: unknown) => {
    if (!(error instanceof OpsError)) throw error;
    throw new OpsError(`${error.message} Vault ${name} is in this cluster; VAULT_ADDR takes another way to it.`);
  });
  try {
    const pods = await runningPods(kubernetes, installation!);
    if (pods.length === 0)
      throw new OpsError(
        `cluster ${cluster.name}: no pod of ${installation!.release} runs in namespace ${installation!.namespace}: ` +
          `npm run up, or kubectl --context ${cluster.context} -n ${installation!.namespace} get pods.`,
      );
    return pods.map(({ metadata: { name: pod, labels }, status }) => ({
      ...podServer(io, kubernetes, installation!, pod),
      // Set by the server itself, where it may (service registration); on a node that is gone it stays, as the phase.
      leads: labels?.["vault-active"] === "true",
      ready: Boolean(status?.conditions?.some((each) => each.type === "Ready" && each.status === "True")),
    }));
  } finally {
    kubernetes.close();
  }
}

/** The running pods of an installation, by number. */
async function runningPods(kubernetes: Kubernetes, { namespace, release }: Installation): Promise<Pod[]> {
  const selector = encodeURIComponent(
    `app.kubernetes.io/name=vault,app.kubernetes.io/instance=${release},component=server`,
  );
  const pods = (await kubernetes.list<Pod>(`/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`)) ?? [];
  return pods
    .filter((pod) => pod.status?.phase === "Running")
    .sort((a, b) => a.metadata.name.localeCompare(b.metadata.name, "en", { numeric: true }));
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
      const { client } = await atAddress(io, `${unsafeNoTls ? "http" : "https"}://127.0.0.1:${forward.port}`).open();
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
