import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { used } from "../../../cli/access-used";
import { Duration } from "../../../model";
import { line, type LineFacts } from "../audit-log/lines";
import { captured } from "../captured";

const folder = mkdtempSync(join(tmpdir(), "access-used-"));
afterAll(() => rmSync(folder, { recursive: true }));

const NOW = new Date("2026-06-30T12:00:00Z");
const day = (i: number) => new Date(NOW.getTime() - i * 86_400_000).toISOString();
const SET = (app: string, environment: string, prefix = "data") =>
  `kvv2/${prefix}/sample/sample-${app}-api/sample-${app}-api-${environment}`;

/** A line an hour for 100 days, by nobody whom the config has. */
const heartbeat = Array.from({ length: 2400 }, (_, i) =>
  line({ display: "root", entity: "", metadata: {}, path: "sys/health", time: day(i / 24) }),
);

let files = 0;
const run = (lines: readonly (LineFacts | string)[], words = {}) =>
  runFile(lines.map((each) => `${typeof each === "string" ? each : line(each)}\n`).join(""), words);
async function runFile(content: string | Buffer, { days = "90d", format = "json", gap = "1d" } = {}) {
  const path = join(folder, `audit-${files++}.log`);
  writeFileSync(path, content);
  const durations = { days: Duration.parse(days)!, longestGap: Duration.parse(gap)! };
  const io = { now: () => NOW, env: { PLATFORM: "config/sample.ts" } };
  return captured((output) => used(Object.assign(output, io), [path], { ...durations, format }));
}

interface Said {
  readonly unknown: readonly string[];
  readonly suggestions: readonly { readonly at: string; readonly says: string }[];
  readonly strangers: readonly { readonly name: string }[];
  readonly grants: readonly {
    readonly at: string;
    readonly read: { readonly by: string } | null;
    readonly usedSets: readonly string[];
  }[];
}
const json = async (...given: Parameters<typeof run>) => JSON.parse((await run(...given)).out) as Said;
const about = (said: Said, name: string) =>
  said.suggestions.filter(({ at }) => at.includes(`"${name}"`)).map(({ at, says }) => `${at}: ${says}`);

const reads = (user: string, path: string, days: number): LineFacts => ({
  display: `userpass-${user}`,
  path,
  time: day(days),
});
const writes = (user: string, path: string, days: number): LineFacts => ({
  ...reads(user, path, days),
  operation: "patch",
});

describe("what is suggested", () => {
  const GRANT = 'people.groups["sample-node-api-admin"].grants[0]';
  const ADMIN = "sample-node-api-admin";

  test.each<[string, LineFacts[], string[]]>([
    ["never", [], [`${GRANT}: nobody used it in 90d: take it out?`]],
    ["too long ago", [reads(ADMIN, SET("node", "dev"), 91)], [`${GRANT}: nobody used it in 90d: take it out?`]],
    [
      "read alone",
      [reads(ADMIN, SET("node", "dev"), 89)],
      [`${GRANT}: nobody changed a value in 90d: is "read" enough?`],
    ],
    [
      "read, and written too long ago",
      [reads(ADMIN, SET("node", "dev"), 1), writes(ADMIN, SET("node", "dev"), 95)],
      [`${GRANT}: nobody changed a value in 90d: is "read" enough?`],
    ],
    [
      "written alone",
      [writes(ADMIN, SET("node", "qa"), 1)],
      [`${GRANT}: nobody read a value in 90d: is "write-only" enough?`],
    ],
    ["both", [writes(ADMIN, SET("node", "qa"), 1), reads(ADMIN, SET("node", "dev"), 3)], []],
    [
      "names alone",
      [reads(ADMIN, SET("node", "dev", "subkeys"), 1)],
      [`${GRANT}: nobody read or changed a value in 90d, only names of keys and versions were looked at: take it out?`],
    ],
    [
      "refused",
      [{ ...reads(ADMIN, SET("node", "dev"), 1), error: "permission denied" }],
      [`${GRANT}: nobody used it in 90d: take it out?`],
    ],
    ["another's set", [reads(ADMIN, SET("python", "dev"), 1)], [`${GRANT}: nobody used it in 90d: take it out?`]],
  ])("of a grant to write: %s", async (_, uses, expected) => {
    const said = await json([...uses, ...heartbeat]);
    expect(said.unknown).toEqual([]);
    expect(about(said, ADMIN)).toEqual(expected);
  });

  test("who used nothing of a group that others use, and a workload that does not read", async () => {
    const { out, code } = await run([reads("sample-admin", SET("node", "dev"), 1), ...heartbeat], {
      format: "terminal",
    });
    expect(code).toBe(3);
    expect(out).toContain(
      'apps["sample-node-api"]: the workload of sample-node-api did not read it in local in 90d: does it still run ',
    );
    expect(out).toMatch(/people\.groups\["sample-admin"\]\.grants\[0\] +write +1 of 10 +2026-06-29 sample-admin +– +–/);
  });

  test("a workload's own reads are the workload's, and no grant's", async () => {
    const workload: LineFacts = {
      display: "kubernetes-sample-sample-node-api-vault-operator-sa",
      metadata: { role: "sample-node-api-local", service_account_name: "sample-node-api-vault-operator-sa" },
      path: SET("node", "local"),
      time: day(2),
    };
    const said = await json([workload, ...heartbeat]);
    expect(about(said, "sample-node-api")).toEqual([]);
    expect(about(said, "sample-python-api")).toHaveLength(1);
    expect(said.grants.flatMap(({ usedSets }) => usedSets)).toEqual([]);
  });

  test("those whom the config does not have are named", async () => {
    const root: LineFacts = { display: "root", entity: "", metadata: {}, path: SET("node", "prod") };
    const { out } = await run([root, reads("gone\u001b[2J", SET("node", "dev"), 1), ...heartbeat], {
      format: "terminal",
    });
    expect(out).toContain("  person gone?[2J: sample/sample-node-api/sample-node-api-dev (read 2026-06-29)");
    expect(out).toContain("  root: sample/sample-node-api/sample-node-api-prod (read 2026-06-01)");
  });
});

