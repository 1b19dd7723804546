import { describeLive } from "./servers";
import { startSampleVault, type SampleVault } from "./sample-vault";

const PASSWORD = "a-back-door-password";
const READS = (set: string) => `path "kvv2/data/sample/${set}" { capabilities = ["read"] }`;

// What a group of the config does not give: each of these was once answered with "reached no secret set".
describeLive(["vault"], "ops breach of a user with rights that no stack gave", () => {
  let vault: SampleVault;
  let admin: string;
  const write = (path: string, body: object) => vault.server.ok<{ data: { id: string } }>("POST", path, { body });
  const setsIn = (markdown: string) => [...markdown.matchAll(/^### (.*)$/gm)].map((match) => match[1]);
  const works = async (token: string) =>
    (await vault.server.request("GET", "auth/token/lookup-self", { token })).status === 200;
  const logIn = (user: string, mount = "userpass") =>
    vault.server.request<{ auth: { client_token: string } }>("POST", `auth/${mount}/login/${user}`, {
      token: "",
      body: { password: PASSWORD },
    });
  const login = async (user: string, mount?: string) => (await logIn(user, mount)).body.auth.client_token;
  const breach = (user: string, token = admin, more = "") => vault.ops(`breach --user ${user}${more}`, token);
  const accessorOf = async (mount: string) =>
    (await vault.server.ok<{ data: Record<string, { accessor: string }> }>("GET", "sys/auth")).data[`${mount}/`]!
      .accessor;
  const entityId = (user: string) =>
    vault.loader.attribute(`sample-access-main:vault_identity_entity.user_${user}_entity`, "id");

  beforeAll(async () => {
    vault = await startSampleVault();
    admin = await vault.login("platform-admin");
    await write("sys/policies/acl/by-hand", { policy: READS("sample-node-api/*") });
    await write("sys/policies/acl/by-hand-python", { policy: READS("sample-python-api/*") });
    await write("sys/policies/acl/grants", { policy: 'path "identity/group/*" { capabilities = ["update"] }' });
  });

  test("policies of the user itself, with no entity: they count, and its tokens are found and end", async () => {
    await write("auth/userpass/users/no-entity", { password: PASSWORD, token_policies: ["by-hand"] });
    expect(setsIn((await breach("no-entity")).out)).toHaveLength(5);
    const token = await login("no-entity");
    const { code, out } = await breach("no-entity", admin, " --confirm");
    expect([code, setsIn(out).length, await works(token), (await logIn("no-entity")).status]).toEqual([
      0,
      5,
      false,
      400,
    ]);
    expect(out).toContain("`by-hand` of the user at `auth/userpass/`");
  });

  test("policies of a declared user itself, beside its groups", async () => {
    const user = "sample-python-api-user";
    await write(`auth/userpass/users/${user}`, { token_policies: ["by-hand"] });
    const { out } = await breach(user);
    expect(setsIn(out)).toHaveLength(10);
    expect(out).toContain("In Vault sample-python-api-user also has the policies `by-hand`");
    await write(`auth/userpass/users/${user}`, { token_policies: [] });
    expect(setsIn((await breach(user)).out)).toHaveLength(5);
  });

  test("policies of a token whose user has them no more", async () => {
    await write("auth/userpass/users/had-more", { password: PASSWORD, token_policies: ["by-hand"] });
    const token = await login("had-more");
    await write("auth/userpass/users/had-more", { token_policies: [] });
    expect(
      await vault.server.request("GET", "kvv2/data/sample/sample-node-api/sample-node-api-dev", { token }),
    ).toMatchObject({ status: 200 });
    expect(setsIn((await breach("had-more")).out)).toHaveLength(5);
  });

  test("an alias that points to another entity: what that one reaches, and it is cut off", async () => {
    const { data } = await write("identity/entity", { name: "hidden", policies: ["by-hand"] });
    const alias = { name: "re-pointed", mount_accessor: await accessorOf("userpass") };
    await write("identity/entity", { name: "re-pointed" });
    await write("identity/entity-alias", { ...alias, canonical_id: data.id });
    await write("auth/userpass/users/re-pointed", { password: PASSWORD });
    const token = await login("re-pointed");
    const { out } = await breach("re-pointed");
    expect(setsIn(out)).toHaveLength(5);
    expect(out).toContain("A login as re-pointed at `auth/userpass/` becomes the entity `hidden`");
    expect(out).toContain("also has the policies `by-hand` of the entity `hidden`, which no stack gave");
    expect((await breach("re-pointed", admin, " --confirm")).code).toBe(0);
    expect([await works(token), (await logIn("re-pointed")).status]).toEqual([false, 400]);
  });

  test("groups in groups", async () => {
    const user = "sample-python-api-admin";
    const { data } = await write("identity/group", { name: "inner", member_entity_ids: [entityId(user)] });
    await write("identity/group", { name: "outer", policies: ["by-hand"], member_group_ids: [data.id] });
    const { out } = await breach(user);
    expect(setsIn(out)).toHaveLength(10);
    expect(out).toContain("is also in `inner`, `outer`");
  });

  test("whoever may write groups could grant itself everything, whatever its policy is called", async () => {
    await write("auth/userpass/users/grants-itself", { password: PASSWORD, token_policies: ["grants"] });
    const { out } = await breach("grants-itself");
    expect(setsIn(out)).toHaveLength(10);
    expect(out).toContain("could grant itself every value of this Vault");
  });

  test("a user at another mount counts; where that may not be read, it is unknown, and not none", async () => {
    await write("sys/auth/others", { type: "userpass" });
    await write("auth/others/users/elsewhere", { password: PASSWORD, token_policies: ["by-hand-python"] });
    const token = await login("elsewhere", "others");
    const root = await breach("elsewhere", vault.server.rootToken);
    expect([root.code, setsIn(root.out).length]).toEqual([0, 5]);
    const { out } = await breach("elsewhere");
    expect(out).toContain("Not known: whether `auth/others/` has a user elsewhere");
    await write("auth/userpass/users/nothing", { password: PASSWORD });
    const nothing = (await breach("nothing")).out;
    expect(nothing).toContain("Not known: of what could be read");
    expect(nothing).not.toContain("None: this identity reached no secret set.");
    expect((await breach("elsewhere", vault.server.rootToken, " --confirm")).code).toBe(0);
    expect([await works(token), (await logIn("elsewhere", "others")).status]).toEqual([false, 400]);
  });
});
