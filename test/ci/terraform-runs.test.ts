import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sayableErrors } from "../../ci/lib/terraform";
import { ROOT } from "../helpers/source";
import { runTerraform } from "../../ci/terraform";
import { runWork } from "../../cli/run-program";
import { captured } from "../cli/captured";
import { planDigestOf, planText } from "./cases";

const STACK = "sample-dev";
const HIDDEN = /OWNER-VALUE|token-hidden|hvs\./;
const PLAN = planText({
  address: "vault_generic_endpoint.x",
  actions: ["update"],
  before: { data_json: "a" },
  after: { data_json: "OWNER-VALUE-IN-PLAN" },
});
const FAILED_PLAN = {
  code: 1,
  stdout:
    "Terraform planned the following actions, but then encountered a problem:\n\n  # " +
    'vault_generic_endpoint.x will be created\n      + data_json = "OWNER-VALUE-IN-PLAN"\n',
  stderr:
    "\nError: Resource precondition failed\n\n  on cdk.tf.json line 11, in resource.x:\n  11:   " +
    '"OWNER-VALUE"\n    │ var.x is "OWNER-VALUE"\n\nx was OWNER-VALUE\n',
};

interface Call {
  readonly words: readonly string[];
  readonly env: Record<string, string>;
  readonly files: Record<string, string>;
}
interface Said {
  readonly code?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

/**
 * Stands for Terraform: notes how it was called and what lay in the run's folder then, and says what the test wants.
 */
const STUB = `#!/usr/bin/env node
const fs = require("node:fs"), path = require("node:path");
const [command] = process.argv.slice(2), home = process.env.STUB;
const said = JSON.parse(fs.readFileSync(path.join(home, "says.json"), "utf8"))[command] ?? {};
const runs = process.env.RUNNER_TEMP, files = {};
for (const run of fs.readdirSync(runs)) for (const file of fs.readdirSync(path.join(runs, run))) files[file] = fs.readFileSync(path.join(runs, run, file), "utf8");
fs.appendFileSync(path.join(home, "calls"), JSON.stringify({ words: process.argv.slice(2), env: process.env, files }) + "\\n");
for (const word of process.argv) if (word.startsWith("-out=")) fs.writeFileSync(word.slice(5), "OWNER-VALUE-IN-PLAN");
process.stdout.write(said.stdout ?? ""); process.stderr.write(said.stderr ?? "");
process.exitCode = said.code ?? 0;
`;

let home: string;
let server: Server;
let requests: string[];
let roles: string[];
let refuse: (request: string, number: number) => boolean;

beforeAll(async () => {
  // GitHub's tokens at /token, Vault below /v1: both count, so that each login can be told from the others.
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, "http://x");
    const name = pathname === "/token" ? `token ${searchParams.get("audience")}` : pathname.replace("/v1/", "");
    requests.push(name === "auth/token/revoke-self" ? `${name} ${request.headers["x-vault-token"] as string}` : name);
    const number = requests.filter((each) => each === name).length;
    if (refuse(name, number)) return void response.writeHead(403).end('{"errors":["permission denied"]}');
    const body =
      pathname === "/token"
        ? { value: `token-hidden-${number}` }
        : name.endsWith("/login")
          ? {
              auth: {
                client_token: `hvs.hidden${number}`,
                accessor: "a",
                policies: [],
                lease_duration: 300,
                renewable: false,
              },
            }
          : {};
    let sent = "";
    request
      .on("data", (text) => (sent += String(text)))
      .on("end", () => {
        if (name.endsWith("/login")) roles.push((JSON.parse(sent) as { role: string }).role);
        response.end(JSON.stringify(body));
      });
  });
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
});
afterAll(() => void server.close());

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "terraform-runs-"));
  requests = [];
  roles = [];
  refuse = () => false;
  for (const folder of ["runs", `out/stacks/${STACK}`]) mkdirSync(join(home, folder), { recursive: true });
  writeFileSync(join(home, "terraform"), STUB);
  chmodSync(join(home, "terraform"), 0o755);
  writeFileSync(
    join(home, "platform.ts"),
    `import sample from ${JSON.stringify(join(ROOT, "config/sample"))};
export default { ...sample, authority: "separate", backend: { type: "pg" }, clusters: {}, environments: { dev: sample.environments.dev }, vaults: { main: { address: ${JSON.stringify(address())}, unsafeNoTls: true } },
  apps: { "sample-node-api": { ...sample.apps["sample-node-api"], kubernetes: undefined } }, people: undefined,
  pipelines: { issuer: "https://token.actions.githubusercontent.com", audience: "https://vault.acme.example", repository: "acme/vault-tenancy" } };
`,
  );
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const says = (said: Record<string, Said>) =>
  writeFileSync(join(home, "says.json"), JSON.stringify({ show: { stdout: PLAN }, ...said }));
const calls = () =>
  existsSync(join(home, "calls"))
    ? readFileSync(join(home, "calls"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Call)
    : [];
const summary = () =>
  JSON.parse(readFileSync(join(home, `plans/${STACK}.json`), "utf8")) as { error?: string; digest: string };

const jobEnv = (more: Record<string, string> = {}): Record<string, string | undefined> => ({
  PATH: process.env.PATH,
  HOME: home,
  STUB: home,
  TERRAFORM_BINARY_NAME: join(home, "terraform"),
  RUNNER_TEMP: join(home, "runs"),
  PLATFORM: join(home, "platform.ts"),
  CI_STACKS: join(home, "out"),
  CI_OUT: home,
  ACTIONS_ID_TOKEN_REQUEST_URL: `${address()}/token?v=2`,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "asker",
  AWS_ROLE_ARN: "arn:aws:iam::1:role/x",
  ...more,
});
/**
 * Runs ci/terraform.ts in this process, which is ten times as fast as in its own, with a job's environment and nothing
 * else.
 */
async function run(
  words: readonly string[],
  more: Record<string, string> = {},
): Promise<{ code: number; output: string }> {
  const own = { ...process.env };
  const replace = (env: Record<string, string | undefined>) => {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, env);
  };
  try {
    replace(jobEnv(more));
    const { code, out, err } = await captured((io) => runWork(io, () => runTerraform(words, io)));
    return { code, output: out + err };
  } finally {
    replace(own);
  }
}
const plan = (more?: Record<string, string>) => run(["plan", STACK], more);
const apply = () => run(["apply", STACK, planDigestOf(PLAN)]);

