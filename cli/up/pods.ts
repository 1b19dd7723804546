import type { Installation } from "../../model";
import type { Kubernetes } from "../kubernetes";
import { OpsError } from "../ops/errors";
import { runningPods, type Connection, type Server } from "../ops/way";

/** How long pods may take to run: images are fetched, volumes made. Milliseconds. */
const POD_TIMEOUT_MS = 300_000;
/** How long a new server may take to answer. Milliseconds. */
const ANSWER_TIMEOUT_MS = 60_000;
const EVERY_MS = 500;

/**
 * Waits until every pod of a server runs (it is not ready before it is unsealed). Returns their names. Throws an
 * OpsError, with what a pod waits for, after five minutes.
 */
export async function waitForPods(kubernetes: Kubernetes, installation: Installation): Promise<string[]> {
  const deadline = Date.now() + POD_TIMEOUT_MS;
  for (;;) {
    const running = await runningPods(kubernetes, installation);
    if (running.length >= installation.replicas) return running.map((pod) => pod.metadata.name);
    if (Date.now() > deadline) {
      const { namespace, release, replicas } = installation;
      throw new OpsError(
        `cluster ${kubernetes.cluster.name}: ${running.length} of ${replicas} pods of ${release} ` +
          `run after ${POD_TIMEOUT_MS / 1000} s${await whatPodsWaitFor(kubernetes, namespace)}. Look: ` +
          `kubectl --context ${kubernetes.cluster.context} -n ${namespace} describe pods. Then run this again.`,
      );
    }
    await pause();
  }
}

/**
 * Connects to a server that has just been installed, and waits until it answers, sealed or not. Throws a VaultError
 * where it does not in a minute.
 */
export async function openNew(server: Server): Promise<Connection> {
  const connection = await server.open();
  const deadline = Date.now() + ANSWER_TIMEOUT_MS;
  for (;;) {
    try {
      await connection.client.sealStatus();
      return connection;
    } catch (error) {
      if (Date.now() > deadline) {
        await connection.close();
        throw error;
      }
      await pause();
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
