import { randomBytes } from "node:crypto";
import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Script } from "../cli/up/scripted-io";
import { inTurn } from "./ops";
import { describeLive, startVault, temporaryFolder, type VaultServer } from "./servers";
import { hasSmallDisks, smallDisk } from "./small-disk";
import { until } from "./until";
import { opsWithShares, startSnapshotVault, takeSnapshot, type SnapshotVault } from "./snapshot-vault";

const APP = "sample-node-api";
const OWNER = "sample-node-api-admin";
const THEN = { PRIVATE_NODE_API_DB_USERNAME: "user-of-then", PRIVATE_NODE_API_DB_PASSWORD: "password-of-then" };

describeLive(["vault"], "restore", () => {
  let vault: SnapshotVault;
  let file: string;

  beforeAll(async () => {
    vault = await startSnapshotVault();
    await vault.put(APP, "dev", THEN);
    file = await vault.snapshot("then");
  });

  const restore = (server: VaultServer, words: readonly string[] = [], script: Script = {}) =>
    opsWithShares(server, ["restore", file, ...words], vault.server.keys, { answer: () => "main", ...script });
  const isInitialised = async (server: VaultServer) =>
    (await server.ok<{ initialized: boolean }>("GET", "sys/seal-status", { token: "" })).initialized;

  test("a new Vault has every value again, by two shares and its name", async () => {
    const fresh = await startVault({ storage: "raft" });
    const started = Date.now();
    const io = await restore(fresh);
    const seconds = (Date.now() - started) / 1000;
    expect([io.code, io.errLines.filter((line) => /NOT/.test(line))]).toEqual([0, []]);
    expect(io.outLines).toEqual([
      `Vault main at ${fresh.address}: restored and unsealed.`,
      "10 of 10 secret sets are as in the snapshot",
    ]);
    expect(io.questions).toEqual([
      expect.stringMatching(/^Key share 1 of 2, to unseal the throw-away Vault of .*then\.snap$/),
      expect.stringMatching(/^Key share 2 of 2/),
      "Type the Vault's name (main) to restore it",
    ]);
    expect(io.errLines).toContain(`Vault main at ${fresh.address} is new, and holds nothing`);
    // Measured: 16 s on two busy cores, of which Vault waits 10 s in its own restores.
    expect(seconds).toBeLessThan(120);
    process.stderr.write(`restore: ${io.questions.length} prompts, ${seconds} s\n`);

    // People log in as then, and read what they could; the audit device is there.
    const body = { password: vault.passwords.get(OWNER) };
    const login = { token: "", body };
    const path = `auth/userpass/login/${OWNER}`;
    const { auth } = await fresh.ok<{ auth: { client_token: string } }>("POST", path, login);
    const token = auth.client_token;
    const read = `kvv2/data/sample/${APP}/${APP}-dev`;
    expect((await fresh.ok<{ data: { data: object } }>("GET", read, { token })).data.data).toEqual(THEN);
    await fresh.restart();
    await fresh.unseal(vault.server.keys);
    expect((await fresh.request("GET", read, { token })).status).toBe(200);
  });

  test("another name at the question: nothing was changed", async () => {
    const fresh = await startVault({ storage: "raft" });
    const io = await restore(fresh, [], { answer: () => "yes" });
    expect([io.code, io.errLines.at(-1)]).toEqual([1, "that is not its name; nothing was changed."]);
    expect(await isInitialised(fresh)).toBe(false);
  });

  test("faults are seen before the new Vault is touched: cut off, wrong shares, storage away", async () => {
    const fresh = await startVault({ storage: "raft" });
    const cut = `${file}.cut`;
    copyFileSync(file, cut);
    truncateSync(cut, readFileSync(file).length - 50);
    const other = await startVault({ storage: "raft" });
    await other.init(3, 2);
    const shares = [...other.keys.slice(0, 2), ...other.keys.slice(0, 2)];
    for (const [words, message] of [
      [["restore", cut], /damaged; nothing of it was used: it is cut off/],
      [["restore", `${file}.gone`], /cannot be read \(ENOENT\)/],
      [["restore", file], /shares do not fit.*another cluster/],
    ] as const) {
      const io = await opsWithShares(fresh, words, shares);
      expect([io.code, io.outLines, io.errLines.join()]).toEqual([1, [], expect.stringMatching(message)]);
    }
    expect(await isInitialised(fresh)).toBe(false);
  });

  test("into the Vault that it is from: newer values are named and kept, unless that is said", async () => {
    await vault.put(APP, "dev", { PRIVATE_NODE_API_DB_PASSWORD: "of-now" });
    const env = { VAULT_TOKEN: vault.server.rootToken };
    const refused = await restore(vault.server, [], { env });
    expect([refused.code, refused.errLines.join()]).toEqual([
      1,
      expect.stringMatching(`1 secret set newer than in the snapshot: kvv2/sample/${APP}/${APP}-dev\\. Nothing was`),
    ]);
    expect(await vault.values(APP, "dev")).toEqual({ PRIVATE_NODE_API_DB_PASSWORD: "of-now" });
    const io = await restore(vault.server, ["--discard-newer"], { env });
    expect([io.code, io.outLines.at(-1)]).toEqual([0, "10 of 10 secret sets are as in the snapshot"]);
    expect(await vault.values(APP, "dev")).toEqual(THEN);
    expect([...io.errLines, ...io.outLines, ...io.questions].join()).not.toMatch(/of-then|of-now|hvs\./);
  });

  test("a Vault that asks for another number of shares says to be restarted, and is whole then", async () => {
    const present = await startVault({ storage: "raft" });
    await present.init(1, 1);
    await present.unseal();
    const io = await restore(present, [], { env: { VAULT_TOKEN: present.rootToken } });
    expect([io.code, io.errLines.at(-1)]).toEqual([
      1,
      expect.stringMatching(/asks for 1 shares, as before: restart it/),
    ]);
    await present.restart();
    const unsealed = await opsWithShares(present, ["unseal"], vault.server.keys);
    expect(unsealed.code).toBe(0);
  });

  test("a snapshot of a Vault that has none of the config's sets: refused, and nothing changed", async () => {
    const other = await startVault({ storage: "raft" });
    await other.init(3, 2);
    await other.unseal();
    const away = join(temporaryFolder("other"), "other.snap");
    writeFileSync(away, await takeSnapshot(other));
    const fresh = await startVault({ storage: "raft" });
    const io = await opsWithShares(fresh, ["restore", away], other.keys, { answer: () => "main" });
    expect([io.code, io.errLines.at(-1)]).toEqual([
      1,
      expect.stringMatching(/holds none of the 10 secret sets.*Nothing was changed/),
    ]);
    expect(await isInitialised(fresh)).toBe(false);
  });

  test("into a Vault of another identity that holds sets of the config: refused, unless that is said", async () => {
    const other = await startSnapshotVault();
    const env = { VAULT_TOKEN: other.server.rootToken };
    const refused = await restore(other.server, [], { env });
    expect([refused.code, refused.errLines.at(-1)]).toEqual([
      1,
      expect.stringMatching(/of another cluster \([\w-]+\) than Vault main .*, which holds .*Nothing was changed\./),
    ]);
    expect(refused.questions.join()).not.toContain("Type the Vault's name");
    const io = await restore(other.server, ["--other-cluster"], { env });
    expect([io.code, io.outLines.at(-1)]).toEqual([0, "10 of 10 secret sets are as in the snapshot"]);
    expect((await other.server.request("GET", "auth/token/lookup-self")).status).toBe(403);
  });

  test("audit devices of the snapshot that cannot write on the new server: loud, never a success", async () => {
    const folder = temporaryFolder("audit");
    const source = await startVault({ storage: "raft" });
    await source.init(3, 2);
    await source.unseal();
    await source.ok("POST", "sys/mounts/kvv2", { body: { type: "kv-v2" } });
    const body = { data: { KEY: "of then" } };
    // A new mount is not ready at once.
    const write = async () => (await source.request("POST", `kvv2/data/sample/${APP}/${APP}-dev`, { body })).status;
    await until(async () => (await write()) === 200);
    const options = { file_path: join(folder, "there", "audit.log") };
    await source.ok("PUT", "sys/audit/file", { body: { type: "file", options } });
    const away = join(folder, "away.snap");
    writeFileSync(away, await takeSnapshot(source));
    await source.kill9();
    rmSync(join(folder, "there"), { recursive: true });
    writeFileSync(join(folder, "there"), "a file where the folder was");
    const fresh = await startVault({ storage: "raft" });
    const io = await opsWithShares(fresh, ["restore", away], source.keys, { answer: () => "main" });
    expect([io.code, io.outLines]).toEqual([1, []]);
    expect(io.errLines.at(-1)).toMatch(/NOT known to be restored.*log says why.*audit devices/);
    expect(fresh.logs()).toContain("failed to setup audit table"); // as docs/runbooks/restore.md says
  });

  (hasSmallDisks() ? test : test.skip)("a full disk under the new Vault: loud, never a success", async () => {
    const long = { data: { text: randomBytes(20_000).toString("base64") } };
    for (let n = 0; n < 80; n++) await vault.server.ok("POST", `kvv2/data/long/${n}`, { body: { data: long } });
    const large = await vault.snapshot("large");
    const { folder: disk, remove } = smallDisk("3m");
    const raft = { path: disk, node_id: "node-0", performance_multiplier: 1 };
    const fresh = await startVault({ storage: "raft", config: { storage: { raft } } });
    try {
      const io = await opsWithShares(fresh, ["restore", large], vault.server.keys, { answer: () => "main" });
      expect([io.code, io.outLines]).toEqual([1, []]);
      expect(io.errLines.at(-1)).toMatch(/NOT known to be restored.*log says why: a full disk/);
      expect(fresh.logs()).toMatch(/no space left on device|SIGBUS/);
    } finally {
      await fresh.remove();
      remove();
    }
  });

  test("who may not, and where it cannot be: said before anything is asked", async () => {
    const body = { password: vault.passwords.get("platform-admin") };
    const login = { token: "", body };
    const path = "auth/userpass/login/platform-admin";
    const { auth } = await vault.server.ok<{ auth: { client_token: string } }>("POST", path, login);
    const io = await restore(vault.server, [], { env: { VAULT_TOKEN: auth.client_token }, secret: inTurn([]) });
    expect([io.code, io.errLines.join()]).toEqual([1, expect.stringMatching(/not root's.*root-token create/)]);
    const files = await startVault({ storage: "file" });
    const elsewhere = await restore(files, [], { secret: inTurn([]) });
    expect([elsewhere.code, elsewhere.errLines.join()]).toEqual([1, expect.stringMatching(/its storage is file/)]);
    expect((await restore(files, [], { terminal: false })).code).toBe(2);
  });
});
