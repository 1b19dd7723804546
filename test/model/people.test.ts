import production from "../../config/production";
import sample from "../../config/sample";
import { resolvePlatform, type Grant, type Platform } from "../../model";
import { platform, type Change } from "./support";

/** What a grant covers, as people write it: a tree with `/*` at its end. */
function covers({ scope }: Grant): string[] {
  return "tree" in scope ? [`${scope.tree}/*`] : scope.sets.map(String);
}

/** What `developers` cover in the small config, where they have these grants. */
function developers(grants: unknown, change: Change = {}): string[] {
  return platform({ ...change, "people/groups/developers/grants": grants }).groups[1]!.grants.flatMap(covers);
}

const open: Change = { "environments/prod/protected": false };

describe("a grant", () => {
  it("of all apps is the platform's whole tree where nothing is protected", () => {
    expect(developers([{ access: "read", apps: "all" }], open)).toEqual(["kvv2/shop/*"]);
  });

  it("of an app is that app's tree where nothing is protected", () => {
    expect(developers([{ access: "read", apps: ["web"] }], open)).toEqual(["kvv2/shop/web/*"]);
  });

  it("of two apps is two trees, in the grant's order", () => {
    expect(developers([{ access: "read", apps: ["web-api", "web"] }], open)).toEqual([
      "kvv2/shop/web-api/*",
      "kvv2/shop/web/*",
    ]);
  });

  it("of all apps is a list of open secret sets where an environment of the Vault is protected", () => {
    expect(developers([{ access: "read", apps: "all" }])).toEqual([
      "kvv2/shop/web/web-dev",
      "kvv2/shop/web-api/web-api-dev",
    ]);
  });

  it("of an app is a list too, even when that app runs in nothing protected today", () => {
    expect(developers([{ access: "read", apps: ["web"] }], { "apps/web/environments": ["dev"] })).toEqual([
      "kvv2/shop/web/web-dev",
    ]);
  });

  it("is a list although the protected environment has no app at all: one may come", () => {
    expect(
      developers([{ access: "read", apps: "all" }], {
        "apps/web/environments": ["dev"],
        "apps/web-api/environments": ["dev"],
      }),
    ).toEqual(["kvv2/shop/web/web-dev", "kvv2/shop/web-api/web-api-dev"]);
  });

  it("that names an environment is a list, protected or not", () => {
    expect(developers([{ access: "read", apps: "all", environments: ["dev"] }], open)).toEqual([
      "kvv2/shop/web/web-dev",
      "kvv2/shop/web-api/web-api-dev",
    ]);
  });

  it("reaches a protected environment when it names it, and no other", () => {
    expect(developers([{ access: "read", apps: ["web"], environments: ["prod"] }])).toEqual(["kvv2/shop/web/web-prod"]);
  });

  it("never reaches an app whose name begins with the granted one's", () => {
    const covered = developers([{ access: "write", apps: ["web"] }], open);
    expect(covered.some((each) => "kvv2/shop/web-api/web-api-dev".startsWith(each.replace(/\*$/, "")))).toBe(false);
  });

  it("keeps its access, beside others of the same group", () => {
    const { groups } = platform({
      ...open,
      "people/groups/developers/grants": [
        { access: "read", apps: "all" },
        { access: "write", apps: ["web"], environments: ["dev"] },
      ],
    });
    expect(groups[1]!.grants.map((grant) => [grant.access, grant.vault, ...covers(grant)])).toEqual([
      ["read", "main", "kvv2/shop/*"],
      ["write", "main", "kvv2/shop/web/web-dev"],
    ]);
  });

  it("of a retired secret set still holds: its values stay until a person deletes them", () => {
    expect(
      developers([{ access: "read", apps: ["web"], environments: ["dev"] }], {
        "apps/web/environments": { dev: { secretSet: "retired" } },
      }),
    ).toEqual(["kvv2/shop/web/web-dev"]);
  });
});

describe("a grant over two Vaults", () => {
  const two: Change = {
    ...open,
    "vaults/main/address": "http://main",
    "vaults/other": { address: "https://other", mount: "apps" },
    "environments/stg": { vault: "other" },
  };
  const grants = (change: Change = {}) =>
    platform({ ...two, ...change }).groups[1]!.grants.map((grant) => [grant.vault, ...covers(grant)]);

  it("is one in each, at that Vault's mount", () => {
    expect(grants()).toEqual([
      ["main", "kvv2/shop/*"],
      ["other", "apps/shop/*"],
    ]);
  });

  it("is a list only in the Vault that has something protected", () => {
    expect(grants({ "environments/prod/protected": true })).toEqual([
      ["main", "kvv2/shop/web/web-dev", "kvv2/shop/web-api/web-api-dev"],
      ["other", "apps/shop/*"],
    ]);
  });

  it("is none in a Vault where no such app runs", () => {
    expect(
      grants({
        "people/groups/developers/grants": [{ access: "read", apps: ["web"] }],
        "apps/web/environments": ["dev"],
      }),
    ).toEqual([["main", "kvv2/shop/web/*"]]);
  });

  it("is none in a Vault of which it names no environment", () => {
    expect(
      grants({ "people/groups/developers/grants": [{ access: "read", apps: "all", environments: ["stg"] }] }),
    ).toEqual([["other", "apps/shop/web/web-stg", "apps/shop/web-api/web-api-stg"]]);
  });
});

