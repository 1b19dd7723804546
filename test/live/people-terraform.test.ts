import sample from "../../config/sample";
import type { PlatformConfig } from "../../model";
import { describeLive, startVault, type VaultServer } from "./servers";
import { Workspace } from "./workspace";

const USER = "sample-node-api-user";
const ACCESS = "sample-access-main";

/** The sample's people on a Vault that is there. `groups`: those of one user; none takes the user out of the config. */
function platform(server: VaultServer, groups: readonly string[], tokenTtl: "1h" | "2h" = "1h"): PlatformConfig {
  const { [USER]: _user, ...others } = sample.people!.users!;
  return {
    ...sample,
    vaults: { main: { address: server.address, unsafeNoTls: true, tokenTtl } },
    clusters: {},
    environments: { dev: { vault: "main" } },
    people: { ...sample.people, users: { ...others, ...(groups.length > 0 && { [USER]: { groups } }) } },
  };
}

describeLive(["vault", "terraform-providers"], "with Terraform: people", () => {
  let server: VaultServer;
  let workspace: Workspace;
  let token: string;

  const login = (password: string) =>
    server.request<{ auth?: { client_token: string; lease_duration: number } }>("POST", `auth/userpass/login/${USER}`, {
      token: "",
      body: { password },
    });
  const reads = async (app: string) =>
    (await server.request("GET", `kvv2/data/sample/${app}/${app}-dev`, { token })).status;

  beforeAll(async () => {
    server = await startVault({ storage: "dev" });
    workspace = new Workspace(platform(server, [USER]), { VAULT_TOKEN: server.rootToken });
    await workspace.apply(ACCESS);
    await workspace.apply("sample-dev");
    await server.ok("POST", `auth/userpass/users/${USER}/password`, { body: { password: "chosen-by-the-person" } });
    token = (await login("chosen-by-the-person")).body.auth!.client_token;
  }, 60_000);

  test("another group holds at once for a token that exists already, and the person's password stays", async () => {
    expect([await reads("sample-node-api"), await reads("sample-python-api")]).toEqual([200, 403]);
    workspace.synthesize(platform(server, ["sample-python-api-user"]));
    expect(
      (await workspace.changes(ACCESS)).map(({ address, actions }) => `${actions.join()} ${address}`).sort(),
    ).toEqual([
      "update vault_identity_group.group_sample-node-api-user",
      "update vault_identity_group.group_sample-python-api-user",
    ]);
    await workspace.apply(ACCESS);
    expect([await reads("sample-node-api"), await reads("sample-python-api")]).toEqual([403, 200]);
    expect((await login("chosen-by-the-person")).status).toBe(200);
  });

  test("another token time holds for the next login, and the person's password stays", async () => {
    workspace.synthesize(platform(server, [USER], "2h"));
    await workspace.apply(ACCESS);
    expect((await login("chosen-by-the-person")).body.auth?.lease_duration).toBe(7200);
    expect(await workspace.changes(ACCESS)).toEqual([]);
  });

  test("who was disabled after a breach stays so: the plan is empty, and an apply lets nobody in again", async () => {
    await server.ok("POST", `identity/entity/name/${USER}`, { body: { disabled: true } });
    expect(await workspace.changes(ACCESS)).toEqual([]);
    await workspace.apply(ACCESS);
    expect((await login("chosen-by-the-person")).status).toBe(403);
    await server.ok("POST", `identity/entity/name/${USER}`, { body: { disabled: false } });
    expect((await login("chosen-by-the-person")).status).toBe(200);
  });

  test("who has left the config can neither log in nor use a token that exists", async () => {
    expect((await server.request("GET", "auth/token/lookup-self", { token })).status).toBe(200);
    workspace.synthesize(platform(server, []));
    await workspace.apply(ACCESS);
    expect((await login("chosen-by-the-person")).status).toBe(400);
    expect([await reads("sample-node-api"), await reads("sample-python-api")]).toEqual([403, 403]);
    expect((await server.request("GET", "auth/token/lookup-self", { token })).status).toBe(403);
  });
});
