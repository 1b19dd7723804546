import { usageOf } from "../../../cli/access-used/grants";
import { suggestionsOf } from "../../../cli/access-used/suggestions";
import { pathsOf, type Deeds } from "../../../cli/access-used/who";
import type { Use } from "../../../cli/audit-log";
import production from "../../../config/production";
import { withOidc } from "../../helpers/oidc-config";
import { resolvePlatform } from "../../../model";

const platform = resolvePlatform(production);
const NOW = Date.UTC(2026, 5, 30);

function did(name: string, ...deeds: readonly (readonly [tenant: string, use: Use])[]): Deeds {
  const byPath = new Map<string, Map<Use, { first: number; last: number; addresses: string[]; more: boolean }>>();
  for (const [tenant, use] of deeds) {
    const { set } = pathsOf(platform.tenants.find((each) => each.name === tenant)!.path);
    const uses = byPath.get(set) ?? new Map();
    byPath.set(set, uses.set(use, { first: NOW, last: NOW, addresses: [], more: false }));
  }
  return { kind: "person", name, byPath };
}

const suggested = (vault: string, about: string, ...everyone: Deeds[]) =>
  suggestionsOf(usageOf(production, platform, vault, everyone, NOW - 1000), NOW - 1000, "90d")
    .filter(({ at }) => at.includes(about))
    .map(({ at, says }) => `${at}: ${says}`);

test("who of an identity provider's people is in which group is not known: what one did may be by any", () => {
  const of = resolvePlatform(withOidc);
  const told = (...everyone: Deeds[]) =>
    suggestionsOf(usageOf(withOidc, of, "prod", everyone, NOW - 1000), NOW - 1000, "90d")
      .filter(({ at }) => at === 'people.groups["payments-custodians"].grants[1]')
      .map(({ says }) => says);
  expect(told()).toEqual([UNUSED]);
  expect(told({ ...did("sub-1", ["payments-prod-eu", "write"]), kind: "external" })).toEqual([]);
});

test("of what reaches another Vault, too, nothing is suggested: it may be used there", () => {
  const groups = {
    both: { grants: [{ access: "write" as const, apps: ["storefront"], environments: ["stg", "prod-eu"] }] },
    here: { grants: [{ access: "write" as const, apps: ["storefront"], environments: ["stg"] }] },
    split: {
      grants: [
        { access: "write" as const, apps: ["storefront"], environments: ["stg"] },
        { access: "read" as const, apps: ["storefront"], environments: ["prod-eu"] },
      ],
    },
  };
  const users = { "ada.one": { groups: ["both", "here", "split"] }, "bo.two": { groups: ["both", "here", "split"] } };
  const config = { ...production, people: { groups, users } };
  const of = resolvePlatform(config);
  const told = (...everyone: Deeds[]) =>
    suggestionsOf(usageOf(config, of, "nonprod", everyone, NOW - 1000), NOW - 1000, "90d")
      .map(({ at }) => at)
      .filter((at) => at.startsWith("people"));
  expect(told()).toEqual(["people.groups.here.grants[0]", "people.groups.split.grants[0]"]);
  const ada = did("ada.one", ["storefront-stg", "write"], ["storefront-stg", "read"]);
  expect(told(ada)).toEqual(['people.users["bo.two"].groups[1]']);
});

const UNUSED = "nobody used it in 90d: take it out?";

describe("a use counts for a grant that allows it", () => {
  test.each<[string, string, string, Deeds, string[]]>([
    [
      "a write is none of a grant to read",
      "prod",
      '"storefront-on-call"]',
      did("jonas.weber", ["storefront-prod-eu", "write"]),
      [`people.groups["storefront-on-call"].grants[1]: ${UNUSED}`],
    ],
    [
      "a read is none of a grant to write only",
      "prod",
      '"payments-custodians"]',
      did("priya.raman", ["payments-prod-eu", "read"]),
      [`people.groups["payments-custodians"].grants[1]: ${UNUSED}`],
    ],
    [
      "and a write is one of it, which asks for no read",
      "prod",
      '"payments-custodians"]',
      did("priya.raman", ["payments-prod-us", "write"]),
      [],
    ],
    [
      "each grant of a group is judged by its own sets, on its own Vault",
      "nonprod",
      '"storefront-on-call"]',
      did("jonas.weber", ["storefront-stg", "write"], ["storefront-stg", "ask"]),
      [],
    ],
    [
      "somebody in another group is nobody of this one",
      "nonprod",
      '"storefront-on-call"]',
      did("lucia.romero", ["storefront-stg", "read"]),
      [`people.groups["storefront-on-call"].grants[0]: ${UNUSED}`],
    ],
  ])("%s", (_, vault, about, deeds, expected) => expect(suggested(vault, about, deeds)).toEqual(expected));

  test("who used nothing of a group that others use is named, once the group is used at all", () => {
    const mei = did("mei.tanaka", ["payments-dev", "read"]);
    expect(suggested("nonprod", '"noah.lindqvist"]', mei)).toEqual([
      'people.users["noah.lindqvist"].groups[0]: noah.lindqvist used nothing of what payments-developers ' +
        "gives in 90d: out of the group?",
    ]);
    expect(suggested("nonprod", '"noah.lindqvist"]')).toEqual([]);
  });
});
