import { SecretValue } from "../../../cli/vault";
import { generatePassword, passwordProblem } from "../../../cli/ops/users/password";
import { isFinding, userName, type PersonRow } from "../../../cli/ops/users/people";
import { ops } from "./run-ops";

describe("a generated password", () => {
  const samples = Array.from({ length: 200 }, () => generatePassword().unsafeReveal());

  test("is worth at least 128 bits, of characters that nobody confuses", () => {
    for (const sample of samples) expect(sample).toMatch(/^([23456789abcdefghjkmnpqrstuvwxyz]{4}-){6}[23456789abcdefghjkmnpqrstuvwxyz]{4}$/);
    expect(28 * Math.log2(31)).toBeGreaterThan(128);
  });

  test("is another one each time, and every character of the alphabet comes up", () => {
    expect(new Set(samples).size).toBe(200);
    // 5,600 draws: that one of 31 characters is missing has a chance below 1e-77.
    expect(new Set(samples.join("").replaceAll("-", ""))).toEqual(new Set("23456789abcdefghjkmnpqrstuvwxyz"));
  });

  test("is one that the rules for own passwords accept", () => expect(passwordProblem(new SecretValue(samples[0]!), "mei.tanaka")).toBeUndefined());
});

describe("an own password", () => {
  test.each([
    ["123456789abcdef", "it is too short"],
    ["123456789abcdefg", undefined],
    ["abcdefgh".repeat(9), undefined],
    ["abcdefgh".repeat(9) + "i", "it is too long"],
    ["ä".repeat(30) + "bcdefghi!?12", undefined],
    ["ä".repeat(31) + "bcdefghi!?12", "it is too long"],
    [" 123456789abcdefg", "it has a space at its ends"],
    ["four words of mine", undefined],
    ["abcabcabcabcabcabc", "it has too few different characters"],
    ["my-Mei.Tanaka-2026", "the user's name is in it"],
  ])("%j: %s", (password, problem) => expect(passwordProblem(new SecretValue(password), "mei.tanaka")).toBe(problem));
});

describe("a user's name", () => {
  test.each([["Mei.Tanaka", "mei.tanaka"], [" platform-admin ", "platform-admin"]])("%j is %j to userpass", (given, name) => expect(userName(given)).toBe(name));
  test.each(["", "a/b", "../x", "a b", "-a", "a..b", "*"])("%j is refused", (given) => expect(() => userName(given)).toThrow(/NAME: given .*; accepted: a user's name/));
});

describe("what must be looked at in the list of people", () => {
  const person: PersonRow = { name: "a", groups: ["g"], state: "active", declared: true, extraGroups: [], missingGroups: [] };
  test.each([
    ["in the config and in Vault", {}, false],
    ["disabled", { state: "disabled" }, false],
    ["not in the config", { declared: false }, true],
    ["not in Vault", { state: "not in Vault" }, true],
    ["without an entity", { state: "no entity" }, true],
    ["in more groups", { extraGroups: ["x"] }, true],
    ["in fewer groups", { missingGroups: ["x"] }, true],
  ] as const)("%s", (_, changes, finding) => expect(isFinding({ ...person, ...changes })).toBe(finding));
});

describe("the command line", () => {
  test.each(["users", "users invite", "users accept", "users list", "users passwd", "users disable", "users enable", "users revoke"])("%s has help with an example", async (words) => {
    const { code, out } = await ops(`${words} --help`);
    expect(code).toBe(0);
    if (words !== "users") expect(out).toContain(`npm run ops -- ${words}`);
  });

  test.each([
    ["users invite mei --ttl 4d", /accepted: .*at most 3d/],
    ["users invite", /missing required argument 'name'/],
    ["users invit", /Did you mean invite/],
    ["users list extra", /too many arguments/],
  ])("refused: %s", async (words, message) => expect(await ops(words, { env: { VAULT_ADDR: "http://127.0.0.1:1" } })).toMatchObject({ code: 2, err: expect.stringMatching(message) }));

  test.each([
    [{}, /VAULT_ADDR: given nothing/],
    [{ VAULT_ADDR: "127.0.0.1:8200" }, /VAULT_ADDR is not accepted/],
    [{ VAULT_ADDR: "https://127.0.0.1:1", VAULT_CACERT: "/nonexistent.pem" }, /VAULT_CACERT: given "\/nonexistent.pem"/],
    [{ VAULT_ADDR: "http://127.0.0.1:1", VAULT_CLIENT_TIMEOUT: "soon" }, /VAULT_CLIENT_TIMEOUT: given "soon"/],
    [{ PLATFORM: "config/none.ts" }, /There is no such file/],
  ])("an environment that cannot be used is said, not thrown: %j", async (env, message) => {
    expect(await ops("users list", { env: { VAULT_TOKEN: "x", ...env } })).toMatchObject({ code: 2, err: expect.stringMatching(message) });
  });
});
