import { ConfigError, didYouMean, problemText } from "../../model";
import { quoted, SOME_TEXT } from "../../model/problems";

describe("a mistake in a line", () => {
  const given = (value: unknown) =>
    problemText({ at: "a.b", given: value, accepted: "c" }).replace(/^a\.b: given (.*); accepted: c\.$/s, "$1");

  it("says where, what was given, what is accepted, and a hint", () => {
    expect(problemText({ at: "apps.web.keys[0]", given: "*", accepted: "a key", hint: "Say which." })).toBe(
      'apps.web.keys[0]: given "*"; accepted: a key. Say which.',
    );
  });

  it("ends without a hint where there is none", () => {
    expect(problemText({ at: "name", given: 1, accepted: "a name" })).toBe("name: given 1; accepted: a name.");
  });

  it("says that it is the whole config", () => {
    expect(problemText({ at: "", given: null, accepted: "an object" })).toBe(
      "the config: given null; accepted: an object.",
    );
  });

  it.each<[string, unknown, string]>([
    ["nothing", undefined, "nothing"],
    ["null", null, "null"],
    ["a text", "a", '"a"'],
    ["an empty text", "", '""'],
    ["a text with quotes and a newline", 'a"\n', '"a\\"\\n"'],
    ["a text that is hidden", SOME_TEXT, "a text"],
    ["a text of two alphabets", "\u0430bc", '"\\u0430bc"'],
    ["an emoji, whole", "\ud83d\ude00", '"\\ud83d\\ude00"'],
    ["an escape of a terminal", "\u001b[31m", '"\\u001b[31m"'],
    ["an escape of a terminal in one character", "\u009b31m", '"\\u009b31m"'],
    ["a number", -1.5, "-1.5"],
    ["no number", NaN, "NaN"],
    ["a large integer", 10n ** 20n, "100000000000000000000"],
    ["a flag", false, "false"],
    ["a symbol", Symbol("s"), "Symbol(s)"],
    ["a function", () => 1, "a function"],
    ["a class", class Config {}, "a function"],
    ["an empty list", [], "an empty list"],
    ["a list, without what is in it", ["a", "b"], "a list of 2"],
    ["an empty object", {}, "an empty object"],
    ["an object, without what is in it", { a: 1, "b c": 2, "\u0430": 3 }, 'an object of a, "b c", "\\u0430"'],
    ["an object without a prototype", Object.create(null), "an empty object"],
    ["a date", new Date(0), "an object that is not plain"],
    ["an error", new Error("x"), "an object that is not plain"],
    ["a private key", "-----BEGIN OPENSSH PRIVATE KEY-----\nx", "a private key"],
    ["a URL's credentials", "https://a:b@c/d", '"https://***@c/d"'],
    ["a URL's credentials with an @ in them", "https://a:b@c@d", '"https://***@d"'],
    ["what follows an equals sign, on every line", "A=b\nC=d", '"A=***"'],
  ])("shows %s", (_, value, expected) => {
    expect(given(value)).toBe(expected);
  });

  it("has at most 80 characters of what was given, whatever that is", () => {
    for (const value of ["x".repeat(79), "x".repeat(1e6), "\u0430".repeat(1e6), { ["x".repeat(1e6)]: 1 }]) {
      expect(given(value)).toHaveLength(80);
      expect(given(value)).toMatch(/\.\.\.$/);
    }
    expect(given("x".repeat(78))).toBe(`"${"x".repeat(78)}"`);
  });
});

describe("an error of a config", () => {
  const problem = { at: "name", given: 1, accepted: "a name" };

  it("counts one mistake", () => {
    expect(new ConfigError([problem]).message).toBe("the config has 1 mistake:\n  name: given 1; accepted: a name.");
  });

  it("counts several, a line each, in their order", () => {
    expect(
      new ConfigError([
        { ...problem, at: "b" },
        { ...problem, at: "a" },
      ]).message,
    ).toBe("the config has 2 mistakes:\n  b: given 1; accepted: a name.\n  a: given 1; accepted: a name.");
  });

  it("says a mistake once that was met twice", () => {
    const error = new ConfigError([problem, { ...problem, at: "other" }, { ...problem }]);
    expect(error.problems).toEqual([problem, { ...problem, at: "other" }]);
    expect(error.message.split("\n")).toHaveLength(3);
  });

  it("is told by its name", () => {
    expect(new ConfigError([problem])).toMatchObject({ name: "ConfigError" });
    expect(new ConfigError([problem])).toBeInstanceOf(Error);
  });
});

describe("did you mean", () => {
  it.each<[string, string[], string | undefined]>([
    ["enviroments", ["environments", "apps"], "environments"],
    ["dve", ["dev", "qa"], "dev"],
    ["DEV", ["dev"], "dev"],
    ["pord", ["prod", "prod-eu"], "prod"],
    ["prodd", ["prod-eu", "prod"], "prod"],
    ["dv", ["dev", "qa"], "dev"],
    ["qa", ["q1", "q2"], "q1"],
    ["b", ["a"], undefined],
    ["A", ["a"], "a"],
    ["dev", ["prod"], undefined],
    ["dev", ["qa"], undefined],
    ["", ["a", "dev"], undefined],
    ["anything", [], undefined],
    ["prod", ["pr", "production-of-europe"], undefined],
    ["x".repeat(1e6), ["dev"], undefined],
  ])("%j of %j is %j", (given, candidates, expected) => {
    expect(didYouMean(given, candidates)).toBe(expected && `Did you mean ${JSON.stringify(expected)}?`);
  });

  it("gives the same answer in whatever order the candidates stand", () => {
    expect([didYouMean("ac", ["ab", "aa"]), didYouMean("ac", ["aa", "ab"])]).toEqual([
      'Did you mean "aa"?',
      'Did you mean "aa"?',
    ]);
  });
});

it("a quoted text is one that JSON reads back", () => {
  for (const text of ["", "a", '"\\\n', "\u0430\u2028\ud83d\ude00\ud83d", "\u007f"])
    expect(JSON.parse(quoted(text))).toBe(text);
  expect(quoted("\u007f")).toBe('"\\u007f"');
});