describe("what the log does not tell is not taken for unused", () => {
  const recent = heartbeat.slice(0, 24 * 30);
  test.each<[string, string[], RegExp]>([
    ["nothing in it", [], /^There is no entry in the log\.$/],
    [
      "it begins too late",
      recent,
      /^The log begins on 2026-05-31, and has to begin before 2026-04-01: .* --days 29d at the most/,
    ],
    [
      "a hole",
      [...heartbeat.slice(0, 200), ...heartbeat.slice(230)],
      /^The log has no line from 2026-06-20 .* UTC to 2026-06-22 .* UTC, longer/,
    ],
    ["it ended", heartbeat.slice(48), /^The log has no line from 2026-06-28 12:00 UTC to 2026-06-30 12:00 UTC/],
  ])("%s", async (_, lines, why) => {
    const { code, out } = await run(lines);
    const said = JSON.parse(out) as Said;
    expect([code, said.suggestions, said.unknown]).toEqual([1, [], [expect.stringMatching(why)]]);
  });

  test("a hole before that time, or one that is allowed, is none", async () => {
    const holes = [...heartbeat.slice(0, 200), ...heartbeat.slice(230, 2200), ...heartbeat.slice(2300)];
    expect((await json(holes, { gap: "2d" })).unknown).toEqual([]);
    expect((await run(recent, { days: "29d" })).code).toBe(3);
  });

  test("a file that is not read to its end", async () => {
    const whole = gzipSync(heartbeat.map((each) => `${each}\n`).join(""));
    const { code, out } = await runFile(whole.subarray(0, -8));
    const said = JSON.parse(out) as Said;
    const why = expect.stringMatching(/could not be read to its end/) as string;
    expect([code, said.suggestions, said.unknown]).toEqual([1, [], [why]]);
  });

  test("lines that cannot be read are said, and the exit code says so", async () => {
    const { code, out } = await run([...heartbeat, heartbeat[0]!.slice(0, 90)], { format: "terminal" });
    expect(code).toBe(1);
    expect(out).toMatch(/not read; each line may be a use\n.*: a line is no whole JSON; the first is line 2401\.\n$/);
  });
});

test("one file of a Vault with several servers is not all of its log", async () => {
  const path = join(folder, "one.log");
  writeFileSync(path, heartbeat.map((each) => `${each}\n`).join(""));
  const io = { now: () => NOW, env: { PLATFORM: "config/production.ts" } };
  const options = { vault: "prod", days: Duration.parse("90d")!, longestGap: Duration.parse("1d")!, format: "json" };
  const unknown = async (...given: string[]) =>
    (JSON.parse((await captured((output) => used(Object.assign(output, io), given, options))).out) as Said).unknown;
  expect(await unknown(path)).toEqual([expect.stringMatching(/has \d servers, .*: give those of every server\.$/)]);
  expect(await unknown(path, path)).toEqual([]);
});

test("another format is refused", async () =>
  expect(run([], { format: "csv" })).rejects.toThrow('--format: given "csv"; accepted by used: terminal, json.'));
