import fc from "fast-check";
import { madeValue } from "../../../cli/ops/secrets/generate";
import { generatedBy } from "../../../model";

const VISIBLE = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));
const how = fc.record({
  length: fc.integer({ min: 16, max: 256 }),
  alphabet: fc.uniqueArray(fc.constantFrom(...VISIBLE), { minLength: 2 }).map((all) => all.join("")),
});

describe("a value that is made", () => {
  test("has the length and the characters that the config says, and no others", () =>
    fc.assert(
      fc.property(how, ({ length, alphabet }) => {
        const value = madeValue({ length, alphabet }).unsafeReveal();
        expect(value).toHaveLength(length);
        expect([...value].filter((each) => !alphabet.includes(each))).toEqual([]);
      }),
    ));

  // 62 does not divide 256: a byte's remainder would take the first eight characters a quarter more often.
  test("takes each character as often as any other: chi-square of 620,000 of 62 within six sigma", () => {
    const { alphabet } = generatedBy({});
    expect(alphabet).toHaveLength(62);
    const counts = new Map([...alphabet].map((each) => [each, 0]));
    for (let i = 0; i < 2500; i++)
      for (const each of madeValue({ length: 248, alphabet }).unsafeReveal()) counts.set(each, counts.get(each)! + 1);
    const expected = (2500 * 248) / 62;
    const chi = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(Math.abs(chi - 61)).toBeLessThan(6 * Math.sqrt(2 * 61));
  });

  test("is never the same twice", () => {
    const made = Array.from({ length: 1000 }, () => madeValue(generatedBy({})).unsafeReveal());
    expect(new Set(made).size).toBe(1000);
  });

  test("does not show itself", () => {
    const value = madeValue(generatedBy({}));
    expect([String(value), JSON.stringify({ value })]).toEqual(["[secret]", '{"value":"[secret]"}']);
  });
});
