import { abilitiesOf, appWords, cellWords, csvReport, jsonReport, markdownReport, rowsOf, check } from "../../access";
import { definePlatform } from "../../model";
import sample from "../../config/sample";
import { accessOf, at, productionStacks, rule, sampleStacks, stacksOf, type Stacks } from "./fixture";

const matrix = (stacks: Stacks, who: string) =>
  rowsOf(accessOf(stacks), { who }).map(({ apps, cells }) => [
    apps.join(),
    Object.fromEntries([...cells].map(([environment, bits]) => [environment, cellWords(bits).join(" ")])),
  ]);

describe("who can do what", () => {
  test("in production: an on-call person changes where the grant says write, and reads where it says read", () => {
    const write = "delete update read";
    expect(matrix(productionStacks(), "jonas.weber")).toEqual([
      ["storefront", { dev: write, qa: write, stg: write, "prod-eu": "read", "prod-us": "read" }],
    ]);
  });

  test("Vault never filters a list: whoever may list the folder sees that a protected set is there", () => {
    expect(matrix(productionStacks(), "noah.lindqvist")).toEqual([
      ["payments", { dev: "delete update read", qa: "delete update read", stg: "see" }],
    ]);
  });

  test("a workload reads its own set, the shared one that lists it, and nothing else", () => {
    expect(matrix(productionStacks(), "workload prod-us/payments/")).toEqual([
      ["broker", { "prod-us": "read" }],
      ["payments", { "prod-us": "read" }],
    ]);
    expect(matrix(productionStacks(), "workload prod-eu/reporting/")).toEqual([["reporting", { "prod-eu": "read" }]]);
  });

  test("those who run the platform escalate and destroy, and read no value", () => {
    const [[, cells]] = matrix(sampleStacks(), "platform-admin") as [[string, Record<string, string>]];
    expect(new Set(Object.values(cells))).toEqual(new Set(["escalate destroy create settings see"]));
  });

  test("a group in a group, and a policy given to the user itself, count", () => {
    const stacks = sampleStacks();
    const access = stacks["sample-access-main"].resource;
    access.vault_identity_group.outer = {
      name: "outer",
      type: "internal",
      policies: ["sample-python-api-admin"],
      member_group_ids: ["${vault_identity_group.group_sample-node-api-user.id}"],
    };
    expect(matrix(stacks, "sample-node-api-user").map(([app]) => app)).toEqual([
      "sample-node-api",
      "sample-python-api",
    ]);
    const direct = sampleStacks();
    at(direct, "sample-access-main", "vault_userpass_auth_backend_user.user_sample-node-api-user").token_policies = [
      "sample-python-api-admin",
    ];
    expect(matrix(direct, "sample-node-api-user").map(([app]) => app)).toEqual([
      "sample-node-api",
      "sample-python-api",
    ]);
  });

  test("a user without an alias has nothing of its groups", () => {
    const stacks = sampleStacks();
    delete stacks["sample-access-main"].resource.vault_identity_entity_alias["user_sample-node-api-user_alias"];
    expect(matrix(stacks, "sample-node-api-user")).toEqual([]);
  });

  test("a policy with a template is judged for each person", () => {
    const stacks = sampleStacks();
    at(stacks, "sample-access-main", "vault_policy.userpass_own-password").policy += rule(
      "kvv2/data/sample/{{identity.entity.name}}/*",
      "read",
    );
    const entity = at(stacks, "sample-access-main", "vault_identity_entity.user_sample-python-api-user_entity");
    entity.name = "sample-node-api";
    expect(matrix(stacks, "person sample-python-api-user").map(([app]) => app)).toEqual([
      "sample-node-api",
      "sample-python-api",
    ]);
    expect(matrix(stacks, "person sample-node-api-user").map(([app]) => app)).toEqual(["sample-node-api"]);
  });

  test("destroying by metadata, and by its own path, is destroying", () => {
    const stacks = sampleStacks();
    const policy = at(stacks, "sample-access-main", "vault_policy.group_sample-node-api-user_policy");
    policy.policy =
      rule("kvv2/metadata/sample/sample-node-api/sample-node-api-dev", "delete") +
      rule("kvv2/destroy/sample/sample-node-api/sample-node-api-qa", "update");
    expect(matrix(stacks, "sample-node-api-user")).toEqual([["sample-node-api", { dev: "destroy", qa: "destroy" }]]);
  });

  test("sets that Terraform leaves alone or has forgotten are in the matrix", () => {
    const environments = { local: {}, dev: { secretSet: "existing" }, qa: { secretSet: "retired" } } as const;
    const config = definePlatform({
      ...sample,
      apps: { ...sample.apps, "sample-node-api": { ...sample.apps["sample-node-api"]!, environments } },
    } as never);
    expect(
      accessOf(stacksOf(config))
        .sets.filter(({ app }) => app === "sample-node-api")
        .map(({ environment, state }) => [environment, state]),
    ).toEqual([
      ["dev", "existing"],
      ["local", "placed"],
      ["qa", "existing"],
    ]);
  });

  test("pipelines stand by their role; whoever has the claims has it", () => {
    const stacks = productionStacks();
    const access = stacks["acme-access-nonprod"].resource;
    access.vault_jwt_auth_backend = {
      ...access.vault_jwt_auth_backend,
      ci: {
        path: "ci",
        type: "jwt",
        bound_issuer: "https://ci.acme.example",
        oidc_discovery_url: "https://ci.acme.example",
      },
    };
    access.vault_policy.ci = { name: "ci-dev", policy: rule("apps/data/acme/payments/payments-dev", "create") };
    access.vault_jwt_auth_backend_role = {
      ...access.vault_jwt_auth_backend_role,
      ci: {
        backend: "ci",
        role_name: "dev",
        role_type: "jwt",
        user_claim: "sub",
        bound_audiences: ["vault"],
        bound_claims: { repository: "acme/infra" },
        token_policies: ["ci-dev"],
      },
    };
    expect(matrix(stacks, "pipeline nonprod/ci/dev")).toEqual([["payments", { dev: "create" }]]);
    // The config names no such login; beside that, every proof holds.
    expect(new Set(check(accessOf(stacks)).failures.map(({ proof }) => proof))).toEqual(new Set(["trust"]));
  });

  test("apps that an identity can do the same with share a row from five on", () => {
    const apps = Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [name, { owner: "team", keys: ["KEY"] }]));
    const rows = rowsOf(accessOf(stacksOf(definePlatform({ ...sample, apps, people: undefined } as never))), {
      who: "person platform-admin",
    });
    expect(rows.map((row) => appWords(row, Object.keys(apps)))).toEqual(["all 5 apps"]);
  });
});

