import { runInNewContext } from "node:vm";
import { resolvePlatform, type PlatformConfig } from "../../model";
import { config, message, refusal, refuses } from "./support";

/** A config as it comes from a file: JSON.parse makes an own property even of __proto__. */
function parsed(change: (text: string) => string): unknown {
  return JSON.parse(change(JSON.stringify(config())));
}

describe("what JavaScript makes of names", () => {
  const NAME = "lower-case letters, digits and single dashes, a letter first, at most 40 characters";

  it("refuses __proto__ as a name in a config from JSON, and changes no other object", () => {
    const bad = parsed((text) => text.replace('"apps":{', '"apps":{"__proto__":{"owner":"o","keys":["A"]},'));
    expect(refusal(bad)).toBe(message(`apps.__proto__: given "__proto__"; accepted: as a name: ${NAME}.`));
    expect(({} as { owner?: string }).owner).toBeUndefined();
  });

  it("refuses __proto__ as a field in a config from JSON, and does not take what it holds", () => {
    const bad = parsed((text) => text.replace('"unsafeNoTls":true', '"__proto__":{"unsafeNoTls":true}')) as {
      vaults: { main: { unsafeNoTls?: boolean } };
    };
    const lines = refusal(bad).split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(
      /^ {2}vaults\.main\.__proto__: given "__proto__"; accepted: no field of this name, only cluster, /,
    );
    expect(lines[2]).toBe(
      "  vaults.main.tls: given nothing; accepted: { secret } or { certManager }. unsafeNoTls: true " +
        "runs it without TLS.",
    );
    expect(({} as { unsafeNoTls?: boolean }).unsafeNoTls).toBeUndefined();
  });

  it("refuses __proto__ in a chart's values, which are merged over ours", () => {
    const bad = parsed((text) =>
      text.replace(
        '"unsafeNoTls":true',
        '"unsafeNoTls":true,"values":{"server":{"__proto__":{"dev":{"enabled":true}}}}',
      ),
    );
    expect(refusal(bad)).toBe(
      message(
        'vaults.main.values.server.__proto__: given "__proto__"; accepted: as a name: one line of ' +
          "visible text without ${ and %{, no space at its ends, at most 256 characters, not __proto__.",
      ),
    );
  });

  it("refuses a field that an object inherits, since a reviewer does not see it there", () => {
    const inherits = Object.create({ unsafeNoTls: true }, { cluster: { value: "home", enumerable: true } }) as unknown;
    expect(refusal(config({ "vaults/main": inherits }))).toMatch(
      /^the config has 1 mistake:\n {2}vaults\.main: given an object that is not plain; accepted: an object of cluster, /,
    );
  });

  it.each(["constructor", "valueof", "hasownproperty"])(
    "takes %s for an environment, a cluster, a Vault and a group like any other name",
    (name) => {
      const platform = resolvePlatform({
        name,
        vaults: { [name]: { cluster: name, unsafeNoTls: true } },
        clusters: { [name]: { context: name } },
        environments: { [name]: { vault: name, cluster: name } },
        // Every construct has a member called constructor: that app is refused (bad-configs-collisions.test.ts).
        apps: {
          [name === "constructor" ? "valueof" : name]: {
            owner: name,
            keys: ["constructor", "toString", "hasOwnProperty"],
            environments: { [name]: { keys: ["toString"] } },
          },
        },
        people: {
          groups: { [name]: { grants: [{ access: "read", apps: "all", environments: [name] }] } },
          users: { [name]: { groups: [name] } },
        },
      });
      expect(platform.tenants.map(({ name, keys }) => ({ name, keys }))).toEqual([
        { name: `${name === "constructor" ? "valueof" : name}-${name}`, keys: ["toString"] },
      ]);
      expect(platform.groups[1]!.grants).toEqual([
        { access: "read", vault: name, scope: { sets: [platform.tenants[0]!.path] } },
      ]);
    },
  );

  it("takes a config of another realm, without prototypes, or frozen", () => {
    const text = JSON.stringify(config());
    const bare = JSON.parse(text, (_, value: unknown) =>
      typeof value === "object" && value && !Array.isArray(value)
        ? Object.assign(Object.create(null) as object, value)
        : value,
    ) as unknown;
    const frozen = JSON.parse(text, (_, value: unknown) => Object.freeze(value)) as unknown;
    expect([runInNewContext(`(${text})`), bare, frozen].map(refusal)).toEqual(["accepted", "accepted", "accepted"]);
  });
});

