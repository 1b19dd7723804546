import { runInNewContext } from "node:vm";
import { resolvePlatform } from "../../model";
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
      new RegExp(
        /^the config has 1 mistake:\n {2}vaults\.main: /.source +
          /given an object that is not plain; accepted: an object of cluster, /.source,
      ),
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
      "clusters, environments, apps, sharedSets, databases, people";
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
