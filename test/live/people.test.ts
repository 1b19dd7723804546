import sample from "../../config/sample";
import { definePlatform, type PlatformConfig } from "../../model";
import { AccessLoader, stacksOf, vaultSide } from "./load-access";
import { describeLive, startVault, type VaultServer } from "./servers";

const NODE_DEV = "kvv2/data/sample/sample-node-api/sample-node-api-dev";
const PYTHON_DEV = "kvv2/data/sample/sample-python-api/sample-python-api-dev";
const OWN = "an-own-password-of-mine-7";

/** The sample with other people in it. */
function withPeople(people: PlatformConfig["people"]): PlatformConfig {
  return definePlatform({ ...sample, people } as PlatformConfig);
}

describeLive(["vault"], "people, as the access stack makes them", () => {
  let server: VaultServer;
  let loader: AccessLoader;
  const status = async (method: string, path: string, token: string, body?: unknown) =>
    (await server.request(method, path, { token, body })).status;
  const tryLogin = (user: string, password: string) =>
    server.request<{ auth: { client_token: string; token_policies: string[]; identity_policies: string[] } }>(
      "POST",
      `auth/userpass/login/${user}`,
      { token: "", body: { password } },
    );
  const login = async (user: string, password = loader.passwords.get(user)!) => {
    const { body, status: code } = await tryLogin(user, password);
    if (code !== 200) throw new Error(`login of ${user}: ${code}`);
    return body.auth.client_token;
  };
  const setPassword = (user: string, token: string, password = OWN) =>
    status("POST", `auth/userpass/users/${user}/password`, token, { password });
  const apply = (config: PlatformConfig) => loader.apply(vaultSide(stacksOf(config)));

  beforeAll(async () => {
    server = await startVault({ storage: "dev" });
    loader = new AccessLoader(server);
    await apply(sample);
  });

  test("a login carries only what groups give, beside the right to the own password", async () => {
    const { body } = await tryLogin("sample-node-api-user", loader.passwords.get("sample-node-api-user")!);
    expect(body.auth.token_policies).toEqual(["default"]);
    expect([...body.auth.identity_policies].sort()).toEqual(["own-password", "sample-node-api-user"]);
  });

  test("a user changes the own password, and the old one works no more", async () => {
    const user = "sample-python-api-user";
    const token = await login(user);
    expect(await setPassword(user, token)).toBe(204);
    expect((await tryLogin(user, loader.passwords.get(user)!)).status).toBe(400);
    expect((await tryLogin(user, OWN)).status).toBe(200);
  });

  test.each(["sample-node-api-user", "sample-admin", "platform-admin", "sample-node-api-user-2"])(
    "a user does not change the password of %s",
    async (other) => {
      expect(await setPassword(other, await login("sample-python-api-admin"))).toBe(403);
    },
  );

  test.each([
    ["POST", "auth/userpass/users/sample-python-api-admin", { token_policies: ["sample-admin"] }],
    ["POST", "auth/userpass/users/sample-python-api-admin/policies", { token_policies: ["sample-admin"] }],
    ["GET", "auth/userpass/users/sample-python-api-admin", undefined],
    ["DELETE", "auth/userpass/users/sample-python-api-admin", undefined],
    ["POST", "identity/group/name/sample-admin", { policies: ["sample-admin"] }],
    ["POST", "auth/token/create", { policies: ["sample-admin"] }],
  ])("a user gives itself nothing: %s %s", async (method, path, body) => {
    expect(await status(method, path, await login("sample-python-api-admin"), body)).toBe(403);
  });

  test("changed grants hold for a token already issued, and the password stays", async () => {
    const user = "sample-node-api-user";
    const first = await login(user);
    expect(await setPassword(user, first)).toBe(204);
    const token = await login(user, OWN);
    expect(await status("GET", NODE_DEV, token)).toBe(200);
    expect(await status("GET", PYTHON_DEV, token)).toBe(403);
    // Another group, and another meaning of the old one: both at once.
    await apply(
      withPeople({
        groups: {
          ...sample.people!.groups!,
          "sample-node-api-user": { grants: [{ access: "read", apps: ["sample-node-api"], environments: ["qa"] }] },
        },
        users: { ...sample.people!.users!, [user]: { groups: ["sample-node-api-user", "sample-python-api-user"] } },
      }),
    );
    expect(await status("GET", NODE_DEV, token)).toBe(403);
    expect(await status("GET", NODE_DEV.replace(/dev$/, "qa"), token)).toBe(200);
    expect(await status("GET", PYTHON_DEV, token)).toBe(200);
    expect((await tryLogin(user, OWN)).status).toBe(200);
    await apply(sample);
    expect(await status("GET", NODE_DEV, token)).toBe(200);
    expect(await status("GET", PYTHON_DEV, token)).toBe(403);
    expect((await tryLogin(user, OWN)).status).toBe(200);
  });

  test("a second load of the same stacks changes no password", async () => {
    const before = new Map(loader.passwords);
    await apply(sample);
    expect(loader.passwords).toEqual(before);
    expect((await tryLogin("sample-admin", before.get("sample-admin")!)).status).toBe(200);
  });

  test("with the state lost, the entity is refused before any password is written", async () => {
    const lost = new AccessLoader(server);
    await expect(lost.apply(vaultSide(stacksOf(sample)))).rejects.toThrow(/path is already in use|already exists/);
    expect(lost.passwords.size).toBe(0);
    expect((await tryLogin("sample-admin", loader.passwords.get("sample-admin")!)).status).toBe(200);
  });

  // Deleting a userpass user does not touch its tokens: it is the entity's going that makes them useless. They stay
  // listed until they expire.
  test("removing a user: its tokens outlive the user and the alias, and are useless without the entity", async () => {
    const user = "sample-node-api-admin";
    const token = await login(user);
    const address = (kind: string) => `sample-access-main:${kind}`;
    await loader.destroy(address(`vault_userpass_auth_backend_user.user_${user}`));
    expect((await tryLogin(user, loader.passwords.get(user)!)).status).toBe(400);
    expect(await status("GET", NODE_DEV, token)).toBe(200);
    await loader.destroy(address(`vault_identity_entity_alias.user_${user}_alias`));
    expect(await status("GET", NODE_DEV, token)).toBe(200);
    await loader.destroy(address(`vault_identity_entity.user_${user}_entity`));
    expect(await status("GET", NODE_DEV, token)).toBe(403);
    expect(await status("GET", "auth/token/lookup-self", token)).toBe(403);
    const { keys } = (await server.ok<{ data: { keys: string[] } }>("LIST", "auth/token/accessors")).data;
    const paths = await Promise.all(
      keys.map(
        async (accessor) =>
          (
            await server.request<{ data?: { path: string } }>("POST", "auth/token/lookup-accessor", {
              body: { accessor },
            })
          ).body.data?.path,
      ),
    );
    expect(paths).toContain(`auth/userpass/login/${user}`);
  });

  test("a user who leaves the config and comes back has a new password and nothing of before", async () => {
    const token = await login("sample-python-api-admin");
    const { "sample-python-api-admin": _, ...others } = sample.people!.users! as Record<string, { groups: string[] }>;
    await apply(withPeople({ ...sample.people, users: others }));
    expect(await status("GET", PYTHON_DEV, token)).toBe(403);
    const before = loader.passwords.get("sample-python-api-admin")!;
    await apply(sample);
    expect(await status("GET", PYTHON_DEV, token)).toBe(403);
    expect((await tryLogin("sample-python-api-admin", before)).status).toBe(400);
    expect(await status("GET", PYTHON_DEV, await login("sample-python-api-admin"))).toBe(200);
  });
});

