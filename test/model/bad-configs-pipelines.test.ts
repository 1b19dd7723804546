import { JOBS } from "../helpers/configs";
import { config as small, message, refusal, refuses, type BadConfig, type Change, CI, shared, STATE } from "./support";

const config = (change?: Change) => small(shared(change));
const onSharedState = (table: readonly BadConfig[]) =>
  table.map(([what, change, ...lines]): BadConfig => [what, shared(change), ...lines]);

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
        { pipelines: { ...CI, require: { ...CI.require, team: "a,b" } } },
        `pipelines.require.team: given "a,b"; accepted: ${claim}.`,
      ],
      [
        "a required claim that is bound already",
        { pipelines: { ...CI, require: { ...CI.require, repository: "shop/other" } } },
        'pipelines.require.repository: given "repository"; accepted: a claim that is not bound ' +
          "already. pipelines.claims names it.",
      ],
      [
        "a required claim that Vault itself looks at",
        { pipelines: { ...CI, require: { ...CI.require, aud: "x" } } },
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
        { pipelines: CI, "clusters/home/pipelines": { ...JOBS, userPrefix: "system:" } },
        `clusters.home.pipelines.userPrefix: given "system:"; accepted: ${prefix}.`,
      ],
      [
        "no prefix, so that a job may be called as a person is",
        { pipelines: CI, "clusters/home/pipelines": { ...JOBS, userPrefix: "" } },
        `clusters.home.pipelines.userPrefix: given ""; accepted: ${prefix}.`,
      ],
      [
        "rights in a cluster without a CI",
        { "clusters/home/pipelines": JOBS },
        "clusters.home.pipelines: given an object of userPrefix, host, caCertificate, audience; accepted: only " +
          "beside the platform's pipelines. They say which CI it is.",
      ],
      [
        "rights in a cluster that no environment runs in",
        { pipelines: CI, "environments/dev/cluster": undefined, "clusters/home/pipelines": JOBS },
        "clusters.home.pipelines: given an object of userPrefix, host, caCertificate, audience; accepted: only " +
          "where an environment runs in the cluster. The operator's stack makes the rights, and this cluster has none.",
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
