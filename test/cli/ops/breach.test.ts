import { checklist } from "../../../cli/ops/breach/checklist";
import { planForShare, planForUser, planForWorkloads } from "../../../cli/ops/breach/plan";
import {
  allowedBy,
  configPoliciesOfGroups,
  configPolicyOfWorkload,
  EVERYTHING,
  policy,
  reachOf,
  type Reach,
} from "../../../cli/ops/breach/reach";
import { chooseSuspect } from "../../../cli/ops/breach/suspect";
import production from "../../../config/production";
import sample from "../../../config/sample";
import { resolvePlatform } from "../../../model";
import { ops } from "./run-ops";

const acme = resolvePlatform(production);
const platform = resolvePlatform(sample);
const AT = new Date("2026-06-30T12:00:00Z");
const names = (reach: readonly Reach[]) =>
  reach.map(({ tenant, read, change }) => `${tenant.name}${read ? " read" : ""}${change ? " change" : ""}`);
const groupsOf = (user: string) => acme.users.find((each) => each.name === user)!.groups;

describe("what an identity could do, by the config", () => {
  test.each([
    [
      "jonas.weber",
      "nonprod",
      ["storefront-stg read change", "storefront-dev read change", "storefront-qa read change"],
    ],
    ["jonas.weber", "prod", ["storefront-prod-eu read", "storefront-prod-us read"]],
    ["noah.lindqvist", "nonprod", ["payments-dev read change", "payments-qa read change"]],
    ["noah.lindqvist", "prod", []],
    [
      "priya.raman",
      "prod",
      ["payments-prod-eu change", "payments-prod-us change", "broker-prod-eu change", "broker-prod-us change"],
    ],
    ["tomas.novak", "prod", ["reporting-prod-eu read change"]],
  ])("%s in %s: protected first", (user, vault, expected) =>
    expect(names(reachOf(acme, vault, allowedBy(configPoliciesOfGroups(acme, vault, groupsOf(user)))))).toEqual(
      expected,
    ),
  );

  test("a workload: its own set and the shared one that lists it, and these only to read", () => {
    const tenant = acme.tenants.find((each) => each.name === "payments-prod-eu")!;
    expect(names(reachOf(acme, "prod", allowedBy([configPolicyOfWorkload(tenant)])))).toEqual([
      "payments-prod-eu read",
      "broker-prod-eu read",
    ]);
  });

  test.each([
    [
      "data to update",
      'path "kvv2/data/sample/sample-node-api/sample-node-api-dev" { capabilities = ["update"] }',
      ["sample-node-api-dev change"],
    ],
    [
      "versions to destroy",
      'path "kvv2/destroy/sample/*" { capabilities = ["update"] }',
      platform.tenants.map((tenant) => `${tenant.name} change`),
    ],
    [
      "metadata to delete",
      'path "kvv2/metadata/+/sample-python-api/sample-python-api-qa" { capabilities = ["delete"] }',
      ["sample-python-api-qa change"],
    ],
    [
      "a deny on the very path",
      'path "kvv2/data/sample/*" { capabilities = ["read"] }\npath ' +
        '"kvv2/data/sample/sample-node-api/*" { capabilities = ["deny"] }',
      ["local", "dev", "qa", "stg", "prod"].map((environment) => `sample-python-api-${environment} read`),
    ],
    ["key names alone", 'path "kvv2/subkeys/*" { capabilities = ["read"] }', []],
  ])("a policy of somebody else's: %s", (_, text, expected) =>
    expect(names(reachOf(platform, "main", allowedBy([policy("by-hand", text)])))).toEqual(expected),
  );

  test("what the config gives and what Vault has add up", () => {
    const a = allowedBy([
      policy("a", 'path "kvv2/data/sample/sample-node-api/sample-node-api-dev" { capabilities = ["read"] }'),
    ]);
    const b = allowedBy([policy("b", 'path "kvv2/data/sample/sample-node-api/+" { capabilities = ["update"] }')]);
    expect(names(reachOf(platform, "main", a, b)).sort()).toEqual([
      "sample-node-api-dev read change",
      "sample-node-api-local change",
      "sample-node-api-prod change",
      "sample-node-api-qa change",
      "sample-node-api-stg change",
    ]);
  });
});

describe("who is meant", () => {
  test.each([
    [
      { user: "mei.tanaka" },
      /--vault: given nothing, and this is on several; accepted: nonprod, prod\. Run it once for each/,
    ],
    [{ user: "noah.lindqvist", vault: "prod" }, /--vault: given "prod"; accepted: nonprod/],
    [{ workload: "payments" }, /--workload: given "payments"; accepted: storefront\/dev/],
    [{ environment: "prod" }, /--environment: given "prod"; accepted: .*prod-eu, prod-us\./],
  ])("refused: %j", (options, message) => expect(() => chooseSuspect(acme, options)).toThrow(message));

  test("an app on two Vaults: one now, and the other is named", () =>
    expect(chooseSuspect(acme, { app: "payments", vault: "prod" })).toMatchObject({
      kind: "workloads",
      tenants: { length: 2 },
      elsewhere: ["nonprod"],
    }));
  test("an environment lies on one Vault", () =>
    expect(chooseSuspect(acme, { environment: "stg" })).toMatchObject({
      vault: "nonprod",
      tenants: { length: 2 },
      elsewhere: [],
    }));
});

