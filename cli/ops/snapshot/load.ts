import { randomBytes } from "node:crypto";
import { SecretValue, VaultError, type SealStatus, type VaultClient } from "../../vault";
import { OpsError } from "../errors";
import type { Io } from "../io";
import { Shares } from "../unseal/shares";
import { unsealServer, waitUntilLeading } from "../unseal/unseal";
import type { Snapshot } from "./archive";

/** How long sending a snapshot, and its taking effect after that, may take. Milliseconds. */
const PATIENCE_MS = { upload: 900_000, effect: 300_000 } as const;
const EVERY_MS = 200;

/**
 * Initialises a new Vault for no longer than until a snapshot takes its place: its keys are kept nowhere, and its root
 * token is the client's from now on. It makes as many shares as the snapshot has, since a running server goes on asking
 * for as many as it was initialised with (seen with Vault 1.21.1).
 *
 * Throws VaultErrors, and OpsErrors where it does not come up.
 */
export async function initialiseEmpty(io: Io, name: string, client: VaultClient, snapshot: Snapshot): Promise<void> {
  const { type, shares, threshold } = snapshot.seal;
  const prefix = type === "shamir" ? "secret" : "recovery";
  const body = { [`${prefix}_shares`]: shares, [`${prefix}_threshold`]: threshold };
  type Answer = { readonly keys_base64?: readonly string[]; readonly root_token: string };
  const { data } = await client.write<Answer>("sys/init", body, { token: null, timeoutMs: 60_000 });
  client.token = new SecretValue(data.root_token);
  const keys = (data.keys_base64 ?? []).slice(0, threshold).map((key) => new SecretValue(key));
  if (type === "shamir") await unsealServer(io, name, client, new Shares(io, keys));
  await waitUntilLeading(name, client);
}

/**
 * Has a Vault put a snapshot in the place of all that it stores, and waits until it did: Vault answers before that, and
 * says in its log alone if it fails. Whether it did is seen by a policy of no rules that is written before and must be
 * gone. Then it is sealed, where the snapshot's keys are others than its own. Its status is returned; the client's
 * token, which must be root's, is forgotten.
 *
 * Throws VaultErrors where Vault does not take the file, and an OpsError where nothing comes of it.
 */
export async function replaceStorage(client: VaultClient, file: string): Promise<SealStatus> {
  const marker = `sys/policies/acl/before-restore-${randomBytes(8).toString("hex")}`;
  await client.write(marker, { policy: "# gone once a snapshot is restored" });
  try {
    await client.upload("sys/storage/raft/snapshot-force", file, PATIENCE_MS.upload);
  } catch (error) {
    // Nothing was replaced, or nobody knows: it is one policy of no rules more.
    await client.delete(marker).catch(() => undefined);
    throw error;
  }
  const deadline = Date.now() + PATIENCE_MS.effect;
  while (!(await isReplaced(client, marker))) {
    if (Date.now() > deadline)
      throw new OpsError(
        `${client.address}: it took the snapshot and still serves what it had, after ${PATIENCE_MS.effect / 1000} s. ` +
          "Its log names the reason (such as a full disk).",
      );
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  client.token = undefined;
  return client.sealStatus();
}

/** The marker is gone, or nobody can look: sealed, or the token is not known any more. */
async function isReplaced(client: VaultClient, marker: string): Promise<boolean> {
  try {
    await client.read(marker);
    return false;
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    return ["notFound", "forbidden", "sealed"].includes(error.kind);
  }
}
