import { refuses, type Change, PEM } from "./support";
const RESERVED = "a policy name of its own. Vault's or the product's policy";
const token = (host: string) => ({ type: "token", host, caCertificate: PEM });
/** Two clusters beside the Vault's, each with an environment. */
const eastAndWest = (east: unknown, west: unknown): Change => ({
  "vaults/main/address": "http://main",
  "clusters/east": { context: "east", login: east },
  "clusters/west": { context: "west", login: west },
  "environments/qa": { vault: "main", cluster: "east" },
  "environments/stg": { vault: "main", cluster: "west" },
});
/** An app that runs in one more environment, which has no cluster. */
const tenant = (app: string, environment: string): Change => ({
  [`environments/${environment}`]: { vault: "main" },
  [`apps/${app}`]: { owner: "o", keys: ["A"], environments: [environment] },
});

describe("two stacks do not share a name, and so a state", () => {
  refuses([
    [
      "an environment and a vault stack",
      { "environments/vault-main": { vault: "main" } },
      'environments["vault-main"]: given "shop-vault-main"; accepted: a stack name, and so a state, ' +
        "of its own. vaults.main has it already.",
    ],
    [
      "an environment and an access stack",
      { "environments/access-main": { vault: "main" } },
      'environments["access-main"]: given "shop-access-main"; accepted: a stack name, and so a ' +
        "state, of its own. vaults.main has it already.",
    ],
    [
      "an environment and an operator stack",
      { "environments/operator-home": { vault: "main" } },
      'environments["operator-home"]: given "shop-operator-home"; accepted: a stack name, and so a ' +
        "state, of its own. clusters.home has it already.",
    ],
    [
      "a name that a backend would cut",
      {
        ...eastAndWest(token("https://e"), token("https://w")),
        name: "p".repeat(20),
        [`clusters/${"c".repeat(40)}`]: { context: "c", login: token("https://c") },
        "environments/far": { vault: "main", cluster: "c".repeat(40) },
      },
      "clusters.cccccccccccccccccccccccccccccccccccccccc: given " +
        '"pppppppppppppppppppp-operator-cccccccccccccccccccccccccccccccccccccccc"; accepted: a ' +
        "stack name of at most 63 characters. A longer one is cut by some backends, and two states may become one.",
    ],
    [
      "a name that the kubernetes backend takes for a part of another",
      { backend: { type: "kubernetes", namespace: "state", context: "c" }, "environments/dev-2": { vault: "main" } },
      'environments["dev-2"]: given "shop-dev-2"; accepted: a stack name that does not end in a ' +
        "dash and a number. The kubernetes backend numbers the parts of a state so, and refuses the name.",
    ],
    [
      "a name that an environment's own kubernetes backend takes for a part of another",
      { "environments/dev-2": { vault: "main", backend: { type: "kubernetes", namespace: "state", context: "c" } } },
      'environments["dev-2"]: given "shop-dev-2"; accepted: a stack name that does not end in a ' +
        "dash and a number. The kubernetes backend numbers the parts of a state so, and refuses the name.",
    ],
  ]);
});

describe("names and people that would be in each other's way", () => {
  refuses([
    [
      "two audit devices at one path",
      {
        "vaults/main/audit": [
          { type: "file", path: "/vault/audit/a.log" },
          { type: "file", path: "/vault/audit/a-log" },
        ],
      },
      'vaults.main.audit[1]: given "file-vault-audit-a-log"; accepted: an audit device path of its ' +
        "own. vaults.main.audit[0] has it already.",
    ],
    [
      "an app called as a member of every construct",
      { "apps/constructor": { owner: "o", keys: ["A"] } },
      'apps.constructor: given "constructor"; accepted: another name. Every construct has a member of this name.',
    ],
    [
      "an administrator who also reads",
      {
        "people/groups/g": { grants: [{ access: "read", apps: "all" }] },
        "people/users/jane": { groups: ["platform-admin", "g"] },
      },
      "people.users.jane.groups: given a list of 2; accepted: platform-admin alone, or other " +
        "groups. Who runs the platform reads no secret; give the person a second user for that.",
    ],
  ]);
});

