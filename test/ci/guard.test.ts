import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { missingRules, wantedEnvironments } from "../../ci/lib/deployment-environments";
import { ROOT } from "../helpers/source";

const TOKEN = "a-job-token-of-the-test";
const reviewed = { type: "required_reviewers", reviewers: [{ type: "Team" }], prevent_self_review: true };
const selfReviewed = { ...reviewed, prevent_self_review: false };
const custom = { protected_branches: false, custom_branch_policies: true };
const noBypass = { can_admins_bypass: false };
const jobs = { stack: "acme-dev", plan: "plan-acme-dev", watch: "watch-acme-dev", apply: "apply-acme-dev" };

/** What GitHub answers when everything is as docs/pipelines.md says. */
const asTold = (): Record<string, unknown> => ({
  "environments/plan-acme-dev": {
    ...noBypass,
    name: "plan-acme-dev",
    protection_rules: [reviewed],
    deployment_branch_policy: null,
  },
  "environments/watch-acme-dev": {
    ...noBypass,
    name: "watch-acme-dev",
    protection_rules: [{ type: "branch_policy" }],
    deployment_branch_policy: custom,
  },
  "environments/apply-acme-dev": {
    ...noBypass,
    name: "apply-acme-dev",
    protection_rules: [reviewed, { type: "branch_policy" }],
    deployment_branch_policy: custom,
  },
  "environments/watch-acme-dev/deployment-branch-policies": {
    branch_policies: [{ id: 1, name: "main", type: "branch" }],
  },
  "environments/apply-acme-dev/deployment-branch-policies": {
    branch_policies: [{ id: 2, name: "main", type: "branch" }],
  },
});
const missing = async (answers: Record<string, unknown>, stack: Parameters<typeof wantedEnvironments>[0] = jobs) =>
  (
    await Promise.all(
      wantedEnvironments(stack, "main").map((wanted) => missingRules(wanted, (path) => Promise.resolve(answers[path]))),
    )
  ).flat();

describe("deployment environments", () => {
  test("are fine as the documentation says; a stack that people apply has no third", async () => {
    expect(await missing(asTold())).toEqual([]);
    expect(wantedEnvironments({ ...jobs, apply: "" }, "main").map(({ name }) => name)).toEqual([
      "plan-acme-dev",
      "watch-acme-dev",
    ]);
  });

  const [PLAN, WATCH, APPLY] = Object.keys(asTold()) as [string, string, string];
  const branches = (...names: [string, string][]) => ({
    [`${APPLY}/deployment-branch-policies`]: { branch_policies: names.map(([type, name]) => ({ type, name })) },
  });
  test.each<[string, Record<string, unknown>, RegExp]>([
    ["is not there", { [PLAN]: undefined }, /^plan-acme-dev: there is none/],
    [
      "was made by a job that named it",
      { [PLAN]: { ...noBypass, protection_rules: [], deployment_branch_policy: null } },
      /^plan-acme-dev: nobody has to look/,
    ],
    [
      "has a rule without reviewers",
      { [PLAN]: { ...noBypass, protection_rules: [{ type: "required_reviewers", reviewers: [] }] } },
      /^plan-acme-dev: nobody has to look/,
    ],
    [
      "only waits",
      { [APPLY]: { ...noBypass, protection_rules: [{ type: "wait_timer" }], deployment_branch_policy: custom } },
      /^apply-acme-dev: nobody has to look/,
    ],
    [
      "lets people approve their own apply",
      { [APPLY]: { ...noBypass, protection_rules: [selfReviewed], deployment_branch_policy: custom } },
      /^apply-acme-dev: who starts its job may approve it/,
    ],
    [
      "lets people approve their own plan",
      { [PLAN]: { ...noBypass, protection_rules: [selfReviewed] } },
      /^plan-acme-dev: who starts its job may approve it/,
    ],
    [
      "need not be reviewed, and lets people approve their own watch",
      { [WATCH]: { ...noBypass, protection_rules: [selfReviewed], deployment_branch_policy: custom } },
      /^watch-acme-dev: who starts its job may approve it/,
    ],
    [
      "does not say whether people may approve their own",
      { [PLAN]: { ...noBypass, protection_rules: [{ ...reviewed, prevent_self_review: undefined }] } },
      /^plan-acme-dev: who starts its job may approve it/,
    ],
    ...[PLAN, WATCH, APPLY].map((path): [string, Record<string, unknown>, RegExp] => [
      `lets administrators past the rules of ${path}`,
      { [path]: { ...(asTold()[path] as object), can_admins_bypass: true } },
      /: an administrator can pass its rules\. Do not allow/,
    ]),
    [
      "does not say whether administrators are let past",
      { [WATCH]: { ...(asTold()[WATCH] as object), can_admins_bypass: undefined } },
      /^watch-acme-dev: an administrator can pass its rules/,
    ],
    [
      "is open to any branch",
      { [WATCH]: { ...noBypass, protection_rules: [], deployment_branch_policy: null } },
      /^watch-acme-dev: given any branch; accepted: the branch main alone/,
    ],
    [
      "is open to every protected branch",
      {
        [WATCH]: { ...noBypass, deployment_branch_policy: { protected_branches: true, custom_branch_policies: false } },
      },
      /^watch-acme-dev: given any branch/,
    ],
    [
      "is open to another branch too",
      branches(["branch", "main"], ["branch", "release/*"]),
      /given branch main, branch release\/\*/,
    ],
    ["is open to a tag called main", branches(["tag", "main"]), /given tag main/],
    ["is open to nothing", branches(), /given any branch/],
  ])("one that %s is named", async (_, changes, sentence) => {
    expect(await missing({ ...asTold(), ...changes })).toEqual([expect.stringMatching(sentence)]);
  });
});

