import { createServer, type Server } from "node:http";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTerraform } from "../../ci/terraform";
import { runWork } from "../../cli/run-program";
import { captured } from "../cli/captured";
import { ROOT } from "../helpers/source";
import { planDigestOf, planText } from "./cases";

/** The stack whose job runs. */
export const STACK = "sample-dev";
/** The plan that Terraform's stand-in shows, where a test does not say another. */
export const PLAN = planText({
  address: "vault_generic_endpoint.x",
  actions: ["update"],
  before: { data_json: "a" },
  after: { data_json: "OWNER-VALUE-IN-PLAN" },
});

interface Call {
  readonly words: readonly string[];
  readonly env: Record<string, string>;
  readonly files: Record<string, string>;
}
/** What a command of Terraform's stand-in says. */
export interface Said {
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
for (const run of fs.readdirSync(runs))
  for (const file of fs.readdirSync(path.join(runs, run)))
    files[file] = fs.readFileSync(path.join(runs, run, file), "utf8");
const call = { words: process.argv.slice(2), env: process.env, files };
fs.appendFileSync(path.join(home, "calls"), JSON.stringify(call) + "\\n");
for (const word of process.argv) if (word.startsWith("-out=")) fs.writeFileSync(word.slice(5), "OWNER-VALUE-IN-PLAN");
process.stdout.write(said.stdout ?? ""); process.stderr.write(said.stderr ?? "");
process.exitCode = said.code ?? 0;
`;

/** What is there for a job, of each test: its folder, and what the CI and Vault were asked. */
export const world = {
  home: "",
  requests: [] as string[],
  roles: [] as string[],
  refuse: (_request: string, _number: number): boolean => false,
};
let server: Server;

beforeAll(async () => {
  // GitHub's tokens at /token, Vault below /v1: both count, so that each login can be told from the others.
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, "http://x");
    const name = pathname === "/token" ? `token ${searchParams.get("audience")}` : pathname.replace("/v1/", "");
    world.requests.push(
      name === "auth/token/revoke-self" ? `${name} ${request.headers["x-vault-token"] as string}` : name,
    );
    const number = world.requests.filter((each) => each === name).length;
    if (world.refuse(name, number)) return void response.writeHead(403).end('{"errors":["permission denied"]}');
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
        if (name.endsWith("/login")) world.roles.push((JSON.parse(sent) as { role: string }).role);
        response.end(JSON.stringify(body));
      });
  });
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
});
afterAll(() => void server.close());

beforeEach(() => {
  world.home = mkdtempSync(join(tmpdir(), "terraform-runs-"));
  world.requests = [];
  world.roles = [];
  world.refuse = () => false;
  for (const folder of ["runs", `out/stacks/${STACK}`]) mkdirSync(join(world.home, folder), { recursive: true });
  writeFileSync(join(world.home, "terraform"), STUB);
  chmodSync(join(world.home, "terraform"), 0o755);
  writeFileSync(
    join(world.home, "platform.ts"),
    `import sample from ${JSON.stringify(join(ROOT, "config/sample"))};
export default {
  ...sample, authority: "separate", backend: { type: "pg" }, clusters: {},
  environments: { dev: sample.environments.dev },
  vaults: { main: { address: ${JSON.stringify(address())}, unsafeNoTls: true } },
  apps: { "sample-node-api": { ...sample.apps["sample-node-api"], kubernetes: undefined } }, people: undefined,
  pipelines: {
    issuer: "https://token.actions.githubusercontent.com", audience: "https://vault.acme.example",
    repository: "acme/vault-tenancy", require: { repository_id: "730112358" },
  },
};
`,
  );
});
afterEach(() => rmSync(world.home, { recursive: true, force: true }));

const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
/** Has Terraform's stand-in say this. */
export const says = (said: Record<string, Said>) =>
  writeFileSync(join(world.home, "says.json"), JSON.stringify({ show: { stdout: PLAN }, ...said }));
/** How Terraform was called. */
export const calls = () =>
  existsSync(join(world.home, "calls"))
    ? readFileSync(join(world.home, "calls"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Call)
    : [];
/** The summary that a plan left. */
export const summary = () =>
  JSON.parse(readFileSync(join(world.home, `plans/${STACK}.json`), "utf8")) as { error?: string; digest: string };

/** A job's environment, and nothing else. */
export const jobEnv = (more: Record<string, string> = {}): Record<string, string | undefined> => ({
  PATH: process.env.PATH,
  HOME: world.home,
  STUB: world.home,
  TERRAFORM_BINARY_NAME: join(world.home, "terraform"),
  RUNNER_TEMP: join(world.home, "runs"),
  PLATFORM: join(world.home, "platform.ts"),
  CI_STACKS: join(world.home, "out"),
  CI_OUT: world.home,
  ACTIONS_ID_TOKEN_REQUEST_URL: `${address()}/token?v=2`,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "asker",
  AWS_ROLE_ARN: "arn:aws:iam::1:role/x",
  ...more,
});
/**
 * Runs ci/terraform.ts in this process, which is ten times as fast as in its own, with a job's environment and nothing
 * else.
 */
export async function run(
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
/** Runs the plan of the stack. */
export const plan = (more?: Record<string, string>) => run(["plan", STACK], more);
/** Applies the plan that the stand-in shows. */
export const apply = () => run(["apply", STACK, planDigestOf(PLAN)]);
