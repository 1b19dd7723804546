import { join } from "node:path";
import { checkAccess } from "../../access";
import { appliedResources, type ResourceBlocks } from "../../resource-types";
import { differencesOf } from "./differences";
import { leastToken } from "./least";
import { READERS, oidcPlatform, WRITERS } from "./oidc-platform";
import { IdentityProvider, OidcClient } from "./oidc-provider";
import { describeLive, startVault, type VaultServer } from "./servers";
import { Workspace } from "./workspace";

const ACCESS = "acme-access-main";

describeLive(["vault", "openssl", "terraform-providers"], "a login by an identity provider, applied", () => {
  let idp: IdentityProvider;
  let server: VaultServer;
  let oidc: OidcClient;
  let workspace: Workspace;
  let client: { id: string; secret: string };
  const outdir = () => join(workspace.folder, "cdktf.out");

  beforeAll(async () => {
    [idp, server] = [await IdentityProvider.start(), await startVault({ storage: "dev" })];
    oidc = new OidcClient(server, idp);
    client = await idp.client("vault");
    workspace = new Workspace(oidcPlatform(server, idp, client.id), { VAULT_TOKEN: server.rootToken });
    await idp.person("wanda", WRITERS);
    await idp.person("both", WRITERS, READERS);
  }, 120_000);

  test("the first apply without the client's secret lets nobody in, and the mount that it left has to go", async () => {
    const first = await workspace.tryApply(ACCESS);
    expect(first.output).toMatch(/both 'oidc_client_id' and 'oidc_client_secret' must be set/);
    expect((await oidc.begin()).query).toEqual({});
    const second = await workspace.tryApply(ACCESS, { TF_VAR_oidc_client_secret_main: client.secret });
    expect(second.output).toMatch(/path is already in use at oidc\//);
    await server.ok("DELETE", "sys/auth/oidc");
    await workspace.apply(ACCESS, { TF_VAR_oidc_client_secret_main: client.secret });
    await workspace.apply("acme-dev");
    expect((await oidc.login("wanda")).policies).toEqual(["default", "shop-writers"]);
  });

  test("logins, and what they make, are no difference to a Vault that is as its stacks say", async () => {
    for (const name of ["wanda", "both"]) expect((await oidc.login(name)).status).toBe(200);
    expect(await differencesOf(server, outdir())).toEqual([]);
    expect(checkAccess(outdir()).failures).toEqual([]);
  });

  test("the least token of a plan plans it, that of an apply brings one more group and takes it away", async () => {
    const file = join("cdktf.out", "stacks", ACCESS, "cdk.tf.json");
    const { resource } = workspace.read(file) as { resource: ResourceBlocks };
    const resources = appliedResources(resource);
    const VAULT_TOKEN = await leastToken(server, "access", resources, "plan");
    expect(await workspace.changes(ACCESS, { VAULT_TOKEN })).toEqual([]);
    const token = { VAULT_TOKEN: await leastToken(server, "access", resources, "apply", { collections: true }) };
    const { people, ...more } = oidcPlatform(server, idp, client.id);
    const groups = { ...people!.groups, auditors: { oidc: "auditors", grants: people!.groups!.readers!.grants } };
    workspace.synthesize({ ...more, people: { ...people, groups } });
    await workspace.apply(ACCESS, token);
    await idp.person("wanda", "auditors");
    expect((await oidc.login("wanda")).policies).toEqual(["auditors", "default"]);
    workspace.synthesize({ ...more, people });
    await workspace.apply(ACCESS, token);
    expect((await oidc.login("wanda")).errors).toMatch(/bound claim/);
  });
});
