import { readdirSync } from "node:fs";
import { CONFIGS } from "../helpers/configs";
import { SNAPSHOTS, snapshotsNow, snapshotsThere } from "../helpers/snapshots";

/** Shows what differs, and what to do about it. */
function expectSame(where: string, now: unknown, there: unknown): void {
  try {
    expect(now).toEqual(there);
  } catch (error) {
    throw new Error(
      `${where} says something else. If it is meant: npm run snapshots:update, and read what git ` +
        `shows.\n\n${(error as Error).message}`,
    );
  }
}

test("there is a folder of snapshots for every config, and for nothing else", () => {
  expect(readdirSync(SNAPSHOTS).sort()).toEqual(Object.keys(CONFIGS).sort());
});

describe.each(Object.entries(CONFIGS))("config/%s.ts", (name, config) => {
  const now = snapshotsNow(name, config);
  const there = snapshotsThere(name);

  test("has a snapshot for every stack, and none of a stack that is no more", () => {
    expectSame(`__snapshots__/${name}/`, Object.keys(now).sort(), Object.keys(there));
  });

  test.each(Object.keys(now))("synthesizes to what %s says", (file) => {
    expectSame(`__snapshots__/${name}/${file}`, now[file], there[file] ?? "");
  });
});
