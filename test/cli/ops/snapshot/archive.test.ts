import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { copyIn, readSnapshot } from "../../../../cli/ops/snapshot/archive";
import { storageEntries } from "../../../../cli/ops/snapshot/storage-entries";

const folder = mkdtempSync(join(tmpdir(), "snapshot-archive-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SEAL = '{"type":"shamir","secret_shares":5,"secret_threshold":3}';
const TAKEN = new Date("2026-06-30T12:00:00Z");
const ENTRIES: Readonly<Record<string, string>> = {
  "core/seal-config": SEAL,
  "core/versions/1.9.0": "x",
  "core/versions/1.21.1": "x",
  "core/audit": "where the original's audit log is",
  "core/local-audit": "as well",
  "core/mounts": "kvv2",
  "core/lock": "an id",
  "core/leader/an-id": "where the original leads",
  "sys/expire/id/auth/userpass/login/ada/h1": "a lease",
  // Longer than one chunk of a file's stream, its length three bytes; of no repetition, which a changed bit may leave.
  "logical/a/long": Array.from({ length: 2000 }, (_, n) => createHash("sha256").update(`${n}`).digest("hex")).join(""),
};

function varint(value: number): Buffer {
  return Buffer.from(value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)]);
}

function state(entries: Readonly<Record<string, string>>): Buffer {
  const field = (tag: number, text: string): Buffer =>
    Buffer.concat([Buffer.from([tag]), varint(Buffer.byteLength(text)), Buffer.from(text)]);
  return Buffer.concat(
    Object.entries(entries).flatMap(([key, value]) => {
      const message = Buffer.concat([field(0x0a, key), field(0x12, value)]);
      return [varint(message.length), message];
    }),
  );
}

const sha256 = (data: Buffer | string): string => createHash("sha256").update(data).digest("hex");

/** A snapshot as Vault writes one; parts may be others than their sums, or be absent. */
async function snapshot(
  name: string,
  parts: Readonly<Record<string, Buffer | string | undefined>> = {},
): Promise<string> {
  const [stateBin, meta] = [state(ENTRIES), '{"Version":1,"Index":46,"Term":3,"Size":1}'];
  const sums = `${sha256(meta)}  meta.json\n${sha256(stateBin)}  state.bin\n`;
  const archive = pack();
  for (const [part, data] of Object.entries({ "meta.json": meta, "state.bin": stateBin, SHA256SUMS: sums, ...parts }))
    if (data !== undefined) archive.entry({ name: part, mtime: TAKEN }, data);
  archive.finalize();
  const file = join(folder, name);
  writeFileSync(file, gzipSync(await buffer(archive as AsyncIterable<Buffer>)));
  return file;
}

test("what a snapshot says of itself", async () => {
  const file = await snapshot("whole");
  expect(await readSnapshot(file)).toEqual({
    file,
    takenAt: TAKEN,
    index: 46,
    entries: 10,
    bytes: statSync(file).size,
    version: "1.21.1",
    seal: { type: "shamir", shares: 5, threshold: 3 },
  });
});

test("of a Vault that unseals itself, the shares are recovery shares", async () => {
  const seals = {
    "core/seal-config": '{"type":"transit","secret_shares":1,"secret_threshold":1}',
    "core/recovery-config": SEAL,
  };
  const bin = state(seals);
  const sums = `${sha256("{}")}  meta.json\n${sha256(bin)}  state.bin\n`;
  const file = await snapshot("transit", { "meta.json": "{}", "state.bin": bin, SHA256SUMS: sums });
  expect((await readSnapshot(file)).seal).toEqual({ type: "transit", shares: 5, threshold: 3 });
});

test("the copy for a throw-away Vault has no audit device, lease or leader, and is a whole snapshot", async () => {
  const into = join(folder, "copy");
  mkdirSync(into);
  await readSnapshot(await snapshot("original"), into);
  expect(statSync(copyIn(into)).mode & 0o777).toBe(0o600);
  expect((await readSnapshot(copyIn(into))).entries).toBe(5);
  const text = gunzipSync(readFileSync(copyIn(into))).toString("latin1");
  expect(text).toContain("core/mounts");
  expect(text).not.toMatch(/core\/(local-)?audit|sys\/expire|core\/le|core\/lock/);
});

describe("a file that is not what was taken is refused", () => {
  test.each<[string, Parameters<typeof snapshot>[1], RegExp]>([
    ["other state", { "state.bin": state({ ...ENTRIES, "core/mounts": "kvv3" }) }, /checksum of its state\.bin is not/],
    ["other meta", { "meta.json": '{"Index":47}' }, /checksum of its meta\.json is not/],
    ["no sums", { SHA256SUMS: undefined }, /it has no SHA256SUMS/],
    ["no state", { "state.bin": undefined }, /it has no state\.bin/],
    ["half an entry", { "state.bin": state(ENTRIES).subarray(0, -3) }, /it ends in the middle of an entry/],
  ])("%s", async (name, parts, message) => {
    await expect(readSnapshot(await snapshot(name, parts))).rejects.toThrow(message);
  });

  test("cut off anywhere", async () => {
    const whole = readFileSync(await snapshot("to cut"));
    for (let part = 0; part < 20; part++) {
      const file = join(folder, "cut");
      writeFileSync(file, whole.subarray(0, Math.floor((whole.length * part) / 20)));
      await expect(readSnapshot(file)).rejects.toThrow(/cut: damaged; nothing of it was used: it is cut off/);
    }
  });

  test("any one bit that is another one", async () => {
    const whole = readFileSync(await snapshot("to flip"));
    // From 10 on: a gzip header's time and flags carry nothing of the content.
    for (let at = 10; at < whole.length; at += 997) {
      const flipped = Buffer.from(whole);
      flipped[at]! ^= 1 << (at % 8);
      writeFileSync(join(folder, "flipped"), flipped);
      await expect(readSnapshot(join(folder, "flipped"))).rejects.toThrow(/flipped: damaged|flipped: no snapshot/);
    }
  });

  test.each([
    ["nothing there", "gone", /gone: cannot be read \(ENOENT\)/],
    ["a folder", ".", /cannot be read \(EISDIR\)/],
  ])("%s", async (_, name, message) => {
    await expect(readSnapshot(join(folder, name))).rejects.toThrow(message);
  });

  test("not gzipped", async () => {
    writeFileSync(join(folder, "text"), "a text of some length that is no archive");
    await expect(readSnapshot(join(folder, "text"))).rejects.toThrow(/no snapshot of Vault's integrated storage/);
  });
});

test("a folder that cannot be written is said, and is not the snapshot's fault", async () => {
  const into = join(folder, "no-folder");
  await expect(readSnapshot(await snapshot("fine"), into)).rejects.toThrow(/cannot be written \(ENOENT\)/);
});

test("entries are read across chunks of any size", async () => {
  const bytes = state({ a: "1", b: "x".repeat(300) });
  for (const size of [1, 2, 3, 7, 1000]) {
    const chunks = async function* (): AsyncGenerator<Buffer> {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    };
    const found: string[] = [];
    for await (const { key, value } of storageEntries(chunks())) found.push(`${key}=${value.length}`);
    expect(found).toEqual(["a=1", "b=300"]);
  }
});
