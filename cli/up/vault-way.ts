import { addressVariable, type Installation, type Vault } from "../../model";
import { forwardPort, type Kubernetes, type PortForward } from "../kubernetes";
import { VaultClient, type SecretValue } from "../vault";
import { OpsError } from "../ops/errors";
import type { Io } from "../ops/io";
import { runningPods } from "../ops/unseal/servers";

/** How long pods may take to run: images are fetched, volumes made. Milliseconds. */
const POD_TIMEOUT_MS = 300_000;
/** How long a Vault may take to answer. Milliseconds. */
const ANSWER_PATIENCE_MS = 60_000;
const EVERY_MS = 500;

/** The way to a Vault during one run. */
export interface VaultWay {
  readonly address: string;
  readonly client: VaultClient;
  /** Uses a token from now on. */
  use(token: SecretValue | undefined): void;
  /** Closes connections, and the port-forward if there is one. */
  close(): Promise<void>;
}

/** The address that the person gives for this run; undefined where none is. */
export function overrideOf(io: Io, vault: Vault): string | undefined {
  return io.env[`TF_VAR_${addressVariable(vault.name)}`] || io.env.VAULT_ADDR || undefined;
}

/** The address that the person or the config gives; undefined where a port-forward is needed. */
export function addressOf(io: Io, vault: Vault): string | undefined {
  return overrideOf(io, vault) ?? vault.address;
}

/**
 * Waits until every pod of a server runs (it is not ready before it is unsealed). Returns their names. Throws an
 * OpsError, with what a pod waits for, after five minutes.
 */
export async function waitForPods(
  kubernetes: Kubernetes,
  installation: Installation,
  timeoutMs = POD_TIMEOUT_MS,
): Promise<string[]> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const running = await runningPods(kubernetes, installation);
    if (running.length >= installation.replicas) return running;
    if (Date.now() > deadline) {
      const { namespace, release, replicas } = installation;
      throw new OpsError(
        `cluster ${kubernetes.cluster.name}: ${running.length} of ${replicas} pods of ${release} ` +
          `run after ${timeoutMs / 1000} s${await whatPodsWaitFor(kubernetes, namespace)}. Look: ` +
          `kubectl --context ${kubernetes.cluster.context} -n ${namespace} describe pods. Then run this again.`,
      );
    }
    await pause();
  }
}

/**
 * Opens the way: a port-forward to a pod, where one is given (a new server's address may lead nowhere yet), else the
 * given address. Waits until Vault answers, sealed or not. Throws an OpsError where no address is known, and a
 * VaultError if there is no answer, from a pod within a minute.
 */
export async function openWay(
  io: Io,
  vault: Vault,
  inside?: { readonly kubernetes: Kubernetes; readonly pod: string },
): Promise<VaultWay> {
  const given = inside ? undefined : addressOf(io, vault);
  if (!inside && given === undefined)
    throw new OpsError(`VAULT_ADDR: given nothing; accepted: the URL of Vault ${vault.name}.`);
  const forward: PortForward | undefined =
    inside && (await forwardPort(inside.kubernetes, vault.installation!.namespace, inside.pod, 8200, io.env));
  const address = given ?? `${vault.installation!.unsafeNoTls ? "http" : "https"}://127.0.0.1:${forward!.port}`;
  let token: SecretValue | undefined;
  const client = VaultClient.fromEnvironment({ ...io.env, VAULT_ADDR: address }, () => token);
  const close = async (): Promise<void> => {
    client.close();
    await forward?.stop();
  };
  const deadline = Date.now() + (given ? 0 : ANSWER_PATIENCE_MS);
  for (;;) {
    try {
      await client.sealStatus();
      return { address, client, use: (next) => void (token = next), close };
    } catch (error) {
      if (Date.now() < deadline) await pause();
      else {
        await close();
        throw error;
      }
    }
  }
}

async function whatPodsWaitFor(kubernetes: Kubernetes, namespace: string): Promise<string> {
  type Event = {
    readonly type: string;
    readonly reason: string;
    readonly message: string;
    readonly involvedObject: { readonly kind: string; readonly name: string };
  };
  const events = (await kubernetes.list<Event>(`/api/v1/namespaces/${namespace}/events`).catch(() => undefined)) ?? [];
  const last = events
    .filter(
      ({ type, involvedObject }) =>
        type === "Warning" && ["Pod", "PersistentVolumeClaim", "StatefulSet"].includes(involvedObject.kind),
    )
    .at(-1);
  return last ? `; ${last.involvedObject.kind} ${last.involvedObject.name}: ${last.reason}, ${last.message}` : "";
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, EVERY_MS));
}
