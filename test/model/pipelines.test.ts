import { config, message, platform, refusal, refuses } from "./support";

const CI = { issuer: "https://token.actions.githubusercontent.com", audience: "https://vault.shop.example", repository: "shop/vault-tenancy" };

test("no pipelines, no identities", () => {
  expect(platform().pipelines).toBeUndefined();
});

describe("identities", () => {
  const { pipelines } = platform({ pipelines: CI });

  test("there is one to plan and one to apply for each stack, in the order of applying", () => {
    expect(pipelines!.identities.map(({ name }) => name)).toEqual([
      "plan-shop-vault-main",
      "apply-shop-vault-main",
      "plan-shop-access-main",
      "apply-shop-access-main",
      "plan-shop-operator-home",
      "apply-shop-operator-home",
      "plan-shop-dev",
      "apply-shop-dev",
      "plan-shop-prod",
      "apply-shop-prod",
    ]);
  });

  test("each knows what its stack talks to", () => {
    const talks = Object.fromEntries(pipelines!.identities.filter(({ purpose }) => purpose === "plan").map(({ stack, vault, cluster }) => [stack, [vault, cluster]]));
    expect(talks).toEqual({
      "shop-vault-main": [undefined, "home"],
      "shop-access-main": ["main", undefined],
      "shop-operator-home": [undefined, "home"],
      "shop-dev": ["main", "home"],
      "shop-prod": ["main", undefined],
    });
  });

  test("a plan is bound to repository, deployment environment and event; an apply to the reference too", () => {
    const claims = (name: string) => pipelines!.identities.find((each) => each.name === name)!.claims;
    expect(claims("plan-shop-dev")).toEqual({ repository: ["shop/vault-tenancy"], environment: ["plan-shop-dev"], event_name: ["pull_request", "push", "schedule", "workflow_dispatch"] });
    expect(claims("apply-shop-dev")).toEqual({ repository: ["shop/vault-tenancy"], environment: ["apply-shop-dev"], event_name: ["push", "workflow_dispatch"], ref: ["refs/heads/main"] });
  });

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
      events: { plan: ["merge_request_event"], apply: ["push"] },
      subject: "project_path:{repository}:environment:{environment}",
    };
    const apply = platform({ pipelines: gitlab }).pipelines!.identities.find(({ name }) => name === "apply-shop-dev")!;
    expect(apply.claims).toEqual({ project_path: ["shop/infra/vault"], environment: ["apply-shop-dev"], ref: ["main"], pipeline_source: ["push"], ref_protected: ["true"] });
    expect(apply.subject).toBe("project_path:shop/infra/vault:environment:apply-shop-dev");
  });
});

test("what leaves keeps its namespace until its environment is applied", () => {
  const { tenants } = platform({ "apps/web/environments": { dev: { secrets: "retired" } } });
  expect(tenants.find(({ app }) => app === "web")).toMatchObject({ delivery: undefined, leavesNamespace: "shop-dev" });
});