describe("a config without end ends with a message", () => {
  const cyclic: { [name: string]: unknown } = {};
  cyclic.again = cyclic;
  cyclic.more = [cyclic];
  const deep = Array.from({ length: 100_000 }).reduce<unknown>((inner) => ({ in: inner }), 1);
  // Forty floors of two references to the same room below: 2^40 rooms for whoever walks through each.
  const doubled = Array.from({ length: 40 }).reduce<unknown>((inner) => ({ left: inner, right: inner }), 1);
  const TOO_MUCH = "at most 10000 values, nested at most 32 deep. Does it hold itself?";

  refuses([
    [
      "values that hold themselves",
      { "vaults/main/values": { cyclic } },
      `vaults.main.values.cyclic: given an object of again, more; accepted: ${TOO_MUCH}`,
    ],
    [
      "values of a hundred thousand floors",
      { "vaults/main/values": { deep } },
      `vaults.main.values.deep: given an object of in; accepted: ${TOO_MUCH}`,
    ],
    [
      "values that double on each floor",
      { "vaults/main/values": { doubled } },
      `vaults.main.values.doubled: given an object of left, right; accepted: ${TOO_MUCH}`,
    ],
    [
      "values with a list of holes",
      { "vaults/main/values": { holes: new Array(2 ** 32 - 1) } },
      `vaults.main.values.holes: given a list of 4294967295; accepted: ${TOO_MUCH}`,
    ],
    [
      "a list of four billion holes",
      { "apps/web/keys": new Array(2 ** 32 - 1) },
      "apps.web.keys: given a list of 4294967295; accepted: a list of at most 10000.",
    ],
    [
      "people that hold themselves",
      { people: cyclic },
      ...["again", "more"].map(
        (field) => `people.${field}: given "${field}"; accepted: no field of this name, only groups, users.`,
      ),
    ],
    [
      "an owner that never ends",
      { "apps/web/owner": "x".repeat(10_000_000) },
      `apps.web.owner: given "${"x".repeat(76)}...; accepted: one line of visible text without \${ ` +
        `and %{, no space at its ends, at most 128 characters.`,
    ],
  ]);

  it("a config that is no object at all", () => {
    const accepted =
      "an object of name, authority, secretOwner, backend, placeholder, waivers, pipelines, vaults, " +
      "clusters, environments, apps, people";
    const shown = [
      undefined,
      null,
      [],
      "shop",
      7,
      () => config(),
      new Promise(() => undefined),
      new (class Config {})(),
    ].map((bad) => refusal(bad));
    expect(shown).toEqual(
      [
        "nothing",
        "null",
        "an empty list",
        "a text",
        "7",
        "a function",
        "an object that is not plain",
        "an object that is not plain",
      ].map((given) => message(`the config: given ${given}; accepted: ${accepted}.`)),
    );
  });

  it("a thousand apps, each with people of its own, in less than two seconds", () => {
    const names = Array.from({ length: 1000 }, (_, i) => `app-${i}`);
    const large = config({
      apps: Object.fromEntries(names.map((name) => [name, { owner: name, keys: ["A"] }])),
      people: {
        groups: Object.fromEntries(names.map((name) => [name, { grants: [{ access: "write", apps: [name] }] }])),
        users: Object.fromEntries(names.map((name) => [name, { groups: [name] }])),
      },
    });
    const start = performance.now();
    const platform = resolvePlatform(large);
    expect(performance.now() - start).toBeLessThan(2000);
    expect([platform.tenants.length, platform.groups.length, platform.users.length]).toEqual([2000, 1001, 1001]);
  });

  it("a thousand mistakes among a thousand names, in lines that can be read", () => {
    const names = Array.from({ length: 1000 }, (_, i) => `app-${i}`);
    const lines = refusal(
      config({
        apps: Object.fromEntries(names.map((name) => [name, { owner: name, keys: ["A"] }])),
        "people/groups/developers/grants": names.map((name) => ({ access: "read", apps: [`${name}x`] })),
      }),
    ).split("\n");
    expect(lines).toHaveLength(1001);
    expect(lines[1]).toBe(
      '  people.groups.developers.grants[0].apps[0]: given "app-0x"; accepted: a declared app: ' +
        'app-0, app-1, app-2, app-3, app-4, app-5, app-6, app-7, app-8, app-9 and 990 more. Did you mean "app-0"?',
    );
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(250);
  });
});

