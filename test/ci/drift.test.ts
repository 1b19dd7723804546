import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { MARKER } from "../../ci/lib/comment";
import { driftState, renderDrift } from "../../ci/lib/drift";
import { failedPlan, summarizePlan } from "../../ci/lib/plan-summary";
import sample from "../../config/sample";
import { resolvePlatform } from "../../model";
import { ROOT } from "../helpers/source";
import { planText } from "./cases";

const STACKS = resolvePlatform(sample).stacks.map(({ name }) => name);
const [first, second] = STACKS as [string, string];
const same = (stack: string) => summarizePlan(stack, planText());
const differs = (stack: string) =>
  summarizePlan(
    stack,
    planText({
      address: "vault_policy.x",
      actions: ["update"],
      before: { name: "x", policy: "a" },
      after: { name: "x", policy: "b" },
    }),
  );

const beyond = (stack: string) => ({
  ...same(stack),
  beyondPlan: [
    {
      severity: "warning" as const,
      address: "vault_userpass_auth_backend_user.user_ada",
      says: "the user ada has token_policies: platform-admin",
      why: "No stack gave it",
    },
  ],
});

describe("what looking for drift came to", () => {
  test.each([
    ["fine", "all are planned and none differs", { plans: [same("a"), same("b")] }],
    ["drifted", "one differs", { plans: [same("a"), differs("b")] }],
    ["drifted", "no plan differs, and a person has what no stack gave", { plans: [same("a"), beyond("b")] }],
    [
      "drifted",
      "one differs and another has no plan",
      { plans: [failedPlan("a", "no"), differs("b")], unplanned: ["c"] },
    ],
    ["failed", "one has no plan", { plans: [same("a"), failedPlan("b", "no")] }],
    ["failed", "one left no summary", { plans: [same("a")], unplanned: ["b"] }],
    [
      "failed",
      "a summary cannot be read",
      { plans: [same("a")], unreadable: [{ stack: "b", why: "the file: given no JSON." }] },
    ],
    ["failed", "there is nothing at all", { plans: [] }],
  ] as const)("%s: %s", (state, _, parts) => {
    expect(driftState(parts)).toBe(state);
  });

  test("its text says which of them, and is no pull request's comment", () => {
    const texts = {
      fine: renderDrift({ plans: [same("a")] }),
      drifted: renderDrift({ plans: [differs("a")] }),
      failed: renderDrift({ plans: [failedPlan("a", "Error: denied")], unplanned: ["b"], commit: "0123456789" }),
    };
    expect(texts.fine).toMatch(/^### What is there is what was applied\n/);
    expect(texts.drifted).toMatch(
      /^### What is there is not what was applied\n[^]*### What applying again would do: change 1 in 1 stack/,
    );
    expect(renderDrift({ plans: [beyond("a")] })).toContain(
      "### What no plan shows, and no apply takes away\n\n- **warning** `vault_userpass_auth_backend_user.user_ada`: " +
        "`the user ada has token_policies: platform-admin. No stack gave it`",
    );
    expect(texts.failed).toMatch(/^### It could not be seen whether/);
    expect(texts.failed).toContain("`a` has no plan: `Error: denied`");
    expect(texts.failed).toContain("No plan of `b`: the job left no summary.");
    expect(texts.failed).toContain("Of commit `0123456`.");
    for (const text of Object.values(texts)) {
      expect(text).not.toContain(MARKER);
      expect(text).not.toMatch(/this comment|pull request|nothing|What would be done/i);
    }
  });
});

const folder = mkdtempSync(join(tmpdir(), "drift-"));
afterAll(() => rmSync(folder, { recursive: true }));
const out = join(folder, "out");
const { PLATFORM: _, COMMIT: __, CI_ID_TOKEN: ___, ...env } = process.env;

/** Leaves these summaries where plan jobs leave them. */
function left(...plans: readonly { readonly stack: string }[]): string {
  rmSync(join(folder, "plans"), { recursive: true, force: true });
  mkdirSync(join(folder, "plans"));
  for (const plan of plans) writeFileSync(join(folder, "plans", `${plan.stack}.json`), JSON.stringify(plan));
  return join(folder, "plans");
}

describe("ci/drift-report", () => {
  const report = (...words: string[]) =>
    spawnSync("ci/drift-report", words, { cwd: ROOT, env: { ...env, CI_OUT: out }, encoding: "utf8" });

  test.each([
    ["fine", "every stack is there", () => left(...STACKS.map(same)), []],
    ["failed", "one is not", () => left(...STACKS.slice(1).map(same)), []],
    ["fine", "the expected ones are there", () => left(same(first), same(second)), [`${second},${first}`]],
    ["drifted", "one differs", () => left(differs(first)), []],
    ["drifted", "a person has what no stack gave", () => left(...STACKS.slice(1).map(same), beyond(first)), []],
    ["failed", "there is no folder", () => join(folder, "nowhere"), []],
  ])("says %s where %s: as its last line, and in a file", (state, _, plans, more) => {
    const { status, stdout } = report(plans(), ...more);
    expect([status, stdout.trim().split("\n").at(-1), readFileSync(join(out, "drift-state"), "utf8").trim()]).toEqual([
      0,
      state,
      state,
    ]);
  });

  test("refuses a stack that there is not, and leaves no state", () => {
    const { status, stderr } = report(left(), "sample-dve");
    expect([status, existsSync(join(out, "drift-state"))]).toEqual([2, false]);
    expect(stderr).toContain('given "sample-dve"');
  });
});

describe("ci/drift", () => {
  /** Runs it with a Node that leaves these summaries in place of planning. */
  const drift = (plans: string, code: number, ...words: string[]) => {
    const bin = join(folder, "bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(
      join(bin, "node"),
      `#!/usr/bin/env bash\ncase "$*" in *ci/terraform.ts*) mkdir -p "$CI_OUT"; cp -r "${plans}" ` +
        `"$CI_OUT/plans"; exit ${code} ;; esac\nexec "${process.execPath}" "$@"\n`,
      { mode: 0o755 },
    );
    return spawnSync("ci/drift", words, {
      cwd: ROOT,
      env: { ...env, CI_OUT: out, PATH: `${bin}${delimiter}${env.PATH}` },
      encoding: "utf8",
    });
  };

  test.each([
    [0, "none differs", () => left(same(first)), 0],
    [3, "one differs", () => left(differs(first)), 3],
    [1, "none could be planned", () => left(failedPlan(first, "Error: no route")), 1],
    [2, "what was given cannot be used", () => left(), 2],
  ])("ends with %i where %s", (status, _, plans, code) => {
    expect(drift(plans(), code, first).status).toBe(status);
  });

  test("of a job that cannot log in is no drift", () => {
    rmSync(out, { recursive: true, force: true });
    const { status } = spawnSync("ci/drift", [first], { cwd: ROOT, env: { ...env, CI_OUT: out }, encoding: "utf8" });
    expect([status, readFileSync(join(out, "drift-state"), "utf8")]).toEqual([1, "failed\n"]);
    expect(readFileSync(join(out, "drift.md"), "utf8")).toContain(`\`${first}\` has no plan`);
  });
});
