import { inspect } from "node:util";
import { SecretValue, VaultClient, VaultError, type VaultClientOptions } from "../../../cli/vault";
import { UsageError } from "../../../cli/ops/errors";
import { Duration } from "../../../model/duration";
import { StubServer, type SeenRequest } from "./stub-server";

let stub: StubServer;
beforeAll(async () => {
  stub = await new StubServer().start();
});
afterAll(() => stub.stop());

function client(options: Partial<VaultClientOptions> = {}): VaultClient {
  return new VaultClient({
    address: stub.address,
    token: new SecretValue("hvs.one"),
    retry: { baseMs: 1 },
    timeoutMs: 2000,
    ...options,
  });
}

function only(): SeenRequest {
  expect(stub.requests).toHaveLength(1);
  return stub.requests[0] as SeenRequest;
}

describe("a request", () => {
  test("carries the token, the namespace and Vault's own header", async () => {
    stub.answer({ status: 200, json: { data: { a: 1 } } });
    expect((await client({ namespace: "team" }).read<{ a: number }>("kvv2/data/x")).a).toBe(1);
    expect(only()).toMatchObject({
      method: "GET",
      url: "/v1/kvv2/data/x",
      headers: { "x-vault-token": "hvs.one", "x-vault-namespace": "team", "x-vault-request": "true" },
    });
  });

  test("carries another token from when it is given", async () => {
    const renewed = client();
    stub.answer({ status: 200, json: { data: {} } });
    await renewed.read("a");
    renewed.token = new SecretValue("hvs.two");
    await renewed.read("a");
    renewed.token = undefined;
    await renewed.read("a");
    expect(stub.requests.map(({ headers }) => headers["x-vault-token"])).toEqual(["hvs.one", "hvs.two", undefined]);
  });

  test("sends another token, or none, where one request asks for it", async () => {
    stub.answer({ status: 200, json: { data: {} } });
    await client().read("a", { token: new SecretValue("hvs.other") });
    await client().read("a", { token: null });
    expect(stub.requests.map(({ headers }) => headers["x-vault-token"])).toEqual(["hvs.other", undefined]);
  });

  test("a patch is a merge patch", async () => {
    stub.answer({ status: 204 });
    await client().patch("kvv2/data/x", { data: { a: null } });
    expect(only()).toMatchObject({
      method: "PATCH",
      headers: { "content-type": "application/merge-patch+json" },
      body: '{"data":{"a":null}}',
    });
  });

  test("a secret value in a body is sent as it is, wherever it stands", async () => {
    stub.answer({ status: 204 });
    await client().write("a", {
      password: new SecretValue("p"),
      list: [new SecretValue("q")],
      all: new SecretValue({ r: new SecretValue("s") }),
    });
    expect(JSON.parse(only().body)).toEqual({ password: "p", list: ["q"], all: { r: "s" } });
  });

  test.each([
    ["kvv2/data/a b?list=true#x", "/v1/kvv2/data/a%20b%3Flist%3Dtrue%23x"],
    ["/kvv2/metadata/folder/", "/v1/kvv2/metadata/folder/"],
    ["kvv2/data/50%", "/v1/kvv2/data/50%25"],
  ])("the path %s cannot become a query or another path", async (path, url) => {
    stub.answer({ status: 200, json: { data: {} } });
    await client().read(path);
    expect(only().url).toBe(url);
  });

  test("a path that climbs is refused before anything is sent", async () => {
    stub.answer({ status: 200, json: { data: {} } });
    await expect(client().read("kvv2/data/../../sys/mounts")).rejects.toThrow(/without \. and \.\./);
    expect(stub.requests).toHaveLength(0);
  });

  test("a path in VAULT_ADDR stays in front", async () => {
    stub.answer({ status: 200, json: { data: {} } });
    await client({ address: `${stub.address}/vault/` }).read("a");
    expect(only().url).toBe("/vault/v1/a");
  });
});

describe("an answer", () => {
  test("a list is its keys, and what is not there is an empty list", async () => {
    stub.answer({ status: 200, json: { data: { keys: ["a", "b/"] } } }, { status: 404, json: { errors: [] } });
    expect(await client().list("kvv2/metadata/x")).toEqual(["a", "b/"]);
    expect(stub.requests[0]).toMatchObject({ method: "GET", url: "/v1/kvv2/metadata/x?list=true" });
    expect(await client().list("kvv2/metadata/x")).toEqual([]);
  });

  test("readIfPresent tells nothing-there from nothing-mounted and from a page of another server", async () => {
    stub.answer(
      { status: 404, json: { errors: [] } },
      { status: 404, json: { errors: ["no handler for route"] } },
      { status: 404, text: "<html>" },
    );
    expect(await client().readIfPresent("a")).toBeUndefined();
    await expect(client().readIfPresent("a")).rejects.toMatchObject({ kind: "notFound" });
    await expect(client({ retry: { retries: 0 } }).readIfPresent("a")).rejects.toMatchObject({ kind: "server" });
  });

  test("a login's token is hidden, its policies are not", async () => {
    const auth = {
      client_token: "hvs.new",
      token_policies: ["default"],
      identity_policies: ["team"],
    };
    stub.answer({ status: 200, json: { data: null, auth } });
    const response = await client().write("auth/userpass/login/a", { password: new SecretValue("p") }, { token: null });
    expect(response.auth?.policies).toEqual(["default", "team"]);
    expect(response.auth?.token.unsafeReveal()).toBe("hvs.new");
    expect(inspect(response, { depth: 9 }) + JSON.stringify(response)).not.toContain("hvs.new");
  });

  test("wrapping asks for the time in seconds and hides the token; unwrapping hides the answer", async () => {
    stub.answer(
      {
        status: 200,
        json: {
          data: null,
          wrap_info: {
            token: "hvs.wrap",
            accessor: "acc",
            ttl: 600,
            creation_time: "2026-01-01T00:00:00Z",
            creation_path: "sys/wrapping/wrap",
          },
        },
      },
      { status: 200, json: { data: { password: "p" } } },
    );
    const wrapped = await client().wrap({ password: new SecretValue("p") }, Duration.of("10m"));
    expect(stub.requests[0]).toMatchObject({
      url: "/v1/sys/wrapping/wrap",
      headers: { "x-vault-wrap-ttl": "600s" },
      body: '{"password":"p"}',
    });
    expect(`${JSON.stringify(wrapped)}`).toBe(
      '{"token":"[secret]","accessor":"acc","ttl":600,"creationTime":"2026-01-01T00:00:00Z"}',
    );
    const answer = await client().unwrap<{ password: string }>(wrapped.token);
    expect(stub.requests[1]).toMatchObject({
      url: "/v1/sys/wrapping/unwrap",
      headers: { "x-vault-token": "hvs.wrap" },
    });
    expect(`${answer}`).toBe("[secret]");
    expect(answer.unsafeReveal().password).toBe("p");
  });

  test("the seal's status is asked for without a token, and is the whole answer", async () => {
    stub.answer({ status: 200, json: { initialized: true, sealed: true, version: "1.21.1" } });
    expect((await client().sealStatus()).sealed).toBe(true);
    expect(only().url).toBe("/v1/sys/seal-status");
    expect(only().headers["x-vault-token"]).toBeUndefined();
  });
});

