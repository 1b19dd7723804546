import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PlatformConfig } from "../../model";
import { ops } from "./ops";
import { oidcPlatform, READERS, WRITERS } from "./oidc-platform";
import { REFUSALS } from "./oidc-refusals";
import { IdentityProvider, OidcClient } from "./oidc-provider";
import { describeLive, startVault, type VaultServer } from "./servers";
import { Workspace } from "./workspace";

const ACCESS = "acme-access-main";

describeLive(["vault", "openssl", "terraform-providers"], "people whom an identity provider knows", () => {
  let idp: IdentityProvider;
  let server: VaultServer;
  let oidc: OidcClient;
  let workspace: Workspace;
  let client: { id: string; secret: string };
  const set = (app: string) => `kvv2/data/acme/${app}/${app}-dev`;
  const as = (token: string, method: string, path: string, body?: object) =>
    server.request(method, path, { token, body }).then(({ status }) => status);

  beforeAll(async () => {
    [idp, server] = [await IdentityProvider.start(), await startVault({ storage: "dev" })];
    oidc = new OidcClient(server, idp);
    client = await idp.client("vault");
    workspace = new Workspace(oidcPlatform(server, idp, client.id), { VAULT_TOKEN: server.rootToken });
    await workspace.apply(ACCESS, { TF_VAR_oidc_client_secret_main: client.secret });
    for (const app of ["shop", "billing"]) await server.ok("POST", set(app), { body: { data: { KEY: "value" } } });
    await idp.person("wanda", WRITERS, "everyone");
    await idp.person("rita", READERS);
    await idp.person("both", WRITERS, READERS);
    await idp.person("sam", "everyone");
    await idp.person("lone");
  }, 120_000);

  test("the client's secret is in no state and no plan, and a plan needs none", async () => {
    expect(await workspace.changes(ACCESS)).toEqual([]);
    for (const file of [`state/${ACCESS}.tfstate`, `cdktf.out/stacks/${ACCESS}/check.tfplan`])
      expect(readFileSync(join(workspace.folder, file)).includes(client.secret)).toBe(false);
  });

  test("a person has what the groups give that the provider names, and nothing else", async () => {
    const { status, token, policies, seconds, errors } = await oidc.login("wanda");
    expect([status, errors, policies, seconds]).toEqual([200, "", ["default", "shop-writers"], 600]);
    expect(await as(token, "GET", set("shop"))).toBe(200);
    expect(await as(token, "POST", set("shop"), { data: { KEY: "new" } })).toBe(200);
    for (const [method, path] of [
      ["GET", set("billing")],
      ["POST", set("billing")],
      ["DELETE", "kvv2/metadata/acme/shop/shop-dev"],
      ["GET", "sys/policies/acl/shop-writers"],
      ["GET", "identity/group/name/readers"],
      ["POST", "auth/userpass/users/ann/password"],
      ["POST", "auth/oidc/role/people"],
      ["POST", "auth/oidc/config"],
      ["GET", "auth/oidc/config"],
    ] as const)
      expect([path, await as(token, method, path, method === "POST" ? { data: {} } : undefined)]).toEqual([path, 403]);
  });
  test("in two groups, what either gives", async () => {
    const { token, policies } = await oidc.login("both");
    expect(policies).toEqual(["default", "readers", "shop-writers"]);
    expect(await as(token, "GET", set("billing"))).toBe(200);
    expect(await as(token, "POST", set("billing"), { data: { KEY: "new" } })).toBe(403);
    expect(await as(token, "POST", set("shop"), { data: { KEY: "new" } })).toBe(200);
  });

  test("refusals are 20 at least", () => {
    expect(new Set(REFUSALS.map(({ what }) => what)).size).toBeGreaterThanOrEqual(20);
  });

  test.each(REFUSALS.map((each) => [each.what, each] as const))("is refused: %s", async (_, { tried, says }) => {
    const { status, token, errors } = await tried(oidc, idp);
    expect(errors).toMatch(says);
    expect(token).toBe("");
    expect(status).toBeGreaterThanOrEqual(400);
    // What was refused was not the person as such.
    expect((await oidc.login("wanda")).status).toBe(200);
  });

  test("whoever one group lets in has another in any case: a provider must not have two that differ so", async () => {
    const template = JSON.stringify({ groups: [WRITERS, READERS.toUpperCase()] });
    await idp.write("identity/oidc/scope/made-up", { template });
    await idp.write("identity/oidc/provider/acme", { allowed_client_ids: "*", scopes_supported: "groups,made-up" });
    const { policies } = await oidc.login("wanda", { scope: "openid made-up" });
    expect(policies).toEqual(["default", "readers", "shop-writers"]);
    expect((await oidc.login("wanda")).policies).toEqual(["default", "shop-writers"]);
  });

  test("of this machine any port is taken, since the provider's answer never leaves it (RFC 8252)", async () => {
    expect((await oidc.begin("http://localhost:8251/oidc/callback")).query.state).toBeDefined();
  });

  describe("where the login itself is another", () => {
    const restored = async (changed: PlatformConfig = config()) => {
      workspace.synthesize(changed);
      await workspace.apply(ACCESS, { TF_VAR_oidc_client_secret_main: client.secret });
      expect(await workspace.changes(ACCESS)).toEqual([]);
      expect((await oidc.login("wanda")).status).toBe(200);
    };
    const config = (more: object = {}) => oidcPlatform(server, idp, client.id, more);
    const written = async (path: string, change: object): Promise<void> => {
      const { data } = await server.ok<{ data: object }>("GET", path);
      await server.ok("POST", path, { body: { ...data, oidc_client_secret: client.secret, ...change } });
    };

    test("a client's secret that is not the provider's lets nobody in, until another version writes it", async () => {
      await written("auth/oidc/config", { oidc_client_secret: "another" });
      expect((await oidc.login("wanda")).errors).toMatch(/client failed to authenticate|invalid_client/);
      await restored(config({ secretVersion: 2 }));
    });

    test("without the secret Vault refuses to change the login, and leaves it as it is", async () => {
      workspace.synthesize(config({ secretVersion: 3 }));
      const { code, output } = await workspace.tryApply(ACCESS);
      expect([code, output]).toEqual([1, expect.stringMatching(/oidc_client_secret/)]);
      expect((await oidc.login("wanda")).status).toBe(200);
      await restored(config({ secretVersion: 3 }));
    });

    test.each([
      ["another audience", "auth/oidc/role/people", { bound_audiences: ["other"] }, /audience/],
      ["another group", "auth/oidc/role/people", { bound_claims: { groups: ["other"] } }, /bound claim/],
      ["another claim of groups", "auth/oidc/role/people", { groups_claim: "roles" }, /"roles" claim not found/],
      ["another subject", "auth/oidc/role/people", { bound_subject: "somebody" }, /sub claim does not match/],
    ])("%s lets nobody in, and the next apply restores it", async (_, path, change, says) => {
      await written(path, change);
      expect((await oidc.login("wanda")).errors).toMatch(says);
      await restored(config({ secretVersion: 3 }));
    });
  });

  describe("who leaves", () => {
    test("a group cannot log in any more; a token lives on, renewed too, for tokenMaxTtl at most", async () => {
      const { token, entity } = await oidc.login("wanda");
      await idp.person("wanda");
      expect((await oidc.login("wanda")).errors).toMatch(/groups/);
      expect(await as(token, "POST", "auth/token/renew-self", { increment: "5h" })).toBe(200);
      expect(await as(token, "GET", set("shop"))).toBe(200);
      const looked = await server.ok<{ data: { ttl: number; entity_id: string } }>("GET", "auth/token/lookup-self", {
        token,
      });
      expect(looked.data.ttl).toBeLessThanOrEqual(3600);
      // What ends it at once, whoever the provider says it is.
      await server.ok("POST", `identity/entity/id/${entity}`, { body: { disabled: true } });
      expect(await as(token, "GET", set("shop"))).toBe(403);
      await idp.person("wanda", WRITERS);
      expect((await oidc.login("wanda")).errors).toMatch(/permission denied/);
      await server.ok("POST", `identity/entity/id/${entity}`, { body: { disabled: false } });
    });

    test("by the provider's sub, users disable, enable and breach are about whom it knows", async () => {
      const sub = idp.subject("wanda");
      const run = (words: string) =>
        ops(server, words.split(" "), { env: { PLATFORM: file, VAULT_TOKEN: server.rootToken } });
      const file = workspace.write(
        "platform.js",
        `exports.default = ${JSON.stringify(oidcPlatform(server, idp, client.id))};`,
      );
      const { token } = await oidc.login("wanda");
      const disabled = await run(`users disable ${sub}`);
      expect(disabled.outLines.join()).toMatch(/is disabled in Vault main; \d+ tokens? revoked/);
      expect(await as(token, "GET", set("shop"))).toBe(403);
      expect((await oidc.login("wanda")).errors).toMatch(/permission denied/);
      expect((await run(`users enable ${sub}`)).code ?? 0).toBe(0);
      const again = await oidc.login("wanda");
      const breach = await run(`breach --user ${sub} --confirm`);
      expect(breach.outLines.join("\n")).toMatch(/shop/);
      expect(await as(again.token, "GET", set("shop"))).toBe(403);
      expect((await oidc.login("wanda")).errors).toMatch(/permission denied/);
      expect((await run(`users invite ${sub}`)).code).not.toBe(0);
      await run(`users enable ${sub}`);
    });

    test("one of two groups has the other's rights from the next login, and for the older token too", async () => {
      const before = await oidc.login("both");
      expect(await as(before.token, "GET", set("billing"))).toBe(200);
      await idp.person("both", WRITERS);
      const { policies, token } = await oidc.login("both");
      expect(policies).toEqual(["default", "shop-writers"]);
      expect(await as(token, "GET", set("billing"))).toBe(403);
      expect(await as(before.token, "GET", set("billing"))).toBe(403);
    });
  });
});
