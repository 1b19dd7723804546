import type { Installation } from "../../model";
import { OpsError } from "../ops/errors";
import type { Connection, Server } from "../ops/way";
import type { PodWatch } from "./pod-watch";
import { CONTINUES } from "./steps";

/** How long a new server may take to answer. Milliseconds. */
const ANSWER_TIMEOUT_MS = 60_000;
const EVERY_MS = 500;

/** What is asked of a {@link PodWatch}. */
type Watch = Pick<PodWatch, "look" | "inVain">;

/** How long pods are waited for. */
export interface Patience {
  /** Milliseconds: images are fetched, volumes made. */
  readonly timeoutMs: number;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/**
 * Waits until every pod of a server runs (it is not ready before it is unsealed); `watch` says meanwhile what they wait
 * for. Returns their names. Throws an OpsError, with what keeps a pod from running, as soon as waiting is in vain, and
 * after `timeoutMs` in any case; at an interrupt too.
 */
export async function waitForPods(
  { release, replicas }: Installation,
  watch: Watch,
  { timeoutMs, signal }: Patience,
): Promise<readonly string[]> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const look = await watch.look();
    const { running } = look;
    if (running.length >= replicas) return running;
    if (signal.aborted) throw new OpsError(CONTINUES);
    const seen = `${running.length} of ${replicas} pods of ${release} run`;
    if (look.lasting) throw await watch.inVain(look, `${seen}, and waiting is in vain.`);
    if (Date.now() > deadline) throw await watch.inVain(look, `${seen} after ${timeoutMs / 1000} s.`);
    await pause();
  }
}

/**
 * Connects to a server that has just been installed, and waits until it answers, sealed or not. Throws what keeps its
 * pod from running, at once where waiting is in vain; after a minute too, with the last error of the connection.
 */
export async function openNew(server: Server, watch: Watch): Promise<Connection> {
  const deadline = Date.now() + ANSWER_TIMEOUT_MS;
  for (;;) {
    try {
      return await answering(server);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const look = await watch.look();
      const silent = `${server.name} does not answer`;
      if (look.lasting) throw await watch.inVain(look, `${silent}, and waiting is in vain.`);
      if (Date.now() > deadline && look.troubles.length > 0)
        throw await watch.inVain(look, `${silent}. ${error.message}`);
      if (Date.now() > deadline) throw error;
      await pause();
    }
  }
}

/** A new connection each time: a port-forward does not outlive its container. */
async function answering(server: Server): Promise<Connection> {
  const connection = await server.open();
  try {
    await connection.client.sealStatus();
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, EVERY_MS));
}
