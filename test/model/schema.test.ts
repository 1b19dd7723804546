import { problemText, type Problem } from "../../model";
import { NAME } from "../../model/rules";
import {
  duration,
  either,
  flag,
  json,
  list,
  listOr,
  object,
  oneOf,
  optional,
  record,
  step,
  text,
  variant,
  wholeNumber,
  type Schema,
} from "../../model/schema";

/** Lines about a value, or whether it is right. A schema that reports says false, and one that does not says true. */
function judge(schema: Schema, value: unknown): string[] | "right" {
  const problems: Problem[] = [];
  const right = schema(value, "x", (at, given, accepted, hint) => {
    problems.push({ at, given, accepted, hint });
    return false;
  });
  expect(right).toBe(problems.length === 0);
  return right ? "right" : problems.map(problemText);
}

const name = text(NAME);
const NAMES = "lower-case letters, digits and single dashes, a letter first, at most 40 characters";

describe("a step of a config's path", () => {
  it.each<[string, string | number, string]>([
    ["", "apps", "apps"],
    ["apps", "web", "apps.web"],
    ["apps", "web-api", 'apps["web-api"]'],
    ["apps", "1", 'apps["1"]'],
    ["apps", "", 'apps[""]'],
    ["apps", 'a"]', 'apps["a\\"]"]'],
    ["apps", "w\u0435b", 'apps["w\\u0435b"]'],
    ["keys", 0, "keys[0]"],
    ["", "web-api", '["web-api"]'],
  ])("from %j to %j is %j", (at, key, expected) => {
    expect(step(at, key)).toBe(expected);
  });
});

describe("an object", () => {
  const schema = object({ name, size: optional(wholeNumber(1, 3)) });

  it("is right with its fields, and without those that may be left out", () => {
    expect([
      judge(schema, { name: "a", size: 3 }),
      judge(schema, { name: "a" }),
      judge(schema, { name: "a", size: undefined }),
    ]).toEqual(["right", "right", "right"]);
  });

  it("is wrong with null where a field may be left out", () => {
    expect(judge(schema, { name: "a", size: null })).toEqual([
      "x.size: given null; accepted: a whole number from 1 to 3.",
    ]);
  });

  it("says each wrong field, those that there are not first", () => {
    expect(judge(schema, { size: 4, nmae: "a" })).toEqual([
      'x.nmae: given "nmae"; accepted: no field of this name, only name, size. Did you mean "name"?',
      `x.name: given nothing; accepted: ${NAMES}.`,
      "x.size: given 4; accepted: a whole number from 1 to 3.",
    ]);
  });

  it("does not take a field that only its prototype has", () => {
    expect(judge(schema, Object.create({ name: "a" }))).toEqual([
      "x: given an object that is not plain; accepted: an object of name, size.",
    ]);
    expect(judge(object({}), { toString: 1 })).toEqual([
      'x.toString: given "toString"; accepted: no field of this name, only .',
    ]);
  });
});

describe("a list", () => {
  it("is empty only where that is said", () => {
    expect([judge(list(name), []), judge(list(name, { empty: true }), [])]).toEqual([
      ["x: given an empty list; accepted: a list of at least one."],
      "right",
    ]);
    expect(judge(list(name, { empty: true }), {})).toEqual(["x: given an empty object; accepted: a list."]);
  });

  it("says each wrong member, and one that stands there twice", () => {
    expect(judge(list(name), ["a", "B", "a", 1])).toEqual([
      `x[1]: given "B"; accepted: ${NAMES}. Did you mean "b"?`,
      'x[2]: given "a"; accepted: each thing once. It is x[0] already.',
      `x[3]: given 1; accepted: ${NAMES}.`,
    ]);
  });

  it("compares objects by what they hold, at every depth", () => {
    const pair = object({ a: object({ b: name, c: name }), d: optional(name) });
    expect(
      judge(list(pair), [
        { a: { b: "x", c: "y" }, d: "z" },
        { d: "z", a: { c: "y", b: "x" } },
      ]),
    ).toHaveLength(1);
    expect(judge(list(pair), [{ a: { b: "x", c: "y" } }, { a: { b: "y", c: "x" } }])).toBe("right");
  });

  it("has at most ten thousand members", () => {
    const numbers = (length: number) => Array.from({ length }, (_, i) => i + 1);
    expect(judge(list(wholeNumber(1, 20_000)), numbers(10_000))).toBe("right");
    expect(judge(list(wholeNumber(1, 20_000)), numbers(10_001))).toEqual([
      "x: given a list of 10001; accepted: a list of at most 10000.",
    ]);
  });
});

