import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runPlanCheck } from "../../cli/plan-check";
import { captured } from "./captured";

const plan = (name: string) => join(__dirname, "..", "access", "plans", "real", `${name}.json`);

const run = (...words: string[]) => captured((io) => runPlanCheck(words, io));

describe("npm run plan:check", () => {
  test.each([
    ["no-change", [], 0],
    ["secret-set-forgotten", [], 0],
    ["secret-set-forgotten", ["--fail-on", "info"], 1],
    ["policy-widened", [], 1],
    ["policy-widened", ["--fail-on", "error"], 0],
    ["mount-replaced", ["--fail-on", "error"], 1],
    ["mount-replaced", ["--fail-on", "never"], 0],
  ])("%s %j exits with %i", async (name, words, code) => {
    expect((await run(plan(name), ...words)).code).toBe(code);
  });

  test("shows a table, or writes it, or JSON", async () => {
    const folder = mkdtempSync(join(tmpdir(), "plan-check-"));
    const out = join(folder, "plan.md");
    expect((await run(plan("mount-renamed"))).out).toContain("| warning | mount kvv2 is renamed to secrets |");
    expect(await run(plan("mount-renamed"), "--out", out)).toEqual({ code: 1, out: "", err: "" });
    expect(readFileSync(out, "utf8")).toContain("mount kvv2 is renamed");
    expect(JSON.parse((await run(plan("mount-renamed"), "--format", "json")).out)).toEqual([
      expect.objectContaining({ severity: "warning", address: "vault_mount.kv" }),
    ]);
    rmSync(folder, { recursive: true });
  });

  test("judges several plans as one", async () => {
    expect((await run(plan("mount-renamed"), plan("mount-destroyed"))).out).toMatch(
      /^### Plan: 1 would lose something for good or trust somebody else, 1 needs a person's eyes/,
    );
  });

  test.each([
    ["a file that is not there", ["/nowhere.json"], /given a file that cannot be read/],
    ["what is no plan", [__filename], /given no JSON with a format_version/],
    ["nothing", [], /missing required argument/],
    [
      "a severity that is none",
      [plan("no-change"), "--fail-on", "bad"],
      /Allowed choices are error, warning, info, never/,
    ],
  ])("%s exits with 2", async (_, words, message) => {
    const { code, err } = await run(...words);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});
