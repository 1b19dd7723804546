import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failedPlan, summarizePlan } from "../../ci/lib/plan-summary";
import { ROOT } from "../helpers/source";
import { planText } from "./cases";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outputs-"));
  mkdirSync(join(folder, "plans"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(words: readonly string[], env: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync(words[0]!, words.slice(1), {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: folder, CI_OUT: folder, ...env },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

describe("ci/plan-outputs", () => {
  const plan = summarizePlan("sample-dev", planText({ address: "vault_policy.x", actions: ["create"], after: {} }));
  const write = (summary: unknown) => writeFileSync(join(folder, "plans/sample-dev.json"), JSON.stringify(summary));
  const shown = () => join(folder, "summary.md");
  const outputs = (env: Record<string, string> = {}, stack = "sample-dev") => run(["ci/plan-outputs", stack], env);

  test("prints the digest and the number of changes, and nothing else", () => {
    write(plan);
    expect(outputs()).toEqual({ status: 0, stdout: `digest=${plan.digest}\nchanges=1\n`, stderr: "" });
  });

  test("shows the approver the plan and its commit", () => {
    write(plan);
    expect(
      outputs({ GITHUB_STEP_SUMMARY: shown(), GITHUB_SHA: "0123456789abcdef0123456789abcdef01234567" }),
    ).toMatchObject({ status: 0, stdout: `digest=${plan.digest}\nchanges=1\n` });
    expect(readFileSync(shown(), "utf8")).toContain("### The plan of sample-dev, commit 0123456789ab\n");
    expect(readFileSync(shown(), "utf8")).toMatch(/vault_policy.*x/);
  });

  test.each<[string, unknown, string]>([
    [
      "a digest with a line end",
      { ...plan, digest: `${plan.digest}\nchanges=0` },
      "no digest of 64 hexadecimal digits",
    ],
    ["no digest", { ...plan, digest: "" }, "no digest of 64 hexadecimal digits"],
    ["no changes", { ...plan, changes: undefined }, "or no changes"],
    ["a plan that failed", failedPlan("sample-dev", "Error"), "the summary of a plan that failed"],
    ["null", null, "no digest"],
  ])("%s is refused, and nothing is shown: no job takes it for a plan of nothing", (_, summary, said) => {
    write(summary);
    const { status, stdout, stderr } = outputs({ GITHUB_STEP_SUMMARY: shown() });
    expect([status, stdout, stderr, existsSync(shown())]).toEqual([2, "", expect.stringContaining(said), false]);
  });

  test("no plan, another folder's plan, or a commit that is none: refused", () => {
    expect(outputs()).toMatchObject({ status: 2, stderr: expect.stringContaining("Run ci/plan first") as string });
    expect(outputs({}, "../plans/sample-dev")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('given "../plans/sample-dev"') as string,
    });
    write(plan);
    expect(outputs({ GITHUB_SHA: "main\n# x" })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("GITHUB_SHA: given no commit") as string,
    });
  });
});
