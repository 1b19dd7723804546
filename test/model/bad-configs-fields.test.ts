import { refuses } from "./support";
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
      'vaults.main.image.repo: given "repo"; accepted: no field of this name, only repository, tag, digest.',
    ],
    [
      "of a chart",
      { "vaults/main/chart": { url: "x" } },
      'vaults.main.chart.url: given "url"; accepted: no field of this name, only repository, name, version, digest.',
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
        'namespace, replicas, memoryLimit, image, proxyImage, alerts, chart, values. Did you mean "namespace"?',
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
      'people.groups.developers.policies: given "policies"; accepted: no field of this name, only oidc, grants.',
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
      "of windows for restarts",
      { "environments/dev/restarts": { windows: [] } },
      "environments.dev.restarts.windows: given an empty list; accepted: a list of at least one.",
    ],
    [
      "of a window's days",
      { "environments/dev/restarts": { windows: [{ days: [], from: "22:00", to: "02:00" }] } },
      "environments.dev.restarts.windows[0].days: given an empty list; accepted: a list of at least one.",
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
