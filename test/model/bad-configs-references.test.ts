import { refuses, PEM, KUBERNETES } from "./support";
const URL_TEXT = "an http or https URL without credentials, query and fragment, at most 256 characters";
const ONLY_BESIDE = "only beside cluster. Without cluster the Vault exists already, and this setting has no effect.";
const NO_CLUSTER = "only beside cluster. Without a cluster the environment has no Kubernetes side.";
const LOGINS = `{ type: "token", … } or { type: "jwt", … }`;
const login = { type: "token", host: "https://api.away", caCertificate: PEM };
/** An environment in another cluster than its Vault's. */
const away = {
  "vaults/main/address": "http://main",
  "clusters/away": { context: "away", login },
  "environments/qa": { vault: "main", cluster: "away" },
};
/** Settings of a server, beside an address of a Vault that exists already. */
const server = {
  namespace: "v",
  mode: "ha",
  replicas: 3,
  tls: { secret: "t" },
  unsafeDestroy: true,
  seal: { type: "shamir" },
  storage: {},
  auditStorage: {},
  resources: {},
  networkPolicy: {},
  ui: false,
  image: {},
  chart: {},
  values: {},
};

describe("a name that nothing has is refused, with the nearest that there is", () => {
  refuses([
    [
      "an environment's Vault",
      { "environments/dev/vault": "mian" },
      'environments.dev.vault: given "mian"; accepted: a declared Vault: main. Did you mean "main"?',
    ],
    [
      "an environment's Vault that is only JavaScript's",
      { "environments/dev/vault": "constructor" },
      'environments.dev.vault: given "constructor"; accepted: a declared Vault: main.',
    ],
    [
      "an environment's cluster",
      { "environments/dev/cluster": "hom" },
      'environments.dev.cluster: given "hom"; accepted: a declared cluster: home. Did you mean "home"?',
    ],
    [
      "an environment's cluster that is only JavaScript's",
      { "environments/dev/cluster": "__proto__" },
      'environments.dev.cluster: given "__proto__"; accepted: a declared cluster: home.',
    ],
    [
      "a Vault's cluster",
      { "vaults/main/cluster": "Home" },
      'vaults.main.cluster: given "Home"; accepted: a declared cluster: home. Did you mean "home"?',
    ],
    [
      "the version of a server that is installed",
      { "vaults/main/version": "2.2.2" },
      'vaults.main.version: given "2.2.2"; accepted: only of a Vault that exists. image.tag says which one is ' +
        "installed beside cluster.",
    ],
    [
      "a cluster where none is declared",
      { clusters: {} },
      'vaults.main.cluster: given "home"; accepted: a declared cluster, and none is declared.',
      'environments.dev.cluster: given "home"; accepted: a declared cluster, and none is declared.',
    ],
    [
      "an app's environment in a list",
      { "apps/web/environments": ["dev", "prdo"] },
      'apps.web.environments[1]: given "prdo"; accepted: a declared environment: dev, prod. Did you mean "prod"?',
    ],
    [
      "an app's environment by name",
      { "apps/web/environments": { dve: {} } },
      'apps.web.environments.dve: given "dve"; accepted: a declared environment: dev, prod. Did you mean "dev"?',
    ],
    [
      "an app's key in an environment",
      { "apps/web/environments": { dev: { keys: ["DB_PASWORD"] } } },
      'apps.web.environments.dev.keys[0]: given "DB_PASWORD"; accepted: a declared key of this app: ' +
        'DB_USER, DB_PASSWORD. Did you mean "DB_PASSWORD"?',
    ],
    [
      "another app's key",
      { "apps/web/environments": { dev: { keys: ["TOKEN"] } } },
      'apps.web.environments.dev.keys[0]: given "TOKEN"; accepted: a declared key of this app: DB_USER, DB_PASSWORD.',
    ],
    [
      "a grant's app",
      { "people/groups/developers/grants": [{ access: "read", apps: ["web-apo"] }] },
      'people.groups.developers.grants[0].apps[0]: given "web-apo"; accepted: a declared app: web, ' +
        'web-api. Did you mean "web-api"?',
    ],
    [
      "every app by a wildcard",
      { "people/groups/developers/grants": [{ access: "read", apps: ["*"] }] },
      'people.groups.developers.grants[0].apps[0]: given "*"; accepted: a name in ASCII without ' +
        "spaces, quotes, backslashes, * and $ % { }, at most 256 characters. Wildcards would reach " +
        "more than the config names.",
      'people.groups.developers.grants[0].apps[0]: given "*"; accepted: a declared app: web, web-api.',
    ],
    [
      "a grant's environment",
      { "people/groups/developers/grants": [{ access: "read", apps: "all", environments: ["prd"] }] },
      'people.groups.developers.grants[0].environments[0]: given "prd"; accepted: a declared ' +
        'environment: dev, prod. Did you mean "prod"?',
    ],
    [
      "a user's group",
      { "people/users/jane/groups": ["developer"] },
      'people.users.jane.groups[0]: given "developer"; accepted: a declared group: developers, ' +
        'platform-admin. Did you mean "developers"?',
    ],
    [
      "a user's platform-admin with a slip",
      { "people/users/jane/groups": ["platform-admn"] },
      'people.users.jane.groups[0]: given "platform-admn"; accepted: a declared group: developers, ' +
        'platform-admin. Did you mean "platform-admin"?',
    ],
  ]);
});