describe("ci/guard", () => {
  let server: Server;
  let answers = asTold();
  let status = 404;
  const asked: string[] = [];

  beforeAll(() => {
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization === `Bearer ${TOKEN}`}`);
      const found = answers[request.url!.replace("/repos/acme/vault-tenancy/", "")];
      response
        .writeHead(found ? 200 : status, { "content-type": "application/json" })
        .end(JSON.stringify(found ?? { message: "no" }));
    });
    return new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => new Promise((resolve) => void server.close(resolve)));

  /** Runs the script, beside the server that answers it. */
  function guard(
    env: Record<string, string> = {},
    ...words: string[]
  ): Promise<{ readonly code: number | null; readonly output: string }> {
    const settings = {
      ...process.env,
      GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      GITHUB_REPOSITORY: "acme/vault-tenancy",
      GH_TOKEN: TOKEN,
      STACKS: JSON.stringify([jobs]),
      ...env,
    };
    const child = spawn("ci/guard", words.length > 0 ? words : ["main"], { cwd: ROOT, env: settings });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    return new Promise((resolve) => void child.once("close", (code) => resolve({ code, output })));
  }

  test("asks GitHub for every environment as the job, and passes when all have their rules", async () => {
    answers = asTold();
    expect(await guard()).toEqual({ code: 0, output: "3 deployment environments have their rules\n" });
    expect(asked[0]).toBe("GET /repos/acme/vault-tenancy/environments/plan-acme-dev true");
    expect(asked).toHaveLength(5);
  });

  test("fails with a sentence for each that is not as it must be", async () => {
    answers = {
      ...asTold(),
      "environments/plan-acme-dev": undefined,
      "environments/watch-acme-dev": { ...noBypass, deployment_branch_policy: null },
    };
    const { code, output } = await guard();
    expect(code).toBe(1);
    expect(output.trim().split("\n")).toEqual([
      expect.stringMatching(/^ci: deployment environment plan-acme-dev: there is none/),
      expect.stringMatching(/^ci: deployment environment watch-acme-dev: given any branch/),
    ]);
  });

  test.each<[string, number, Record<string, string>, number, string[], RegExp]>([
    ["GitHub refuses", 1, {}, 403, [], /: 403\. The job needs `permissions: actions: read`\./],
    ["there are no stacks", 2, { STACKS: "" }, 404, [], /STACKS: given no JSON/],
    ["there is no token", 2, { GH_TOKEN: "" }, 404, [], /GH_TOKEN: given none/],
    ["nobody answers", 1, { GITHUB_API_URL: "http://127.0.0.1:1" }, 404, [], /no answer/],
    ["no branch is given", 2, {}, 404, ["main", "other"], /accepted: the protected branch/],
  ])("is no pass where %s, and no token is printed", async (_, ends, env, answer, words, message) => {
    answers = {};
    status = answer;
    const { code, output } = await guard(env, ...words);
    expect([code, output]).toEqual([ends, expect.stringMatching(message)]);
    expect(output).not.toContain(TOKEN);
  });
});
