import { execFile } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../helpers/source";
import { planDigestOf } from "./cases";
import { apply, calls, jobEnv, plan, PLAN, run, says, STACK, summary, world, type Said } from "./job-world";

const HIDDEN = /OWNER-VALUE|token-hidden|hvs\./;
const FAILED_PLAN = {
  code: 1,
  stdout:
    "Terraform planned the following actions, but then encountered a problem:\n\n  # " +
    'vault_generic_endpoint.x will be created\n      + data_json = "OWNER-VALUE-IN-PLAN"\n',
  stderr:
    "\nError: Resource precondition failed\n\n  on cdk.tf.json line 11, in resource.x:\n  11:   " +
    '"OWNER-VALUE"\n    │ var.x is "OWNER-VALUE"\n\nx was OWNER-VALUE\n',
};

test("as a process of its own it prints and ends the same", async () => {
  says({ plan: FAILED_PLAN });
  const here = await plan();
  const there = await new Promise((done) => {
    execFile(
      "node",
      ["--require", "./cli/tsx.cjs", "ci/terraform.ts", "plan", STACK],
      { cwd: ROOT, env: jobEnv(), encoding: "utf8" },
      (error, stdout, stderr) => done({ code: error ? error.code : 0, output: stdout + stderr }),
    );
  });
  expect(there).toEqual({ ...here, output: `ci: ${here.output}` });
});

test("a plan that fails leaves no argument's value: not in the log, not in the summary, not in a file", async () => {
  says({ plan: FAILED_PLAN });
  const { code, output } = await plan({ GITHUB_EVENT_NAME: "pull_request" });
  expect(world.roles).toEqual(["plan-sample-dev"]);
  expect([code, output, summary().error]).toEqual([
    1,
    expect.not.stringMatching(HIDDEN),
    expect.stringContaining(
      "terraform plan of sample-dev: Error: Resource precondition failed; on cdk.tf.json line 11",
    ),
  ]);
  expect(JSON.stringify(summary())).not.toMatch(HIDDEN);
  expect(readdirSync(join(world.home, "runs"))).toEqual([]);
});

test.each<[string, number, Record<string, Said>, string]>([
  [
    "plan, with standard output alone",
    1,
    { plan: { code: 1, stdout: FAILED_PLAN.stdout + '\nError: x = "OWNER-VALUE"\n' } },
    "terraform plan of sample-dev: it ended with 1, without an error that may be shown",
  ],
  ["show", 1, { show: { code: 1, stdout: PLAN } }, "terraform show of sample-dev: it ended with 1"],
  ["show, that prints half a plan", 2, { show: { stdout: PLAN.slice(0, -20) } }, "the plan: given no JSON"],
])("%s: it ends with %i, and nothing of it is told", async (_, ends, said, words) => {
  says(said);
  const { code, output } = await plan();
  expect([code, output, summary().error]).toEqual([
    ends,
    expect.not.stringMatching(HIDDEN),
    expect.stringContaining(words),
  ]);
});

test("init may speak by its standard output, for it knows no argument; not without end", async () => {
  says({ init: { code: 1, stdout: `Usage: terraform init ${"x".repeat(5000)}` } });
  const { code, output } = await plan();
  expect([code, output]).toEqual([1, expect.stringContaining("terraform init of sample-dev: Usage: terraform init")]);
  expect(output.length).toBeLessThan(1000);
});

test("an apply tells addresses of what failed, no value, and what to do next", async () => {
  says({
    apply: {
      code: 1,
      stdout: 'vault_x.y: Creating... OWNER-VALUE\no = "OWNER-VALUE"',
      stderr:
        '\nError: error writing: Invalid value: "OWNER-VALUE"\n\nURL: PUT ' +
        'http://x/OWNER-VALUE\nCode: 403. Errors:\n\n* OWNER-VALUE\n\n  with vault_x.y["a"],\n  on ' +
        "cdk.tf.json line 7, in resource.vault_x.y:\n",
    },
  });
  const { code, output } = await apply();
  expect([code, output]).toEqual([1, expect.not.stringMatching(HIDDEN)]);
  expect(output).toContain(
    "terraform apply of sample-dev: Error: error writing: Invalid value […]; status 403; with " +
      'vault_x.y["a"]; on cdk.tf.json line 7',
  );
  expect(output).toContain("What was done until then is in the state");
});

test("an apply that succeeds tells nothing of what Terraform says meanwhile", async () => {
  says({ apply: { stdout: 'o = "OWNER-VALUE"', stderr: "OWNER-VALUE" } });
  const { code, output } = await apply();
  expect([code, output]).toEqual([
    0,
    `sample-dev: 1 changes, 1 findings; digest ${planDigestOf(PLAN)}\nsample-dev: applied\n`,
  ]);
});

