import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectFiles, ROOT } from "../helpers/source";
import { CASES, golden } from "./cases";

const NEEDED = /^(access|ci|cli|config|constructs|model|policies|stacks)\/|^(main\.ts|package\.json|tsconfig\.json|\.gitignore)$/;

test("ci/local: two commits, their syntheses and the plans make the golden comment, by the scripts that the workflows call", () => {
  const folder = mkdtempSync(join(tmpdir(), "pull-request-"));
  // A hook or a variable of the machine has no say here.
  const git = (...words: string[]) => execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null", ...words], { cwd: folder, encoding: "utf8", stdio: "pipe" });
  try {
    for (const file of projectFiles().filter((each) => NEEDED.test(each))) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      cpSync(join(ROOT, file), join(folder, file));
    }
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    git("init", "--quiet");
    git("add", "--", ".", ":!node_modules");
    git("commit", "--quiet", "-m", "base");
    const config = join(folder, "config", "sample.ts");
    const text = readFileSync(config, "utf8");
    const changed = text
      .replace("    groups: {\n", '    groups: {\n      "dev-readers": { grants: [{ access: "read", apps: ["sample-node-api"], environments: ["dev"] }] },\n')
      .replace("    users: {\n", '    users: {\n      dana: { groups: ["dev-readers"] },\n');
    writeFileSync(config, changed);
    git("commit", "--quiet", "-m", "dana reads in dev", "--", "config");
    const [plan] = CASES["one-person-gains-read-in-dev"]!().plans;
    mkdirSync(join(folder, ".tmp/ci/plans"), { recursive: true });
    writeFileSync(join(folder, ".tmp/ci/plans", `${plan!.stack}.json`), JSON.stringify(plan));

    const { CI_OUT: _, PLATFORM: __, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync("ci/local", ["HEAD~1", "HEAD"], { cwd: folder, env, encoding: "utf8" });
    expect([status, stderr]).toEqual([0, expect.any(String) as string]);
    expect(stdout).toContain("sample-access-main");
    expect(readFileSync(join(folder, ".tmp/ci/comment.md"), "utf8")).toBe(golden("one-person-gains-read-in-dev"));
    // Nothing is left beside the two commits.
    expect(git("worktree", "list").trim().split("\n")).toHaveLength(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
