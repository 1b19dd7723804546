import { createServer, type AddressInfo } from "node:net";
import { inspect } from "node:util";
import { SecretValue, VaultClient, VaultError, type VaultClientOptions } from "../../../cli/vault";
import { StubServer, type StubAnswer } from "./stub-server";

const TOKEN = "hvs.CAESIDsIg1wnfZXgEVoOtneUkhdXF41b3jktRCWj95hKYPGh4KHGh2";
let stub: StubServer;
beforeAll(async () => {
  stub = await new StubServer().start();
});
afterAll(() => stub.stop());

function client(options: Partial<VaultClientOptions> = {}): VaultClient {
  return new VaultClient({
    address: stub.address,
    token: new SecretValue(TOKEN),
    retry: { retries: 0 },
    timeoutMs: 2000,
    ...options,
  });
}

async function failure(request: Promise<unknown>): Promise<VaultError> {
  const error = await request.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(VaultError);
  return error as VaultError;
}

const says = (...errors: string[]): { errors: string[] } => ({ errors });

describe("what an answer means, and what to do next", () => {
  test.each<[string, StubAnswer, RegExp]>([
    [
      "sealed",
      { status: 503, json: says("Vault is sealed") },
      /HTTP 503.*Vault said: Vault is sealed\. Next: npm run ops -- unseal/,
    ],
    [
      "standby",
      { status: 307, headers: { location: "http://10.0.0.2:8200/v1/x" } },
      /Next: point VAULT_ADDR at the active node/,
    ],
    [
      "standby",
      { status: 500, json: says("local node not active but active cluster node not found") },
      /Next: point VAULT_ADDR/,
    ],
    [
      "forbidden",
      { status: 403, json: says("permission denied") },
      /Next: use a token whose policies grant read on kvv2\/metadata\/sample\/app; npm run access/,
    ],
    [
      "forbidden",
      { status: 403, json: says("2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n") },
      /Vault said: permission denied, invalid token\. Next: the token is not valid any more: log in again/,
    ],
    ["notFound", { status: 404, json: says() }, /Next: check the path; nothing is stored there/],
    [
      "notFound",
      { status: 404, json: says('no handler for route "kvv2/metadata/sample/app". route entry not found.') },
      /Next: nothing is mounted there.*the mount kvv2$/,
    ],
    [
      "rateLimited",
      { status: 429, json: says("rate limit quota exceeded"), headers: { "retry-after": "17" } },
      /Next: wait 17 s/,
    ],
    ["rateLimited", { status: 429, json: says("rate limit quota exceeded") }, /Next: wait a little/],
    ["badRequest", { status: 400, json: says("invalid request") }, /Vault said: invalid request\./],
    [
      "badRequest",
      { status: 400, text: "Client sent an HTTP request to an HTTPS server.\n" },
      /Next: the server speaks HTTPS: set VAULT_ADDR to https/,
    ],
    [
      "badRequest",
      { status: 405, json: says("1 error occurred:\n\t* unsupported operation\n\n") },
      /Vault said: unsupported operation\./,
    ],
    [
      "casMismatch",
      { status: 400, json: says("check-and-set parameter did not match the current version") },
      /Next: nothing was written: read the current version/,
    ],
    ["server", { status: 500, json: says("internal error") }, /Vault failed \(HTTP 500\)/],
    [
      "server",
      { status: 502, text: "<html>bad gateway</html>" },
      /text\/html, not Vault's JSON.*Next: check that VAULT_ADDR is a Vault/,
    ],
    ["server", { status: 200, text: "<html>hello</html>" }, /text\/html, not Vault's JSON/],
    ["server", { status: 404, text: "<html>no such page</html>" }, /text\/html, not Vault's JSON/],
    ["server", { status: 404, json: { message: "no Route matched" } }, /not Vault's JSON/],
  ])("%s: %j", async (kind, answer, message) => {
    stub.answer(answer);
    const error = await failure(client().read("kvv2/metadata/sample/app"));
    expect(error.kind).toBe(kind);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(`GET kvv2/metadata/sample/app at ${stub.address}`);
  });

  test("a request without a token says so instead of naming a policy", async () => {
    stub.answer({ status: 403, json: says("permission denied") });
    expect((await failure(client({ token: undefined }).read("a"))).nextStep).toBe(
      "no token was sent: log in, or set VAULT_TOKEN",
    );
  });

  test.each([
    ["write", "create or update"],
    ["patch", "patch"],
    ["list", "list"],
    ["delete", "delete"],
  ] as const)("a refused %s names the capability that is missing", async (method, capability) => {
    stub.answer({ status: 403, json: says("permission denied") });
    expect((await failure(client()[method]("kvv2/data/a", {}))).nextStep).toContain(
      `grant ${capability} on kvv2/data/a`,
    );
  });
});

describe("when there is no answer", () => {
  test("a refused connection names the address", async () => {
    const error = await failure(client({ address: `http://127.0.0.1:${await closedPort()}` }).read("a"));
    expect(error.kind).toBe("unreachable");
    expect(error.message).toMatch(
      /ECONNREFUSED 127\.0\.0\.1:\d+\).*Next: check VAULT_ADDR \(now http:\/\/127\.0\.0\.1:\d+\)/,
    );
  });

  test("an unknown host is unreachable", async () => {
    expect((await failure(client({ address: "http://vault.invalid:8200" }).read("a"))).kind).toBe("unreachable");
  });

  test("a connection broken off in the middle of an answer is unreachable", async () => {
    stub.answer((response) => {
      response.writeHead(200, { "content-length": "1000" }).write("{");
      setTimeout(() => response.destroy(), 20);
    });
    expect((await failure(client().read("a"))).kind).toBe("unreachable");
  });

  test("https to a server of plain HTTP says which of the two to change", async () => {
    expect((await failure(client({ address: stub.address.replace("http:", "https:") }).read("a"))).nextStep).toContain(
      "speak plain HTTP",
    );
  });

  test.each<[string, StubAnswer]>([
    ["says nothing", () => undefined],
    ["stops in the middle", (response) => void response.writeHead(200, { "content-length": "1000" }).write("{")],
  ])("a server that %s is a timeout after the time given, not later", async (_, answer) => {
    stub.answer(answer);
    const started = Date.now();
    const error = await failure(client({ timeoutMs: 150 }).read("a"));
    expect(error.kind).toBe("timeout");
    expect(error.message).toContain("no answer in time (150 ms)");
    expect(Date.now() - started).toBeLessThan(1000);
  });

  test("a write out of time says that it may have taken effect", async () => {
    stub.answer(() => undefined);
    expect((await failure(client({ timeoutMs: 100 }).write("a", {}))).nextStep).toContain(
      "may or may not have taken effect",
    );
  });
});

describe("no secret in an error", () => {
  const password = "canary-5f1c2d3e4b5a69788796a5b4c3d2e1f0";

  test.each<[string, StubAnswer, Partial<VaultClientOptions>]>([
    ["a refusal", { status: 400, json: says(`bad token ${TOKEN} given`) }, {}],
    ["a proxy's page", { status: 500, text: `<p>${TOKEN}</p>` }, {}],
    ["a timeout", () => undefined, { timeoutMs: 80 }],
    ["a broken connection", (response) => void response.destroy(), {}],
  ])("%s shows neither the token nor what was sent, printed in any way", async (_, answer, options) => {
    stub.answer(answer);
    const error = await failure(client(options).write(`auth/x/${TOKEN}`, { password: new SecretValue(password) }));
    for (const printed of [
      error.message,
      String(error),
      String(error.stack),
      JSON.stringify(error),
      inspect(error, { depth: 9, showHidden: true }),
      JSON.stringify({ ...error }),
    ]) {
      expect(printed).not.toContain(TOKEN);
      expect(printed).not.toContain(password);
    }
    expect(error.message).toContain("auth/x/[token]");
  });
});

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
