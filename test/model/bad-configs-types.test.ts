import { refuses, LINE, DURATION, REFERENCE } from "./support";
const KEY =
  "an environment variable's name (letters, digits and underscores, no digit first), at most 128 " +
  "characters, not _raw, __proto__";

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
        "namespace, createNamespace, protected, refreshAfter, restarts, pinnedVersions, delivery, movesDelivery, " +
        "authority, secretOwner, backend.",
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
        "placeholder, waivers, pipelines, vaults, clusters, environments, apps, sharedSets, databases, people. It is " +
        "called waivers now.",
    ],
    [
      "an environment's secret",
      { "environments/dev/secret": "operator" },
      'environments.dev.secret: given "secret"; accepted: no field of this name, only vault, cluster, namespace, ' +
        "createNamespace, protected, refreshAfter, restarts, pinnedVersions, delivery, movesDelivery, authority, " +
        "secretOwner, backend. " +
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
      'environments.dev.restarts: given true; accepted: "manual", "automatic", or of windows. ' +
        'It is called "automatic" now.',
    ],
    [
      "an app's restart",
      { "apps/web/restart": [] },
      'apps.web.restart: given "restart"; accepted: no field of this name, only owner, keys, generated, rotateEvery, ' +
        "environments, databases, restartTargets, kubernetes. It is called restartTargets now.",
    ],
    [
      "an app's secrets in an environment",
      { "apps/web/environments": { dev: { secrets: "retired" } } },
      'apps.web.environments.dev.secrets: given "secrets"; accepted: no field of this name, only secretSet, keys, ' +
        "pinnedVersion. " +
        "It is called secretSet now.",
    ],
    [
      "a proof",
      { waivers: [{ proof: "authority", subject: "person jane", reason: "she is on call" }] },
      'waivers[0].proof: given "authority"; accepted: "isolation", "sharing", "protection", "least-privilege", ' +
        '"binding", "privilege-escalation", "trust", "supported". It is called "privilege-escalation" now.',
    ],
  ]);
});