describe("an installed Vault's settings go together", () => {
  refuses([
    [
      "TLS, or that there is none",
      { "vaults/main/unsafeNoTls": undefined },
      "vaults.main.tls: given nothing; accepted: { secret } or { certManager }. unsafeNoTls: true runs it without TLS.",
    ],
    [
      "TLS, where unsafeNoTls says that there is some",
      { "vaults/main/unsafeNoTls": false },
      "vaults.main.tls: given nothing; accepted: { secret } or { certManager }. unsafeNoTls: true runs it without TLS.",
    ],
    [
      "not TLS and none",
      { "vaults/main/tls": { secret: "t" } },
      "vaults.main.unsafeNoTls: given true; accepted: either tls or unsafeNoTls. Leave unsafeNoTls out.",
    ],
    [
      "TLS of another form",
      { "vaults/main/unsafeNoTls": undefined, "vaults/main/tls": null },
      "vaults.main.tls: given null; accepted: an object of secret, or of certManager.",
    ],
    [
      "no plain address beside TLS",
      { "vaults/main": { cluster: "home", tls: { secret: "t" }, address: "http://main" } },
      'vaults.main.address: given "http://main"; accepted: an https URL. unsafeNoTls: true allows http.',
    ],
    [
      "no CA without TLS",
      { "vaults/main/ca": { secret: "ca" } },
      "vaults.main.ca: given an object of secret; accepted: only with TLS. Without it there is no " +
        "certificate to check.",
    ],
    [
      "replicas only with raft",
      { "vaults/main/replicas": 3 },
      'vaults.main.replicas: given 3; accepted: only beside mode: "ha". File storage has one replica.',
    ],
    [
      "a token's time within the longest",
      { "vaults/main/tokenTtl": "9h" },
      'vaults.main.tokenTtl: given "9h"; accepted: at most tokenMaxTtl (8h).',
    ],
    [
      "a token's default time within the longest",
      { "vaults/main/tokenMaxTtl": "30m" },
      'vaults.main.tokenTtl: given "1h"; accepted: at most tokenMaxTtl (30m). It is the default.',
    ],
    [
      "a namespace from which a release's name can be made",
      { "vaults/main/namespace": "x".repeat(50) },
      'vaults.main.namespace: given "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"; accepted: ' +
        "a name whose release (xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-vault) has at most 52 characters.",
    ],
    [
      "a namespace from which a service's name can be made",
      { "vaults/main/namespace": "1vault" },
      `vaults.main.namespace: given "1vault"; accepted: lower-case letters, digits and dashes, a ` +
        `letter first, no dash last, at most 63 characters${KUBERNETES}.`,
    ],
    [
      "a namespace that is not Kubernetes' own",
      { "vaults/main/namespace": "kube-system" },
      `vaults.main.namespace: given "kube-system"; accepted: lower-case letters, digits and dashes, ` +
        `a letter first, no dash last, at most 63 characters${KUBERNETES}.`,
    ],
    [
      "an address for each of two Vaults, since VAULT_ADDR is one",
      { "vaults/other": { address: "https://other" } },
      "vaults.main.address: given nothing; accepted: the URL of this Vault. With more Vaults than " +
        "one, VAULT_ADDR cannot say which is meant.",
    ],
  ]);
});