describe("refused", () => {
  const name = "a name of lower-case letters, digits, dashes and underscores, a letter first, at most 64 characters, not iss, aud, sub, exp, nbf, iat, jti";
  const claim = "a claim's value of letters, digits and . _ : / @ -, at most 256 characters";
  const prefix = "letters, digits and . _ : / @ # -, one of : / # - last, not system:, at most 64 characters";
  refuses([
    ["a repository of a pattern", { pipelines: { ...CI, repository: "shop/*" } }, 'pipelines.repository: given "shop/*"; accepted: owner/name, at most 256 characters. Wildcards would reach more than the config names.'],
    ["a repository without owner", { pipelines: { ...CI, repository: "vault" } }, 'pipelines.repository: given "vault"; accepted: owner/name, at most 256 characters.'],
    ["a reference of a pattern", { pipelines: { ...CI, ref: "refs/heads/*" } }, 'pipelines.ref: given "refs/heads/*"; accepted: a git reference such as refs/heads/main, at most 256 characters. Wildcards would reach more than the config names.'],
    ["an issuer without TLS", { pipelines: { ...CI, issuer: "http://ci.example" } }, 'pipelines.issuer: given "http://ci.example"; accepted: an https URL without credentials, query and fragment, at most 256 characters.'],
    ["no audience", { pipelines: { ...CI, audience: undefined } }, `pipelines.audience: given nothing; accepted: ${claim}.`],
    ["two values in one, as the provider would part them", { pipelines: { ...CI, require: { team: "a,b" } } }, `pipelines.require.team: given "a,b"; accepted: ${claim}.`],
    ["a required claim that is bound already", { pipelines: { ...CI, require: { repository: "shop/other" } } }, 'pipelines.require.repository: given "repository"; accepted: a claim that is not bound already. pipelines.claims names it.'],
    ["a required claim that Vault itself looks at", { pipelines: { ...CI, require: { aud: "x" } } }, `pipelines.require.aud: given "aud"; accepted: as a name: ${name}.`],
    ["two meanings of one claim", { pipelines: { ...CI, claims: { repository: "ref", ref: "ref", environment: "environment" } } }, 'pipelines.claims.ref: given "ref"; accepted: a claim of its own. pipelines.claims.repository has it already.'],
    ["GitHub's events of another CI", { pipelines: { ...CI, claims: { repository: "project_path", ref: "ref", environment: "environment", event: "pipeline_source" } } }, "pipelines.events: given nothing; accepted: the events of this CI. The default ones are GitHub's."],
    ["events that nothing looks at", { pipelines: { ...CI, claims: { repository: "project_path", ref: "ref", environment: "environment" }, events: { apply: ["push"] } } }, "pipelines.events: given an object of apply; accepted: only beside claims.event. Without it no event is looked at."],
    ["a token of a day", { pipelines: { ...CI, tokenTtl: "1d" } }, 'pipelines.tokenTtl: given "1d"; accepted: at most 1h. A job\'s token is for one job.'],
    ["a CA where keys are given", { pipelines: { ...CI, publicKeys: [PEM("PUBLIC KEY")], caCertificate: PEM("CERTIFICATE") } }, "pipelines.caCertificate: given \"-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----\"; accepted: only without publicKeys. With the keys given, the issuer is not asked."],
    ["the mount of people", { pipelines: { ...CI, mount: "userpass" } }, 'pipelines.mount: given "userpass"; accepted: an auth mount of its own. People log in there.'],
    ["the mount of a cluster", { pipelines: { ...CI, mount: "kubernetes" } }, "pipelines.mount: given \"kubernetes\"; accepted: an auth mount of its own. A cluster's workloads log in there."],
    ["a subject that all jobs have in common", { pipelines: { ...CI, subject: "repo:{repository}" } }, 'pipelines.subject: given "repo:{repository}"; accepted: a template of {repository} and {environment}, with {environment} in it, at most 256 characters.'],
    ["Kubernetes' own users", { pipelines: CI, "clusters/home/pipelines": { userPrefix: "system:" } }, `clusters.home.pipelines.userPrefix: given "system:"; accepted: ${prefix}.`],
    ["no prefix, so that a job may be called as a person is", { pipelines: CI, "clusters/home/pipelines": { userPrefix: "" } }, `clusters.home.pipelines.userPrefix: given ""; accepted: ${prefix}.`],
    ["rights in a cluster without a CI", { "clusters/home/pipelines": { userPrefix: "ci:" } }, "clusters.home.pipelines: given an object of userPrefix; accepted: only beside the platform's pipelines. They say which CI it is."],
    ["rights in a cluster that no environment runs in", { pipelines: CI, "environments/dev/cluster": undefined, "clusters/home/pipelines": { userPrefix: "ci:" } }, "clusters.home.pipelines: given an object of userPrefix; accepted: only where an environment runs in the cluster. The operator's stack makes the rights, and this cluster has none."],
    ["a field that is none", { pipelines: { ...CI, branch: "main" } }, "pipelines.branch: given \"branch\"; accepted: no field of this name, only issuer, audience, repository, ref, require, claims, events, publicKeys, caCertificate, mount, tokenTtl, subject."],
  ]);

  test("a group of people called after a pipeline's policy", () => {
    const bad = config({ pipelines: CI, "people/groups/plan-shop-dev": { grants: [{ access: "read", apps: ["web"] }] } });
    expect(refusal(bad)).toBe(message('the pipeline\'s policy plan-shop-dev: given "plan-shop-dev"; accepted: a policy name of its own. people.groups["plan-shop-dev"] has it already.'));
  });
});

function PEM(type: string): string {
  return `-----BEGIN ${type}-----\nMIIB\n-----END ${type}-----`;
}
