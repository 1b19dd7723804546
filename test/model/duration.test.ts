import fc from "fast-check";
import { Duration, type DurationText } from "../../model";

describe("a duration", () => {
  it.each<[DurationText, number, string, string]>([
    ["1s", 1, "1s", "1s"],
    ["59s", 59, "59s", "59s"],
    ["60s", 60, "1m", "1m"],
    ["90s", 90, "90s", "90s"],
    ["59m", 3540, "59m", "59m"],
    ["60m", 3600, "1h", "1h"],
    ["90m", 5400, "90m", "90m"],
    ["3600s", 3600, "1h", "1h"],
    ["3601s", 3601, "3601s", "3601s"],
    ["23h", 82800, "23h", "23h"],
    ["24h", 86400, "24h", "1d"],
    ["36h", 129600, "36h", "36h"],
    ["90d", 7776000, "2160h", "90d"],
    ["86400s", 86400, "24h", "1d"],
    ["36500d", 3153600000, "876000h", "36500d"],
  ])("of %s is %d seconds, %s for the operator and %s for people", (text, seconds, operator, people) => {
    const duration = Duration.of(text);
    expect([duration.seconds, duration.toOperator(), duration.toString()]).toEqual([seconds, operator, people]);
  });

  it.each([
    "",
    "0s",
    "00s",
    "01s",
    "-1s",
    "+1s",
    "1",
    "s",
    "1.5h",
    "1h30m",
    "1 h",
    " 1h",
    "1h ",
    "1h\n",
    "1H",
    "1w",
    "1ms",
    "1e3s",
    "0x1s",
    "\u0661h",
    "36501d",
    "876001h",
    "3153600001s",
    "9999999999s",
  ])("is not %j", (text) => {
    expect(Duration.parse(text)).toBeUndefined();
  });

  it.each([undefined, null, 60, ["1h"], {}, true])("is not %j", (value) => {
    expect(Duration.parse(value)).toBeUndefined();
  });

  it("that code gets wrong is an error which says what is accepted", () => {
    expect(() => Duration.of("1.5h")).toThrow(
      new RangeError(
        'given "1.5h"; accepted: a whole number above 0 and one unit of s, m, h, d, e.g. 30s or 90d, at most 36500d',
      ),
    );
  });

  it("means the same to the operator, to people and to the providers, whatever its length", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999_999 }), (seconds) => {
        const duration = Duration.parse(`${seconds}s`);
        expect(Duration.parse(duration!.toOperator())?.seconds).toBe(seconds);
        expect(Duration.parse(duration!.toString())?.seconds).toBe(seconds);
        // The pattern of the operator's CRD.
        expect(duration!.toOperator()).toMatch(/^([0-9]+(\.[0-9]+)?(s|m|h))$/);
      }),
    );
  });
});
