import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import type { Change } from "../../cli/ops/secrets/changes";
import type { SetStatus } from "../../cli/ops/secrets/status";
import { pause } from "../live/servers";
import { plain } from "./commands";
import { APP, PASSWORD, READER, USERNAME, WRITER, type SamplePods } from "./sample-pods";

const ADMIN = "platform-admin";
const OTHER_APP = "sample-python-api";
const SET = "sample/sample-node-api/sample-node-api-local";
const ONE = ["--app", APP, "--environment", "local"];

/** What a command printed with `--json`, and its exit code. */
interface Printed<T> {
  readonly code: number | null;
  readonly said: T;
}

/**
 * docs/secrets.md in real pods: the comments name its sentences (test/house/pages.test.ts). The app's set has values
 * of its writer before, and the same ones after.
 */
export function secretsPage(platform: () => SamplePods): void {
  const tokens: Record<string, string> = {};
  const ops = (words: readonly string[], user: string, answers: Parameters<SamplePods["run"]>[1] = []) =>
    platform().run(["ops", ...words], answers, { VAULT_TOKEN: tokens[user]! });
  const json = async <T>(words: readonly string[], user: string): Promise<Printed<T>> => {
    const ended = await ops([...words, "--json"], user);
    return { code: ended.code, said: JSON.parse(/^\{[^]*^\}/m.exec(plain(ended))![0]) as T };
  };
  const status = async (user = ADMIN, words: readonly string[] = ONE) => {
    const { code, said } = await json<{ sets: SetStatus[]; denied: string[] }>(["secrets", "status", ...words], user);
    return { code, ...said, set: said.sets[0]! };
  };
  const vault = (words: readonly string[], stdin = "") => platform().vault(words, stdin, tokens[WRITER]);

  describe("docs/secrets.md", () => {
    beforeAll(async () => {
      await platform().invite(READER);
      for (const user of [ADMIN, WRITER, READER]) tokens[user] = await platform().login(user);
    });

    test("status: what is there, since when and by whom, without a right to read a value", async () => {
      // secrets.md: `npm run ops -- secrets …` is how people set values
      // secrets.md: Only `set`, `generate`, `rotate` and `recover` carry values
      // secrets.md: | `secrets status`
      // secrets.md: - **state**: `set`, `never set`
      // secrets.md: `never set` says that nobody has written
      // secrets.md: It is shown and is no finding
      // secrets.md: - **by** is `created_by`
      // secrets.md: - Only sets of the config are looked at.
      // secrets.md: Times are ISO 8601 in UTC
      // secrets.md: `secrets status --json`:
      // secrets.md: | 0 | done
      const { code, sets, denied } = await status(ADMIN, ["--environment", "local"]);
      expect([code, denied]).toEqual([0, []]);
      expect(sets).toEqual([
        expect.objectContaining({
          app: APP,
          path: `kvv2/${SET}`,
          state: "set",
          changed: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
          by: `userpass-${WRITER}`,
          ageSeconds: expect.any(Number),
          rotateEverySeconds: 90 * 86_400,
          missingKeys: [],
        }),
        expect.objectContaining({ app: OTHER_APP, state: "never set", version: 1 }),
      ]);
      await expect(platform().vault(["kv", "get", "-mount=kvv2", SET], "", tokens[ADMIN])).rejects.toThrow("403");
    });

    test("set: one key, the others as they were; a new version is a new age for all keys", async () => {
      // secrets.md: | `secrets set APP ENV KEY…`
      // secrets.md: Setting one key, or `sync`, makes a new version
      // secrets.md: - **age** is the age of the current version
      await pause(2000);
      const before = (await status()).set;
      const password = await platform().inSecret(PASSWORD);
      await platform().set(USERNAME, "someone");
      const { version, ageSeconds } = (await status()).set;
      expect(version).toBe(before.version! + 1);
      expect(ageSeconds).toBeLessThan(before.ageSeconds!);
      await platform().arrives(USERNAME, "someone");
      expect(await platform().inSecret(PASSWORD)).toBe(password);
    });

    test("a key that is missing is a finding, and sync adds it; so is one that nobody declared", async () => {
      // secrets.md: | `secrets sync`
      // secrets.md: | 3 | done, and there is something to look at
      // secrets.md: `secrets sync --json`:
      // secrets.md: A pipeline that fails on overdue or missing values
      const good = (await status()).set.version!;
      await vault(["kv", "put", "-mount=kvv2", SET, "-"], JSON.stringify({ [USERNAME]: "x", OLD_KEY: "y" }));
      const found = await status();
      expect([found.code, found.set.missingKeys, found.set.undeclaredKeys]).toEqual([3, [PASSWORD], ["OLD_KEY"]]);
      const synced = await json(["secrets", "sync", ...ONE], WRITER);
      expect(synced).toEqual({
        code: 0,
        said: expect.objectContaining({
          dryRun: false,
          sets: [
            {
              app: APP,
              environment: "local",
              path: `kvv2/${SET}`,
              outcome: "synced",
              added: [PASSWORD],
              version: good + 2,
            },
          ],
        }),
      });
      await platform().arrives(PASSWORD, "TBD");
      await vault(["kv", "rollback", "-mount=kvv2", `-version=${good}`, SET]);
      expect(await status()).toMatchObject({ code: 0, set: { missingKeys: [], undeclaredKeys: [] } });
    });

    test("a version that was deleted is a finding, and nothing is written over it", async () => {
      const { version } = (await status()).set;
      await vault(["kv", "delete", "-mount=kvv2", SET]);
      expect(await status()).toMatchObject({ code: 3, set: { state: "deleted" } });
      expect(await json(["secrets", "sync", ...ONE], WRITER)).toMatchObject({
        code: 3,
        said: { sets: [{ outcome: "deleted", added: [] }] },
      });
      await vault(["kv", "undelete", "-mount=kvv2", `-versions=${version}`, SET]);
      expect(await status()).toMatchObject({ code: 0, set: { state: "set", version } });
    });

    test("changes: by version metadata, and by the audit log that the pod wrote", async () => {
      // secrets.md: | `secrets changes --since 24h`
      // secrets.md: `secrets changes --json`:
      // secrets.md: `version`, `by` and `keys` are `null` where
      // secrets.md: Version metadata tells of the versions
      // secrets.md: It does not tell of undelete
      // secrets.md: An audit log tells all of it
      // secrets.md: Give rotated files one by one
      type Told = { source: string; changes: Change[] };
      const all = ["secrets", "changes", "--since", "24h", ...ONE];
      const metadata = (await json<Told>(all, READER)).said;
      expect(metadata.source).toBe("version metadata");
      expect(metadata.changes.at(-1)).toMatchObject({ by: `userpass-${WRITER}`, keys: null, app: APP });
      expect(metadata.changes.map(({ operation }) => operation)).not.toContain("undelete");

      const audit = await platform().cluster.kubectl(
        ...["-n", "sample-vault", "exec", "sample-vault-0", "-c", "vault", "--", "cat", "/vault/audit/audit.log"],
      );
      const [log, rotated] = ["audit.log", "audit.log.1.gz"].map((name) => join(platform().commands.folder, name));
      writeFileSync(log!, audit);
      writeFileSync(rotated!, gzipSync(audit));
      const told = (await json<Told>([...all, "--audit-log", log!, "--audit-log", rotated!], "nobody")).said;
      expect(told.source).toBe("audit log");
      const operations = told.changes.map(({ operation, keys, by }) => [operation, keys, by]);
      const by = `userpass-${WRITER}`;
      expect(operations.filter(([operation]) => operation === "undelete")).toHaveLength(1);
      expect(operations).toContainEqual(["patch", [USERNAME], by]);
      expect(told.changes.find(({ operation }) => operation === "delete")).toMatchObject({ version: null });
      const value = await platform().inSecret(PASSWORD);
      expect([audit.includes(SET), audit.includes(USERNAME), audit.includes(value)]).toEqual([true, true, false]);
    });

    test("who may read sees, and changes nothing; who may look at some sets is told of the others", async () => {
      // secrets.md: All take `--app`
      // secrets.md: People with `write` in the config can run them all
      // secrets.md: | 1 | failed
      // secrets.md: | 2 | wrong command or config
      // secrets.md: `version`, `changed`, `by`, `ageSeconds`
      expect((await status(READER)).code).toBe(0);
      const some = await status(READER, ["--environment", "local", "--vault", "main"]);
      expect([some.code, some.sets.map(({ app }) => app)]).toEqual([1, [APP]]);
      expect(some.denied).toEqual([expect.stringContaining(`kvv2/sample/${OTHER_APP}`)]);
      for (const user of [READER, ADMIN]) {
        const typed = [[`Value of ${PASSWORD}`, "not-hers"]] as const;
        const ended = await ops(["secrets", "set", APP, "local", PASSWORD], user, typed);
        expect([plain(ended), ended.code]).toEqual([expect.stringContaining("permission denied"), 1]);
      }
      const wrong = await ops(["secrets", "set", "sample-nod-api", "local", PASSWORD], WRITER);
      expect([plain(wrong), wrong.code]).toEqual([expect.stringContaining('Did you mean "sample-node-api"?'), 2]);
    });
  });
}
