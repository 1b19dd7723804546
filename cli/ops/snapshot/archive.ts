import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { extract, pack } from "tar-stream";
import { OpsError } from "../errors";
import { storageEntries } from "./storage-entries";

/** How many shares open what a snapshot holds. */
interface SnapshotSeal {
  /** `shamir`, or the automatic seal's type. */
  readonly type: string;
  /** Key shares that were made; recovery shares where it unseals itself. */
  readonly shares: number;
  readonly threshold: number;
}

/** What a snapshot says of itself, without a key. */
export interface Snapshot {
  readonly file: string;
  /** When its server wrote it, by the server's clock. */
  readonly takenAt: Date;
  /** The raft index that it goes up to. */
  readonly index: number;
  /** Entries of storage in it. */
  readonly entries: number;
  /** Size of the file. */
  readonly bytes: number;
  /** The newest version of Vault that has run on this storage. */
  readonly version: string;
  readonly seal: SnapshotSeal;
}

/**
 * What a throw-away Vault must not have, of storage: audit devices, which would write its requests where the original
 * writes its own; leases, whose end it would carry out on real systems; and who leads, since it would forward requests
 * to the original until it leads itself.
 */
const LEFT_OUT = /^(core\/(local-)?audit$|sys\/expire\/|core\/leader\/|core\/lock$)/;

/** The parts that are read; SHA256SUMS.sealed is for the original's own keys, and a forced restore passes it over. */
const [META, STATE, SUMS] = ["meta.json", "state.bin", "SHA256SUMS"] as const;

/**
 * Reads a snapshot from end to end: a gzipped tar of `meta.json`, `state.bin` and their SHA-256 sums, as Vault's
 * integrated storage writes it. With `folder`, a copy for a throw-away Vault is written there (see `throwAwayCopy`).
 * @throws OpsError for a file that cannot be read, that is none, that is cut off, or in which any bit has changed since
 * it was taken; for a folder that cannot be written, such as on a full disk
 */
export async function readSnapshot(file: string, folder?: string): Promise<Snapshot> {
  const parts = new Map<string, { readonly sha256: string; readonly text: string; readonly takenAt: Date }>();
  const unpack = extract();
  const state = { entries: 0, version: "", configs: new Map<string, Buffer>() };
  const read = async (): Promise<void> => {
    for await (const entry of unpack) {
      const hash = createHash("sha256");
      const hashed = hashing(entry as AsyncIterable<Buffer>, hash);
      let text = "";
      if (entry.header.name !== STATE) text = (await buffer(hashed)).toString("utf8");
      else if (folder === undefined) await pipeline(Readable.from(kept(hashed, state)), sink());
      else await pipeline(Readable.from(kept(hashed, state)), createWriteStream(join(folder, STATE), { mode: 0o600 }));
      parts.set(entry.header.name, { sha256: hash.digest("hex"), text, takenAt: entry.header.mtime });
    }
  };
  try {
    // The first of the two that fails has the reason; the other only follows it.
    await Promise.all([pipeline(createReadStream(file), createGunzip(), unpack), read()]);
    const { size } = await stat(file);
    const [meta, stored, sums] = [META, STATE, SUMS].map((name) => parts.get(name));
    if (!meta || !stored || !sums)
      throw new RangeError(`it has no ${[META, STATE, SUMS].filter((n) => !parts.has(n))[0]}`);
    for (const name of [META, STATE])
      if (!new RegExp(`^${parts.get(name)!.sha256} +${name}$`, "m").test(sums.text))
        throw new RangeError(`the checksum of its ${name} is not the one that was taken with it`);
    const { Index: index } = JSON.parse(meta.text) as { Index: number };
    const { version, entries } = state;
    if (folder !== undefined) await throwAwayCopy(folder, meta.text);
    return { file, takenAt: meta.takenAt, index, entries, bytes: size, version, seal: sealOf(state.configs) };
  } catch (error) {
    throw new OpsError(unreadable(file, folder, error as NodeJS.ErrnoException));
  }
}