describe("people are on the Vaults that their groups reach, and on no other", () => {
  const { groups, users } = platform({
    ...open,
    "vaults/main/address": "http://main",
    "vaults/other": { address: "https://other" },
    "environments/stg": { vault: "other" },
    "people/groups": {
      everywhere: { grants: [{ access: "read", apps: "all" }] },
      staging: { grants: [{ access: "write", apps: "all", environments: ["stg"] }] },
      web: { grants: [{ access: "write", apps: ["web"], environments: ["dev", "prod"] }] },
    },
    "people/users": {
      ann: { groups: ["staging"] },
      ben: { groups: ["staging", "web"] },
      cleo: { groups: ["platform-admin"] },
      dan: { groups: ["web"] },
    },
  });

  it("as groups", () => {
    expect(groups.map(({ name, vaults }) => [name, ...vaults])).toEqual([
      ["platform-admin", "main", "other"],
      ["everywhere", "main", "other"],
      ["staging", "other"],
      ["web", "main"],
    ]);
  });

  it("as users, in the order of the Vaults", () => {
    expect(users.map(({ name, vaults }) => [name, ...vaults])).toEqual([
      ["platform-admin", "main", "other"],
      ["ann", "other"],
      ["ben", "main", "other"],
      ["cleo", "main", "other"],
      ["dan", "main"],
    ]);
  });

  it("and platform-admin, which is on all, is granted no secret", () => {
    expect(groups.filter((group) => group.admin)).toEqual([
      { name: "platform-admin", admin: true, grants: [], vaults: ["main", "other"] },
    ]);
  });
});

describe("in the configs of the repository", () => {
  /** The secret sets of protected environments that a grant covers without naming its environment. */
  const leaks = (resolved: Platform, config: typeof sample): string[] => {
    const isProtected = new Set(resolved.environments.filter((e) => e.protected).map((e) => e.name));
    return Object.entries(config.people?.groups ?? {}).flatMap(([name, group]) => {
      const named = new Set(group.grants.flatMap((grant) => grant.environments ?? []));
      const covered = resolved.groups.find((g) => g.name === name)!.grants;
      return resolved.tenants
        .filter((t) => isProtected.has(t.environment) && !named.has(t.environment))
        .filter((t) =>
          covered.some(
            (grant) =>
              grant.vault === t.vault &&
              covers(grant).some((each) =>
                each.endsWith("/*") ? `${t.path}`.startsWith(each.slice(0, -1)) : each === `${t.path}`,
              ),
          ),
        )
        .map((t) => `${name}: ${t.path}`);
    });
  };

  it.each([
    ["sample", sample],
    ["production", production],
  ])("no grant of %s reaches a protected environment that its group does not name", (_, config) => {
    expect(leaks(resolvePlatform(config), config)).toEqual([]);
  });

  it("the sample's groups have the article's trees", () => {
    expect(
      Object.fromEntries(
        resolvePlatform(sample).groups.map((group) => [
          group.name,
          group.grants.flatMap((grant) => covers(grant).map((each) => `${grant.access} ${each}`)),
        ]),
      ),
    ).toEqual({
      "platform-admin": [],
      "sample-admin": ["write kvv2/sample/*"],
      "sample-node-api-admin": ["write kvv2/sample/sample-node-api/*"],
      "sample-node-api-user": ["read kvv2/sample/sample-node-api/*"],
      "sample-python-api-admin": ["write kvv2/sample/sample-python-api/*"],
      "sample-python-api-user": ["read kvv2/sample/sample-python-api/*"],
    });
  });

  it("production's on-call reads where it may not write", () => {
    const onCall = resolvePlatform(production).groups.find((group) => group.name === "storefront-on-call")!;
    expect(
      onCall.grants.flatMap((grant) => covers(grant).map((each) => `${grant.vault}: ${grant.access} ${each}`)),
    ).toEqual([
      "nonprod: write apps/acme/storefront/storefront-stg",
      "prod: read apps/acme/storefront/storefront-prod-eu",
      "prod: read apps/acme/storefront/storefront-prod-us",
    ]);
  });
});