describe("a Vault that exists already", () => {
  refuses([
    [
      "has an address",
      { "vaults/main": {}, "environments/dev/cluster": undefined },
      "vaults.main.address: given nothing; accepted: the URL of a Vault that exists. Give cluster to install one.",
    ],
    [
      "has no settings of a server",
      { "vaults/main": { ...server, address: "https://main" }, "environments/dev/cluster": undefined },
      `vaults.main.namespace: given "v"; accepted: ${ONLY_BESIDE}`,
      `vaults.main.mode: given "ha"; accepted: ${ONLY_BESIDE}`,
      `vaults.main.replicas: given 3; accepted: ${ONLY_BESIDE}`,
      `vaults.main.tls: given an object of secret; accepted: ${ONLY_BESIDE}`,
      `vaults.main.unsafeDestroy: given true; accepted: ${ONLY_BESIDE}`,
      `vaults.main.seal: given an object of type; accepted: ${ONLY_BESIDE}`,
      `vaults.main.storage: given an empty object; accepted: ${ONLY_BESIDE}`,
      `vaults.main.auditStorage: given an empty object; accepted: ${ONLY_BESIDE}`,
      `vaults.main.resources: given an empty object; accepted: ${ONLY_BESIDE}`,
      `vaults.main.networkPolicy: given an empty object; accepted: ${ONLY_BESIDE}`,
      `vaults.main.ui: given false; accepted: ${ONLY_BESIDE}`,
      `vaults.main.image: given an empty object; accepted: ${ONLY_BESIDE}`,
      `vaults.main.chart: given an empty object; accepted: ${ONLY_BESIDE}`,
      `vaults.main.values: given an empty object; accepted: ${ONLY_BESIDE}`,
    ],
    [
      "has an https address",
      { "vaults/main": { address: "http://main" }, "environments/dev/cluster": undefined },
      'vaults.main.address: given "http://main"; accepted: an https URL. unsafeNoTls: true allows http.',
    ],
    [
      "has an address without a password, which the message leaves out",
      { "vaults/main/address": "http://admin:hunter2@main" },
      `vaults.main.address: given "http://***@main"; accepted: ${URL_TEXT}.`,
    ],
    [
      "has an address without a token, which the message leaves out",
      { "vaults/main/address": "http://main?token=hunter2" },
      `vaults.main.address: given "http://main?token=***"; accepted: ${URL_TEXT}.`,
    ],
    [
      "has an address with a host",
      { "vaults/main/address": "http://a..b:port" },
      `vaults.main.address: given "http://a..b:port"; accepted: ${URL_TEXT}.`,
    ],
  ]);
});

describe("an environment", () => {
  refuses([
    [
      "in another cluster than its Vault needs that cluster's login",
      { ...away, "clusters/away": { context: "away" } },
      `clusters.away.login: given nothing; accepted: ${LOGINS}. environments.qa runs there and its ` +
        `Vault, main, does not.`,
    ],
    [
      "in another cluster than its Vault cannot be checked by Vault's own account",
      { ...away, "clusters/away": { context: "away", login: { type: "vault" } } },
      `clusters.away.login: given an object of type; accepted: ${LOGINS}. environments.qa runs ` +
        `there and its Vault, main, does not.`,
    ],
    [
      "in another cluster than its Vault needs the Vault's address",
      { ...away, "vaults/main/address": undefined },
      "vaults.main.address: given nothing; accepted: a URL that other clusters reach. " +
        "environments.qa is in another cluster.",
    ],
    [
      "in its Vault's cluster needs no login, and one would be ignored",
      { "clusters/home/login": login },
      "clusters.home.login: given an object of type, host, caCertificate; accepted: only where an " +
        "environment here has its Vault elsewhere. A Vault checks the tokens of its own cluster " +
        "with its own service account.",
    ],
    [
      "without a cluster has no Kubernetes side",
      {
        "environments/prod": {
          vault: "main",
          namespace: "x",
          createNamespace: false,
          refreshAfter: "1m",
          restarts: "automatic",
          secretOwner: "operator",
        },
      },
      `environments.prod.namespace: given "x"; accepted: ${NO_CLUSTER}`,
      `environments.prod.createNamespace: given false; accepted: ${NO_CLUSTER}`,
      `environments.prod.refreshAfter: given "1m"; accepted: ${NO_CLUSTER}`,
      `environments.prod.restarts: given "automatic"; accepted: ${NO_CLUSTER}`,
      `environments.prod.secretOwner: given "operator"; accepted: ${NO_CLUSTER}`,
    ],
  ]);
});
