import { execFileSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Script } from "../cli/up/scripted-io";
import { hasTerminal } from "../helpers/terminal";
import { OpsProcesses } from "./ops-process";
import { describeLive, pause, requireBinary, startVault, temporaryFolder, type VaultServer } from "./servers";
import { hasSmallDisks, smallDisk } from "./small-disk";
import { opsWithShares, startSnapshotVault, type SnapshotVault } from "./snapshot-vault";
import { until } from "./until";

const APP = "sample-node-api";
const NAME = "throw-away-vault";
const leftovers = (folder = tmpdir()): string[] => readdirSync(folder).filter((name) => name.startsWith(NAME));
/** The throw-away servers that run below a folder. */
const running = (folder = tmpdir()): string[] =>
  execFileSync("ps", ["-eww", "-o", "args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(`-config=${folder}/${NAME}`));

describeLive(["vault"], "backup verify", () => {
  let vault: SnapshotVault;
  let file: string;
  let folder: string;
  const before = leftovers();

  beforeAll(async () => {
    folder = temporaryFolder("verify");
    vault = await startSnapshotVault();
    await vault.put(APP, "dev", { PRIVATE_NODE_API_DB_PASSWORD: "as-it-was" });
    file = await vault.snapshot("whole");
  });
  afterEach(() => expect([leftovers(), running()]).toEqual([before, []]));

  const verify = (words: readonly string[], shares: readonly string[] = [], script: Script = {}) =>
    opsWithShares(vault.server, ["backup", "verify", ...words], shares, script);

  test("a snapshot is restored, opened by its shares, and every secret set is in it", async () => {
    const log = readdirSync(vault.server.folder).find((name) => name.startsWith("audit"))!;
    const audit = readFileSync(join(vault.server.folder, log), "utf8");
    const io = await verify([file], vault.server.keys.slice(1));
    expect(io.errLines).toEqual(["1 of 2 taken."]);
    expect(io.outLines).toEqual([
      expect.stringMatching(
        /whole\.snap: taken .* UTC, \d+s ago; raft index \d+, \d+ entries, \d+ KiB, Vault .*, any 2 of 3/,
      ),
      "proven: whole: each part has the checksum that was taken with it",
      expect.stringMatching(/^proven: restored into a throw-away Vault \S+, and opened by its key shares$/),
      "proven: 10 of 10 secret sets of Vault main are in it, and decrypt",
    ]);
    expect([io.code, io.questions.length]).toEqual([0, 2]);
    // The original's audit device is in the snapshot; the throw-away Vault has not written to its file.
    expect(audit).toContain("kvv2/data");
    expect(readFileSync(join(vault.server.folder, log), "utf8")).toBe(audit);
  });

  test("a set that is not in it, or deleted, and its age are findings", async () => {
    await vault.server.ok("DELETE", `kvv2/metadata/sample/${APP}/${APP}-qa`);
    await vault.server.ok("DELETE", `kvv2/data/sample/${APP}/${APP}-stg`);
    const lacking = await vault.snapshot("lacking");
    const io = await verify([lacking, "--max-age", "1s", "--json"], vault.server.keys);
    const { missing, sets, tooOld, notProven } = JSON.parse(io.outLines.join("\n")) as Record<string, unknown>;
    expect({ missing, sets, tooOld, notProven }).toEqual({
      missing: [
        `kvv2/sample/${APP}/${APP}-qa: not in it`,
        `kvv2/sample/${APP}/${APP}-stg: its current version is deleted`,
      ],
      sets: 10,
      tooOld: true,
      notProven: [],
    });
    expect(io.code).toBe(3);
  });

  test("--structure-only asks nothing, and says what it did not prove", async () => {
    const io = await verify([file, "--structure-only"], [], { terminal: false, env: { VAULT_BIN: "/nowhere" } });
    expect(io.outLines.filter((line) => line.startsWith("NOT proven"))).toEqual([
      "NOT proven: that it can be opened: no key share or seal was tried, so it may be another cluster's",
      "NOT proven: that any secret set is in it: nothing was restored",
    ]);
    expect(io.code).toBe(0);
  });

  describe("faults: each is said, and none passes", () => {
    const damaged = (name: string, change: (copy: string) => void): string => {
      const copy = join(folder, name);
      copyFileSync(file, copy);
      change(copy);
      return copy;
    };

    test("cut off", async () => {
      const io = await verify([damaged("cut", (copy) => truncateSync(copy, readFileSync(copy).length - 100))]);
      expect([io.code, io.errLines.join()]).toEqual([1, expect.stringMatching(/cut: damaged.*it is cut off/)]);
    });

    test("one bit flipped", async () => {
      const flip = (copy: string): void => {
        const bytes = readFileSync(copy);
        bytes[bytes.length >> 1]! ^= 4;
        writeFileSync(copy, bytes);
      };
      const io = await verify([damaged("flipped", flip)]);
      expect([io.code, io.errLines.join()]).toEqual([
        1,
        expect.stringMatching(/flipped: damaged; nothing of it was used/),
      ]);
    });

    test("wrong shares, and another cluster's snapshot: the shares do not open it, after two tries", async () => {
      const other = await startVault({ storage: "raft" });
      await other.init(3, 2);
      const wrong = [other.keys[0]!, vault.server.keys[0]!, other.keys[0]!, other.keys[1]!];
      const io = await verify([file], wrong);
      expect(io.code).toBe(1);
      expect(io.errLines.join("\n")).toMatch(/not opened; nothing of it is proven.*shares do not fit.*another cluster/);
      expect(io.outLines).toEqual([]);
      await other.remove();
    });

    test("its storage is away", async () => {
      const io = await verify([join(folder, "not-mounted", "a.snap")]);
      expect([io.code, io.errLines.join()]).toEqual([1, expect.stringMatching(/cannot be read \(ENOENT\).*mounted/)]);
    });

    test("nowhere to open it", async () => {
      const io = await verify([file], [], { env: { TMPDIR: "/not/there" } });
      expect([io.code, io.errLines.join()]).toEqual([1, expect.stringMatching(/^\/not\/there: no folder.*\(No such/)]);
    });

    test("no vault program, no terminal", async () => {
      const none = await verify([file], [], { env: { VAULT_BIN: "", PATH: "/nowhere" } });
      expect([none.code, none.errLines.join()]).toEqual([2, expect.stringMatching(/no such program.*VAULT_BIN/)]);
      const asked = await verify([file], [], { terminal: false });
      expect([asked.code, asked.errLines.join()]).toEqual([2, expect.stringMatching(/no terminal/)]);
    });

    (hasSmallDisks() ? test : test.skip).each([["8k", /cannot be written \(ENOSPC\)/]])(
      "a full disk of %s",
      async (size, message) => {
        const { folder: disk, remove } = smallDisk(size);
        try {
          const io = await verify([file], [...vault.server.keys, ...vault.server.keys, ...vault.server.keys], {
            env: { TMPDIR: disk },
          });
          expect([io.code, io.errLines.join()]).toEqual([1, expect.stringMatching(message)]);
          expect([leftovers(disk), running(disk)]).toEqual([[], []]);
        } finally {
          remove();
        }
      },
    );
  });

  (hasTerminal() ? test : test.skip).each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
    "the throw-away server and its folder are gone after %s at a prompt",
    async (signal) => {
      const processes = new OpsProcesses({ VAULT_BIN: requireBinary("vault"), VAULT_ADDR: vault.server.address });
      const own = join(processes.folder, "tmp");
      let seen = 0;
      await processes.type(
        ["backup", "verify", file],
        [
          [
            "Key share 1",
            () => {
              seen = running(own).length;
              const words = ["-eww", "-o", "pid,args"];
              const line = execFileSync("ps", words, { encoding: "utf8" })
                .split("\n")
                .find((each) => /^ *\d+ \S*node .*ops\.ts backup verify/.test(each) && each.includes(file));
              process.kill(Number.parseInt(line!, 10), signal);
            },
          ],
        ],
      );
      await until(async () => leftovers(own).length === 0 && running(own).length === 0);
      expect(seen).toBeGreaterThan(0);
      await pause(100);
      expect(leftovers(own)).toEqual([]);
    },
  );
});

describeLive(["vault"], "backup verify of a Vault that unseals itself (transit)", () => {
  let sealed: string;
  let seal: VaultServer;
  let vault: SnapshotVault;
  let file: string;

  beforeAll(async () => {
    sealed = join(temporaryFolder("config"), "sealed.ts");
    seal = await startVault({ storage: "dev" });
    vault = await startSnapshotVault({ seal });
    file = await vault.snapshot("transit");
    const credentials = { VAULT_TOKEN: { secret: "seal", key: "token" } };
    const config = { type: "transit", address: "https://in-the-cluster:8200", keyName: "unseal", credentials };
    writeFileSync(
      sealed,
      `import sample from ${JSON.stringify(join(__dirname, "../../config/sample"))};
      const main = { ...sample.vaults.main, seal: ${JSON.stringify(config)} };
      export default { ...sample, vaults: { main } };`,
    );
  });

  const verify = (
    env: Readonly<Record<string, string>>,
    shares: readonly string[],
    script: Script = {},
    words: readonly string[] = [],
  ) =>
    opsWithShares(vault.server, ["backup", "verify", file, ...words], shares, {
      ...script,
      env: { PLATFORM: sealed, ...env },
    });

  test("opened by its seal; recovery shares show the sets, and a job says that it had none", async () => {
    const env = { SEAL_VAULT_ADDR: seal.address, SEAL_VAULT_TOKEN: seal.rootToken };
    const job = await verify(env, [], { terminal: false });
    expect([job.code, job.errLines]).toEqual([3, []]);
    expect(job.outLines).toContainEqual(expect.stringMatching(/^proven: .*opened by its seal \(transit\)$/));
    expect(job.outLines).toContainEqual(expect.stringMatching(/^NOT proven: that each secret set is in it/));
    const enough = await verify(env, [], { terminal: false }, ["--no-sets"]);
    expect([enough.code, enough.outLines.at(-1)]).toEqual([0, "NOT proven: that each secret set is in it: --no-sets"]);
    const person = await verify(env, vault.server.keys);
    expect(person.questions[0]).toMatch(/^Recovery share 1 of 2/);
    expect(person.outLines).toContain("proven: 10 of 10 secret sets of Vault main are in it, and decrypt");
  });

  test("without the seal's token, with another key, and with the seal away: said, and nothing passes", async () => {
    expect((await verify({}, [])).errLines.join()).toMatch(/SEAL_VAULT_TOKEN: given nothing/);
    const away = await verify({ SEAL_VAULT_ADDR: "http://127.0.0.1:1", SEAL_VAULT_TOKEN: seal.rootToken }, []);
    expect([away.code, away.errLines.join()]).toEqual([
      1,
      expect.stringMatching(/does not come up.*connection refused/),
    ]);
    const other = await startVault({ storage: "dev" });
    await other.ok("POST", "sys/mounts/transit", { body: { type: "transit" } });
    await other.ok("POST", "transit/keys/unseal");
    const wrong = await verify({ SEAL_VAULT_ADDR: other.address, SEAL_VAULT_TOKEN: other.rootToken }, []);
    expect([wrong.code, wrong.errLines.join()]).toEqual([
      1,
      expect.stringMatching(/Its seal does not open it.*another cluster/),
    ]);
    for (const io of [away, wrong]) expect(io.errLines.join()).not.toMatch(/hvs\./);
  });

  test("a config without that seal is told", async () => {
    const io = await opsWithShares(vault.server, ["backup", "verify", file], []);
    expect([io.code, io.errLines.join()]).toEqual([2, expect.stringMatching(/seal transit.*is shamir in the config/)]);
  });
});
