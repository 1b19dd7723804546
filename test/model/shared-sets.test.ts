import { boundSets } from "../../model";
import { platform, refuses, type Change } from "./support";

const BROKER = { owner: "team-mq", keys: ["BROKER_PASSWORD"], readBy: ["web", "web-api"] };
const sharing = (change: Change = {}, set: object = {}) =>
  platform({ "sharedSets/broker": { ...BROKER, ...set }, ...change });
const sets = (...given: Parameters<typeof sharing>) => sharing(...given).sharedSets;
const wrong = (set: object, change: Change = {}): Change => ({ "sharedSets/broker": { ...BROKER, ...set }, ...change });

describe("a shared set", () => {
  it("lies beside the apps, one in each environment that one of its apps runs in", () => {
    expect(sets().map(({ name, path, readBy }) => [name, path.data(), readBy])).toEqual([
      ["broker-dev", "kvv2/data/shop/broker/broker-dev", ["web", "web-api"]],
      ["broker-prod", "kvv2/data/shop/broker/broker-prod", ["web", "web-api"]],
    ]);
  });

  it("is read in an environment by those of its apps that run there", () => {
    const change = { "apps/web/environments": ["prod"] };
    expect(sets(change).map(({ name, readBy }) => [name, readBy])).toEqual([
      ["broker-dev", ["web-api"]],
      ["broker-prod", ["web", "web-api"]],
    ]);
    expect(sets(change, { readBy: ["web"] }).map(({ name }) => name)).toEqual(["broker-prod"]);
  });

  it("is in the environments that it names, with what differs there", () => {
    const environments = { dev: { keys: ["A"] }, prod: { secretSet: "existing" } };
    expect(sets({}, { keys: ["A", "B"], environments }).map(({ keys, secretSet }) => [keys, secretSet])).toEqual([
      [["A"], "managed"],
      [["A", "B"], "existing"],
    ]);
  });

  it("has no reader where it leaves, and none that leaves", () => {
    expect(sets({}, { environments: { dev: { secretSet: "retired" } } }).map(({ readBy }) => readBy)).toEqual([[]]);
    const left = { "apps/web/environments": { dev: { secretSet: "retired" }, prod: {} } };
    expect(sets(left).map(({ readBy }) => readBy)).toEqual([["web-api"], ["web", "web-api"]]);
  });

  it("leaves where all of its apps do, and is not taken out with them: its values stay", () => {
    const left = { "apps/web/environments": { dev: { secretSet: "retired" }, prod: {} } };
    expect(sets(left, { readBy: ["web"] }).map(({ name, secretSet }) => [name, secretSet])).toEqual([
      ["broker-dev", "retired"],
      ["broker-prod", "managed"],
    ]);
  });

  it("is bound to each of its apps in that app's namespace, by that app's login, into a Secret of its own", () => {
    const { tenants } = sharing({ "environments/dev/namespace": "{app}" });
    const bound = boundSets(tenants).filter(({ environment, delivery }) => environment === "dev" && delivery);
    expect(
      bound.map(({ name, path, delivery }) => [
        name,
        path.path,
        delivery!.namespace,
        delivery!.vaultAuth,
        delivery!.vaultStaticSecret,
        delivery!.secret,
      ]),
    ).toEqual([
      ["web-dev", "shop/web/web-dev", "web", "web-vault-auth-static", "web-vault-static-secret", "web-dev-secrets"],
      [
        ...["web-dev/broker", "shop/broker/broker-dev", "web", "web-vault-auth-static"],
        ...["web-broker-vault-static-secret", "web-broker-dev-secrets"],
      ],
      [
        ...["web-api-dev", "shop/web-api/web-api-dev", "web-api", "web-api-vault-auth-static"],
        ...["web-api-vault-static-secret", "web-api-dev-secrets"],
      ],
      [
        ...["web-api-dev/broker", "shop/broker/broker-dev", "web-api", "web-api-vault-auth-static"],
        ...["web-api-broker-vault-static-secret", "web-api-broker-dev-secrets"],
      ],
    ]);
  });

  it("has the names that its templates say", () => {
    const kubernetes = { secret: "{set}-for-{app}", vaultStaticSecret: "{platform}-{app}-{set}-{environment}" };
    const [bound] = sharing({}, { kubernetes }).tenants[0]!.shared;
    expect(bound!.delivery).toMatchObject({ secret: "broker-for-web", vaultStaticSecret: "shop-web-broker-dev" });
  });
});

