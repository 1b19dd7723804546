import { tmpdir } from "node:os";
import { resolve } from "node:path";
import type { Vault } from "../../../model";
import { VaultError, type VaultClient } from "../../vault";
import { OpsError } from "../errors";
import type { Io } from "../io";
import { Shares } from "../unseal/shares";
import { unsealServer, waitUntilLeading } from "../unseal/unseal";
import { copyIn, readSnapshot, type Snapshot } from "./archive";
import { keptFolder, type KeptFolder } from "./kept-folder";
import { initialiseEmpty, replaceStorage } from "./load";
import { sealOfThrowAway } from "./seal";
import { LocalServer } from "./server";
import { vaultProgram } from "./vault-program";

/** A Vault on this machine that holds what a snapshot holds, unsealed. */
export interface ThrowAway {
  readonly snapshot: Snapshot;
  /** Without a token. */
  readonly client: VaultClient;
  /** The shares that opened it; none where it unseals itself. */
  readonly shares: Shares;
  /** The cluster that the snapshot is of, by the id that Vault gave it. */
  readonly clusterId: string;
}

/**
 * Opens a snapshot in a throw-away Vault and does `work` there: a server of the vault program on a free port of
 * 127.0.0.1, whose storage only this user can read. It has the snapshot's seal: key shares are asked for by hidden
 * prompt, or it unseals itself as `vault` does by the config. It has no audit device and no lease of the original's,
 * so that it writes no log of the original's and revokes nothing. Other mounts than kv-v2 come up with it: what they do
 * by themselves (a database's static roles) they do. It is gone afterwards, with its folder, however this ends.
 *
 * Throws an OpsError where there is no room for it, and where the shares or the seal do not open the snapshot; what
 * `vaultProgram`, `readSnapshot`, `sealOfThrowAway` and `LocalServer.start` throw; VaultErrors.
 */
export async function withThrowAway<T>(
  io: Io,
  file: string,
  vault: Vault,
  work: (throwAway: ThrowAway) => Promise<T>,
): Promise<T> {
  const program = vaultProgram(io);
  const kept = await newFolder(io.env.TMPDIR || tmpdir());
  const folder = kept.path;
  let server: LocalServer | undefined;
  try {
    const snapshot = await readSnapshot(file, folder);
    server = await LocalServer.start(program, folder, sealOfThrowAway(io, vault, snapshot.seal.type));
    return await work(await open(io, server, snapshot, folder));
  } finally {
    await server?.stop();
    await kept.remove();
  }
}

async function newFolder(parent: string): Promise<KeptFolder> {
  try {
    return await keptFolder(resolve(parent));
  } catch (error) {
    throw new OpsError(
      `${parent}: no folder can be made there (${(error as Error).message}); nothing was changed. ` +
        "Set TMPDIR to a folder with room for three times the snapshot.",
    );
  }
}

async function open(io: Io, server: LocalServer, snapshot: Snapshot, folder: string): Promise<ThrowAway> {
  const { client } = server;
  const { seal, file, takenAt } = snapshot;
  const name = `the throw-away Vault of ${file}`;
  const shares = new Shares(io);
  try {
    await initialiseEmpty(io, name, client, snapshot);
    const { sealed } = await replaceStorage(client, copyIn(folder));
    if (sealed && seal.type !== "shamir") throw new OpsError("Its seal does not open it.");
    if (sealed) await unsealServer(io, name, client, shares, 2);
    await waitUntilLeading(name, client);
  } catch (error) {
    // A server whose disk is full may end at once.
    if (!(error instanceof OpsError || error instanceof VaultError)) throw error;
    const shut = await client.sealStatus().catch(() => undefined);
    const log = server.lastError();
    // On a full disk the restore is half done, and no share fits what is left.
    const why =
      shut?.sealed && !/no space left|SIGBUS/.test(log)
        ? "It may be of another cluster, or from before or after a rekey: the keys that fit are those of " +
          `${takenAt.toISOString()}.`
        : log;
    throw new OpsError(
      `${file}: not opened; nothing of it is proven, and nothing was changed. ${error.message} ${why}`,
    );
  }
  return { snapshot, client, shares, clusterId: (await client.sealStatus()).cluster_id ?? "" };
}
