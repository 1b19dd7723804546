import { platform, refuses, type Change } from "./support";

const generated = (of: object, change: Change = {}) =>
  platform({ "apps/web/generated": of, ...change }).tenants[0]!.generated;

describe("a generated key", () => {
  it("has 32 letters and digits, unless the config says otherwise", () => {
    const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    expect([...generated({ DB_PASSWORD: {} })]).toEqual([["DB_PASSWORD", { length: 32, alphabet }]]);
    expect([...generated({ DB_PASSWORD: { length: 64, alphabet: "abcdef0123456789" } })]).toEqual([
      ["DB_PASSWORD", { length: 64, alphabet: "abcdef0123456789" }],
    ]);
  });

  it("is generated in the environments that have it", () => {
    const change = { "apps/web/environments": { dev: { keys: ["DB_USER"] }, prod: {} } };
    expect(
      platform({ "apps/web/generated": { DB_PASSWORD: {} }, ...change }).tenants.map((t) => t.generated.size),
    ).toEqual([0, 1, 0, 0]);
  });

  it("may be a shared set's", () => {
    const set = { owner: "mq", keys: ["BROKER"], generated: { BROKER: {} }, readBy: ["web"] };
    const { sharedSets, tenants } = platform({ "sharedSets/broker": set });
    expect([sharedSets[0]!.generated.has("BROKER"), tenants[0]!.shared[0]!.generated.has("BROKER")]).toEqual([
      true,
      true,
    ]);
  });

  it.each([
    [39, "0123456789"],
    [32, "0123456789abcdef"],
    [16, Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).join("")],
  ])("is worth 128 bits or more: %d of %s are, unless they are sixteen", (length, alphabet) => {
    const bits = length * Math.log2(alphabet.length);
    if (bits >= 128) expect(generated({ DB_PASSWORD: { length, alphabet } }).size).toBe(1);
    else expect(() => generated({ DB_PASSWORD: { length, alphabet } })).toThrow(/at least 20/);
  });
});

describe("is refused:", () => {
  const of = (generated: unknown): Change => ({ "apps/web/generated": generated });
  const at = "apps.web.generated";
  refuses([
    [
      "a key that is not declared",
      of({ DB_PASWORD: {} }),
      `${at}.DB_PASWORD: given "DB_PASWORD"; accepted: a declared key of this app: DB_USER, DB_PASSWORD. Did you ` +
        'mean "DB_PASSWORD"?',
    ],
    [
      "too few characters for the default alphabet",
      of({ DB_PASSWORD: { length: 21 } }),
      `${at}.DB_PASSWORD.length: given 21; accepted: at least 22. Fewer of these characters are guessed.`,
    ],
    [
      "too few characters of a small alphabet",
      of({ DB_PASSWORD: { alphabet: "0123456789" } }),
      `${at}.DB_PASSWORD.length: given 32; accepted: at least 39. Fewer of these characters are guessed.`,
    ],
    [
      "a character twice",
      of({ DB_PASSWORD: { length: 128, alphabet: "abca" } }),
      `${at}.DB_PASSWORD.alphabet: given "abca"; accepted: characters of visible ASCII, none twice and no space, at ` +
        `most 94 characters.`,
    ],
    [
      "a short value",
      of({ DB_PASSWORD: { length: 15 } }),
      `${at}.DB_PASSWORD.length: given 15; accepted: a whole number from 16 to 256.`,
    ],
    ["no key", of({}), `${at}: given an empty object; accepted: an object by name with at least one.`],
    [
      "a value",
      of({ DB_PASSWORD: "hunter2" }),
      `${at}.DB_PASSWORD: given a text; accepted: an object of length, alphabet.`,
    ],
    ["nothing", of({ DB_PASSWORD: null }), `${at}.DB_PASSWORD: given null; accepted: an object of length, alphabet.`],
  ]);
});