describe("a grant", () => {
  const scopes = (grant: object, change: Change = {}) =>
    sharing({ "people/groups/developers": { grants: [grant] }, ...change }).groups[1]!.grants.map(({ scope }) =>
      "tree" in scope ? `${scope.tree.path}/` : scope.sets.map(({ path }) => path).join(" "),
    );
  const open = { "environments/prod/protected": undefined };

  it("of a shared set is its tree, where nothing protected can lie below, else its sets one by one", () => {
    expect(scopes({ access: "write", sharedSets: ["broker"] }, open)).toEqual(["shop/broker/"]);
    expect(scopes({ access: "write", sharedSets: ["broker"] })).toEqual(["shop/broker/broker-dev"]);
    expect(scopes({ access: "write-only", sharedSets: ["broker"], environments: ["prod"] })).toEqual([
      "shop/broker/broker-prod",
    ]);
  });

  it("of an app that reads a shared set is none of that set", () => {
    expect(scopes({ access: "write", apps: ["web"] }, open)).toEqual(["shop/web/"]);
    expect(scopes({ access: "write", apps: ["web"] })).toEqual(["shop/web/web-dev"]);
  });

  it("of all is of the shared sets too, be it a tree or a list", () => {
    expect(scopes({ access: "read", apps: "all" }, open)).toEqual(["shop/"]);
    expect(scopes({ access: "read", apps: "all" })).toEqual([
      "shop/web/web-dev shop/web-api/web-api-dev shop/broker/broker-dev",
    ]);
  });
});

describe("is refused:", () => {
  refuses([
    [
      "a key that an app's own set has",
      wrong({ keys: ["DB_PASSWORD"], environments: ["dev"] }),
      'sharedSets.broker.keys: given "DB_PASSWORD"; accepted: a key that no other set of apps.web in dev has. Its ' +
        "own set has it already: which of the two its pods get would depend on the order of envFrom.",
    ],
    [
      "a key that another shared set of an app has",
      {
        ...wrong({ environments: ["dev"], readBy: ["web"] }),
        "sharedSets/mail": { ...BROKER, environments: ["dev"] },
      },
      'sharedSets.mail.keys: given "BROKER_PASSWORD"; accepted: a key that no other set of apps.web in dev has. ' +
        "Shared set broker has it already: which of the two its pods get would depend on the order of envFrom.",
    ],
    [
      "a Secret that is another set's",
      wrong({ kubernetes: { secret: "{app}-{environment}-secrets" }, readBy: ["web"] }),
      'sharedSets.broker at web in dev: given "shop-dev/web-dev-secrets"; accepted: a Secret in its namespace of its ' +
        "own. apps.web in dev has it already.",
    ],
    [
      "an app's name",
      { "sharedSets/web": { ...BROKER, readBy: ["web-api"] } },
      'sharedSets.web: given "web"; accepted: a name that no app has. Commands and paths know a set by its name alone.',
    ],
    [
      "an app that there is not",
      wrong({ readBy: ["wbe"] }),
      'sharedSets.broker.readBy[0]: given "wbe"; accepted: a declared app: web, web-api. Did you mean "web"?',
    ],
    [
      "an app that runs in none of its environments",
      wrong({ environments: ["dev"] }, { "apps/web/environments": ["prod"] }),
      'sharedSets.broker.readBy[0]: given "web"; accepted: an app that runs in one of the set\'s environments. It ' +
        "would read nothing.",
    ],
    [
      "an environment that none of its apps runs in",
      wrong({ environments: ["dev", "prod"], readBy: ["web"] }, { "apps/web/environments": ["prod"] }),
      'sharedSets.broker.environments[0]: given "dev"; accepted: an environment that an app of readBy runs in. ' +
        'Nobody would read it there. secretSet: "retired" takes leave of one.',
    ],
    [
      "a key in an environment that the set does not have",
      wrong({ environments: { dev: { keys: ["BROKER_PASWORD"] } } }),
      'sharedSets.broker.environments.dev.keys[0]: given "BROKER_PASWORD"; accepted: a declared key of this shared ' +
        'set: BROKER_PASSWORD. Did you mean "BROKER_PASSWORD"?',
    ],
    [
      "a grant of a shared set that there is not",
      wrong({}, { "people/groups/developers": { grants: [{ access: "read", sharedSets: ["brokr"] }] } }),
      'people.groups.developers.grants[0].sharedSets[0]: given "brokr"; accepted: a declared shared set: broker. Did ' +
        'you mean "broker"?',
    ],
    [
      "a grant of a shared set that it does not reach",
      wrong(
        { environments: ["dev"] },
        {
          "people/groups/developers": { grants: [{ access: "read", sharedSets: ["broker"], environments: ["prod"] }] },
        },
      ),
      "people.groups.developers.grants[0]: given an object of access, sharedSets, environments; accepted: a grant " +
        "that reaches something. None of these sets is in any of these environments; a protected environment must be " +
        "named.",
    ],
    [
      "a grant of nothing",
      { "people/groups/developers": { grants: [{ access: "read" }] } },
      'people.groups.developers.grants[0].apps: given nothing; accepted: "all", or a list of apps; or sharedSets.',
    ],
    [
      'shared sets beside "all"',
      wrong({}, { "people/groups/developers": { grants: [{ access: "read", apps: "all", sharedSets: ["broker"] }] } }),
      'people.groups.developers.grants[0].sharedSets: given a list of 1; accepted: only without apps: "all". "all" ' +
        "has the shared ones in it.",
    ],
    [
      "a name that is no Secret's",
      wrong({ kubernetes: { secret: "{app}-{st}" }, readBy: ["web"], environments: ["dev"] }),
      'sharedSets.broker.kubernetes.secret: given "{app}-{st}"; accepted: a template of {platform}, {app}, {set}, ' +
        "{environment}.",
    ],
  ]);
});