describe("reports", () => {
  const access = accessOf(productionStacks());
  const result = check(access);

  test("in JSON: every ability with the rule, the policy and the resources", () => {
    const json = JSON.parse(
      jsonReport(access, result, { who: "tomas.novak", app: "reporting", environment: "prod-eu" }),
    );
    expect(json.identities).toEqual([
      expect.objectContaining({ name: "person tomas.novak", groups: ["data-engineers", "support-readers"] }),
    ]);
    expect(json.identities[0].access[0]).toMatchObject({
      secretSet: "apps/acme/reporting/reporting-prod-eu",
      abilities: ["delete", "update", "read", "create", "see"],
    });
    expect(json.identities[0].access[0].reasons[0]).toMatchObject({
      ability: "delete",
      operation: "delete",
      rule: "apps/data/acme/reporting/reporting-prod-eu",
      policies: ["data-engineers"],
    });
  });

  test("in CSV: a line for each ability, quoted where it must be, and no text that a spreadsheet would run", () => {
    const [head, ...lines] = csvReport(access, { who: "tomas.novak" }).trimEnd().split("\r\n");
    expect(head).toMatch(/^who,kind,app,environment,protected,secret set,ability/);
    expect(lines).toHaveLength(3 * 2 + 2 * 2 + 2 + 3);
    expect(lines.every((line) => !/(^|,)[=+@-]/.test(line))).toBe(true);
  });

  test("in Markdown: the matrix, the privilege escalations and the proofs", () => {
    const text = markdownReport(access, result);
    expect(text).toContain(
      "| person jonas.weber | storefront | delete, update, read | delete, update, read | read | " +
        "read | delete, update, read |",
    );
    expect(text).toContain(
      "| isolation | no app reads another's secret, but by pods of a namespace that both share | holds |",
    );
    expect(text).toContain("write policies; write users or roles of an auth method");
  });

  test("abilities are said most severe first", () => {
    expect(abilitiesOf(0b11111111)).toEqual([
      "escalate",
      "destroy",
      "delete",
      "update",
      "read",
      "create",
      "settings",
      "see",
    ]);
  });
});
