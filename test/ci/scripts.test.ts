import { spawnSync } from "node:child_process";
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pinnedVersions } from "../../cli/versions";
import { projectFiles, ROOT, textOf } from "../helpers/source";

const scripts = projectFiles("ci").filter((file) => /^ci\/[a-z-]+$/.test(file));
const workflows = projectFiles(".github/workflows");

test("every script can be run, stops at the first failure, and says what it is for", () => {
  expect(scripts.length).toBeGreaterThan(8);
  for (const file of scripts) {
    accessSync(join(ROOT, file), constants.X_OK);
    const text = textOf(file);
    expect([file, text.startsWith("#!/usr/bin/env bash\n# "), text.includes('. "$(dirname "$0")/common.sh"')]).toEqual([
      file,
      true,
      true,
    ]);
    expect([file, spawnSync("bash", ["-n", join(ROOT, file)]).status]).toEqual([file, 0]);
  }
  expect(textOf("ci/common.sh")).toContain("set -euo pipefail");
});

test("linters that are there find nothing; those that are not are named", () => {
  const { status, stdout, stderr } = spawnSync("ci/lint", { cwd: ROOT, encoding: "utf8" });
  expect([status, `${stdout}${stderr}`]).toEqual([0, expect.not.stringMatching(/error|warning/i)]);
}, 60_000);

describe("workflows", () => {
  test("are there", () => {
    expect(workflows.map((file) => file.split("/").at(-1))).toEqual([
      "apply-stack.yml",
      "apply.yml",
      "comment.yml",
      "drift.yml",
      "pull-request.yml",
    ]);
  });

  test.each(workflows)(
    "%s gives no right by default, pins every action by its commit, and puts no expression into a script",
    (file) => {
      const text = textOf(file);
      expect(text).toMatch(/^permissions: \{\}$/m);
      for (const [, reference] of text.matchAll(/uses: (\S+)/g))
        expect(reference).toMatch(/^(\.\/.+|[\w./-]+@[0-9a-f]{40})$/);
      for (const [line] of text.matchAll(/^\s*(- )?run: .*$/gm)) expect(line).not.toContain("${{");
      expect(text).not.toMatch(
        /pull_request_target|secrets\.|secrets: inherit|write-all|cdktf-action|continue-on-error/,
      );
      for (const [block] of text.matchAll(/uses: actions\/checkout@[^]*?(?=\n {6}- )/g))
        expect(block).toContain("persist-credentials: false");
    },
  );

  test("only jobs behind a deployment environment log in; none that may write has the pull request's code", () => {
    for (const file of workflows) {
      const jobs = textOf(file)
        .split(/^ {2}(?=[a-z]+:\n)/m)
        .slice(1);
      for (const job of jobs) {
        if (job.includes("id-token: write") && !job.includes("uses: ./.github"))
          expect([file, job.slice(0, 20), /^ {4}environment: /m.test(job)]).toEqual([file, job.slice(0, 20), true]);
        if (/(pull-requests|issues|contents): write/.test(job))
          expect([
            file,
            job.includes("id-token"),
            file.endsWith("drift.yml") || /inputs\.base|uses: \.\/\.github\/workflows\/comment\.yml/.test(job),
          ]).toEqual([file, false, true]);
      }
    }
  });
});

describe("what a run may do", () => {
  const workflow = (name: string) => textOf(`.github/workflows/${name}.yml`);
  const job = (name: string, of: string) =>
    workflow(name)
      .split(/^ {2}(?=[a-z]+:\n)/m)
      .find((text) => text.startsWith(`${of}:\n`)) ?? "";

  test("no job runs in a deployment environment before the rules of all were seen", () => {
    expect(job("pull-request", "plan")).toMatch(/needs: \[check, guard\]/);
    expect(job("apply", "people")).toMatch(/needs: \[stacks, guard\]/);
    expect(job("apply", "stack")).toMatch(/needs\.guard\.result == 'success'/);
    expect(job("drift", "drift")).toMatch(/needs: \[stacks, guard\]/);
    for (const name of ["pull-request", "apply", "drift"]) expect(job(name, "guard")).toMatch(/run: ci\/guard main/);
    expect(job("pull-request", "guard")).toContain("ref: ${{ needs.check.outputs.base }}");
  });

  test.each([
    ["success", "[1]", true],
    ["skipped", "[]", true],
    ["failure", "[1]", false],
    ["cancelled", "[1]", false],
    ["skipped", "[1]", false],
  ])("stacks that people apply: %s of %s lets the others be applied: %s", (result, people, goesOn) => {
    const [, expression = ""] = /if: >-\n\s*\$\{\{([^}]+)\}\}/.exec(job("apply", "stack"))!;
    // GitHub's expressions of these operators are JavaScript's.
    const runs = new Function("needs", "cancelled", `return ${expression}`) as (...given: unknown[]) => boolean;
    const needs = {
      guard: { result: "success" },
      people: { result },
      stacks: { outputs: { people, jobs: "[1]" } },
    };
    expect(runs(needs, () => false)).toBe(goesOn);
  });

  test("the pull request's code runs in plan environments alone; main is watched and applied in its own", () => {
    expect(job("pull-request", "plan")).toContain("environment: ${{ matrix.plan }}");
    expect(
      [job("apply-stack", "plan"), job("apply-stack", "apply")].map(
        (text) => /environment: \$\{\{ inputs\.(\w+) \}\}/.exec(text)?.[1],
      ),
    ).toEqual(["watch", "apply"]);
    expect(
      [job("drift", "drift"), job("apply", "people")].map(
        (text) => /environment: \$\{\{ matrix\.(\w+) \}\}/.exec(text)?.[1],
      ),
    ).toEqual(["watch", "watch"]);
  });

  test("a run that is run again applies nothing: both of its jobs ask for the branch's newest commit first", () => {
    for (const of of ["plan", "apply"])
      expect(job("apply-stack", of)).toMatch(
        /persist-credentials: false\n( *#.*\n)? {6}- run: ci\/still-newest\n {8}env:\n {10}GH_TOKEN: /,
      );
  });

  test("a script's failure is never lost in an echo", () => {
    for (const file of workflows) expect(textOf(file)).not.toMatch(/echo "[^"]*\$\(/);
  });

  test("Terraform comes by its digest, and by no action", () => {
    for (const file of workflows) {
      const text = textOf(file);
      expect(text).not.toMatch(/setup-terraform|releases\.hashicorp/);
      const uses = [...text.matchAll(/run: ci\/(plan|apply|drift) /g)].length;
      const installs = [...text.matchAll(/run: ci\/install-terraform >>"\$GITHUB_PATH"/g)].length;
      expect([file, installs]).toEqual([file, uses]);
    }
    expect(pinnedVersions(ROOT).find(({ name }) => name === "terraform, in CI")).toMatchObject({
      where: "ci/install-terraform",
      by: "its version and digest",
    });
  });

  test("the linters of workflows are there in CI, at the versions that are named once", () => {
    expect(job("pull-request", "lint")).toMatch(
      /ci\/install-linters >>"\$GITHUB_PATH"\n {6}- run: REQUIRE_LINT=1 ci\/lint/,
    );
    expect(
      pinnedVersions(ROOT)
        .filter(({ kind }) => kind === "linter")
        .map(({ name, where }) => `${name} ${where}`),
    ).toEqual(["actionlint ci/lint", "zizmor ci/lint"]);
  });
});