describe("an object by name", () => {
  it("says wrong names and wrong members", () => {
    expect(judge(record(NAME, flag), { a: true, B: 1 })).toEqual([
      `x.B: given "B"; accepted: as a name: ${NAMES}. Did you mean "b"?`,
      "x.B: given 1; accepted: true, false.",
    ]);
  });

  it("is empty unless that is refused", () => {
    expect([judge(record(NAME, flag), {}), judge(record(NAME, flag, { empty: false }), {})]).toEqual([
      "right",
      ["x: given an empty object; accepted: an object by name with at least one."],
    ]);
  });
});

describe("one of several", () => {
  const schema = variant({ a: { size: wholeNumber(1, 3) }, b: {} });

  it("objects, told apart by their type", () => {
    expect([judge(schema, { type: "a", size: 1 }), judge(schema, { type: "b" })]).toEqual(["right", "right"]);
    expect(judge(schema, { type: "b", size: 1 })).toEqual([
      'x.size: given "size"; accepted: no field of this name, only type.',
    ]);
    expect(judge(schema, { type: "constructor" })).toEqual(['x.type: given "constructor"; accepted: "a", "b".']);
    expect(judge(schema, "a")).toEqual(['x: given "a"; accepted: an object with a type of a, b.']);
  });

  it("objects, told apart by a field", () => {
    const two = either("a", object({ a: flag }), object({ b: flag }));
    expect([judge(two, { a: true }), judge(two, { b: true })]).toEqual(["right", "right"]);
    expect(judge(two, { a: true, b: true })).toEqual(['x.b: given "b"; accepted: no field of this name, only a.']);
    expect(judge(two, 1)).toEqual(["x: given 1; accepted: an object of b, or of a."]);
  });

  it("literals, with the nearest", () => {
    expect(judge(oneOf("managed", "existing", 3), "exsting")).toEqual([
      'x: given "exsting"; accepted: "managed", "existing", 3. Did you mean "existing"?',
    ]);
    expect([judge(oneOf(3, 5), "3"), judge(oneOf(3, 5), 3)]).toEqual([['x: given "3"; accepted: 3, 5.'], "right"]);
  });

  it("forms, a list and another", () => {
    const schema = listOr(list(name), oneOf("all"));
    expect([judge(schema, ["a"]), judge(schema, "all")]).toEqual(["right", "right"]);
    expect(judge(schema, "a")).toEqual(['x: given "a"; accepted: "all", or a list.']);
    expect(judge(listOr(list(name), object({ a: flag })), { a: 1 })).toEqual(["x.a: given 1; accepted: true, false."]);
  });
});

describe("a number", () => {
  it.each([1, 3])("is right within its bounds: %d", (value) => expect(judge(wholeNumber(1, 3), value)).toBe("right"));
  it.each([0, 4, 1.5, NaN, -Infinity, "1", null, 1n])("is wrong beyond them, or when it is none: %p", (value) =>
    expect(judge(wholeNumber(1, 3), value)).toHaveLength(1),
  );
});

it("a duration is a text that Duration reads", () => {
  expect([judge(duration, "1h"), judge(duration, "1 h")]).toEqual([
    "right",
    ['x: given "1 h"; accepted: a whole number above 0 and one unit of s, m, h, d, e.g. 30s or 90d, at most 36500d.'],
  ]);
});

describe("JSON", () => {
  it("is right with all that JSON has", () => {
    expect(judge(json, { a: [null, true, -1.5, "t", { $: "%" }], "": 0 })).toHaveLength(1);
    expect(judge(json, { a: [null, true, -1.5, "t", { $: "%" }], "a b": "{}" })).toBe("right");
  });

  it.each<[string, unknown, string]>([
    ["a template in a text", { a: ["$${b}"] }, "x.a[0]"],
    ["a directive in a text", { a: { b: "%{ if }" } }, "x.a.b"],
    ["a template in a name", { a: { "${b}": 1 } }, 'x.a["${b}"]'],
    ["a hole", { a: Object.assign(new Array(2), { 1: 1 }) }, "x.a[0]"],
    ["a date", { a: new Date(0) }, "x.a"],
    ["a large integer", { a: 1n }, "x.a"],
  ])("is wrong with %s", (_, value, at) => {
    expect(judge(json, value)).toEqual([expect.stringContaining(`${at}: given `)]);
  });

  it("has at most 32 floors and ten thousand values", () => {
    const floors = (count: number) => Array.from({ length: count }).reduce<unknown>((inner) => [inner], 1);
    expect([judge(json, floors(32)), judge(json, floors(33))]).toEqual([
      "right",
      ["x: given a list of 1; accepted: at most 10000 values, nested at most 32 deep. Does it hold itself?"],
    ]);
    expect([judge(json, new Array(9_998).fill(1)), judge(json, new Array(9_999).fill(1))]).toEqual([
      "right",
      ["x: given a list of 9999; accepted: at most 10000 values, nested at most 32 deep. Does it hold itself?"],
    ]);
  });
});
