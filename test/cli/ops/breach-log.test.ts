import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checklist } from "../../../cli/ops/breach/checklist";
import { planForWorkloads } from "../../../cli/ops/breach/plan";
import { chooseSuspect, type SuspectOptions } from "../../../cli/ops/breach/suspect";
import { readTaken, withTaken } from "../../../cli/ops/breach/taken";
import sample from "../../../config/sample";
import { resolvePlatform } from "../../../model";
import { line, type LineFacts } from "../audit-log/lines";
import { ops } from "./run-ops";

const folder = mkdtempSync(join(tmpdir(), "breach-log-"));
afterAll(() => rmSync(folder, { recursive: true }));

const platform = resolvePlatform(sample);
const NOW = new Date("2026-06-02T12:00:00Z");
const path = (environment: string) => `kvv2/data/sample/sample-node-api/sample-node-api-${environment}`;
const USER = "sample-node-api-user";

/** The checklist of somebody who reaches the node app's sets, all but that of `prod`. */
async function listOf(who: SuspectOptions, lines: readonly (LineFacts | string)[], entities: string[] = []) {
  const file = join(folder, "audit.log");
  writeFileSync(file, lines.map((each) => `${typeof each === "string" ? each : line(each)}\n`).join(""));
  const reach = platform.tenants
    .filter(({ app, environment }) => app === "sample-node-api" && environment !== "prod")
    .map((tenant) => ({ tenant, read: true, change: false, protected: false }));
  const plan = planForWorkloads(platform, "main", "somebody", [], {
    reach,
    tokens: [],
    remarks: [],
    roles: [],
    databases: [],
  });
  const suspect = chooseSuspect(platform, who);
  if (suspect.kind === "unseal share") throw new Error("not of a share");
  const taken = await readTaken(platform, suspect, entities, [file], NOW);
  const shown = withTaken(platform, plan, taken, NOW.getTime());
  return checklist(shown, { platform: "sample", at: NOW, done: false });
}
const order = (list: string) => [...list.matchAll(/^### sample-node-api in (\w+)/gm)].map((match) => match[1]);

describe("the checklist begins with what was really taken", () => {
  test("sets that were read, then those asked for; also one that is out of reach by now", async () => {
    const list = await listOf({ user: USER }, [
      { path: path("qa"), time: "2026-06-01T12:00:00Z", address: "10.0.0.9" },
      { path: path("qa"), time: "2026-06-02T11:30:00Z", address: "10.0.0.1" },
      { path: path("stg"), response: {} },
      { path: path("dev"), error: "permission denied" },
      { path: path("dev"), display: "userpass-another" },
      { path: path("prod"), operation: "read" },
    ]);
    expect(order(list)).toEqual(["qa", "prod", "stg", "local", "dev"]);
    expect(list).toContain(
      "- **values read**: 2026-06-01 12:00 UTC to 2026-06-02 11:30 UTC, from `10.0.0.1`, `10.0.0.9`\n",
    );
    expect(list).toContain("- values asked for, no answer with values: 2026-06-01 12:00 UTC, from `10.0.0.1`\n");
    expect(list).toContain(
      "- The audit log goes from 2026-06-01 12:00 UTC to 2026-06-02 11:30 UTC: values of 2 sets were read, which " +
        "come first. What was before or after is not in it.",
    );
  });

  test("a token of the person's entity is the person's, however it came", async () => {
    const child = { display: "token-deploy", metadata: {}, entity: "e-1", path: path("stg") };
    expect(order(await listOf({ user: USER }, [child], ["e-1"]))[0]).toBe("stg");
    expect(order(await listOf({ user: USER }, [child], ["e-2"]))[0]).toBe("local");
  });

  test("a workload, by its service account and role", async () => {
    const workload = {
      display: "kubernetes-sample-sample-node-api-vault-operator-sa",
      metadata: { role: "sample-node-api-local" },
    };
    const list = await listOf({ workload: "sample-node-api/local" }, [
      { ...workload, path: path("local") },
      { path: path("dev") },
    ]);
    expect(list.match(/\*\*values read\*\*/g)).toHaveLength(1);
    expect(order(list)[0]).toBe("local");
  });

  test("what the log does not tell is said", async () => {
    const list = await listOf({ user: USER }, [
      { time: "2026-05-20T12:00:00Z", path: "kvv2/data/sample/other" },
      line().slice(0, 80),
    ]);
    expect(list).toContain("no read of a value is in it");
    expect(list).toContain("the audit log has no line from 2026-05-20 12:00 UTC to 2026-06-02 12:00 UTC.");
    expect(list).toContain("paths in the mount that the config does not have");
    expect(list).toMatch(
      /Not read, and may be a read of a value: .*audit\.log: a line is no whole JSON; the first is line 2\./,
    );
    expect(await listOf({ user: USER }, [])).toContain(
      "Not known: whether any value was read. The audit log has no entry.",
    );
  });
});

test("without a log it says that this is not known", () => {
  const plan = planForWorkloads(platform, "main", "somebody", [], {
    reach: [],
    tokens: [],
    remarks: [],
    roles: [],
    databases: [],
  });
  expect(withTaken(platform, plan, undefined, NOW.getTime()).remarks.join()).toMatch(
    /^Not known: whether any value was read\./,
  );
});

test.each([
  ["--user x --audit-log /nowhere/audit.log", /given "\/nowhere\/audit\.log"; accepted: a readable file/],
  ["--unseal-share --audit-log cdktf.json", /--audit-log: it does not tell who used a share/],
])("breach %s is refused before anything is asked or cut", async (words, said) => {
  const { code, err } = await ops(`breach ${words} --confirm`);
  expect([code, err]).toEqual([2, expect.stringMatching(said)]);
});
