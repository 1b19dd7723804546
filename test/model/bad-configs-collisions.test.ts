import { refuses, type Change } from "./support";

const PEM = "-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----\n";
const KEY_A = "-----BEGIN PUBLIC KEY-----\nQUFB\n-----END PUBLIC KEY-----\n";
const KEY_B = "-----BEGIN PUBLIC KEY-----\nQkJC\n-----END PUBLIC KEY-----\n";
const TOKENS =
  "an API server, or an issuer with keys, of its own. clusters.east has it already: each would take " +
  "the other's service accounts for its own.";
const RESERVED = "a policy name of its own. Vault's or the product's policy";
const token = (host: string) => ({ type: "token", host, caCertificate: PEM });
const jwt = (issuer: string, ...publicKeys: string[]) => ({
  type: "jwt",
  issuer,
  ...(publicKeys.length > 0 && { publicKeys }),
});
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
const second = { cluster: "home", unsafeNoTls: true, address: "http://second" };

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
        "apps/web/kubernetes": { secret: "{platform}-vault-ca" },
      },
      'apps.web in dev: given "shop-dev/shop-vault-ca"; accepted: a Secret in its namespace of its ' +
        "own. vaults.main.ca has it already.",
    ],
    [
      "the Secret with the Vault's CA that is there",
      {
        "vaults/main": { cluster: "home", tls: { secret: "t" }, ca: { secret: "internal-ca" } },
        "apps/web/kubernetes": { secret: "internal-ca" },
      },
      'apps.web in dev: given "shop-dev/internal-ca"; accepted: a Secret in its namespace of its ' +
        "own. vaults.main.ca has it already.",
    ],
  ]);
});

describe("a namespace is one owner's", () => {
  refuses([
    [
      "two environments",
      {
        "environments/dev/namespace": "shop",
        "environments/qa": { vault: "main", cluster: "home", namespace: "shop" },
      },
      'environments.qa: given "shop"; accepted: a namespace of its own in cluster home. ' +
        "environments.dev has it already.",
    ],
    [
      "an app in two environments",
      {
        "environments/dev/namespace": "{app}",
        "environments/qa": { vault: "main", cluster: "home", namespace: "{app}" },
      },
      'environments.qa: given "web"; accepted: a namespace of its own in cluster home. ' +
        "environments.dev has it already.",
      'environments.qa: given "web-api"; accepted: a namespace of its own in cluster home. ' +
        "environments.dev has it already.",
    ],
    [
      "two environments of different Vaults",
      {
        "vaults/main/address": "http://main",
        "vaults/other": { address: "https://other" },
        "clusters/home/login": token("https://home"),
        "environments/dev/namespace": "shop",
        "environments/qa": { vault: "other", cluster: "home", namespace: "shop" },
      },
      'environments.qa: given "shop"; accepted: a namespace of its own in cluster home. ' +
        "environments.dev has it already.",
    ],
    [
      "an environment and the server",
      { "environments/dev/namespace": "shop-vault" },
      'environments.dev: given "shop-vault"; accepted: a namespace of its own in cluster home. ' +
        "vaults.main has it already.",
    ],
    [
      "an app and the server",
      {
        "environments/dev/namespace": "{platform}-{app}",
        "apps/vault": { owner: "o", keys: ["A"], environments: ["dev"] },
      },
      'environments.dev: given "shop-vault"; accepted: a namespace of its own in cluster home. ' +
        "vaults.main has it already.",
    ],
    [
      "an environment and the operator",
      { "environments/dev/namespace": "shop-vault-secrets-operator" },
      'environments.dev: given "shop-vault-secrets-operator"; accepted: a namespace of its own in ' +
        "cluster home. clusters.home has it already.",
    ],
    [
      "the operator and the server",
      { "clusters/home/operator": { namespace: "shop-vault" } },
      'clusters.home: given "shop-vault"; accepted: a namespace of its own in cluster home. ' +
        "vaults.main has it already.",
    ],
    [
      "two servers",
      { "vaults/main/address": "http://main", "vaults/second": second },
      'vaults.second: given "shop-vault"; accepted: a Helm release, and so a cluster role binding, ' +
        "of its own. vaults.main has it already.",
      'vaults.second: given "shop-vault"; accepted: a namespace of its own in cluster home. ' +
        "vaults.main has it already.",
    ],
    [
      "two servers' releases, in namespaces of their own",
      {
        "vaults/main/address": "http://main",
        "vaults/main/namespace": "a",
        "vaults/second": { ...second, namespace: "a-vault" },
      },
      'vaults.second: given "a-vault"; accepted: a Helm release, and so a cluster role binding, of ' +
        "its own. vaults.main has it already.",
    ],
  ]);
});

describe("a Vault is one entry", () => {
  refuses([
    [
      "at an address",
      {
        "vaults/main/address": "http://main",
        "vaults/second": { ...second, address: "http://main", namespace: "second-vault" },
      },
      'vaults.second.address: given "http://main"; accepted: an address of its own. vaults.main has it already.',
    ],
    [
      "at an address in another spelling",
      {
        "vaults/main": { cluster: "home", tls: { secret: "t" }, address: "https://Main.example:443/" },
        "vaults/other": { address: "https://main.example" },
      },
      'vaults.other.address: given "https://main.example"; accepted: an address of its own. ' +
        "vaults.main has it already.",
    ],
  ]);
});

describe("a cluster is one entry", () => {
  refuses([
    [
      "in a kubeconfig's context",
      { "clusters/again": { context: "home" } },
      'clusters.again: given "home"; accepted: a kubeconfig context of its own. clusters.home has it already.',
    ],
    [
      "in a kubeconfig's context by another path",
      { "clusters/again": { context: "home", kubeconfig: "~/.kube/../.kube/config" } },
      'clusters.again: given "home"; accepted: a kubeconfig context of its own. clusters.home has it already.',
    ],
    [
      "at an API server",
      eastAndWest(token("https://api.example"), token("https://API.example:443/")),
      `clusters.west.login: given "https://API.example:443/"; accepted: ${TOKENS}`,
    ],
    [
      "at an issuer",
      eastAndWest(jwt("https://issuer"), jwt("https://issuer")),
      `clusters.west.login: given "https://issuer"; accepted: ${TOKENS}`,
    ],
    [
      "at an issuer, where one has its keys listed",
      eastAndWest(jwt("https://issuer"), jwt("https://issuer", KEY_A)),
      `clusters.west.login: given "https://issuer"; accepted: ${TOKENS}`,
    ],
    [
      "with an issuer's key",
      eastAndWest(jwt("https://issuer", KEY_A), jwt("https://issuer/", KEY_B, KEY_A.trim())),
      `clusters.west.login: given "https://issuer/"; accepted: ${TOKENS}`,
    ],
  ]);
});