describe("the checklist", () => {
  const options = { platform: "acme", at: AT, done: false };
  const entity = { id: "1", name: "priya.raman", disabled: false, policies: [], group_ids: [], aliases: [] };
  const userpass = { path: "userpass/", type: "userpass", accessor: "auth_userpass_1" };
  const nobody = {
    logins: [{ mount: userpass, exists: true, policies: [], entity }],
    entities: [entity],
    unknown: [],
    belongs: () => false,
    admin: false,
    tokens: [],
    remarks: [],
  };

  test("of a person, dry: nothing is ticked, and the way to do it is said", () => {
    const text = checklist(
      planForUser(acme, "prod", "priya.raman", {
        ...nobody,
        reach: reachOf(acme, "prod", allowedBy(configPoliciesOfGroups(acme, "prod", groupsOf("priya.raman")))),
      }),
      options,
    );
    expect(text).toContain(
      "# Breach of user priya.raman: dry run, nothing was changed\n\nPlatform acme, Vault prod, 2026-06-30 12:00 UTC.",
    );
    expect(text).not.toContain("[x]");
    expect(text).toContain("`--confirm`");
    expect(text).toContain(
      "### payments in prod-eu (protected)\n\n`apps/acme/payments/payments-prod-eu`, owner " +
        "`team-payments`; could be changed\n\n- [ ] `npm run ops -- secrets set payments prod-eu DB_USERNAME`",
    );
  });

  test("a value that a command makes is made anew, not set", () => {
    const reach = reachOf(acme, "nonprod", EVERYTHING).filter(({ tenant }) => tenant.name === "storefront-dev");
    const text = checklist(planForUser(acme, "nonprod", "priya.raman", { ...nobody, reach }), options);
    expect(text).toContain("- [ ] `npm run ops -- secrets rotate storefront dev SESSION_KEY`");
    expect(text).toContain("- [ ] `npm run ops -- secrets set storefront dev DB_PASSWORD`");
  });

  test("an owner is whoever's words: no link, no image and no mention in an issue", () => {
    const owner = "![x](https://e.example/x.png) [l](https://e.example) @everyone `<b>";
    const reach = reachOf(acme, "prod", EVERYTHING).map((each) => ({ ...each, tenant: { ...each.tenant, owner } }));
    const text = checklist(planForUser(acme, "prod", "priya.raman", { ...nobody, reach }), options);
    expect(text).toContain("owner `![x](https://e.example/x.png) [l](https://e.example) @everyone '‹b›`; could be");
  });

  test("done: what was cut off is ticked, what people do is not", () => {
    const text = checklist(planForUser(acme, "prod", "priya.raman", { ...nobody, reach: [] }), {
      ...options,
      done: true,
    });
    expect(text.match(/^- \[x\]/gm)).toHaveLength(3);
    expect(text).not.toContain("--confirm");
    expect(text).toContain("None: this identity reached no secret set.");
  });

  test("what could not be read is unknown, and never none", () => {
    const unknown = ["whether `auth/ldap/` has a user priya.raman"];
    const text = (reach: readonly Reach[]) =>
      checklist(planForUser(acme, "prod", "priya.raman", { ...nobody, reach, unknown }), options);
    expect(text([])).toContain("- Not known: whether `auth/ldap/` has a user priya.raman.");
    expect(text([])).not.toContain("None: this identity");
    expect(text([])).toContain("Not known: of what could be read, nothing reaches a secret set");
    expect(text(reachOf(acme, "prod", EVERYTHING))).toContain("There may be more: what could not be read");
  });

  test("of a workload: which stack puts its role back depends on who has authority", () => {
    const plan = (of: typeof acme, name: string) => {
      const tenant = of.tenants.find((each) => each.name === name)!;
      return planForWorkloads(of, tenant.vault, name, [], {
        reach: [],
        tokens: [],
        remarks: [],
        roles: [{ tenant, path: `auth/x/role/${name}`, exists: true }],
        databases: [],
      }).after.join("\n");
    };
    expect(plan(acme, "payments-prod-eu")).toContain("next apply of `acme-access-prod`");
    expect(plan(platform, "sample-node-api-local")).toContain("next apply of `sample-local`");
  });

  test("of a share: rekeying instead of cutting off, every value under a condition", () => {
    const text = checklist(planForShare("prod", reachOf(acme, "prod", EVERYTHING)), options);
    expect(text).toMatch(/^## 1\. Rekey$/m);
    expect(text).not.toContain("Cut off");
    expect(text).toContain("Only if as many shares as the threshold may be in the same hands");
  });
});

test("breach has help with examples", async () =>
  expect(await ops("breach --help")).toMatchObject({
    code: 0,
    out: expect.stringContaining("npm run ops -- breach --user"),
  }));
