import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { readAuditLogs } from "../../../cli/ops/secrets/audit-log";
import { ageText, assess, findings, visible } from "../../../cli/ops/secrets/status";
import { changesOf } from "../../../cli/ops/secrets/changes";
import { currentSubkeys } from "../../../cli/ops/secrets/current";
import type { SetFacts } from "../../../cli/ops/secrets/facts";
import type { KvClient, KvMetadata, KvVersion } from "../../../cli/vault";
import sample from "../../../config/sample";
import { generatedBy, resolvePlatform, type Tenant } from "../../../model";
import { ops } from "./run-ops";

const platform = resolvePlatform(sample);
const tenant = platform.tenants[0]!;
const [username, password] = tenant.keys as [string, string];
const NOW = new Date("2026-06-30T12:00:00Z");
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000).toISOString();

function version(number: number, days: number, by?: string, more: Partial<KvVersion> = {}): KvVersion {
  return {
    version: number,
    created_time: daysAgo(days),
    deletion_time: "",
    destroyed: false,
    created_by:
      by === undefined ? undefined : { actor: by, operation: number === 1 ? "create" : "patch", entity_id: by },
    ...more,
  };
}

function facts(
  versions: readonly KvVersion[],
  keys: readonly string[] = tenant.keys,
  more: { deleted?: boolean; tenant?: Partial<Tenant> } = {},
): SetFacts {
  const current = versions.at(-1)!.version;
  const metadata: KvMetadata = {
    current_version: current,
    created_time: daysAgo(99),
    versions,
  };
  return {
    tenant: { ...tenant, ...more.tenant },
    metadata,
    subkeys: { keys: [...keys].sort(), version: current, deleted: more.deleted ?? false },
  };
}

describe("a secret set that is not there", () => {
  const kv = { subkeys: async () => undefined } as unknown as KvClient;
  test.each([
    ["managed", `apply the stack of environment ${tenant.environment}, which places it, then run this again.`],
    [
      "existing",
      "the config calls it existing, so no stack places it, and whoever has it must write it, then run this",
    ],
  ] as const)("%s", (secretSet, says) =>
    expect(currentSubkeys(kv, { ...tenant, secretSet })).rejects.toThrow(
      `there is no secret set ${tenant.path}: ${says}`,
    ),
  );
});