describe("two policies do not share a name", () => {
  refuses([
    [
      "app a in b-c and app a-b in c",
      { ...tenant("a", "b-c"), ...tenant("a-b", "c"), "apps/a/environments": ["b-c"] },
      'apps["a-b"] in c: given "a-b-c"; accepted: a policy name of its own. apps.a in b-c has it already.',
    ],
    [
      "a group and a workload",
      { "people/groups/web-dev": { grants: [{ access: "read", apps: "all" }] } },
      'apps.web in dev: given "web-dev"; accepted: a policy name of its own. people.groups["web-dev"] has it already.',
    ],
    [
      "a group and people's own password",
      { "people/groups/own-password": { grants: [{ access: "read", apps: "all" }] } },
      `people.groups["own-password"]: given "own-password"; accepted: ${RESERVED} own-password has it already.`,
    ],
    [
      "a workload and people's own password",
      tenant("own", "password"),
      `apps.own in password: given "own-password"; accepted: ${RESERVED} own-password has it already.`,
    ],
    [
      "a workload and platform-admin",
      tenant("platform", "admin"),
      'apps.platform in admin: given "platform-admin"; accepted: a policy name of its own. the ' +
        "policy platform-admin has it already.",
    ],
    [
      "a workload and Vault's response-wrapping",
      tenant("response", "wrapping"),
      `apps.response in wrapping: given "response-wrapping"; accepted: ${RESERVED} response-wrapping has it already.`,
    ],
    [
      "a workload and Vault's control-group",
      tenant("control", "group"),
      `apps.control in group: given "control-group"; accepted: ${RESERVED} control-group has it already.`,
    ],
  ]);
});

describe("two apps in one namespace share no object", () => {
  refuses([
    [
      "a service account, which is who they are",
      { "apps/web/kubernetes": { serviceAccount: "app" }, "apps/web-api/kubernetes": { serviceAccount: "app" } },
      'apps["web-api"] in dev: given "shop-dev/app"; accepted: a (cluster, namespace, service ' +
        "account) of its own. apps.web in dev has it already.",
    ],
    [
      "a VaultAuth",
      { "apps/web/kubernetes": { vaultAuth: "auth" }, "apps/web-api/kubernetes": { vaultAuth: "auth" } },
      'apps["web-api"] in dev: given "shop-dev/auth"; accepted: a VaultAuth in its namespace of its ' +
        "own. apps.web in dev has it already.",
    ],
    [
      "a VaultStaticSecret",
      {
        "apps/web/kubernetes": { vaultStaticSecret: "{platform}" },
        "apps/web-api/kubernetes": { vaultStaticSecret: "shop" },
      },
      'apps["web-api"] in dev: given "shop-dev/shop"; accepted: a VaultStaticSecret in its ' +
        "namespace of its own. apps.web in dev has it already.",
    ],
    [
      "a Secret",
      { "apps/web/kubernetes": { secret: "{app}-api" }, "apps/web-api/kubernetes": { secret: "web-api" } },
      'apps["web-api"] in dev: given "shop-dev/web-api"; accepted: a Secret in its namespace of its ' +
        "own. apps.web in dev has it already.",
    ],
    [
      "the Secret with the Vault's CA that we make",
      {
        "vaults/main": { cluster: "home", tls: { secret: "t" }, ca: { certificate: PEM } },
        "environments/prod/protected": false,
        "apps/web/kubernetes": { secret: "{platform}-vault-ca" },
      },
      'apps.web in dev: given "shop-dev/shop-vault-ca"; accepted: a Secret in its namespace of its ' +
        "own. vaults.main.ca has it already.",
    ],
    [
      "the Secret with the Vault's CA that is there",
      {
        "vaults/main": { cluster: "home", tls: { secret: "t" }, ca: { secret: "internal-ca" } },
        "environments/prod/protected": false,
        "apps/web/kubernetes": { secret: "internal-ca" },
      },
      'apps.web in dev: given "shop-dev/internal-ca"; accepted: a Secret in its namespace of its ' +
        "own. vaults.main.ca has it already.",
    ],
  ]);
});
