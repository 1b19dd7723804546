import { refuses } from "./support";

const LINE = "one line of visible text without ${ and %{, no space at its ends";
const DURATION = "a whole number above 0 and one unit of s, m, h, d, e.g. 30s or 90d, at most 36500d";
const REFERENCE = "a name in ASCII without spaces, quotes, backslashes, * and $ % { }, at most 256 characters";
const KEY =
  "an environment variable's name (letters, digits and underscores, no digit first), at most 128 " +
  "characters, not _raw, __proto__";
const seal = { type: "awskms", region: "eu", kmsKeyId: "key" };

describe("a field that there is not is refused, with the nearest that there is", () => {
  refuses([
    [
      "of a seal",
      { "vaults/main/seal": { ...seal, kmsKeyID: "k" } },
      'vaults.main.seal.kmsKeyID: given "kmsKeyID"; accepted: no field of this name, only type, ' +
        'region, kmsKeyId, credentials. Did you mean "kmsKeyId"?',
    ],
    [
      "of a seal's TLS",
      { "vaults/main/tls": { certManager: { issuer: "ca", kin: "Issuer" } }, "vaults/main/unsafeNoTls": undefined },
      'vaults.main.tls.certManager.kin: given "kin"; accepted: no field of this name, only issuer, ' +
        'kind. Did you mean "kind"?',
    ],
    [
      "of storage",
      { "vaults/main/storage": { class: "fast" } },
      'vaults.main.storage.class: given "class"; accepted: no field of this name, only size, storageClass.',
    ],
    [
      "of resources",
      { "vaults/main/resources": { request: {} } },
      'vaults.main.resources.request: given "request"; accepted: no field of this name, only ' +
        'requests, limits. Did you mean "requests"?',
    ],
    [
      "of an image",
      { "vaults/main/image": { repo: "x" } },
      'vaults.main.image.repo: given "repo"; accepted: no field of this name, only repository, tag.',
    ],
    [
      "of a chart",
      { "vaults/main/chart": { url: "x" } },
      'vaults.main.chart.url: given "url"; accepted: no field of this name, only repository, name, version.',
    ],
    [
      "of a network policy",
      { "vaults/main/networkPolicy": { cidr: [] } },
      'vaults.main.networkPolicy.cidr: given "cidr"; accepted: no field of this name, only ' +
        'namespaces, cidrs. Did you mean "cidrs"?',
    ],
    [
      "of an audit device",
      { "vaults/main/audit": [{ type: "file", path: "/a", options: {} }] },
      'vaults.main.audit[0].options: given "options"; accepted: no field of this name, only type, path.',
    ],
    [
      "of the operator",
      { "clusters/home/operator": { namspace: "x" } },
      'clusters.home.operator.namspace: given "namspace"; accepted: no field of this name, only ' +
        'namespace, replicas, memoryLimit, chart, values. Did you mean "namespace"?',
    ],
    [
      "of an app's Kubernetes names",
      { "apps/web/kubernetes": { secrets: "x" } },
      'apps.web.kubernetes.secrets: given "secrets"; accepted: no field of this name, only ' +
        'serviceAccount, vaultAuth, vaultStaticSecret, secret. Did you mean "secret"?',
    ],
    [
      "of a restart target",
      { "apps/web/restartTargets": [{ kind: "Deployment", name: "web", namespace: "other" }] },
      'apps.web.restartTargets[0].namespace: given "namespace"; accepted: no field of this name, only kind, name.',
    ],
    [
      "of people",
      { "people/roles": {} },
      'people.roles: given "roles"; accepted: no field of this name, only groups, users.',
    ],
    [
      "of a group",
      { "people/groups/developers/policies": ["root"] },
      'people.groups.developers.policies: given "policies"; accepted: no field of this name, only grants.',
    ],
    [
      "of a waiver",
      { waivers: [{ proof: "least-privilege", subject: "person jane", reason: "she is on call", until: "never" }] },
      'waivers[0].until: given "until"; accepted: no field of this name, only proof, subject, object, vault, reason.',
    ],
  ]);
});

