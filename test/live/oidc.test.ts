import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PlatformConfig } from "../../model";
import { IdentityProvider, OidcClient } from "./oidc-provider";
import { describeLive, startVault, type VaultServer } from "./servers";
import { Workspace } from "./workspace";

const ACCESS = "acme-access-main";
const WRITERS = "acme-shop-writers";
const READERS = "ACME Everything Readers";

/** Two apps on a Vault that is there, and people whom the provider knows. */
function platform(server: VaultServer, idp: IdentityProvider, clientId: string): PlatformConfig {
  const oidc = { issuer: idp.issuer, clientId, caCertificate: idp.server.ca! };
  return {
    name: "acme",
    vaults: {
      main: { address: server.address, unsafeNoTls: true, tokenTtl: "10m", tokenMaxTtl: "1h", login: { oidc } },
    },
    clusters: {},
    environments: { dev: { vault: "main" } },
    apps: { shop: { owner: "team-shop", keys: ["KEY"] }, billing: { owner: "team-billing", keys: ["KEY"] } },
    people: {
      groups: {
        "shop-writers": { oidc: WRITERS, grants: [{ access: "write", apps: ["shop"] }] },
        readers: { oidc: READERS, grants: [{ access: "read", apps: "all" }] },
        "billing-writers": { grants: [{ access: "write", apps: ["billing"] }] },
      },
      users: { ann: { groups: ["billing-writers"] } },
    },
  };
}

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
    workspace = new Workspace(platform(server, idp, client.id), { VAULT_TOKEN: server.rootToken });
    await workspace.apply(ACCESS, { TF_VAR_oidc_client_secret: client.secret });
    for (const app of ["shop", "billing"]) await server.ok("POST", set(app), { body: { data: { KEY: "value" } } });
    await idp.person("wanda", WRITERS, "everyone");
    await idp.person("rita", READERS);
    await idp.person("both", WRITERS, READERS);
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
});