describe("repeating", () => {
  const busy = { status: 500, json: { errors: ["busy"] } };
  const fine = { status: 200, json: { data: {} } };

  test.each([
    ["500", busy],
    ["502 of a proxy", { status: 502, text: "<html>" }],
    ["503 without a reason", { status: 503, text: "" }],
    ["429", { status: 429, json: { errors: ["quota"] } }],
  ])("a read is repeated after %s, until it succeeds", async (_, answer) => {
    stub.answer(answer, answer, fine);
    await client().read("a");
    expect(stub.requests).toHaveLength(3);
  });

  test("a read is repeated after a broken connection", async () => {
    stub.answer((response) => response.destroy(), fine);
    await client().read("a");
    expect(stub.requests).toHaveLength(2);
  });

  test("a read that keeps failing is sent three times, and the error says so", async () => {
    stub.answer(busy);
    await expect(client().list("a")).rejects.toThrow("Vault failed (HTTP 500), 3 times.");
    expect(stub.requests).toHaveLength(3);
  });

  test.each(["write", "patch", "delete"] as const)("a %s is sent once", async (method) => {
    stub.answer(busy);
    await expect(client()[method]("a", {})).rejects.toBeInstanceOf(VaultError);
    expect(stub.requests).toHaveLength(1);
  });

  test.each([
    ["sealed", { status: 503, json: { errors: ["Vault is sealed"] } }],
    ["forbidden", { status: 403, json: { errors: ["permission denied"] } }],
    ["notFound", { status: 404, json: { errors: [] } }],
    ["badRequest", { status: 400, json: { errors: ["no"] } }],
  ])("a read is not repeated when it is %s", async (kind, answer) => {
    stub.answer(answer, fine);
    await expect(client().read("a")).rejects.toMatchObject({ kind });
    expect(stub.requests).toHaveLength(1);
  });

  test("a timeout is not repeated, and neither is a read whose answer is wrapped", async () => {
    stub.answer(() => undefined);
    await expect(client({ timeoutMs: 80 }).read("a")).rejects.toMatchObject({ kind: "timeout" });
    expect(stub.requests).toHaveLength(1);
    stub.answer(busy, fine);
    await expect(client().read("a", { wrapTtl: Duration.of("1m") })).rejects.toMatchObject({ kind: "server" });
    expect(stub.requests).toHaveLength(1);
  });

  test("Retry-After is waited for", async () => {
    stub.answer({ status: 429, json: { errors: ["quota"] }, headers: { "retry-after": "1" } }, fine);
    const started = Date.now();
    await client().read("a");
    expect(Date.now() - started).toBeGreaterThanOrEqual(990);
  });

  test("a Retry-After longer than the longest wait is told, not waited for", async () => {
    stub.answer({ status: 429, json: { errors: ["quota"] }, headers: { "retry-after": "120" } }, fine);
    await expect(client().read("a")).rejects.toThrow("wait 120 s");
    expect(stub.requests).toHaveLength(1);
  });
});

describe("where the client is told to go", () => {
  test.each(["", "vault:8200", "ftp://vault", "https://user:canary-password@vault", "https://vault/?token=x"])(
    "the address %j is refused, and not repeated in the message",
    (address) => {
      const make = (): VaultClient => new VaultClient({ address });
      expect(make).toThrow(UsageError);
      expect(make).not.toThrow(/canary|token=/);
    },
  );

  test("the vault program's variables are read", async () => {
    stub.answer({ status: 200, json: { data: {} } });
    const env = { VAULT_TOKEN: "hvs.env", VAULT_NAMESPACE: "team", VAULT_CLIENT_TIMEOUT: "5" };
    await VaultClient.at(stub.address, env).read("a");
    expect(only().headers["x-vault-namespace"]).toBe("team");
    // Which token is sent is not the client's to say (cli/ops/session.ts).
    expect(only().headers["x-vault-token"]).toBeUndefined();
    expect(() => VaultClient.at(stub.address, { VAULT_CLIENT_TIMEOUT: "soon" })).toThrow(
      /given "soon"; accepted: seconds/,
    );
  });
});