describe("an empty list or object is refused, since it would reach nothing, or everything", () => {
  refuses([
    ["of keys", { "apps/web/keys": [] }, "apps.web.keys: given an empty list; accepted: a list of at least one."],
    [
      "of an app's environments",
      { "apps/web/environments": [] },
      "apps.web.environments: given an empty list; accepted: a list of at least one.",
    ],
    [
      "of an app's environments by name",
      { "apps/web/environments": {} },
      "apps.web.environments: given an empty object; accepted: an object by name with at least one, or a list.",
    ],
    [
      "of an app's keys in an environment",
      { "apps/web/environments": { dev: { keys: [] } } },
      "apps.web.environments.dev.keys: given an empty list; accepted: a list of at least one.",
    ],
    [
      "of restart targets",
      { "apps/web/restartTargets": [] },
      "apps.web.restartTargets: given an empty list; accepted: a list of at least one.",
    ],
    [
      "of a group's grants",
      { "people/groups/developers/grants": [] },
      "people.groups.developers.grants: given an empty list; accepted: a list of at least one.",
    ],
    [
      "of a grant's apps",
      { "people/groups/developers/grants": [{ access: "read", apps: [] }] },
      "people.groups.developers.grants[0].apps: given an empty list; accepted: a list of at least one.",
    ],
    [
      "of a grant's environments",
      { "people/groups/developers/grants": [{ access: "read", apps: "all", environments: [] }] },
      "people.groups.developers.grants[0].environments: given an empty list; accepted: a list of at least one.",
    ],
    [
      "of a user's groups",
      { "people/users/jane/groups": [] },
      "people.users.jane.groups: given an empty list; accepted: a list of at least one.",
    ],
    [
      "of namespaces and address blocks of a network policy",
      { "vaults/main/networkPolicy": { namespaces: [], cidrs: [] } },
      "vaults.main.networkPolicy.namespaces: given an empty list; accepted: a list of at least one.",
      "vaults.main.networkPolicy.cidrs: given an empty list; accepted: a list of at least one.",
    ],
    [
      "of a seal's credentials",
      { "vaults/main/seal": { ...seal, credentials: {} } },
      "vaults.main.seal.credentials: given an empty object; accepted: an object by name with at least one.",
    ],
    ["of apps", { apps: {} }, "apps: given an empty object; accepted: an object by name with at least one."],
    [
      "of environments and Vaults, with what refers to them",
      { environments: {}, vaults: {} },
      "vaults: given an empty object; accepted: an object by name with at least one.",
      "environments: given an empty object; accepted: an object by name with at least one.",
    ],
  ]);
});

describe("a thing given twice is refused", () => {
  refuses([
    [
      "of keys",
      { "apps/web/keys": ["A", "B", "A"] },
      'apps.web.keys[2]: given "A"; accepted: each thing once. It is apps.web.keys[0] already.',
    ],
    [
      "of an app's environments",
      { "apps/web/environments": ["dev", "prod", "dev"] },
      'apps.web.environments[2]: given "dev"; accepted: each thing once. It is apps.web.environments[0] already.',
    ],
    [
      "of a user's groups",
      { "people/users/jane/groups": ["developers", "developers"] },
      'people.users.jane.groups[1]: given "developers"; accepted: each thing once. It is ' +
        "people.users.jane.groups[0] already.",
    ],
    [
      "of a grant's apps",
      { "people/groups/developers/grants": [{ access: "read", apps: ["web", "web"] }] },
      'people.groups.developers.grants[0].apps[1]: given "web"; accepted: each thing once. It is ' +
        "people.groups.developers.grants[0].apps[0] already.",
    ],
    [
      "of grants, in whatever order their fields stand",
      {
        "people/groups/developers/grants": [
          { access: "read", apps: "all" },
          { apps: "all", access: "read" },
        ],
      },
      "people.groups.developers.grants[1]: given an object of apps, access; accepted: each thing " +
        "once. It is people.groups.developers.grants[0] already.",
    ],
    [
      "of audit devices, of which one alone would stop Vault",
      {
        "vaults/main/audit": [
          { type: "file", path: "/a" },
          { path: "/a", type: "file" },
        ],
      },
      "vaults.main.audit[1]: given an object of path, type; accepted: each thing once. It is " +
        "vaults.main.audit[0] already.",
    ],
  ]);
});

