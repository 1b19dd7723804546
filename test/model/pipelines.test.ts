import {
  config as small,
  message,
  platform as smallPlatform,
  refusal,
  refuses,
  type BadConfig,
  type Change,
} from "./support";

const CI = {
  issuer: "https://token.actions.githubusercontent.com",
  audience: "https://vault.shop.example",
  repository: "shop/vault-tenancy",
};

/** A state that jobs share: without one no CI is taken. */
const STATE = { type: "gcs", bucket: "shop-state" };
const shared = (change: Change = {}): Change => ({ backend: STATE, ...change });
const config = (change?: Change) => small(shared(change));
const platform = (change?: Change) => smallPlatform(shared(change));
const onSharedState = (table: readonly BadConfig[]) =>
  table.map(([what, change, ...lines]): BadConfig => [what, shared(change), ...lines]);

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
        environment: ["plan-shop-dev"],
        event_name: ["pull_request"],
      });
      expect(claims("watch-shop-dev")).toEqual({
        repository: ["shop/vault-tenancy"],
        environment: ["watch-shop-dev"],
        event_name: ["push", "schedule", "workflow_dispatch"],
        ref: ["refs/heads/main"],
      });
      expect(claims("apply-shop-dev")).toEqual({
        repository: ["shop/vault-tenancy"],
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

describe("refused", () => {
  const name =
    "a name of lower-case letters, digits, dashes and underscores, a letter first, at most 64 " +
    "characters, not iss, aud, sub, exp, nbf, iat, jti";
  const claim = "a claim's value of letters, digits and . _ : / @ -, at most 256 characters";
  const prefix = "letters, digits and . _ : / @ # -, one of : / # - last, not system:, at most 64 characters";
  const gitlab = {
    ...CI,
    claims: { repository: "project_path", ref: "ref", environment: "environment", event: "pipeline_source" },
  };
  refuses(
    onSharedState([
      [
        "a repository of a pattern",
        { pipelines: { ...CI, repository: "shop/*" } },
        'pipelines.repository: given "shop/*"; accepted: owner/name, at most 256 characters. ' +
          "Wildcards would reach more than the config names.",
      ],
      [
        "a repository without owner",
        { pipelines: { ...CI, repository: "vault" } },
        'pipelines.repository: given "vault"; accepted: owner/name, at most 256 characters.',
      ],
      [
        "a reference of a pattern",
        { pipelines: { ...CI, ref: "refs/heads/*" } },
        'pipelines.ref: given "refs/heads/*"; accepted: a git reference such as refs/heads/main, at ' +
          "most 256 characters. Wildcards would reach more than the config names.",
      ],
      [
        "an issuer without TLS",
        { pipelines: { ...CI, issuer: "http://ci.example" } },
        'pipelines.issuer: given "http://ci.example"; accepted: an https URL without credentials, ' +
          "query and fragment, at most 256 characters.",
      ],
      [
        "no audience",
        { pipelines: { ...CI, audience: undefined } },
        `pipelines.audience: given nothing; accepted: ${claim}.`,
      ],
      [
        "two values in one, as the provider would part them",
        { pipelines: { ...CI, require: { team: "a,b" } } },
        `pipelines.require.team: given "a,b"; accepted: ${claim}.`,
      ],
      [
        "a required claim that is bound already",
        { pipelines: { ...CI, require: { repository: "shop/other" } } },
        'pipelines.require.repository: given "repository"; accepted: a claim that is not bound ' +
          "already. pipelines.claims names it.",
      ],
      [
        "a required claim that Vault itself looks at",
        { pipelines: { ...CI, require: { aud: "x" } } },
        `pipelines.require.aud: given "aud"; accepted: as a name: ${name}.`,
      ],
      [
        "two meanings of one claim",
        { pipelines: { ...CI, claims: { repository: "ref", ref: "ref", environment: "environment" } } },
        'pipelines.claims.ref: given "ref"; accepted: a claim of its own. pipelines.claims.repository has it already.',
      ],
      [
        "GitHub's events of another CI",
        { pipelines: gitlab },
        "pipelines.events: given nothing; accepted: the events of this CI. The default ones are GitHub's.",
      ],
      [
        "GitHub's events of another CI for one of the three",
        { pipelines: { ...gitlab, events: { plan: ["merge_request_event"], apply: ["push"] } } },
        "pipelines.events.watch: given nothing; accepted: the events of this CI. The default ones are GitHub's.",
      ],
      [
        "events of a purpose that there is not",
        { pipelines: { ...CI, events: { drift: ["schedule"] } } },
        'pipelines.events.drift: given "drift"; accepted: no field of this name, only plan, watch, apply.',
      ],
      [
        "events that nothing looks at",
        {
          pipelines: {
            ...CI,
            claims: { repository: "project_path", ref: "ref", environment: "environment" },
            events: { apply: ["push"] },
          },
        },
        "pipelines.events: given an object of apply; accepted: only beside claims.event. Without it " +
          "no event is looked at.",
      ],
      [
        "a token of a day",
        { pipelines: { ...CI, tokenTtl: "1d" } },
        'pipelines.tokenTtl: given "1d"; accepted: at most 1h. A job\'s token is for one job.',
      ],
      [
        "a CA where keys are given",
        { pipelines: { ...CI, publicKeys: [PEM("PUBLIC KEY")], caCertificate: PEM("CERTIFICATE") } },
        'pipelines.caCertificate: given "-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END ' +
          'CERTIFICATE-----"; accepted: only without publicKeys. With the keys given, the issuer is not asked.',
      ],
      [
        "the mount of people",
        { pipelines: { ...CI, mount: "userpass" } },
        'pipelines.mount: given "userpass"; accepted: an auth mount of its own. People log in there.',
      ],
      [
        "the mount of a cluster",
        { pipelines: { ...CI, mount: "kubernetes" } },
        'pipelines.mount: given "kubernetes"; accepted: an auth mount of its own. A cluster\'s workloads log in there.',
      ],
      [
        "a subject that all jobs have in common",
        { pipelines: { ...CI, subject: "repo:{repository}" } },
        'pipelines.subject: given "repo:{repository}"; accepted: a template of {repository} and ' +
          "{environment}, with {environment} in it, at most 256 characters.",
      ],
      [
        "Kubernetes' own users",
        { pipelines: CI, "clusters/home/pipelines": { userPrefix: "system:" } },
        `clusters.home.pipelines.userPrefix: given "system:"; accepted: ${prefix}.`,
      ],
      [
        "no prefix, so that a job may be called as a person is",
        { pipelines: CI, "clusters/home/pipelines": { userPrefix: "" } },
        `clusters.home.pipelines.userPrefix: given ""; accepted: ${prefix}.`,
      ],
      [
        "rights in a cluster without a CI",
        { "clusters/home/pipelines": { userPrefix: "ci:" } },
        "clusters.home.pipelines: given an object of userPrefix; accepted: only beside the " +
          "platform's pipelines. They say which CI it is.",
      ],
      [
        "rights in a cluster that no environment runs in",
        { pipelines: CI, "environments/dev/cluster": undefined, "clusters/home/pipelines": { userPrefix: "ci:" } },
        "clusters.home.pipelines: given an object of userPrefix; accepted: only where an " +
          "environment runs in the cluster. The operator's stack makes the rights, and this cluster has none.",
      ],
      [
        "a field that is none",
        { pipelines: { ...CI, branch: "main" } },
        'pipelines.branch: given "branch"; accepted: no field of this name, only issuer, audience, ' +
          "repository, ref, require, claims, events, publicKeys, caCertificate, mount, tokenTtl, subject.",
      ],
    ]),
  );

  const accepted =
    "accepted: a backend that jobs share: s3, gcs, azurerm, kubernetes, pg or http. A hosted job's " +
    "disk is gone with the job: the next one finds no state, and plans to make everything again.";
  refuses([
    ["no backend, which is a local one", { pipelines: CI }, `backend: given nothing; ${accepted}`],
    [
      "a local backend",
      { pipelines: CI, backend: { type: "local", folder: "kept" } },
      `backend.type: given "local"; ${accepted}`,
    ],
    [
      "an environment's own local backend",
      { pipelines: CI, backend: STATE, "environments/dev/backend": { type: "local" } },
      `environments.dev.backend.type: given "local"; ${accepted}`,
    ],
    [
      "local backends wherever they are",
      { pipelines: CI, "environments/dev/backend": STATE, "environments/prod/backend": { type: "local" } },
      `backend: given nothing; ${accepted}`,
      `environments.prod.backend.type: given "local"; ${accepted}`,
    ],
  ]);

  test("without a CI a local backend is right", () => {
    expect(refusal(small({ backend: { type: "local" }, "environments/dev/backend": { type: "local" } }))).toBe(
      "accepted",
    );
  });

  test("a group of people may be called after what watches: that has the plan's policy and none of its own", () => {
    expect(
      refusal(
        config({ pipelines: CI, "people/groups/watch-shop-dev": { grants: [{ access: "read", apps: ["web"] }] } }),
      ),
    ).toBe("accepted");
  });

  test("a group of people called after a pipeline's policy", () => {
    const bad = config({
      pipelines: CI,
      "people/groups/plan-shop-dev": { grants: [{ access: "read", apps: ["web"] }] },
    });
    expect(refusal(bad)).toBe(
      message(
        'the pipeline\'s policy plan-shop-dev: given "plan-shop-dev"; accepted: a policy name of ' +
          'its own. people.groups["plan-shop-dev"] has it already.',
      ),
    );
  });
});

function PEM(type: string): string {
  return `-----BEGIN ${type}-----\nMIIB\n-----END ${type}-----`;
}
