import { refuses, KUBERNETES, LABEL } from "./support";
const UNREACHED =
  "a grant that reaches something. None of these apps runs in any of these environments; a " +
  "protected environment must be named.";

describe("a template is refused", () => {
  refuses([
    [
      "with a word that there is not",
      { "apps/web/kubernetes": { secret: "{app}-{env}" } },
      'apps.web.kubernetes.secret: given "{app}-{env}"; accepted: a template of {platform}, {app}, {environment}.',
    ],
    [
      "with a word that is only JavaScript's",
      { "apps/web/kubernetes": { secret: "{constructor}", vaultAuth: "{__proto__}" } },
      'apps.web.kubernetes.vaultAuth: given "{__proto__}"; accepted: a template of {platform}, {app}, {environment}.',
      'apps.web.kubernetes.secret: given "{constructor}"; accepted: a template of {platform}, {app}, {environment}.',
    ],
    [
      "with a brace that nothing closes",
      { "environments/dev/namespace": "{app" },
      'environments.dev.namespace: given "{app"; accepted: a template of {platform}, {app}, {environment}.',
    ],
    [
      "with a brace in a brace",
      { "environments/dev/namespace": "{{app}}" },
      'environments.dev.namespace: given "{{app}}"; accepted: a template of {platform}, {app}, {environment}.',
    ],
    [
      "with Terraform's template",
      { "environments/dev/namespace": "${app}" },
      'environments.dev.namespace: given "${app}"; accepted: one line of visible text without ${ ' +
        "and %{, no space at its ends, at most 128 characters. Terraform would read ${ and %{ as a template.",
    ],
    [
      "with upper case, once however many apps there are",
      { "environments/dev/namespace": "Shop" },
      `environments.dev.namespace: given "Shop"; accepted: ${LABEL}${KUBERNETES}.`,
    ],
    [
      "whose result is too long",
      { "apps/web/kubernetes": { vaultAuth: `{app}-{environment}-${"x".repeat(56)}` } },
      `apps.web.kubernetes.vaultAuth: given ` +
        `"web-dev-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"; accepted: ${LABEL}. It ` +
        `is made from "{app}-{environment}-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx".`,
    ],
    [
      "whose result ends in a dash",
      { "apps/web/kubernetes": { vaultStaticSecret: "{app}-" } },
      `apps.web.kubernetes.vaultStaticSecret: given "web-"; accepted: ${LABEL}. It is made from "{app}-".`,
    ],
    [
      "whose default result is too long",
      {
        [`apps/${"a".repeat(40)}`]: { owner: "o", keys: ["A"], environments: ["quality-assurance"] },
        "environments/quality-assurance": { vault: "main", cluster: "home" },
      },
      `apps.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.kubernetes.secret: given ` +
        `"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-quality-assurance-secrets"; accepted: ${LABEL}. ` +
        `It is made from "{app}-{environment}-secrets".`,
    ],
    [
      "for a namespace of Kubernetes' own",
      { "environments/dev/namespace": "kube-system" },
      `environments.dev.namespace: given "kube-system"; accepted: ${LABEL}${KUBERNETES}.`,
    ],
    [
      "for the namespace of anyone's pods",
      { "environments/dev/namespace": "default" },
      `environments.dev.namespace: given "default"; accepted: ${LABEL}${KUBERNETES}.`,
    ],
    [
      "for the service account of anyone's pods",
      { "apps/web/kubernetes": { serviceAccount: "default" } },
      `apps.web.kubernetes.serviceAccount: given "default"; accepted: ${LABEL}, not default.`,
    ],
  ]);
});

describe("a grant is refused", () => {
  refuses([
    [
      "that reaches nothing",
      { "people/groups/developers/grants": [{ access: "read", apps: ["web"] }], "apps/web/environments": ["prod"] },
      `people.groups.developers.grants[0]: given an object of access, apps; accepted: ${UNREACHED}`,
    ],
    [
      "that would reach only what is protected",
      { "environments/dev/protected": true },
      `people.groups.developers.grants[0]: given an object of access, apps; accepted: ${UNREACHED}`,
    ],
    [
      "that names an app which it does not reach",
      {
        "people/groups/developers/grants": [{ access: "read", apps: ["web", "web-api"] }],
        "apps/web/environments": ["prod"],
      },
      'people.groups.developers.grants[0].apps[0]: given "web"; accepted: an app that this grant ' +
        "reaches. It runs in none of these environments; a protected environment must be named.",
    ],
    [
      "that names an environment which it does not reach",
      {
        "people/groups/developers/grants": [{ access: "read", apps: ["web"], environments: ["dev", "prod"] }],
        "apps/web/environments": ["prod"],
      },
      'people.groups.developers.grants[0].environments[0]: given "dev"; accepted: an environment ' +
        "that this grant reaches. None of these apps runs in it.",
    ],
  ]);
});
