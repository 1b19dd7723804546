import { isOpen, nextOpening, type RestartWindow } from "../../model";

// 2026-11-28 is a Saturday.
const at = (day: number, time: string) => new Date(`2026-11-${day}T${time}:00Z`);
const NIGHT: RestartWindow = { days: ["Sat"], from: "22:00", to: "02:30" };
const MORNING: RestartWindow = { from: "05:00", to: "06:00" };

describe("a window for restarts", () => {
  test.each([
    [NIGHT, at(28, "21:59"), false],
    [NIGHT, at(28, "22:00"), true],
    [NIGHT, at(29, "02:29"), true],
    [NIGHT, at(29, "02:30"), false],
    [NIGHT, at(28, "01:00"), false],
    [NIGHT, at(29, "23:00"), false],
    [MORNING, at(25, "05:30"), true],
    [MORNING, at(25, "06:00"), false],
    [{ from: "05:00", to: "05:00" }, at(25, "04:59"), true],
  ])("%j at %j: %j", (window, time, open) => expect(isOpen([window], time)).toBe(open));

  test("of several, one that is open is enough", () => {
    expect(isOpen([NIGHT, MORNING], at(25, "05:30"))).toBe(true);
    expect(isOpen([NIGHT, MORNING], at(25, "07:00"))).toBe(false);
  });

  test.each([
    [[NIGHT], at(28, "21:00"), at(28, "22:00")],
    [[NIGHT], at(28, "22:00"), new Date("2026-12-05T22:00:00Z")],
    [[NIGHT, MORNING], at(28, "23:00"), at(29, "05:00")],
  ])("%j after %j opens next at %j", (windows, time, next) => expect(nextOpening(windows, time)).toEqual(next));
});