test("the job logs in after init, and anew before the apply; each token is its own, and revoked", async () => {
  says({});
  expect(await apply()).toMatchObject({ code: 0 });
  const [init, planned, shown, applied] = calls();
  expect([init!.words[0], planned!.words[0], shown!.words[0], applied!.words[0]]).toEqual([
    "init",
    "plan",
    "show",
    "apply",
  ]);
  expect([init, planned, applied].map((each) => [each!.env.VAULT_TOKEN, each!.files["aws-token"]])).toEqual([
    [undefined, "token-hidden-1"],
    ["hvs.hidden1", "token-hidden-2"],
    ["hvs.hidden2", "token-hidden-3"],
  ]);
  expect(world.requests.filter((each) => each.startsWith("auth"))).toEqual([
    "auth/jwt-ci/login",
    "auth/token/revoke-self hvs.hidden1",
    "auth/jwt-ci/login",
    "auth/token/revoke-self hvs.hidden2",
  ]);
  expect(readdirSync(join(world.home, "runs"))).toEqual([]);
});

test.each<[string, (request: string, number: number) => boolean]>([
  [
    "the CI gives no second token for Vault",
    (request, number) => request === "token https://vault.acme.example" && number === 2,
  ],
  ["the CI gives no further token for AWS", (request, number) => request === "token sts.amazonaws.com" && number === 3],
  ["Vault refuses the second login", (request, number) => request === "auth/jwt-ci/login" && number === 2],
])(
  "%s: nothing is applied, the plan is removed, the first token is revoked, and the error says so",
  async (_, refuses) => {
    says({});
    world.refuse = refuses;
    const { code, output } = await apply();
    expect([code, output]).toEqual([
      1,
      expect.stringContaining(
        "sample-dev: the login before the apply failed. Nothing was applied, and the plan is " +
          "removed; run the job again.",
      ),
    ]);
    expect(output).not.toMatch(HIDDEN);
    expect(calls().map(({ words }) => words[0])).toEqual(["init", "plan", "show"]);
    expect([readdirSync(join(world.home, "runs")), world.requests.filter((each) => each.includes("revoke"))]).toEqual([
      [],
      ["auth/token/revoke-self hvs.hidden1"],
    ]);
  },
);

test("a plan that is not the reviewed one is not applied, and no second login is made for it", async () => {
  says({});
  const { code, output } = await run(["apply", STACK, "0".repeat(64)]);
  expect([code, output, calls().length]).toEqual([2, expect.stringContaining("is not the one that was reviewed"), 3]);
  expect(world.requests.filter((each) => each.endsWith("login"))).toHaveLength(1);
});

test(
  "the config's CA of Vault is one absolute path, in the run's folder, for every command after the login; " +
    "CI_ID_TOKENs are not handed on",
  async () => {
    says({});
    const config = readFileSync(join(world.home, "platform.ts"), "utf8");
    const text = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
    const trusting = `address: "https://vault.acme.example", ca: { certificate: ${JSON.stringify(text)} }`;
    writeFileSync(join(world.home, "trusting.ts"), config.replace(/address: .*, unsafeNoTls: true/, trusting));
    expect(
      await plan({
        PLATFORM: join(world.home, "trusting.ts"),
        VAULT_TOKEN: "a-person's",
        CI_ID_TOKEN_OTHER: "other",
      }),
    ).toMatchObject({ code: 0 });
    const [, planned] = calls();
    expect([
      planned!.env.VAULT_CACERT!.startsWith(join(world.home, "runs")),
      planned!.files["vault-ca.pem"],
      planned!.env.CI_ID_TOKEN_OTHER,
    ]).toEqual([true, `${text}\n`, undefined]);
    expect((await plan({ VAULT_CACERT: "ca.pem" })).output).toContain("VAULT_CACERT: given ca.pem, a relative path");
  },
);

test.each<[string, string[], Record<string, string>, string]>([
  ["a push", ["plan", STACK], { GITHUB_EVENT_NAME: "push" }, "watch-sample-dev"],
  ["another CI that says so", ["plan", STACK, "watch"], {}, "watch-sample-dev"],
  ["drift", ["drift", STACK], {}, "watch-sample-dev"],
])("%s logs in as who the CI says that it is", async (_, words, more, role) => {
  says({});
  await run(words, more);
  expect(world.roles).toEqual([role]);
});