/** For what is read for its own sake. */
function sink(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

/** Where {@link readSnapshot} leaves the copy. */
export function copyIn(folder: string): string {
  return join(folder, "throw-away.snap");
}

async function* hashing(
  chunks: AsyncIterable<Buffer>,
  hash: { update(data: Buffer): unknown },
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

/** The entries that a copy keeps; what they say of the snapshot is noted. */
async function* kept(
  chunks: AsyncIterable<Buffer>,
  state: { entries: number; version: string; configs: Map<string, Buffer> },
): AsyncGenerator<Buffer> {
  for await (const { key, value, raw } of storageEntries(chunks)) {
    state.entries++;
    if (key === "core/seal-config" || key === "core/recovery-config") state.configs.set(key, Buffer.from(value));
    const version = /^core\/versions\/(.+)$/.exec(key)?.[1];
    if (version?.localeCompare(state.version, "en", { numeric: true }) === 1) state.version = version;
    if (!LEFT_OUT.test(key)) yield raw;
  }
}

/** Vault stores both as plain JSON: it reads them before it has a key. */
function sealOf(configs: ReadonlyMap<string, Buffer>): SnapshotSeal {
  type Config = { readonly type: string; readonly secret_shares: number; readonly secret_threshold: number };
  const parsed = (key: string): Config | undefined => {
    const text = configs.get(key)?.toString("utf8");
    return text === undefined ? undefined : (JSON.parse(text) as Config);
  };
  const seal = parsed("core/seal-config");
  if (!seal) throw new RangeError("it says nothing of a seal: it is no snapshot of an initialised Vault");
  const { secret_shares: shares, secret_threshold: threshold } = parsed("core/recovery-config") ?? seal;
  return { type: seal.type, shares, threshold };
}

/** Packs what was kept of the state as a snapshot that Vault's forced restore takes. */
async function throwAwayCopy(folder: string, metaText: string): Promise<void> {
  const state = join(folder, STATE);
  const { size } = await stat(state);
  const meta = JSON.stringify({ ...(JSON.parse(metaText) as object), Size: size });
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(state)) hash.update(chunk as Buffer);
  const sha256 = createHash("sha256").update(meta).digest("hex");
  const archive = pack();
  const write = async (): Promise<void> => {
    archive.entry({ name: META, mode: 0o600 }, meta);
    await pipeline(createReadStream(state), archive.entry({ name: STATE, mode: 0o600, size }));
    archive.entry({ name: SUMS, mode: 0o600 }, `${sha256}  ${META}\n${hash.digest("hex")}  ${STATE}\n`);
    archive.finalize();
  };
  await Promise.all([
    pipeline(archive, createGzip({ level: 1 }), createWriteStream(copyIn(folder), { mode: 0o600 })),
    write(),
  ]);
}

const ACCEPTED = "a file that vault operator raft snapshot save wrote";

function unreadable(file: string, folder: string | undefined, error: NodeJS.ErrnoException): string {
  const { code = "", message, path = "" } = error;
  const damaged = `${file}: damaged; nothing of it was used`;
  const next = "Take another snapshot of that time or near it, and look at the storage that gave this one.";
  if (code === "Z_BUF_ERROR" || /unexpected end/i.test(message)) return `${damaged}: it is cut off. ${next}`;
  if (code === "Z_DATA_ERROR" && /header/.test(message))
    return `${file}: no snapshot of Vault's integrated storage (it is not gzipped); accepted: ${ACCEPTED}.`;
  if (code.startsWith("Z_")) return `${damaged}: ${message}. ${next}`;
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG" || (folder !== undefined && path.startsWith(folder)))
    return (
      `${folder}: a copy of ${file} cannot be written (${code}); nothing was changed. Make room, or set TMPDIR to a ` +
      "folder with room for three times the snapshot."
    );
  if (/^E[A-Z]+$/.test(code))
    return `${file}: cannot be read (${code}); accepted: ${ACCEPTED}. Is its storage mounted, and may you read it?`;
  return `${damaged}: ${message}. ${next}`;
}
