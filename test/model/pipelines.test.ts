import { platform as smallPlatform, type Change, CI, shared } from "./support";

const platform = (change?: Change) => smallPlatform(shared(change));

test("no pipelines, no identities", () => {
  expect(platform().pipelines).toBeUndefined();
});

describe("identities", () => {
  const { pipelines } = platform({ pipelines: CI });

  test("there is one to plan, one to watch and one to apply for each stack, in the order of applying", () => {
    expect(pipelines!.identities.map(({ name }) => name)).toEqual([
      "plan-shop-vault-main",
      "watch-shop-vault-main",
      "apply-shop-vault-main",
      "plan-shop-access-main",
      "watch-shop-access-main",
      "apply-shop-access-main",
      "plan-shop-operator-home",
      "watch-shop-operator-home",
      "apply-shop-operator-home",
      "plan-shop-dev",
      "watch-shop-dev",
      "apply-shop-dev",
      "plan-shop-prod",
      "watch-shop-prod",
      "apply-shop-prod",
    ]);
  });

  test("each knows what its stack talks to", () => {
    const talks = Object.fromEntries(
      pipelines!.identities
        .filter(({ purpose }) => purpose === "plan")
        .map(({ stack, vault, cluster }) => [stack, [vault, cluster]]),
    );
    expect(talks).toEqual({
      "shop-vault-main": [undefined, "home"],
      "shop-access-main": ["main", undefined],
      "shop-operator-home": [undefined, "home"],
      "shop-dev": ["main", "home"],
      "shop-prod": ["main", undefined],
    });
  });

  test("who watches has the rights of the plan, everybody else those of the same name", () => {
    const rights = Object.fromEntries(
      pipelines!.identities.filter(({ stack }) => stack === "shop-dev").map((each) => [each.name, each.rights]),
    );
    expect(rights).toEqual({
      "plan-shop-dev": "plan-shop-dev",
      "watch-shop-dev": "plan-shop-dev",
      "apply-shop-dev": "apply-shop-dev",
    });
  });

  test(
    "a plan is bound to repository, deployment environment and a pull request; what watches and " +
      "applies to the reference too, and never to a pull request",
    () => {
      const claims = (name: string) => pipelines!.identities.find((each) => each.name === name)!.claims;
      expect(claims("plan-shop-dev")).toEqual({
        repository: ["shop/vault-tenancy"],
        repository_id: ["4711"],
        environment: ["plan-shop-dev"],
        event_name: ["pull_request"],
      });
      expect(claims("watch-shop-dev")).toEqual({
        repository: ["shop/vault-tenancy"],
        repository_id: ["4711"],
        environment: ["watch-shop-dev"],
        event_name: ["push", "schedule", "workflow_dispatch"],
        ref: ["refs/heads/main"],
      });
      expect(claims("apply-shop-dev")).toEqual({
        repository: ["shop/vault-tenancy"],
        repository_id: ["4711"],
        environment: ["apply-shop-dev"],
        event_name: ["push", "workflow_dispatch"],
        ref: ["refs/heads/main"],
      });
    },
  );

  test("defaults: the mount, five minutes, GitHub's subject", () => {
    expect(pipelines).toMatchObject({ mount: "jwt-ci", tokenTtl: { seconds: 300 } });
    expect(pipelines!.identities[0]!.subject).toBe("repo:shop/vault-tenancy:environment:plan-shop-vault-main");
  });

  test("another CI has claims, events and a subject of its own, and may require more", () => {
    const gitlab = {
      issuer: "https://gitlab.shop.example",
      audience: "vault-shop",
      repository: "shop/infra/vault",
      ref: "main",
      require: { ref_protected: "true" },
      claims: { repository: "project_path", ref: "ref", environment: "environment", event: "pipeline_source" },
      events: { plan: ["merge_request_event"], watch: ["push", "schedule"], apply: ["push"] },
      subject: "project_path:{repository}:environment:{environment}",
    };
    const { identities } = platform({ pipelines: gitlab }).pipelines!;
    const apply = identities.find(({ name }) => name === "apply-shop-dev")!;
    expect(apply.claims).toEqual({
      project_path: ["shop/infra/vault"],
      environment: ["apply-shop-dev"],
      ref: ["main"],
      pipeline_source: ["push"],
      ref_protected: ["true"],
    });
    expect(apply.subject).toBe("project_path:shop/infra/vault:environment:apply-shop-dev");
    expect(identities.find(({ name }) => name === "watch-shop-dev")!.claims).toMatchObject({
      ref: ["main"],
      pipeline_source: ["push", "schedule"],
    });
  });

  test("some of GitHub's events can be taken away, and the others stay the default", () => {
    const { identities } = platform({ pipelines: { ...CI, events: { watch: ["schedule"] } } }).pipelines!;
    expect(identities.slice(0, 3).map(({ claims }) => claims.event_name)).toEqual([
      ["pull_request"],
      ["schedule"],
      ["push", "workflow_dispatch"],
    ]);
  });
});

test("what leaves keeps its namespace until its environment is applied", () => {
  const { tenants } = platform({ "apps/web/environments": { dev: { secretSet: "retired" } } });
  expect(tenants.find(({ app }) => app === "web")).toMatchObject({ delivery: undefined, leavesNamespace: "shop-dev" });
});