describe("the state of a secret set", () => {
  test.each<[string, SetFacts, string, number]>([
    ["nothing there", { tenant, metadata: undefined, subkeys: undefined }, "missing", 1],
    ["placed, and no more", facts([version(1, 1, "root")]), "never set", 0],
    ["placed by an older Vault", facts([version(1, 1)]), "never set", 0],
    ["keys added by who placed it", facts([version(1, 2, "ci"), version(2, 1, "ci")]), "never set", 0],
    ["written by another", facts([version(1, 2, "ci"), version(2, 1, "mei")]), "set", 0],
    [
      "written by another, then by who placed it",
      facts([version(1, 3, "ci"), version(2, 2, "mei"), version(3, 1, "ci")]),
      "set",
      0,
    ],
    ["a second version in an older Vault", facts([version(1, 2), version(2, 1)]), "set", 0],
    ["the first version not kept any more", facts([version(5, 2, "ci"), version(6, 1, "ci")]), "set", 0],
    [
      "deleted",
      facts([version(1, 2, "ci"), version(2, 1, "mei", { deletion_time: daysAgo(0) })], [], { deleted: true }),
      "deleted",
      1,
    ],
    ["destroyed", facts([version(1, 2, "ci"), version(2, 1, "mei", { destroyed: true })], []), "deleted", 1],
    ["leaving", facts([version(1, 500, "ci")], ["OLD"], { tenant: { secretSet: "retired" } }), "retired", 0],
    ["a key missing", facts([version(1, 2, "ci"), version(2, 1, "mei")], [username]), "set", 1],
    ["a key undeclared", facts([version(1, 2, "ci"), version(2, 1, "mei")], [username, password, "OLD"]), "set", 1],
    ["all at once", facts([version(1, 200, "ci"), version(2, 100, "mei")], [username, "OLD"]), "set", 3],
  ])("%s", (_, given, state, found) => {
    const status = assess(given, NOW, 10);
    expect(status.state).toBe(state);
    expect(findings(status)).toHaveLength(found);
  });

  test.each([
    [89, false],
    [90, false],
    [90.001, true],
    [400, true],
  ])("%d days against a rotation period of 90: overdue %s", (days, overdue) =>
    expect(assess(facts([version(1, 500, "ci"), version(2, days, "mei")]), NOW, 10).overdue).toBe(overdue),
  );

  test("a generated key that is not there is to be made, not synced; one overdue is rotated", () => {
    const generated = new Map([[password, generatedBy({})]]);
    const [toMake, overdue] = findings(
      assess(facts([version(1, 200, "ci"), version(2, 100, "mei")], [username], { tenant: { generated } }), NOW, 10),
    );
    expect(toMake).toBe(`${password} not made yet: npm run ops -- secrets generate sample-node-api local`);
    expect(overdue).toMatch(new RegExp(`secrets set sample-node-api local KEY, or secrets rotate for ${password}$`));
  });

  test("without a rotation period nothing is overdue", () =>
    expect(
      assess(facts([version(1, 5000, "ci")], tenant.keys, { tenant: { rotateEvery: undefined } }), NOW, 10),
    ).toMatchObject({ overdue: false, rotateEverySeconds: null }));

  test("a server's clock that runs ahead makes no negative age", () =>
    expect(assess(facts([version(1, -1, "ci")]), NOW, 10).ageSeconds).toBe(0));

  test("its JSON has these fields and no others", () =>
    expect(assess(facts([version(1, 2, "ci"), version(2, 1, "mei")]), NOW, 10)).toEqual({
      app: "sample-node-api",
      environment: "local",
      path: "kvv2/sample/sample-node-api/sample-node-api-local",
      owner: "sample-node-api-admin",
      state: "set",
      version: 2,
      pinnedVersion: null,
      pinnedFinding: null,
      undeliveredKeys: [],
      changed: daysAgo(1),
      by: "mei",
      ageSeconds: 86_400,
      rotateEverySeconds: 7_776_000,
      overdue: false,
      missingKeys: [],
      generatedKeys: [],
      undeclaredKeys: [],
    }));
});

test.each([
  [0, "0s"],
  [59, "59s"],
  [60, "1m"],
  [3599, "59m"],
  [3600, "1h"],
  [86_399, "23h"],
  [86_400, "1d"],
  [7_776_000, "90d"],
])("%d s is %s", (seconds, text) => expect(ageText(seconds)).toBe(text));

test("a name from Vault cannot move the cursor or hide text", () =>
  expect(visible("a\u001b[2Jb\u202ec\n")).toBe("a?[2Jb?c?"));

describe("changes from the versions' metadata", () => {
  const given = [
    facts([
      version(1, 30, "ci"),
      version(2, 2, "mei"),
      version(3, 1, "mei", { deletion_time: daysAgo(0.5), deleted_by: { actor: "noah" } }),
    ]),
  ];
  test("writes and deletions within the time, the oldest first", () =>
    expect(
      changesOf(given, new Date(daysAgo(7)), NOW).map(({ operation, version: number, by }) => [operation, number, by]),
    ).toEqual([
      ["patch", 2, "mei"],
      ["patch", 3, "mei"],
      ["delete", 3, "noah"],
    ]));
  test("a deletion that is planned is none", () =>
    expect(
      changesOf([facts([version(1, 1, "ci", { deletion_time: daysAgo(-3) })])], new Date(daysAgo(7)), NOW),
    ).toHaveLength(1));
  test("an older Vault says neither who nor how", () =>
    expect(changesOf([facts([version(1, 1)])], new Date(daysAgo(7)), NOW)).toEqual([
      expect.objectContaining({ operation: "write", by: null, keys: null }),
    ]));
});