test("as a process of its own it prints and ends the same", async () => {
  says({ plan: FAILED_PLAN });
  const here = await plan();
  const there = await new Promise((done) => {
    execFile(
      "node",
      ["--require", "tsx/cjs", "ci/terraform.ts", "plan", STACK],
      { cwd: ROOT, env: jobEnv(), encoding: "utf8" },
      (error, stdout, stderr) => done({ code: error ? error.code : 0, output: stdout + stderr }),
    );
  });
  expect(there).toEqual({ ...here, output: `ci: ${here.output}` });
});

test("a plan that fails leaves no argument's value: not in the log, not in the summary, not in a file", async () => {
  says({ plan: FAILED_PLAN });
  const { code, output } = await plan({ GITHUB_EVENT_NAME: "pull_request" });
  expect(roles).toEqual(["plan-sample-dev"]);
  expect([code, output, summary().error]).toEqual([
    1,
    expect.not.stringMatching(HIDDEN),
    expect.stringContaining(
      "terraform plan of sample-dev: Error: Resource precondition failed; on cdk.tf.json line 11",
    ),
  ]);
  expect(JSON.stringify(summary())).not.toMatch(HIDDEN);
  expect(readdirSync(join(home, "runs"))).toEqual([]);
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

test("the job logs in after init, and anew before the apply; each login has its own tokens, and both are revoked", async () => {
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
  expect(requests.filter((each) => each.startsWith("auth"))).toEqual([
    "auth/jwt-ci/login",
    "auth/token/revoke-self hvs.hidden1",
    "auth/jwt-ci/login",
    "auth/token/revoke-self hvs.hidden2",
  ]);
  expect(readdirSync(join(home, "runs"))).toEqual([]);
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
    refuse = refuses;
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
    expect([readdirSync(join(home, "runs")), requests.filter((each) => each.includes("revoke"))]).toEqual([
      [],
      ["auth/token/revoke-self hvs.hidden1"],
    ]);
  },
);

test("a plan that is not the reviewed one is not applied, and no second login is made for it", async () => {
  says({});
  const { code, output } = await run(["apply", STACK, "0".repeat(64)]);
  expect([code, output, calls().length]).toEqual([2, expect.stringContaining("is not the one that was reviewed"), 3]);
  expect(requests.filter((each) => each.endsWith("login"))).toHaveLength(1);
});

test(
  "VAULT_CA is one absolute path, in the run's folder, for every command after the login; " +
    "CI_ID_TOKENs are not handed on",
  async () => {
    says({});
    const text = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
    expect(await plan({ VAULT_CA: text, VAULT_TOKEN: "a-person's", CI_ID_TOKEN_OTHER: "other" })).toMatchObject({
      code: 0,
    });
    const [, planned] = calls();
    expect([
      planned!.env.VAULT_CACERT!.startsWith(join(home, "runs")),
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
  expect(roles).toEqual([role]);
});

describe("of Terraform's errors", () => {
  test.each<[string, string, string]>([
    [
      "the box goes",
      '╷\n│ Error: Unsupported argument\n│ \n│   on cdk.tf.json line 3, in resource:\n│   3: "OWNER-VALUE"\n╵\n',
      "Error: Unsupported argument; on cdk.tf.json line 3",
    ],
    [
      "provider and resource stay",
      '\nError: a\n\n  with provider["registry.terraform.io/hashicorp/vault"],\n  on a.tf line ' +
        "1:\n\nError: b\n\n  with module.a.vault_x.y[0].z,\n",
      'Error: a; with provider["registry.terraform.io/hashicorp/vault"]; on a.tf line 1\nError: b; ' +
        "with module.a.vault_x.y[0].z",
    ],
    ["a detail is no place", "\nError: a\n\n  with OWNER-VALUE of x,\n  on the OWNER-VALUE line\n", "Error: a"],
    ["a detail is no error of its own", "\nError: a\n\nit said\nError: OWNER-VALUE\n", "Error: a"],
    [
      "a value in a summary goes",
      '\nError: ConfigMap "x" is invalid: data: Invalid value: "OWNER-VALUE": no\n',
      'Error: ConfigMap "x" is invalid: data: Invalid value […]',
    ],
    ["warnings, logs and crashes are left out", "Warning: OWNER-VALUE\n[DEBUG] OWNER-VALUE\npanic: OWNER-VALUE\n", ""],
  ])("%s", (_, text, said) => expect(sayableErrors(text)).toBe(said));

  test("there are at most ten, of three hundred characters each, and a token is none of them", () => {
    const said = sayableErrors(
      Array.from({ length: 14 }, (_, i) => `\nError: ${i} hvs.CAESIabcdefgh ${"x".repeat(1000)}\n`).join(""),
    );
    expect([said.split("\n").length, said.split("\n")[10], said.length < 3200, said.includes("hvs.")]).toEqual([
      11,
      "and 4 more errors",
      true,
      false,
    ]);
  });
});
