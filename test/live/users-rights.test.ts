import { describeLive } from "./servers";
import { startSampleVault, type SampleVault } from "./sample-vault";

const USER = "sample-node-api-user";

describeLive(["vault"], "ops users list and status: rights that no stack gave", () => {
  let vault: SampleVault;
  let admin: string;
  const write = (path: string, body: object) => vault.server.ok<{ data: { id: string } }>("POST", path, { body });
  const list = () => vault.ops("users list", admin);
  const status = async (token = admin) => {
    const { code, out } = await vault.ops("status --json", token);
    const { vaults, toLookAt } = JSON.parse(out) as {
      vaults: { people: { beyondStacks?: string[]; note?: string } }[];
      toLookAt: string[];
    };
    return { code, people: vaults[0]!.people, looks: toLookAt.filter((look) => look.includes("no stack gave")) };
  };
  const entityId = (user: string) =>
    vault.loader.attribute(`sample-access-main:vault_identity_entity.user_${user}_entity`, "id");

  beforeAll(async () => {
    vault = await startSampleVault();
    admin = await vault.login("platform-admin");
  });

  test("as the stacks made it there are none", async () => {
    expect(await list()).toMatchObject({ code: 0 });
    expect(await status()).toMatchObject({ people: { beyondStacks: [] }, looks: [] });
  });

  test("policies of the user itself, and the command that takes them away and leaves the password", async () => {
    await write(`auth/userpass/users/${USER}`, { token_policies: ["platform-admin"] });
    const { code, out } = await list();
    expect(code).toBe(3);
    expect(out).toContain(
      `look at ${USER}: its user has the policies platform-admin, which no stack gave and no plan shows: ` +
        `vault write auth/userpass/users/${USER}/policies token_policies="" takes them away`,
    );
    expect(await status()).toMatchObject({
      code: 3,
      people: { beyondStacks: [USER] },
      looks: [`Vault main: 1 user with rights that no stack gave (${USER}): npm run ops -- users list --vault main`],
    });
    await write(`auth/userpass/users/${USER}/policies`, { token_policies: "" });
    expect(await list()).toMatchObject({ code: 0 });
    expect(await vault.login(USER)).toMatch(/^hvs\./);
  });

  test("policies of the entity, another login of it, and a login that becomes another's entity", async () => {
    await write(`identity/entity/id/${entityId(USER)}`, { policies: ["own-password", "sample-admin"] });
    await write("sys/auth/back-door", { type: "userpass" });
    const { data } = await vault.server.ok<{ data: Record<string, { accessor: string }> }>("GET", "sys/auth");
    await write("identity/entity-alias", {
      name: "mallory",
      mount_accessor: data["back-door/"]!.accessor,
      canonical_id: entityId("platform-admin"),
    });
    await write("auth/userpass/users/first-of-all", { password: "a-back-door-password" });
    const hidden = await write("identity/entity", { name: "hidden", policies: ["sample-admin"] });
    await write("identity/entity-alias", {
      name: "first-of-all",
      mount_accessor: data["userpass/"]!.accessor,
      canonical_id: hidden.data.id,
    });
    const { out } = await list();
    expect(out).toContain(`look at ${USER}: its entity has the policies sample-admin, which no stack gave`);
    expect(out).toContain("look at platform-admin: its entity is also who logs in as mallory at auth/back-door/");
    expect(out).toMatch(/look at first-of-all: not in the config\..*its login becomes the entity hidden/);
    expect((await status()).people.beyondStacks).toEqual(["first-of-all", "platform-admin", USER]);
  });

  test("who may not look is told so, and not that all is well", async () => {
    expect((await status(await vault.login("sample-admin"))).people).toEqual({
      note: "people: not known who has rights that no stack gave: the token at hand may not look",
    });
    expect((await status("")).people).toEqual({ note: "people: not looked at, since nobody is logged in" });
  });
});
