import type { SecretValue, SealStatus, VaultClient } from "../../vault";
import { OpsError } from "../errors";
import type { Io } from "../io";
import type { Shares } from "./shares";

/** What there was to do on a server. */
type UnsealResult = "unsealed" | "was unsealed";

/**
 * How long a server may take to join its cluster, or to become active or a standby after the last share. Milliseconds.
 */
const PATIENCE_MS = 30_000;
const EVERY_MS = 200;

/**
 * Unseals one server with key shares, and waits until it serves. `name` is what people call it, e.g. its address or its
 * pod; `attempts` is that of `Shares.giveTo`.
 *
 * Throws an OpsError for a server that is not initialised, or that unseals itself and did not; VaultErrors; and what
 * `Shares.giveTo` throws.
 */
export async function unsealServer(
  io: Io,
  name: string,
  client: VaultClient,
  shares: Shares,
  attempts?: number,
): Promise<UnsealResult> {
  const status = await joined(io, name, client);
  if (!status.sealed) return "was unsealed";
  if (status.type !== "shamir") return unsealsItself(io, name, client, status.type);
  await shares.giveTo({
    purpose: `to unseal ${name}`,
    required: status.t,
    progress: status.progress,
    attempts,
    send: (key) => sendKey(name, client, key),
    restart: () => client.write("sys/unseal", { reset: true }, { token: null }),
  });
  await waitUntilServing(name, client);
  return "unsealed";
}

/** Waits until an unsealed server leads. Throws an OpsError after half a minute. */
export async function waitUntilLeading(name: string, client: VaultClient): Promise<void> {
  await until(async () => (await readLeader(client)).is_self, `${name} was unsealed, but does not lead`);
}

/** Waits until an unsealed server leads or stands by. Throws an OpsError after half a minute. */
async function waitUntilServing(name: string, client: VaultClient): Promise<void> {
  await until(async () => serves(client), `${name} was unsealed, but neither leads nor stands by`);
}

/** A server that has started, or joined its leader, is sealed for a moment. */
async function unsealsItself(io: Io, name: string, client: VaultClient, seal: string): Promise<UnsealResult> {
  io.err(`${name} is sealed; waiting for it to unseal itself (seal ${seal})`);
  await until(
    async () => serves(client),
    `${name}: sealed, though it unseals itself (seal ${seal}); key shares do not help. See whether it reaches its ` +
      `seal: the server's log names the reason. It tries again by itself`,
  );
  return "unsealed";
}

async function sendKey(
  name: string,
  client: VaultClient,
  key: SecretValue,
): Promise<{ progress: number; done?: true }> {
  const { data } = await client.write<SealStatus>("sys/unseal", { key }, { token: null });
  // A server that joins a raft cluster takes the last share, counts from 0 again, and is unsealed some seconds later.
  if (data.sealed && data.progress === 0)
    await until(
      async () => !(await client.sealStatus()).sealed,
      `${name} took the shares and did not join its leader; see its log`,
    );
  return { progress: data.progress, ...((!data.sealed || data.progress === 0) && { done: true }) };
}

/** A further server of an HA Vault says that it is not initialised until it has found the leader. */
async function joined(io: Io, name: string, client: VaultClient): Promise<SealStatus> {
  let status = await client.sealStatus();
  if (status.initialized) return status;
  if (status.storage_type !== "raft")
    throw new OpsError(`${name}: not initialised yet: npm run ops -- init, or npm run up.`);
  io.err(`${name} is not initialised; waiting for it to join its leader`);
  await until(
    async () => (status = await client.sealStatus()).initialized,
    `${name} is not initialised and has not joined a leader. A new Vault: npm run ops -- init, or ` +
      `npm run up. A further server: unseal the leader first, and see retry_join in its configuration`,
  );
  return status;
}

async function serves(client: VaultClient): Promise<boolean> {
  if ((await client.sealStatus()).sealed) return false;
  const leader = await readLeader(client);
  // A standby that knows no leader yet forwards nothing.
  return !leader.ha_enabled || leader.is_self || leader.leader_address !== "";
}

/** `sys/leader`: who serves, as this server knows it. */
interface Leader {
  readonly ha_enabled: boolean;
  readonly is_self: boolean;
  /** Empty where it knows none. */
  readonly leader_address: string;
}

/** Asks an unsealed server who serves. Without a token. Throws VaultErrors. */
export function readLeader(client: VaultClient): Promise<Leader> {
  return client.read("sys/leader", { token: null });
}

async function until(condition: () => Promise<boolean>, otherwise: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await condition().catch(() => false))) {
    if (Date.now() > deadline) throw new OpsError(`${otherwise} (${PATIENCE_MS / 1000} s).`);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}
