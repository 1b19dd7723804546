import { grantsOf, type World } from "../../../cli/adopt/rights";
import { KvPath, type GrantConfig } from "../../../model";
import { Acl, readPolicy } from "../../../policies/evaluate";

const WORLD: World = {
  root: new KvPath("kvv2", "shop"),
  apps: new Map([
    ["web", ["dev", "prod"]],
    ["api", ["dev", "prod"]],
  ]),
};

/** The grants nearest to a policy: rules by path below `kvv2/data/`. */
function grants(rules: { readonly [path: string]: readonly string[] }): GrantConfig[] {
  const text = Object.entries(rules)
    .map(([path, capabilities]) => `path "kvv2/data/${path}" {\n  capabilities = ${JSON.stringify(capabilities)}\n}\n`)
    .join("");
  return grantsOf(Acl.of([{ name: "p", policy: readPolicy(text) }]), WORLD);
}

describe("the grants nearest to a policy", () => {
  test.each<[string, Parameters<typeof grants>[0], GrantConfig[]]>([
    ["a whole tree", { "shop/*": ["read"] }, [{ access: "read", apps: "all" }]],
    ["a whole tree, wider than the platform's", { "*": ["read", "update"] }, [{ access: "write", apps: "all" }]],
    ["an app", { "shop/web/*": ["read", "list"] }, [{ access: "read", apps: ["web"] }]],
    ["two apps alike", { "shop/web/*": ["read"], "shop/api/*": ["read"] }, [{ access: "read", apps: ["web", "api"] }]],
    ["values that are not read back", { "shop/web/*": ["update"] }, [{ access: "write-only", apps: ["web"] }]],
    [
      "one set, and none to come",
      { "shop/web/web-dev": ["read"] },
      [{ access: "read", apps: ["web"], environments: ["dev"] }],
    ],
    [
      "every set that there is, and none to come",
      { "shop/web/web-dev": ["read"], "shop/web/web-prod": ["read"] },
      [{ access: "read", apps: ["web"], environments: ["dev", "prod"] }],
    ],
    [
      "an environment by wildcard",
      { "shop/+/web-dev": ["read"], "shop/+/api-dev": ["read"] },
      [{ access: "read", apps: ["web", "api"], environments: ["dev"] }],
    ],
    [
      "a tree with more in one place",
      { "shop/*": ["read"], "shop/web/web-dev": ["read", "update"] },
      [
        { access: "read", apps: "all" },
        { access: "write", apps: ["web"], environments: ["dev"] },
      ],
    ],
    [
      "a tree with less in one place: each set is named",
      { "shop/web/*": ["read", "update"], "shop/web/web-prod": ["deny"] },
      [{ access: "write", apps: ["web"], environments: ["dev"] }],
    ],
    [
      "every tree but where an app has less",
      { "shop/*": ["read"], "shop/api/api-prod": ["deny"] },
      [
        { access: "read", apps: ["web"] },
        { access: "read", apps: ["api"], environments: ["dev"] },
      ],
    ],
    ["a prefix that is no folder", { "shop/we*": ["read"] }, [{ access: "read", apps: ["web"] }]],
    ["a list of names alone", { "shop/*": ["list"] }, []],
    ["what is not there yet", { "shop/*": ["create"] }, []],
    ["another platform", { "other/*": ["read"] }, []],
  ])("%s", (_, rules, expected) => {
    expect(grants(rules)).toEqual(expected);
  });

  test("give nothing where a policy asks for more than a path", () => {
    const text = 'path "kvv2/data/*" {\n  capabilities = ["update"]\n  required_parameters = ["ticket"]\n}\n';
    expect(grantsOf(Acl.of([{ name: "p", policy: readPolicy(text) }]), WORLD)).toEqual([]);
  });
});