test.each(["secrets set", "secrets status", "secrets sync", "secrets changes"])(
  "%s has help with an example",
  async (words) => {
    expect(await ops(`${words} --help`)).toMatchObject({
      code: 0,
      out: expect.stringContaining(`npm run ops -- ${words}`),
    });
  },
);

test.each([
  ["secrets changes --since yesterday", /accepted: a whole number above 0/],
  ["secrets status --enviroment dev", /Did you mean --environment/],
  ["secrets status --app sample-node-apj", /Did you mean "sample-node-api"/],
])("refused: %s", async (words, message) =>
  expect(await ops(words)).toMatchObject({ code: 2, err: expect.stringMatching(message) }),
);

describe("audit logs", () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "audit-log-"))));
  afterAll(() => rmSync(folder, { recursive: true }));

  const { root } = platform.vaults[0]!;
  const entry = (operation: string, path: string, more: object = {}) =>
    JSON.stringify({
      type: "response",
      time: daysAgo(1),
      auth: { display_name: "userpass-mei" },
      request: { operation, path, ...more },
    });
  const read = async (name: string, content: string | Buffer) => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return readAuditLogs([file], root, platform.tenants, new Date(daysAgo(7)), NOW);
  };

  test.each([
    ["create", "kvv2/data/sample/x", "create"],
    ["update", "kvv2/data/sample/x", "update"],
    ["patch", "kvv2/data/sample/x", "patch"],
    ["delete", "kvv2/data/sample/x", "delete"],
    ["update", "kvv2/delete/sample/x", "delete"],
    ["update", "kvv2/undelete/sample/x", "undelete"],
    ["update", "kvv2/destroy/sample/x", "destroy"],
    ["update", "kvv2/metadata/sample/x", "metadata"],
    ["delete", "kvv2/metadata/sample/x", "delete everything"],
    ["read", "kvv2/data/sample/x", undefined],
    ["list", "kvv2/metadata/sample/", undefined],
    ["update", "kvv2/data/sample2/x", undefined],
    ["update", "kv/data/sample/x", undefined],
    ["update", "auth/userpass/users/mei/password", undefined],
  ])("%s %s is %s", async (operation, path, expected) =>
    expect((await read("one.log", entry(operation, path))).changes.map((change) => change.operation)).toEqual(
      expected ? [expected] : [],
    ),
  );

  test("a refused write, and the request before the answer, are no changes", async () => {
    const refused = JSON.stringify({
      ...(JSON.parse(entry("update", "kvv2/data/sample/x")) as object),
      error: "permission denied",
    });
    const asked = JSON.stringify({ ...(JSON.parse(entry("update", "kvv2/data/sample/x")) as object), type: "request" });
    expect(await read("two.log", `${refused}\n${asked}\n`)).toEqual({ changes: [], unreadable: 0 });
  });

  test("the names of the keys are told, and nothing of their values, raw ones neither", async () => {
    const { changes } = await read(
      "raw.log",
      entry("patch", `kvv2/data/${tenant.path.path}`, { data: { data: { [password]: "s3cr3t" } } }),
    );
    expect(changes).toEqual([expect.objectContaining({ app: tenant.app, keys: [password] })]);
    expect(JSON.stringify(changes)).not.toContain("s3cr3t");
  });

  test("lines that are no entries are counted, whatever they are", async () =>
    expect((await read("odd.log", 'Nov 23 vault: {\n\n[]\nnull\n{"type":"response"}\n')).unreadable).toBe(4));

  test("a compressed file that is cut off is refused, and does not hang", async () =>
    await expect(
      read("cut.log.gz", gzipSync(`${entry("update", "kvv2/data/sample/x")}\n`.repeat(5000)).subarray(0, 200)),
    ).rejects.toThrow(/cut\.log\.gz"; accepted: a readable file/));

  test(
    "a long one is read in lines: 100,000 in a few seconds, each change once",
    async () =>
      expect(
        (await read("long.log", `${entry("update", "kvv2/data/sample/x")}\n`.repeat(100_000))).changes,
      ).toHaveLength(1),
    20_000,
  );
});