describe("what has no place in a config is in no message", () => {
  const value = "hunter2";
  it.each<{ what: string; bad: unknown }>([
    { what: "a value beside its key", bad: config({ "apps/web/keys": { DB_PASSWORD: value } }) },
    { what: "a value behind its key", bad: config({ "apps/web/keys": [`DB_PASSWORD=${value}`] }) },
    { what: "a user's password", bad: config({ "people/users/jane": { groups: ["developers"], password: value } }) },
    {
      what: "a seal's credentials",
      bad: config({
        "vaults/main/seal": {
          type: "awskms",
          region: "r",
          kmsKeyId: "k",
          credentials: { AWS_SECRET_ACCESS_KEY: value },
        },
      }),
    },
    { what: "a backend's key", bad: config({ backend: { type: "s3", bucket: "b", region: "r", secret_key: value } }) },
    { what: "an address' password", bad: config({ "vaults/main/address": `https://admin:${value}@vault` }) },
    {
      what: "a chart repository's password",
      bad: config({ "vaults/main/chart": { repository: `https://admin:${value}@charts` } }),
    },
    {
      what: "a private key",
      bad: config({
        "vaults/main": {
          cluster: "home",
          tls: { secret: "t" },
          ca: { certificate: `-----BEGIN PRIVATE KEY-----\n${value}\n-----END PRIVATE KEY-----\n` },
        },
      }),
    },
    { what: "a chart's value with a template", bad: config({ "vaults/main/values": { password: `${value}\${x}` } }) },
    { what: "an environment that is a text", bad: config({ "environments/dev": value }) },
    { what: "a list of values for a name", bad: config({ "apps/web/owner": [value] }) },
  ])("$what", ({ bad }) => {
    const text = refusal(bad);
    expect(text).toMatch(/^the config has/);
    expect(text).not.toContain(value);
  });
});

describe("every mistake is said at once, and once", () => {
  it("in every part of a config, in the config's order", () => {
    const places = (bad: unknown) =>
      refusal(bad)
        .split("\n")
        .slice(1)
        .map((line) => line.trim().split(": given ")[0]);
    const bad: unknown = {
      name: "Shop",
      autority: "separate",
      backend: { type: "s3" },
      vaults: { main: { cluster: "hom", tokenTtl: "9h", unsafeNoTls: true }, Other: { mount: "sys" } },
      clusters: { home: { context: "" } },
      environments: {
        dev: { vault: "man", cluster: "home", refreshAfter: "soon" },
        vault: { vault: "main", namespace: "x" },
      },
      apps: { web: { keys: ["A", "A", "*"], environments: ["prd"] }, "a..b": { owner: "o", keys: [] } },
      people: {
        groups: { "platform-admin": { grants: [{ access: "admin", apps: ["wbe"] }] } },
        users: { Jane: { groups: ["developers"] } },
      },
    };
    expect(places(bad)).toEqual([
      ...["autority", "name", "backend.bucket", "backend.region"],
      ...[
        "vaults.Other",
        "vaults.Other.mount",
        "clusters.home.context",
        "environments.dev.refreshAfter",
        "environments.vault",
      ],
      ...["apps.web.owner", "apps.web.keys[1]", "apps.web.keys[2]", 'apps["a..b"]', 'apps["a..b"].keys'],
      ...['people.groups["platform-admin"].grants[0].access', "people.users.Jane"],
      ...["vaults.main.cluster", "vaults.main.address", "vaults.main.tokenTtl", "vaults.Other.address"],
      ...["environments.dev.vault", "environments.vault.namespace", "apps.web.environments[0]"],
      ...[
        'people.groups["platform-admin"]',
        'people.groups["platform-admin"].grants[0].apps[0]',
        "people.users.Jane.groups[0]",
      ],
    ]);
  });

  it("in what two things would share", () => {
    const bad = config({
      "clusters/again": { context: "home" },
      "environments/dev/namespace": "shop-vault",
      "environments/vault-main": { vault: "main" },
      "people/groups/web-dev": { grants: [{ access: "read", apps: "all" }] },
    });
    expect(refusal(bad)).toBe(
      message(
        'environments["vault-main"]: given "shop-vault-main"; accepted: a stack name, and so a ' +
          "state, of its own. vaults.main has it already.",
        'apps.web in dev: given "web-dev"; accepted: a policy name of its own. ' +
          'people.groups["web-dev"] has it already.',
        'clusters.again: given "home"; accepted: a kubeconfig context of its own. clusters.home has it already.',
        'environments.dev: given "shop-vault"; accepted: a namespace of its own in cluster home. ' +
          "vaults.main has it already.",
      ),
    );
  });

  it("and a config that is refused is not changed", () => {
    const bad = config({ "apps/web/keys": ["*"] });
    const before = JSON.stringify(bad);
    expect(refusal(bad)).not.toBe("accepted");
    expect(JSON.stringify(bad)).toBe(before);
    expect(() => resolvePlatform(bad as PlatformConfig)).toThrow(/1 mistake/);
  });
});