describeLive(["vault"], "platform-admin runs the platform and reads no secret", () => {
  let server: VaultServer;
  let token: string;

  beforeAll(async () => {
    server = await startVault({ storage: "dev" });
    const loader = new AccessLoader(server);
    await loader.apply(vaultSide(stacksOf(sample)));
    const password = loader.passwords.get("platform-admin");
    token = (
      await server.ok<{ auth: { client_token: string } }>("POST", "auth/userpass/login/platform-admin", {
        token: "",
        body: { password },
      })
    ).auth.client_token;
  });

  test.each([
    ["GET", "sys/mounts", undefined],
    ["POST", "sys/mounts/kvv2/tune", { description: "Secret sets of apps and environments" }],
    ["POST", "kvv2/config", { max_versions: 10 }],
    ["GET", "sys/auth", undefined],
    ["POST", "sys/auth/approle-trial", { type: "approle" }],
    ["DELETE", "sys/auth/approle-trial", undefined],
    ["PUT", "sys/policies/acl/trial", { policy: 'path "x" {\n  capabilities = ["read"]\n}\n' }],
    ["DELETE", "sys/policies/acl/trial", undefined],
    ["POST", "auth/userpass/users/trial", { password: "p" }],
    ["POST", "auth/userpass/users/trial/password", { password: "q" }],
    ["DELETE", "auth/userpass/users/trial", undefined],
    ["POST", "identity/entity", { name: "trial" }],
    ["DELETE", "identity/entity/name/trial", undefined],
    ["POST", "identity/group", { name: "trial" }],
    ["DELETE", "identity/group/name/trial", undefined],
    ["PUT", "sys/audit/trial", { type: "file", options: { file_path: "discard" } }],
    ["DELETE", "sys/audit/trial", undefined],
    [
      "POST",
      "auth/kubernetes/role/trial",
      { bound_service_account_names: ["a"], bound_service_account_namespaces: ["b"], audience: "vault" },
    ],
    ["DELETE", "auth/kubernetes/role/trial", undefined],
    ["LIST", "auth/token/accessors", undefined],
    ["POST", "sys/leases/revoke-prefix/auth/kubernetes/login", {}],
    ["POST", "kvv2/data/sample/sample-node-api/sample-node-api-new", { data: { KEY: "TBD" }, options: { cas: 0 } }],
    ["POST", "kvv2/metadata/sample/sample-node-api/sample-node-api-new", { custom_metadata: { owner: "x" } }],
    ["GET", "kvv2/subkeys/sample/sample-node-api/sample-node-api-new", undefined],
    ["LIST", "kvv2/metadata/sample/", undefined],
  ])("may %s %s", async (method, path, body) => {
    const { status, text } = await server.request(method, path, { token, body });
    expect([status < 300, text]).toEqual([true, text]);
  });

  const SET = "sample/sample-node-api/sample-node-api-dev";
  test.each([
    ["GET", `kvv2/data/${SET}`, undefined],
    ["GET", `kvv2/data/${SET}?version=1`, undefined],
    ["POST", `kvv2/data/${SET}`, { data: { KEY: "x" } }],
    ["POST", `kvv2/data/${SET}`, { data: { KEY: "x" }, options: { cas: 1 } }],
    ["PATCH", `kvv2/data/${SET}`, { data: { KEY: "x" } }],
    ["DELETE", `kvv2/data/${SET}`, undefined],
    ["POST", `kvv2/delete/${SET}`, { versions: [1] }],
    ["POST", `kvv2/undelete/${SET}`, { versions: [1] }],
    ["POST", `kvv2/destroy/${SET}`, { versions: [1] }],
    ["DELETE", `kvv2/metadata/${SET}`, undefined],
    ["POST", "auth/token/create", { policies: ["sample-admin"] }],
    ["POST", "auth/token/create-orphan", { policies: ["sample-admin"] }],
    ["GET", "sys/raw/logical", undefined],
    ["GET", "sys/storage/raft/snapshot", undefined],
  ])("may not %s %s", async (method, path, body) => {
    expect((await server.request(method, path, { token, body })).status).toBe(403);
  });
});
