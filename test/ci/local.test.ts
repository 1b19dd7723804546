import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectFiles, ROOT } from "../helpers/source";
import { CASES, golden } from "./cases";

const NEEDED = new RegExp(
  /^(access|ci|cli|config|constructs|model|policies|resource-types|stacks)\/|/.source +
    /^(main\.ts|package\.json|tsconfig\.json|\.gitignore)$/.source,
);

test(
  "ci/local: two commits, their syntheses and the plans make the golden comment, by the scripts " +
    "that the workflows call",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "pull-request-"));
    // A hook or a variable of the machine has no say here.
    const git = (...words: string[]) =>
      execFileSync(
        "git",
        [
          "-c",
          "user.name=test",
          "-c",
          "user.email=test@example.com",
          "-c",
          "commit.gpgsign=false",
          "-c",
          "core.hooksPath=/dev/null",
          ...words,
        ],
        { cwd: folder, encoding: "utf8", stdio: "pipe" },
      );
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
        .replace(
          "    groups: {\n",
          '    groups: {\n      "dev-readers": { grants: [{ access: "read", apps: ' +
            '["sample-node-api"], environments: ["dev"] }] },\n',
        )
        .replace("    users: {\n", '    users: {\n      dana: { groups: ["dev-readers"] },\n');
      writeFileSync(config, changed);
      git("commit", "--quiet", "-m", "dana reads in dev", "--", "config");
      const [plan] = CASES["one-person-gains-read-in-dev"]!().plans;
      mkdirSync(join(folder, ".tmp/ci/plans"), { recursive: true });
      writeFileSync(join(folder, ".tmp/ci/plans", `${plan!.stack}.json`), JSON.stringify(plan));

      const { CI_OUT: _, PLATFORM: __, ...env } = process.env;
      mkdirSync(join(folder, "made"));
      const local = (base: string, head: string, more: { readonly [name: string]: string } = {}) =>
        spawnSync("ci/local", [base, head], {
          cwd: folder,
          env: { ...env, ...more, TMPDIR: join(folder, "made") },
          encoding: "utf8",
        });
      const comment = () => readFileSync(join(folder, ".tmp/ci/comment.md"), "utf8");
      // Checkouts that git knows beside the one that is there, and folders of mktemp.
      const left = () => [
        ...git("worktree", "list").trim().split("\n").slice(1),
        ...readdirSync(join(folder, "made")).filter((name) => name.startsWith("tmp.")),
      ];
      const { status, stdout, stderr } = local("HEAD~1", "HEAD");
      expect([status, stderr]).toEqual([0, expect.any(String) as string]);
      expect(stdout).toContain("sample-access-main");
      const head = git("rev-parse", "HEAD").slice(0, 7);
      expect(comment()).toBe(
        golden("one-person-gains-read-in-dev").replace("\n\n### Access", `\n\nOf commit \`${head}\`.\n\n### Access`),
      );
      expect(stdout).toContain("not done here: lint, types and tests (ci/check), plans (ci/plan)");
      expect(left()).toEqual([]);

      const unknown = local("HEAD~1", "no-such-commit");
      expect([unknown.status, unknown.stderr]).toEqual([
        2,
        expect.stringContaining("given 'no-such-commit'; accepted: a commit of this repository") as string,
      ]);
      expect(left()).toEqual([]);

      // What its waivers cover fails without them.
      const production = join(folder, "config", "production.ts");
      rmSync(join(folder, ".tmp/ci/plans"), { recursive: true });
      writeFileSync(
        production,
        readFileSync(production, "utf8").replace('waivers: ["nonprod", "prod"]', 'waivers: ["nonprod"]'),
      );
      git("commit", "--quiet", "-m", "without a waiver", "--", "config");
      const unproven = local("HEAD~1", "HEAD", { PLATFORM: "config/production.ts" });
      expect([unproven.status, unproven.stdout]).toEqual([
        1,
        expect.stringContaining("**This breaks proofs:**") as string,
      ]);
      expect(comment()).toMatch(
        new RegExp(
          /The checks of this commit did not pass[^]*/.source +
            /\*\*privilege-escalation\*\*: `pipeline prod\/jwt-ci\/apply-acme-access-prod/.source,
        ),
      );
      expect(unproven.stderr).toContain("the head's access proofs fail, or it does not synthesize");
      expect(left()).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  120_000,
);