describe("a value of another type is refused", () => {
  refuses([
    ["null for an optional field", { people: null }, "people: given null; accepted: an object of groups, users."],
    [
      "null for a name",
      { "environments/dev/vault": null },
      `environments.dev.vault: given null; accepted: ${REFERENCE}.`,
    ],
    ["a list for an object", { people: [] }, "people: given an empty list; accepted: an object of groups, users."],
    [
      "a list for an object by name",
      { apps: ["web"] },
      "apps: given a list of 1; accepted: an object by name with at least one.",
    ],
    [
      "an object for a list, whose values the message leaves out",
      { "apps/web/keys": { DB_PASSWORD: "hunter2" } },
      "apps.web.keys: given an object of DB_PASSWORD; accepted: a list of at least one.",
    ],
    [
      "a text for a list",
      { "apps/web/environments": "dev" },
      'apps.web.environments: given "dev"; accepted: an object by name with at least one, or a list.',
    ],
    [
      "a text for a list of apps",
      { "people/groups/developers/grants": [{ access: "read", apps: "web" }] },
      'people.groups.developers.grants[0].apps: given "web"; accepted: "all", or a list.',
    ],
    [
      "a text for a flag",
      { "environments/prod/protected": "true" },
      'environments.prod.protected: given "true"; accepted: true, false.',
    ],
    [
      "a number for a flag",
      { "environments/prod/protected": 1 },
      "environments.prod.protected: given 1; accepted: true, false.",
    ],
    [
      "a text for a number",
      { "vaults/main/maxVersions": "10" },
      'vaults.main.maxVersions: given "10"; accepted: a whole number from 1 to 100.',
    ],
    [
      "a number that is none",
      { "vaults/main/maxVersions": NaN },
      "vaults.main.maxVersions: given NaN; accepted: a whole number from 1 to 100.",
    ],
    [
      "a number without end",
      { "vaults/main/maxVersions": Infinity },
      "vaults.main.maxVersions: given Infinity; accepted: a whole number from 1 to 100.",
    ],
    [
      "a broken number",
      { "vaults/main/maxVersions": 1.5 },
      "vaults.main.maxVersions: given 1.5; accepted: a whole number from 1 to 100.",
    ],
    [
      "a large integer",
      { "vaults/main/maxVersions": 10n },
      "vaults.main.maxVersions: given 10; accepted: a whole number from 1 to 100.",
    ],
    [
      "a number for a duration",
      { "vaults/main/tokenTtl": 3600 },
      `vaults.main.tokenTtl: given 3600; accepted: ${DURATION}.`,
    ],
    [
      "a function for an object",
      { apps: () => ({}) },
      "apps: given a function; accepted: an object by name with at least one.",
    ],
    [
      "a symbol for a text",
      { "apps/web/owner": Symbol("web") },
      `apps.web.owner: given Symbol(web); accepted: ${LINE}, at most 128 characters.`,
    ],
    [
      "a date for an environment",
      { "environments/dev": new Date(0) },
      "environments.dev: given an object that is not plain; accepted: an object of vault, cluster, " +
        "namespace, createNamespace, protected, refreshAfter, restarts, authority, secretOwner, backend.",
    ],
    [
      "a map for apps",
      { apps: new Map([["web", {}]]) },
      "apps: given an object that is not plain; accepted: an object by name with at least one.",
    ],
    ["a list in a list", { "apps/web/keys": [["A"]] }, `apps.web.keys[0]: given a list of 1; accepted: ${KEY}.`],
    ["nothing in a list", { "apps/web/keys": ["A", undefined] }, `apps.web.keys[1]: given nothing; accepted: ${KEY}.`],
    [
      "a hole in a list",
      { "apps/web/keys": Object.assign(new Array(2), { 1: "A" }) },
      `apps.web.keys[0]: given nothing; accepted: ${KEY}.`,
    ],
    [
      "a user without groups",
      { "people/users/jane": {} },
      "people.users.jane.groups: given nothing; accepted: a list of at least one.",
    ],
    [
      "an app without anything",
      { "apps/web": {} },
      `apps.web.owner: given nothing; accepted: ${LINE}, at most 128 characters.`,
      "apps.web.keys: given nothing; accepted: a list of at least one.",
    ],
  ]);
});

describe("a word of former versions is refused with the one it has now", () => {
  refuses([
    [
      "the platform's exceptions",
      { exceptions: [] },
      'exceptions: given "exceptions"; accepted: no field of this name, only name, authority, secretOwner, backend, ' +
        "placeholder, waivers, pipelines, vaults, clusters, environments, apps, people. It is called waivers now.",
    ],
    [
      "an environment's secret",
      { "environments/dev/secret": "operator" },
      'environments.dev.secret: given "secret"; accepted: no field of this name, only vault, cluster, namespace, ' +
        "createNamespace, protected, refreshAfter, restarts, authority, secretOwner, backend. " +
        "It is called secretOwner now.",
    ],
    [
      "its value",
      { "environments/dev/secretOwner": "placeholder" },
      'environments.dev.secretOwner: given "placeholder"; accepted: "terraform", "operator". ' +
        'It is called "terraform" now.',
    ],
    [
      "restarts as a flag",
      { "environments/dev/restarts": true },
      'environments.dev.restarts: given true; accepted: "manual", "automatic". It is called "automatic" now.',
    ],
    [
      "an app's restart",
      { "apps/web/restart": [] },
      'apps.web.restart: given "restart"; accepted: no field of this name, only owner, keys, rotateEvery, ' +
        "environments, restartTargets, kubernetes. It is called restartTargets now.",
    ],
    [
      "an app's secrets in an environment",
      { "apps/web/environments": { dev: { secrets: "retired" } } },
      'apps.web.environments.dev.secrets: given "secrets"; accepted: no field of this name, only secretSet, keys. ' +
        "It is called secretSet now.",
    ],
    [
      "a proof",
      { waivers: [{ proof: "authority", subject: "person jane", reason: "she is on call" }] },
      'waivers[0].proof: given "authority"; accepted: "isolation", "protection", "least-privilege", "binding", ' +
        '"privilege-escalation", "supported". It is called "privilege-escalation" now.',
    ],
  ]);
});
