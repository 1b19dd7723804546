import fc from "fast-check";
import type { AccessLevel, GrantConfig } from "../../model";
import { configPoliciesOfGroups } from "../../cli/ops/breach/reach";
import { Acl } from "../../policies/evaluate";
import { platform } from "./support";

const open = { "environments/prod/protected": false };
const ASKED = ["read", "update", "patch", "delete"] as const;
const GIVES: { readonly [access in AccessLevel]: readonly string[] } = {
  read: ["read"],
  write: ["read", "update", "patch", "delete"],
  "write-only": ["update", "patch"],
};
const APPS = ["web", "web-api"];
const ENVIRONMENTS = ["dev", "prod"];

type Groups = { readonly [name: string]: readonly GrantConfig[] };

/**
 * What somebody in some groups can do with each set's values, as Vault takes their policies.
 * @param mine @default all of them
 * @param others the groups of each other person
 */
function together(
  groups: Groups,
  mine: readonly string[] = Object.keys(groups),
  others: readonly (readonly string[])[] = [],
): { [set: string]: string[] } {
  const made = platform({
    ...open,
    "people/groups": Object.fromEntries(Object.entries(groups).map(([name, grants]) => [name, { grants }])),
    "people/users": Object.fromEntries([mine, ...others].map((each, i) => [`user-${i}`, { groups: each }])),
  });
  const policies = configPoliciesOfGroups(made, "main", mine);
  const acl = Acl.of(policies, {}, made.vaults[0]!.server);
  return Object.fromEntries(
    made.tenants.map(({ name, path }) => [name, ASKED.filter((does) => acl.allows(does, path.data()).allowed)]),
  );
}

test.each<[string, { readonly [name: string]: readonly GrantConfig[] }]>([
  [
    "a group that reads a set of what it writes",
    {
      one: [
        { access: "write", apps: "all" },
        { access: "read", apps: ["web"], environments: ["dev"] },
      ],
    },
  ],
  [
    "a person in a group that writes all and one that reads an app",
    { one: [{ access: "write", apps: "all" }], two: [{ access: "read", apps: ["web"] }] },
  ],
])("%s goes on writing it", (_, groups) => {
  expect(together(groups)["web-dev"]).toEqual(GIVES.write);
});

test("a custodian of all who reads one set reads that alone, and writes it too", () => {
  const can = together({
    one: [{ access: "write-only", apps: "all" }],
    two: [{ access: "read", apps: ["web"], environments: ["dev"] }],
  });
  expect(can["web-dev"]).toEqual(["read", "update", "patch"]);
  expect(can["web-prod"]).toEqual(GIVES["write-only"]);
});

test("nobody takes a right away by joining a group of hers", () => {
  const groups: Groups = {
    one: [{ access: "write", apps: "all" }],
    two: [{ access: "write-only", apps: ["web"] }],
    three: [{ access: "read", apps: ["web"], environments: ["dev"] }],
  };
  // What `two` says again for `three` is narrower than what `one` says.
  expect(together(groups, ["one", "two"], [["two", "three"]])["web-dev"]).toEqual(GIVES.write);
});

test("who has several grants can do what any of them lets, and no more", () => {
  const grant = fc.record({
    access: fc.constantFrom<AccessLevel>("read", "write", "write-only"),
    apps: fc.oneof(fc.constant("all" as const), fc.subarray(APPS, { minLength: 1 })),
    environments: fc.option(fc.subarray(ENVIRONMENTS, { minLength: 1 }), { nil: undefined }),
  });
  const names = ["one", "two", "three"];
  const groups = fc.dictionary(
    fc.constantFrom(...names),
    fc.uniqueArray(grant, { minLength: 1, maxLength: 3, selector: (each) => JSON.stringify(each) }),
    {
      minKeys: 1,
    },
  );
  fc.assert(
    fc.property(
      groups,
      fc.array(fc.subarray(names, { minLength: 1 }), { minLength: 1, maxLength: 3 }),
      (given, people) => {
        const known = people.map((each) => each.filter((name) => name in given)).filter((each) => each.length > 0);
        const [mine = Object.keys(given), ...others] = known;
        const can = together(given, mine, others);
        for (const set of Object.keys(can)) {
          const [app, environment] = [set.replace(/-(dev|prod)$/, ""), /(dev|prod)$/.exec(set)![0]];
          const lets = mine
            .flatMap((name) => given[name]!)
            .filter(({ apps }) => apps === "all" || apps.includes(app))
            .filter(({ environments }) => !environments || environments.includes(environment))
            .flatMap(({ access }) => GIVES[access]);
          expect([set, can[set]]).toEqual([set, ASKED.filter((does) => lets.includes(does))]);
        }
      },
    ),
    { numRuns: 150 },
  );
});
