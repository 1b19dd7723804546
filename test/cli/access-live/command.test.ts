import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAccess } from "../../../cli/access";
import { readerPolicy } from "../../../cli/access-live/reader-policy";
import { accessOf, at, productionStacks, sampleStacks, writeStacks } from "../../access/fixture";
import { scriptedIo } from "../up/scripted-io";
import { StubServer } from "../vault/stub-server";

const folder = mkdtempSync(join(tmpdir(), "access-live-"));
const dir = writeStacks(join(folder, "sample"), sampleStacks());
const production = writeStacks(join(folder, "production"), productionStacks());
const vault = new StubServer();

beforeAll(() => vault.start());
afterAll(async () => {
  await vault.stop();
  rmSync(folder, { recursive: true });
});

async function run(words: readonly string[], config = "config/sample.ts") {
  const env = { PLATFORM: config, HOME: folder, VAULT_ADDR: vault.address, VAULT_TOKEN: "hvs.reader" };
  const io = scriptedIo({ env, terminal: false });
  await runAccess(["live", ...words], io);
  return { code: io.code, out: io.outLines.join("\n"), err: io.errLines.join("\n") };
}

test("a token that may read nothing makes everything unknown, and nothing gone", async () => {
  vault.answer({ status: 403, json: { errors: ["1 error occurred:\n\t* permission denied\n\n"] } });
  const { code, out } = await run(["--dir", dir]);
  expect(code).toBe(1);
  expect(out).toMatch(/person sample-admin +sample-node-api +delete/);
  expect(out).toContain("unknown: the token may not list sys/policies/acl; the stacks' word stands there");
  expect(out).toContain("supported: Vault main: the token may not read sys/auth: what is there is unknown");
  expect(out).toMatch(/: 0 differences, 0 changes of access, \d+ new findings of the proofs/);
  expect(out).not.toMatch(/not in Vault|only in Vault/);
  expect(vault.requests.map(({ method, url }) => `${method} ${url}`)).toContain("GET /v1/sys/policies/acl?list=true");
  expect(vault.requests.filter(({ url }) => /\/(data|subkeys|creds)\//.test(url))).toEqual([]);
});

test("members that may not be read are one unknown, and stay each", async () => {
  vault.answer((response) => {
    const { url = "" } = vault.requests.at(-1)!;
    const keys = url.endsWith("sys/policies/acl?list=true")
      ? ["root", "platform-admin", "sample-admin", "planted"]
      : [];
    const [status, body] = url.endsWith("?list=true")
      ? [200, { data: { keys } }]
      : [403, { errors: ["1 error occurred:\n\t* permission denied\n\n"] }];
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  const { out } = await run(["--dir", dir]);
  expect(out.match(/^unknown: .*sys\/policies\/acl.*/gm)).toEqual([
    "unknown: the token may not read sys/policies/acl/+; the stacks' word stands there",
  ]);
  // Those that are not in the list are gone; the two that are stay.
  expect(out.match(/^not in Vault: `vault_policy\.group_\S+/gm)).toEqual([
    "not in Vault: `vault_policy.group_sample-node-api-admin_policy",
    "not in Vault: `vault_policy.group_sample-node-api-user_policy",
    "not in Vault: `vault_policy.group_sample-python-api-admin_policy",
    "not in Vault: `vault_policy.group_sample-python-api-user_policy",
  ]);
});

test.each([
  ["sealed", { status: 503, json: { errors: ["Vault is sealed"] } }, /Vault is sealed/],
  [
    "with a token that is none",
    { status: 403, json: { errors: ["permission denied", "invalid token"] } },
    /log in again/,
  ],
  ["behind something else", { status: 404, text: "<html>" }, /not Vault's JSON/],
])("a Vault %s is an error, and no report", async (_, answer, message) => {
  vault.answer(answer);
  const { code, out, err } = await run(["--dir", dir]);
  expect([code, out]).toEqual([1, ""]);
  expect(err).toMatch(message);
});

test.each([
  [
    ["--dir", production],
    "config/sample.ts",
    /no access stack of Vault main in platform sample, but acme-access-nonprod/,
  ],
  [["--dir", folder], "config/sample.ts", /given a folder without stacks/],
  [["--dir", production], "config/production.ts", /--vault: given nothing, and this is on several/],
  [["--dir", dir, "--vault", "mian"], "config/sample.ts", /--vault: given "mian"; accepted: main/],
  [["--dir", dir, "--format", "pdf"], "config/sample.ts", /Allowed choices/],
])("what cannot be used ends with 2, and asks nothing (%#)", async (words, config, message) => {
  vault.answer({ status: 500, json: { errors: ["asked"] } });
  const { code, err } = await run(words, config);
  expect(err).toMatch(message);
  expect(code).toBe(2);
  expect(vault.requests).toEqual([]);
});

test("--policy shows the policy for the mounts of the stacks", async () => {
  const { out } = await run(["--dir", production, "--vault", "prod", "--policy"], "config/production.ts");
  expect(`${out}\n`).toBe(readerPolicy(["apps"]));
});

test("that policy gives nothing: no set, and no way around", () => {
  const stacks = sampleStacks();
  const policy = at(stacks, "sample-access-main", "vault_policy.group_sample-node-api-user_policy");
  policy.policy = readerPolicy(["kvv2"]);
  const access = accessOf(stacks);
  const person = access.identities.find(({ name }) => name === "person sample-node-api-user")!;
  expect([...access.reach(person)]).toEqual([]);
  expect(access.escalations(person)).toEqual([]);
  const writing = /"(create|patch|delete)"/.exec(policy.policy as string);
  expect(writing).toBeNull();
  // Vault looks tokens up by accessor, and ends the own one, with an update.
  expect(
    [...(policy.policy as string).matchAll(/path "([^"]*)" \{\n {2}capabilities = \[[^\]]*"update"/g)].map(
      ([, path]) => path,
    ),
  ).toEqual(["auth/token/lookup-accessor", "auth/token/revoke-self"]);
});
