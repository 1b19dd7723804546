import { describeLive } from "./servers";
import { startSampleVault, type SampleVault } from "./sample-vault";

const OWN = "correct-horse-battery-9";
const ANOTHER = "another-horse-battery-9";

describeLive(["vault"], "ops users", () => {
  let vault: SampleVault;
  let admin: string;
  const canLogIn = async (user: string, password: string) =>
    (await vault.server.request("POST", `auth/userpass/login/${user}`, { token: "", body: { password } })).status ===
    200;
  const works = async (token: string) =>
    (await vault.server.request("GET", "auth/token/lookup-self", { token })).status === 200;
  const tokenIn = (text: string) => /hvs\.[\w-]+/.exec(text)?.[0] ?? "";
  const invite = async (user: string) => tokenIn((await vault.ops(`users invite ${user}`, admin)).out);
  const accept = (user: string, token: string, password = OWN) =>
    vault.ops(`users accept ${user}`, "", {
      answers: [
        [/Token of the invitation/, token],
        [/New password/, password],
        [/once more/, password],
      ],
    });

  beforeAll(async () => {
    vault = await startSampleVault();
    admin = await vault.login("platform-admin");
  });

  test("an invitation replaces the password, and its token opens once, to the person's own password", async () => {
    const user = "sample-node-api-user";
    const { code, out, err } = await vault.ops(`users invite ${user}`, admin);
    expect(code).toBe(0);
    expect(out).toMatch(/works once, until \d{4}-\d\d-\d\dT.* \(8h\)/);
    expect(out).toContain(`npm run ops -- users accept ${user}`);
    expect(err).toContain("users revoke sample-node-api-user ends them");
    expect(await canLogIn(user, vault.loader.passwords.get(user)!)).toBe(false);
    const accepted = await accept(user, tokenIn(out));
    expect([accepted.code, accepted.err]).toEqual([0, ""]);
    expect(await canLogIn(user, OWN)).toBe(true);
    const again = await accept(user, tokenIn(out), ANOTHER);
    expect(again.code).toBe(1);
    expect(again.err).toMatch(/is not valid.*somebody else has your password now/);
    expect(again.questions).toHaveLength(1);
    expect(await canLogIn(user, OWN)).toBe(true);
  });

  test("an invitation is worth 128 bits and more, and no two are the same", async () => {
    const passwords = await Promise.all(
      Array.from(
        { length: 5 },
        async () =>
          (
            await vault.server.ok<{ data: { username: string; password: string } }>("POST", "sys/wrapping/unwrap", {
              token: await invite("sample-node-api-user"),
            })
          ).data.password,
      ),
    );
    expect(new Set(passwords).size).toBe(5);
    for (const password of passwords) expect(password).toMatch(/^([2-9a-hjkmnp-z]{4}-){6}[2-9a-hjkmnp-z]{4}$/);
    expect(28 * Math.log2(31)).toBeGreaterThanOrEqual(128);
  });

  test("an invitation as JSON", async () => {
    const { out } = await vault.ops("users invite sample-node-api-user --ttl 30m --json", admin);
    expect(JSON.parse(out)).toEqual({
      user: "sample-node-api-user",
      vault: "main",
      token: expect.stringMatching(/^hvs\./),
      ttlSeconds: 1800,
      expires: expect.stringMatching(/Z$/),
    });
  });

  test("a token that is no invitation is not opened", async () => {
    const { wrap_info } = await vault.server.ok<{ wrap_info: { token: string } }>("GET", "sys/mounts", {
      headers: { "x-vault-wrap-ttl": "60s" },
    });
    const { code, err } = await vault.ops("users accept sample-node-api-user", "", {
      answers: [[/Token/, wrap_info.token]],
    });
    expect(code).toBe(1);
    expect(err).toContain("made by sys/mounts, and not by an invitation");
    expect((await vault.server.request("POST", "sys/wrapping/unwrap", { token: wrap_info.token })).status).toBe(200);
  });

  test("who stops at the questions still has a good invitation", async () => {
    const token = await invite("sample-node-api-user");
    const weak: [RegExp, string][] = [
      [/New password/, "short"],
      [/New password/, "aaaaaaaaaaaaaaaaaaaaaa"],
      [/New password/, "sample-node-api-user-1"],
    ];
    const { code, err } = await vault.ops("users accept sample-node-api-user", "", {
      answers: [[/Token/, token], ...weak],
    });
    expect(code).toBe(1);
    expect(err.split("\n").map((line) => /new password: ([^;]*)/.exec(line)?.[1])).toEqual([
      "it is too short",
      "it has too few different characters",
      "the user's name is in it",
    ]);
    expect((await accept("sample-node-api-user", token)).code).toBe(0);
  });

  test("an invitation for another person is refused, and says to ask for a new one", async () => {
    const { code, err } = await accept("sample-admin", await invite("sample-node-api-user"));
    expect([code, err]).toEqual([1, expect.stringContaining("was for sample-node-api-user, not for sample-admin")]);
    await accept("sample-node-api-user", await invite("sample-node-api-user"));
  });

  test("who may not set passwords leaves no invitation behind and changes none", async () => {
    const token = await vault.login("sample-python-api-admin");
    const { code, all } = await vault.ops("users invite sample-node-api-user", token);
    expect(code).toBe(1);
    expect(all).toContain("permission denied");
    expect(await canLogIn("sample-node-api-user", OWN)).toBe(true);
  });

  test("names that are not there: what is accepted, and the nearest", async () => {
    const { code, err } = await vault.ops("users invite sample-node-api-usr", admin);
    expect(code).toBe(2);
    expect(err).toMatch(
      /NAME: given "sample-node-api-usr"; accepted: .*Did you mean "sample-node-api-user"\?.*people\.users/,
    );
  });

  test("passwd changes the own password of who logs in at its prompt, and leaves no token", async () => {
    const user = "sample-node-api-user";
    const before = (await vault.server.ok<{ data: { keys: string[] } }>("LIST", "auth/token/accessors")).data.keys
      .length;
    const { code, out } = await vault.ops("users passwd", "", {
      answers: [
        [/User name/, user],
        [/Password of/, OWN],
        [/New password/, ANOTHER],
        [/once more/, "mistyped-horse-battery"],
        [/New password/, ANOTHER],
        [/once more/, ANOTHER],
      ],
    });
    expect([code, out]).toEqual([0, expect.stringContaining(`${user} has a new password in Vault main`)]);
    expect([await canLogIn(user, OWN), await canLogIn(user, ANOTHER)]).toEqual([false, true]);
    expect((await vault.server.ok<{ data: { keys: string[] } }>("LIST", "auth/token/accessors")).data.keys.length).toBe(
      before + 1,
    );
  });

  test("passwd is for a person's own login: another token is refused", async () => {
    const { code, err } = await vault.ops("users passwd", vault.server.rootToken, { answers: [] });
    expect([code, err]).toEqual([
      2,
      expect.stringContaining("given one made by auth/token/root; accepted: a person's own login"),
    ]);
  });

  test.each([
    "users passwd hunter2-hunter2-hunter2",
    "users accept sample-admin hvs.CAESIJ_not_a_real_token",
    "secrets set sample-node-api dev PRIVATE_NODE_API_DB_PASSWORD hunter2-hunter2-hunter2",
  ])("a secret as a word is refused and not repeated: %s", async (words) => {
    const { code, all } = await vault.ops(words, admin, { answers: [] });
    expect(code).toBe(2);
    expect(all).toContain("has no place on a command line");
    expect(all).not.toContain(words.split(" ").at(-1)!);
  });

  test(
    "list: who exists, in which groups, disabled or not, declared or not; exit code 3 where " +
      "Vault and config differ",
    async () => {
      const well = await vault.ops("users list --json", admin);
      expect(well.code).toBe(0);
      expect((JSON.parse(well.out) as { users: object[] }).users).toContainEqual({
        name: "sample-admin",
        groups: ["sample-admin"],
        state: "active",
        declared: true,
        extraGroups: [],
        missingGroups: [],
        userPolicies: [],
        entityPolicies: [],
        becomes: null,
        otherLogins: [],
      });
      await vault.server.ok("POST", "auth/userpass/users/left-over", { body: { password: "x" } });
      const { data } = await vault.server.ok<{ data: { id: string } }>("POST", "identity/entity", {
        body: { name: "left-over" },
      });
      await vault.server.ok("POST", "identity/group/name/sample-admin", { body: { member_entity_ids: [data.id] } });
      const { code, out } = await vault.ops("users list", admin);
      expect(code).toBe(3);
      expect(out).toMatch(/^left-over +sample-admin +active +no$/m);
      expect(out).toContain("look at left-over: not in the config");
      expect(out).toContain(
        "look at sample-admin: in the config also in sample-admin; apply the stack sample-access-main",
      );
      await vault.server.ok("POST", "identity/group/name/sample-admin", {
        body: {
          member_entity_ids: [
            vault.loader.attribute("sample-access-main:vault_identity_entity.user_sample-admin_entity", "id"),
          ],
        },
      });
      await vault.server.ok("DELETE", "auth/userpass/users/left-over");
      await vault.server.ok("DELETE", "identity/entity/name/left-over");
      expect((await vault.ops("users list", admin)).code).toBe(0);
    },
  );

  test("revoke ends every login of one person, and of nobody else; the person may log in again", async () => {
    const user = "sample-python-api-user";
    const tokens = [await vault.login(user), await vault.login(user), await vault.login("sample-python-api-admin")];
    const { code, out } = await vault.ops(`users revoke ${user}`, admin);
    expect([code, out]).toEqual([0, expect.stringContaining("2 tokens of sample-python-api-user")]);
    expect(await Promise.all(tokens.map(works))).toEqual([false, false, true]);
    expect(await works(await vault.login(user))).toBe(true);
  });

  test("revoke of the own tokens: that of this run comes last", async () => {
    const [first, second] = [await vault.login("platform-admin"), await vault.login("platform-admin")];
    expect((await vault.ops("users revoke platform-admin", first)).code).toBe(0);
    expect([await works(first), await works(second)]).toEqual([false, false]);
    admin = await vault.login("platform-admin");
  });

  test("disable: no token, no login, no invitation; enable lets in again with the old password", async () => {
    const user = "sample-python-api-user";
    const token = await vault.login(user);
    const { code, out } = await vault.ops(`users disable ${user}`, admin);
    expect([code, out]).toEqual([0, expect.stringMatching(/is disabled in Vault main; \d tokens? revoked/)]);
    expect([await works(token), await canLogIn(user, vault.loader.passwords.get(user)!)]).toEqual([false, false]);
    expect((await vault.ops(`users invite ${user}`, admin)).err).toContain(
      "is disabled, so no password would let them in",
    );
    expect((await vault.ops("users list", admin)).out).toMatch(
      /^sample-python-api-user +sample-python-api-user +disabled +yes$/m,
    );
    expect((await vault.ops(`users disable ${user}`, admin)).out).toContain("(was before)");
    expect((await vault.ops(`users enable ${user}`, admin)).code).toBe(0);
    expect(await canLogIn(user, vault.loader.passwords.get(user)!)).toBe(true);
    const { data } = await vault.server.ok<{ data: { policies: string[] } }>("GET", `identity/entity/name/${user}`);
    expect(data.policies).toEqual(["own-password"]);
  });

  test("nobody disables the own user", async () => {
    expect(await vault.ops("users disable platform-admin", admin)).toMatchObject({
      code: 1,
      err: expect.stringContaining("is who runs this"),
    });
    expect(await works(admin)).toBe(true);
  });
});