describe("npm run versions", () => {
  const pinned = pinnedVersions(ROOT);

  test("shows packages, providers, charts, the image, Terraform and every action, each with its file", () => {
    const names = (kind: string) => [...new Set(pinned.filter((each) => each.kind === kind).map(({ name }) => name))];
    expect(names("provider")).toEqual([
      "hashicorp/helm",
      "hashicorp/kubernetes",
      "hashicorp/random",
      "hashicorp/vault",
    ]);
    expect(names("chart")).toEqual(["vault", "vault-secrets-operator"]);
    expect(names("image")).toEqual([
      "hashicorp/vault",
      "hashicorp/vault-secrets-operator",
      "quay.io/brancz/kube-rbac-proxy",
    ]);
    expect(names("action")).toEqual([
      "actions/checkout",
      "actions/download-artifact",
      "actions/setup-node",
      "actions/upload-artifact",
    ]);
    expect(names("package")).toContain("cdktf");
    for (const { where } of pinned) accessSync(join(ROOT, where));
  });

  test("no action is pinned by a tag, and one has one version", () => {
    const actions = pinned.filter(({ kind }) => kind === "action");
    expect(actions.filter(({ by }) => !/^commit [0-9a-f]{40}$/.test(by))).toEqual([]);
    for (const name of new Set(actions.map((each) => each.name)))
      expect(new Set(actions.filter((each) => each.name === name).map(({ by }) => by)).size).toBe(1);
  });

  test("renovate finds each of ours where it is", () => {
    const { customManagers } = JSON.parse(readFileSync(join(ROOT, "renovate.json"), "utf8")) as {
      customManagers: { matchStrings: string[]; managerFilePatterns: string[] }[];
    };
    for (const { matchStrings, managerFilePatterns } of customManagers) {
      const files = projectFiles()
        .concat(workflows)
        .filter((file) => managerFilePatterns.some((pattern) => new RegExp(pattern.slice(1, -1)).test(file)));
      expect(files.length).toBeGreaterThan(0);
      for (const pattern of matchStrings)
        expect([pattern, files.some((file) => new RegExp(pattern).test(textOf(file)))]).toEqual([pattern, true]);
    }
  });
});

test("a job's artifact speaks of its own stack alone, and of it by a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "artifacts-"));
  try {
    const put = (artifact: string, name: string, text: string) => {
      mkdirSync(join(folder, "in", artifact), { recursive: true });
      writeFileSync(join(folder, "in", artifact, name), text);
    };
    put("plan-a", "a.json", "a's own");
    put("plan-a", "b.json", "a's word of b");
    put("plan-b", "b.json", "b's own");
    put("plan-c", "other.json", "nothing of c");
    mkdirSync(join(folder, "in", "plan-d"));
    symlinkSync("/etc/passwd", join(folder, "in", "plan-d", "d.json"));
    const run = (from: string) =>
      spawnSync("ci/collect-plans", [join(folder, from)], {
        cwd: ROOT,
        env: { ...process.env, CI_OUT: join(folder, "out") },
        encoding: "utf8",
      });
    expect(run("none").status).toBe(0);
    expect(run("in")).toMatchObject({ status: 0, stderr: "" });
    const plans = join(folder, "out", "plans");
    expect(readdirSync(plans).map((name) => `${name}: ${readFileSync(join(plans, name), "utf8")}`)).toEqual([
      "a.json: a's own",
      "b.json: b's own",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
