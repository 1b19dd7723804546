import { spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
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
    expect([file, text.startsWith("#!/usr/bin/env bash\n# "), text.includes('. "$(dirname "$0")/common.sh"')]).toEqual([file, true, true]);
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
    expect(workflows.map((file) => file.split("/").at(-1))).toEqual(["apply-stack.yml", "apply.yml", "drift.yml", "pull-request.yml"]);
  });

  test.each(workflows)("%s gives no right by default, pins every action by its commit, and puts no expression into a script", (file) => {
    const text = textOf(file);
    expect(text).toMatch(/^permissions: \{\}$/m);
    for (const [, reference] of text.matchAll(/uses: (\S+)/g)) expect(reference).toMatch(/^(\.\/.+|[\w./-]+@[0-9a-f]{40})$/);
    for (const [line] of text.matchAll(/^\s*(- )?run: .*$/gm)) expect(line).not.toContain("${{");
    expect(text).not.toMatch(/pull_request_target|secrets\.|secrets: inherit|write-all|cdktf-action|continue-on-error/);
    for (const [block] of text.matchAll(/uses: actions\/checkout@[^]*?(?=\n {6}- )/g)) expect(block).toContain("persist-credentials: false");
  });

  test("only jobs behind a deployment environment may log in, and no job that may write has the pull request's code", () => {
    for (const file of workflows) {
      const jobs = textOf(file).split(/^ {2}(?=[a-z]+:\n)/m).slice(1);
      for (const job of jobs) {
        if (job.includes("id-token: write") && !job.includes("uses: ./.github")) expect([file, job.slice(0, 20), /^ {4}environment: /m.test(job)]).toEqual([file, job.slice(0, 20), true]);
        if (/(pull-requests|issues|contents): write/.test(job)) expect([file, job.includes("id-token"), file.endsWith("drift.yml") || job.includes("pull_request.base.sha")]).toEqual([file, false, true]);
      }
    }
  });
});

describe("npm run versions", () => {
  const pinned = pinnedVersions(ROOT);

  test("shows packages, providers, charts, the image, Terraform and every action, each with its file", () => {
    const names = (kind: string) => [...new Set(pinned.filter((each) => each.kind === kind).map(({ name }) => name))];
    expect(names("provider")).toEqual(["hashicorp/helm", "hashicorp/kubernetes", "hashicorp/random", "hashicorp/vault"]);
    expect(names("chart")).toEqual(["vault", "vault-secrets-operator"]);
    expect(names("image")).toEqual(["hashicorp/vault"]);
    expect(names("action")).toEqual(["actions/checkout", "actions/download-artifact", "actions/setup-node", "actions/upload-artifact", "hashicorp/setup-terraform"]);
    expect(names("package")).toContain("cdktf");
    for (const { where } of pinned) accessSync(join(ROOT, where));
  });

  test("no action is pinned by a tag, and one has one version", () => {
    const actions = pinned.filter(({ kind }) => kind === "action");
    expect(actions.filter(({ by }) => !/^commit [0-9a-f]{40}$/.test(by))).toEqual([]);
    for (const name of new Set(actions.map((each) => each.name))) expect(new Set(actions.filter((each) => each.name === name).map(({ by }) => by)).size).toBe(1);
  });

  test("renovate finds each of ours where it is", () => {
    const { customManagers } = JSON.parse(readFileSync(join(ROOT, "renovate.json"), "utf8")) as { customManagers: { matchStrings: string[]; managerFilePatterns: string[] }[] };
    for (const { matchStrings, managerFilePatterns } of customManagers) {
      const files = projectFiles().concat(workflows).filter((file) => managerFilePatterns.some((pattern) => new RegExp(pattern.slice(1, -1)).test(file)));
      expect(files.length).toBeGreaterThan(0);
      for (const pattern of matchStrings) expect([pattern, files.some((file) => new RegExp(pattern).test(textOf(file)))]).toEqual([pattern, true]);
    }
  });
});
