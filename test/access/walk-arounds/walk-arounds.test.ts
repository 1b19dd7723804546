import { foundIn } from "./found";
import { DANGEROUS, HARMLESS } from ".";
import type { Mutation } from "./mutation";

// Each is a way around the proofs that somebody tried. Whoever writes a rule adds none here, but takes the `todo` of
// those away that the rule finds: they fail until then.
describe.each(Object.entries(DANGEROUS))("what gives somebody more than the config says: %s", (_, mutations) => {
  test.each(
    mutations.map((each): [string, Mutation] => [
      `${each.todo ? "is not found yet (take its `todo` away once it is): " : "is found: "}` +
        `${each.name} in ${each.config} (${each.expect})`,
      each,
    ]),
  )("%s", (_, mutation) => {
    const found = foundIn(mutation);
    if (mutation.todo) expect(found).toEqual([]);
    else expect(found).not.toEqual([]);
  });
});

test.each(HARMLESS.map((each) => [`${each.name} in ${each.config}`, each] as const))(
  "what gives nobody anything is no finding: %s",
  (_, mutation) => {
    expect(foundIn(mutation)).toEqual([]);
  },
);

test("the list is long, and names each once", () => {
  const dangerous = Object.values(DANGEROUS).flat();
  expect(dangerous.length).toBeGreaterThanOrEqual(140);
  expect(HARMLESS.length).toBeGreaterThanOrEqual(30);
  const names = [...dangerous, ...HARMLESS].map(({ name, config }) => `${name} in ${config}`);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});
