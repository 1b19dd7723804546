import { SecretValue } from "../../../cli/vault";
import { generatePassword, passwordProblem } from "../../../cli/ops/users/password";
import { remedy } from "../../../cli/ops/users/list";
import { userName, type PersonRow } from "../../../cli/ops/users/people";
import { eachInParallel } from "../../../cli/ops/parallel";
import type { Io } from "../../../cli/ops/io";
import { ops } from "./run-ops";

describe("a generated password", () => {
  const samples = Array.from({ length: 200 }, () => generatePassword().unsafeReveal());

  test("is worth at least 128 bits, of characters that nobody confuses", () => {
    for (const sample of samples)
      expect(sample).toMatch(/^([23456789abcdefghjkmnpqrstuvwxyz]{4}-){6}[23456789abcdefghjkmnpqrstuvwxyz]{4}$/);
    expect(28 * Math.log2(31)).toBeGreaterThan(128);
  });

  test("is another one each time, and every character of the alphabet comes up", () => {
    expect(new Set(samples).size).toBe(200);
    // 5,600 draws: that one of 31 characters is missing has a chance below 1e-77.
    expect(new Set(samples.join("").replaceAll("-", ""))).toEqual(new Set("23456789abcdefghjkmnpqrstuvwxyz"));
  });

  test("is one that the rules for own passwords accept", () =>
    expect(passwordProblem(new SecretValue(samples[0]!), "mei.tanaka")).toBeUndefined());
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
  test.each([
    ["Mei.Tanaka", "mei.tanaka"],
    [" platform-admin ", "platform-admin"],
  ])("%j is %j to userpass", (given, name) => expect(userName(given)).toBe(name));
  test.each(["", "a/b", "../x", "a b", "-a", "a..b", "*"])("%j is refused", (given) =>
    expect(() => userName(given)).toThrow(/NAME: given .*; accepted: a user's name/),
  );
});

describe("what must be looked at in the list of people", () => {
  const person: PersonRow = {
    name: "a",
    groups: ["g"],
    state: "active",
    declared: true,
    extraGroups: [],
    missingGroups: [],
    userPolicies: [],
    entityPolicies: [],
    becomes: null,
    otherLogins: [],
  };
  test.each([
    ["in the config and in Vault", {}, undefined],
    ["disabled", { state: "disabled" }, undefined],
    ["not in the config", { declared: false }, "not in the config. If they have left: npm run ops -- users disable a,"],
    ["not in Vault", { state: "not in Vault" }, "not in Vault; apply the stack s"],
    ["without an entity", { state: "no entity" }, "no entity; apply the stack s"],
    ["in more groups", { extraGroups: ["x"] }, "in Vault also in x; apply the stack s"],
    [
      "with policies of the user itself",
      { userPolicies: ["x"] },
      "which no stack gave and no plan shows: vault write auth/userpass/users/a/policies token_policies",
    ],
    ["with policies of the entity", { entityPolicies: ["x"] }, "its entity has the policies x, which no stack gave"],
    ["with another's entity", { becomes: "b" }, "its login becomes the entity b, another's"],
    ["with another login", { otherLogins: ["m at auth/l/"] }, "its entity is also who logs in as m at auth/l/"],
    ["not in the config, with policies", { declared: false, userPolicies: ["x"] }, "its user has the policies x"],
    ["in fewer groups", { missingGroups: ["x"] }, "in the config also in x; apply the stack s"],
  ] as const)("%s", (_, changes, expected) => {
    const what = remedy({ ...person, ...changes }, "s");
    if (expected === undefined) expect(what).toBeUndefined();
    else expect(what).toContain(expected);
  });
});

describe("the command line", () => {
  test.each([
    "users",
    "users invite",
    "users accept",
    "users list",
    "users passwd",
    "users disable",
    "users enable",
    "users revoke",
  ])("%s has help with an example", async (words) => {
    const { code, out } = await ops(`${words} --help`);
    expect(code).toBe(0);
    if (words !== "users") expect(out).toContain(`npm run ops -- ${words}`);
  });

  test.each([
    ["users invite mei --ttl 4d", /accepted: .*at most 3d/],
    ["users invite", /missing required argument 'name'/],
    ["users invit", /Did you mean invite/],
    ["users list extra", /too many arguments/],
  ])("refused: %s", async (words, message) =>
    expect(await ops(words, { env: { VAULT_ADDR: "http://127.0.0.1:1" } })).toMatchObject({
      code: 2,
      err: expect.stringMatching(message),
    }),
  );

  test.each([
    [{ VAULT_ADDR: "127.0.0.1:8200" }, /VAULT_ADDR is not accepted/],
    [
      { VAULT_ADDR: "https://127.0.0.1:1", VAULT_CACERT: "/nonexistent.pem" },
      /VAULT_CACERT: given "\/nonexistent.pem"/,
    ],
    [{ VAULT_ADDR: "http://127.0.0.1:1", VAULT_CLIENT_TIMEOUT: "soon" }, /VAULT_CLIENT_TIMEOUT: given "soon"/],
    [{ PLATFORM: "config/none.ts" }, /There is no such file/],
  ])("an environment that cannot be used is said, not thrown: %j", async (env, message) => {
    expect(await ops("users list", { env: { VAULT_TOKEN: "x", ...env } })).toMatchObject({
      code: 2,
      err: expect.stringMatching(message),
    });
  });
});

describe("work on many things", () => {
  const told: string[] = [];
  const io = (terminal: boolean) => ({ terminal, err: (line: string) => void told.push(line) }) as unknown as Io;
  const items = Array.from({ length: 30 }, (_, i) => i);
  beforeEach(() => void (told.length = 0));
  afterEach(() => jest.restoreAllMocks());

  test("the results are in the items' order, and no more run at once than are allowed", async () => {
    let running = 0;
    let most = 0;
    const work = async (item: number) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, (item * 7) % 5));
      running--;
      return item * 2;
    };
    expect(await eachInParallel(io(false), items, "x", work, 4)).toEqual(items.map((item) => item * 2));
    expect(most).toBe(4);
  });

  test("after a failure nothing new is started, and the first failure is thrown", async () => {
    const started: number[] = [];
    const work = async (item: number) => {
      started.push(item);
      if (item === 2) throw new Error("the third");
      await new Promise((resolve) => setTimeout(resolve, 1));
    };
    await expect(eachInParallel(io(false), items, "x", work, 3)).rejects.toThrow("the third");
    expect(started).toEqual([0, 1, 2]);
  });

  test.each([
    [true, ["looking: 10 of 30", "looking: 20 of 30"]],
    [false, []],
  ])("in a terminal (%s) a person is told how far it is, every few seconds", async (terminal, expected) => {
    let time = 0;
    jest.spyOn(Date, "now").mockImplementation(() => time);
    await eachInParallel(io(terminal), items, "looking", async () => void (time += 210), 1);
    expect(told).toEqual(expected);
  });

  test("nothing to do is done at once", async () =>
    expect(await eachInParallel(io(true), [], "x", async () => 1)).toEqual([]));
});
