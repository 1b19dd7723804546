import { refuses, type Change, PEM } from "./support";
const KEY_A = "-----BEGIN PUBLIC KEY-----\nQUFB\n-----END PUBLIC KEY-----\n";
const KEY_B = "-----BEGIN PUBLIC KEY-----\nQkJC\n-----END PUBLIC KEY-----\n";
const TOKENS =
  "an API server, or an issuer with keys, of its own. clusters.east has it already: each would take " +
  "the other's service accounts for its own.";
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
const second = { cluster: "home", unsafeNoTls: true, address: "http://second" };

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
