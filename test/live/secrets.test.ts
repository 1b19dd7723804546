import { gzipSync } from "node:zlib";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sample from "../../config/sample";
import { KvClient, VaultClient, SecretValue } from "../../cli/vault";
import { syncSet } from "../../cli/ops/secrets/sync";
import { KvPath, resolvePlatform } from "../../model";
import type { SetStatus } from "../../cli/ops/secrets/status";
import type { Change } from "../../cli/ops/secrets/changes";
import { describeLive } from "./servers";
import { startSampleVault, type SampleVault } from "./sample-vault";

const APP = "sample-node-api";
const USERNAME = "PRIVATE_NODE_API_DB_USERNAME";
const PASSWORD = "PRIVATE_NODE_API_DB_PASSWORD";
const VALUE = "a-value-of-a-person";

describeLive(["vault"], "ops secrets", () => {
  let vault: SampleVault;
  let owner: string;
  const path = (environment: string) => `${APP}/${APP}-${environment}`;
  const api = (method: string, prefix: string, environment: string, body?: unknown) =>
    vault.server.ok(method, `kvv2/${prefix}/sample/${path(environment)}`, { body });
  const status = async (words: string, token = owner) => {
    const run = await vault.ops(`secrets status --json ${words}`, token);
    return { ...run, sets: (JSON.parse(run.out) as { sets: SetStatus[] }).sets };
  };

  beforeAll(async () => {
    vault = await startSampleVault(sample, { audit: true });
    owner = await vault.login("sample-node-api-admin");
  });

  test("set changes one key and leaves the others; the value is nowhere in what it prints", async () => {
    const { code, out, all, questions } = await vault.ops(`secrets set ${APP} dev ${PASSWORD}`, owner, {
      answers: [[/^Value of PRIVATE_NODE_API_DB_PASSWORD of sample-node-api in dev$/, VALUE]],
    });
    expect([code, out]).toEqual([0, `${PASSWORD} of ${APP} in dev is set: version 2 of kvv2/sample/${path("dev")}.`]);
    expect(all + questions.join("")).not.toContain(VALUE);
    expect(await vault.values(APP, "dev")).toEqual({ [USERNAME]: "TBD", [PASSWORD]: VALUE });
  });

  test("set reads standard input, several lines too, without the line break at the end", async () => {
    expect(
      (await vault.ops(`secrets set ${APP} qa ${PASSWORD} --stdin`, owner, { stdin: "line 1\nline 2\n" })).code,
    ).toBe(0);
    expect((await vault.values(APP, "qa"))[PASSWORD]).toBe("line 1\nline 2");
  });

  test("set warns of white space at the ends, and stores it as it is", async () => {
    const { code, err } = await vault.ops(`secrets set ${APP} qa ${USERNAME} --stdin`, owner, { stdin: "app \n" });
    expect([code, err]).toEqual([0, expect.stringContaining("begins or ends with white space")]);
    expect((await vault.values(APP, "qa"))[USERNAME]).toBe("app ");
  });

  test("set while somebody else writes: nothing is written, and it says so", async () => {
    const kv = new KvClient(new VaultClient({ address: vault.server.address, token: new SecretValue(owner) }));
    const set = new KvPath("kvv2", `sample/${path("stg")}`);
    const { version } = (await kv.subkeys(set))!;
    await kv.patch(set, { [USERNAME]: "first" }, version);
    await expect(kv.patch(set, { [USERNAME]: "second" }, version)).rejects.toMatchObject({ kind: "casMismatch" });
    expect((await vault.values(APP, "stg"))[USERNAME]).toBe("first");
  });

  test.each([
    [
      `secrets set ${APP} dev PRIVATE_NODE_API_DB_PASSWROD`,
      /KEY: given "PRIVATE_NODE_API_DB_PASSWROD"; accepted: .*Did you mean "PRIVATE_NODE_API_DB_PASSWORD"\?/,
    ],
    [`secrets set ${APP} devv ${PASSWORD}`, /ENV: given "devv".*Did you mean "dev"\?/],
    [`secrets set sample-nod-api dev ${PASSWORD}`, /APP: .*Did you mean "sample-node-api"\?/],
    [`secrets set ${APP} dev ${PASSWORD}=hunter2`, /KEY: given something that is no key's name/],
  ])("refused before anything is sent: %s", async (words, message) => {
    const { code, err } = await vault.ops(words, owner, { stdin: "x", answers: [] });
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err).not.toContain("hunter2");
  });

  test.each([
    ["", /empty/],
    ["TBD", /is the placeholder "TBD"/],
  ])("a value that is none is refused: %j", async (value, message) => {
    const { code, err } = await vault.ops(`secrets set ${APP} dev ${PASSWORD}`, owner, { answers: [[/Value/, value]] });
    expect([code, err]).toEqual([1, expect.stringMatching(message)]);
    expect((await vault.values(APP, "dev"))[PASSWORD]).toBe(VALUE);
  });

  test("status: what is set, by whom, and what was never set", async () => {
    const { code, sets } = await status(`--app ${APP}`);
    expect(code).toBe(0);
    const by = Object.fromEntries(sets.map((set) => [set.environment, [set.state, set.version, set.by]]));
    expect(by).toEqual({
      local: ["never set", 1, "root"],
      dev: ["set", 2, "userpass-sample-node-api-admin"],
      qa: ["set", 3, "userpass-sample-node-api-admin"],
      stg: ["set", 2, "userpass-sample-node-api-admin"],
      prod: ["never set", 1, "root"],
    });
    const text = await vault.ops(`secrets status --app ${APP} --environment dev`, owner);
    expect(text.out).toMatch(/^app +environment +state +version +changed \(UTC\) +by +age$/m);
    expect(text.out).toMatch(
      /^sample-node-api +dev +set +2 +\d{4}-\d\d-\d\d \d\d:\d\d +userpass-sample-node-api-admin +\d+[sm] of 90d$/m,
    );
  });

  test("status: overdue after the rotation period, exit code 3", async () => {
    const { code, out } = await vault.ops(`secrets status --app ${APP} --environment dev`, owner, {
      now: new Date(Date.now() + 91 * 86_400_000),
    });
    expect([code, out]).toEqual([
      3,
      expect.stringContaining(
        "look at sample-node-api in dev: 91d old, to be changed every 90d (sample-node-api-admin)",
      ),
    ]);
    expect(
      (
        await vault.ops(`secrets status --app ${APP} --environment dev`, owner, {
          now: new Date(Date.now() + 89 * 86_400_000),
        })
      ).code,
    ).toBe(0);
  });

  test(
    "status and sync: a missing key is found and added as the placeholder; no other key changes, " +
      "nothing is taken out",
    async () => {
      await vault.server.ok("POST", `kvv2/data/sample/${path("prod")}`, {
        body: { data: { [USERNAME]: "app", OLD_KEY: "old" } },
      });
      const before = await status(`--app ${APP} --environment prod`);
      expect([before.code, before.sets[0]]).toEqual([
        3,
        expect.objectContaining({ missingKeys: [PASSWORD], undeclaredKeys: ["OLD_KEY"] }),
      ]);
      const dry = await vault.ops(`secrets sync --app ${APP} --environment prod --dry-run`, owner);
      expect([dry.code, dry.out]).toEqual([0, expect.stringContaining(`${PASSWORD} would be added as TBD`)]);
      expect(await vault.values(APP, "prod")).toEqual({ [USERNAME]: "app", OLD_KEY: "old" });
      const { code, out } = await vault.ops(`secrets sync --app ${APP}`, owner);
      expect([code, out]).toEqual([
        0,
        `${APP} in prod: ${PASSWORD} added as TBD\n4 of 5 secret sets had every declared key.`,
      ]);
      expect(await vault.values(APP, "prod")).toEqual({ [USERNAME]: "app", [PASSWORD]: "TBD", OLD_KEY: "old" });
      expect((await vault.ops(`secrets sync --app ${APP}`, owner)).out).toBe(
        "5 of 5 secret sets had every declared key.",
      );
    },
  );

  test("sync while a person sets the very key: the person's value stays, however often they write", async () => {
    const tenant = { ...resolvePlatform(sample).tenants.find((each) => each.name === "sample-node-api-local")! };
    const kv = new KvClient(new VaultClient({ address: vault.server.address, token: new SecretValue(owner) }));
    await kv.patch(tenant.path, { [PASSWORD]: null }, 1);
    let writes = 0;
    const racing = Object.create(kv, {
      patch: {
        value: async (...words: Parameters<KvClient["patch"]>) => {
          if (writes++ < 2)
            await kv.patch(
              tenant.path,
              { OTHER: `${writes}`, ...(writes === 2 && { [PASSWORD]: "of-a-person" }) },
              words[2],
            );
          return kv.patch(...words);
        },
      },
    }) as KvClient;
    expect(await syncSet(racing, tenant, "TBD", false)).toMatchObject({ outcome: "complete", added: [] });
    expect((await vault.values(APP, "local"))[PASSWORD]).toBe("of-a-person");
  });

  test("a deleted version, and a set that is not there, are said and not written over", async () => {
    await api("DELETE", "data", "qa");
    const { sets, code } = await status(`--app ${APP} --environment qa`);
    expect([code, sets[0]!.state]).toEqual([3, "deleted"]);
    expect((await vault.ops(`secrets sync --app ${APP} --environment qa`, owner)).code).toBe(3);
    expect(await vault.ops(`secrets set ${APP} qa ${PASSWORD} --stdin`, owner, { stdin: "x" })).toMatchObject({
      code: 1,
      err: expect.stringContaining("vault kv undelete -mount=kvv2 -versions=3"),
    });
    await api("POST", "undelete", "qa", { versions: [3] });
    expect((await vault.values(APP, "qa"))[PASSWORD]).toBe("line 1\nline 2");
    await api("DELETE", "metadata", "stg");
    expect((await status(`--app ${APP} --environment stg`)).sets[0]!.state).toBe("missing");
    expect(await vault.ops(`secrets set ${APP} stg ${PASSWORD} --stdin`, owner, { stdin: "x" })).toMatchObject({
      code: 1,
      err: expect.stringContaining("apply the stack of environment stg"),
    });
    expect((await vault.ops(`secrets sync --app ${APP} --environment stg`, owner)).code).toBe(3);
  });

  test("what the token may not see is named, what it may see is shown, and the exit code says failed", async () => {
    const { code, sets, err } = await status("");
    expect([code, new Set(sets.map((set) => set.app))]).toEqual([1, new Set([APP])]);
    expect(err).toMatch(
      /5 of the secret sets could not be looked at \(permission denied\): kvv2\/sample\/sample-python-api/,
    );
  });

  test("status and changes need no right to read a value: platform-admin sees everything but values", async () => {
    const admin = await vault.login("platform-admin");
    expect((await status("", admin)).sets).toHaveLength(10);
    expect((await vault.ops("secrets changes", admin)).code).toBe(0);
  });

  test("changes: when, by whom, and which version; deletions too", async () => {
    const { out } = await vault.ops(`secrets changes --since 1h --app ${APP} --environment dev --json`, owner);
    const { changes } = JSON.parse(out) as { changes: Change[] };
    expect(changes.map(({ operation, version, by }) => [operation, version, by])).toEqual([
      ["create", 1, "root"],
      ["patch", 2, "userpass-sample-node-api-admin"],
    ]);
    const later = new Date(Date.now() + 2 * 3_600_000);
    expect((await vault.ops(`secrets changes --since 1h --app ${APP}`, owner, { now: later })).out).toMatch(
      /^nothing changed since/,
    );
  });

  test(
    "changes from the audit log: also keys, undelete, and paths outside the config; plain or " +
      "compressed, each change once",
    async () => {
      await vault.server.ok("POST", "kvv2/data/sample/forgotten/set", { body: { data: { KEY: "x" } } });
      const log = join(vault.server.folder, "audit.log");
      const packed = join(vault.server.folder, "audit.log.1.gz");
      writeFileSync(packed, gzipSync(readFileSync(log).toString() + "cut off by rot\n"));
      const { code, out, err } = await vault.ops(
        `secrets changes --since 1h --json --audit-log ${log} --audit-log ${packed}`,
        "",
      );
      const { changes } = JSON.parse(out) as { changes: Change[] };
      expect([code, err]).toEqual([0, "1 line is no audit entries and left out"]);
      const dev = changes.filter((change) => change.app === APP && change.environment === "dev");
      expect(dev.map(({ operation, version, by, keys }) => [operation, version, by, keys])).toEqual([
        ["create", 1, "root", [PASSWORD, USERNAME]],
        ["metadata", null, "root", null],
        ["patch", 2, "userpass-sample-node-api-admin", [PASSWORD]],
      ]);
      expect(changes.map((change) => change.operation)).toEqual(
        expect.arrayContaining(["undelete", "delete", "delete everything"]),
      );
      expect(changes).toContainEqual(expect.objectContaining({ app: null, path: "kvv2/sample/forgotten/set" }));
      expect(out).not.toContain("hmac-sha256");
      const mine = await vault.ops(`secrets changes --since 1h --app sample-python-api --json --audit-log ${log}`, "");
      expect(new Set((JSON.parse(mine.out) as { changes: Change[] }).changes.map((change) => change.app))).toEqual(
        new Set(["sample-python-api"]),
      );
    },
  );

  test.each([
    ["/nonexistent/audit.log", /accepted: a readable file of an audit device/],
    ["/tmp", /it is no file/],
  ])("an audit log that cannot be read: %s", async (file, message) => {
    expect(await vault.ops(`secrets changes --audit-log ${file}`, "")).toMatchObject({
      code: 2,
      err: expect.stringMatching(message),
    });
  });
});
