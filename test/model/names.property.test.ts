import fc from "fast-check";
import production from "../../config/production";
import sample from "../../config/sample";
import { ConfigError, resolvePlatform, type Platform, type PlatformConfig } from "../../model";
import { config } from "./support";

/** Runs are the same on every machine: a failure can be met again. */
const runs = { seed: 20260101, numRuns: 400 };

/** The platform, or undefined where the config is refused; any other error is a failure. */
function resolved(each: unknown): Platform | undefined {
  try {
    return resolvePlatform(each as PlatformConfig);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/** Any text: right names, nearly right ones, and whatever Unicode has. */
const anyText = fc.oneof(
  { weight: 5, arbitrary: fc.stringMatching(/^[a-z][a-z0-9]{0,3}(-[a-z0-9]{1,3}){0,2}$/) },
  { weight: 2, arbitrary: fc.string({ unit: fc.constantFrom(..."ab1-_.*+/${}%AZ \n\u0430\u200b"), maxLength: 8 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 70 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "__proto__",
      "constructor",
      "toString",
      "..",
      "vault",
      "access",
      "operator",
      "default",
      "root",
      "sys",
      "own",
      "password",
      "platform",
      "admin",
      "a".repeat(40),
    ),
  },
);
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const isLabel = (name: string) => label.test(name) && name.length <= 63;

describe(
  "any text, as the name of an app, an environment, a cluster, a Vault, a user, a group or a " +
    "key, is refused or harmless",
  () => {
    /** Mostly right names, so that a config of several is not refused each time. */
    const mostly = (right: RegExp) =>
      fc.oneof({ weight: 9, arbitrary: fc.stringMatching(right) }, { weight: 1, arbitrary: anyText });
    const NAME = /^[a-c](-?[a-c]){0,3}$/;
    const names = fc.record({
      apps: fc.array(mostly(NAME), { minLength: 1, maxLength: 3 }),
      environments: fc.array(mostly(NAME), { minLength: 1, maxLength: 2 }),
      place: mostly(NAME),
      user: mostly(/^[a-z]{1,3}([.-][a-z0-9]{1,3}){0,2}$/),
      group: mostly(NAME),
      key: mostly(/^[A-Z_][A-Z0-9_]{1,5}$/),
    });
    const byName = (list: readonly string[], entry: unknown) => Object.fromEntries(list.map((name) => [name, entry]));
    const build = ({
      apps,
      environments,
      place,
      user,
      group,
      key,
    }: typeof names extends fc.Arbitrary<infer Names> ? Names : never) => ({
      name: "shop",
      vaults: byName([place], { cluster: place, unsafeNoTls: true }),
      clusters: byName([place], { context: "home" }),
      environments: byName(environments, { vault: place, cluster: place }),
      apps: byName(apps, { owner: "o", keys: [key] }),
      people: {
        groups: byName([group], { grants: [{ access: "write", apps: [apps[0]] }] }),
        users: byName([user], { groups: [group] }),
      },
    });
    const outcomes = { accepted: 0, refused: 0 };
    const property = (check: (platform: Platform) => void) =>
      fc.assert(
        fc.property(names, (each) => {
          const platform = resolved(build(each));
          outcomes[platform ? "accepted" : "refused"]++;
          if (platform) check(platform);
        }),
        runs,
      );

    it("every name of a stack and of a Kubernetes object is a DNS label", () => {
      property(({ vaults, clusters, environments, tenants }) => {
        const made = [
          ...vaults.flatMap((v) => [v.stack!, v.accessStack, v.installation!.namespace, v.installation!.release]),
          ...clusters.flatMap((c) => [
            c.name,
            ...(c.operator ? [c.operator.stack, c.operator.namespace] : []),
            ...c.auths.map((a) => a.mount),
          ]),
          ...environments.map((e) => e.stack),
          ...tenants.flatMap(({ name, delivery: d }) => [
            name,
            d!.namespace,
            d!.serviceAccount,
            d!.vaultAuth,
            d!.vaultStaticSecret,
            d!.secret,
          ]),
        ];
        expect(made.filter((name) => !isLabel(name))).toEqual([]);
      });
    });

    it("every path has three segments under its mount, and no wildcard, parent folder or template", () => {
      property(({ tenants }) => {
        for (const { path } of tenants) {
          expect(path.path.split("/")).toHaveLength(3);
          expect([path.mount, ...path.path.split("/")].filter((segment) => !/^[A-Za-z0-9_-]+$/.test(segment))).toEqual(
            [],
          );
        }
      });
    });

    it(
      "every key is an environment variable that an expression of the operator matches alone, and " +
        "every user is in lower case",
      () => {
        property(({ tenants, users, groups }) => {
          expect(tenants.flatMap((t) => t.keys).filter((key) => !/^[A-Za-z_]\w*$/.test(key) || key === "_raw")).toEqual(
            [],
          );
          expect(
            users
              .map((u) => u.name)
              .filter((name) => name !== name.toLowerCase() || !/^[a-z0-9.-]+$/.test(name) || name.includes("..")),
          ).toEqual([]);
          expect(groups.map((g) => g.name).filter((name) => !isLabel(name) && name.length <= 63)).toEqual([]);
        });
      },
    );

    it("no app's secret set lies in another app's tree, and no two share a path, a policy or an identity", () => {
      property(({ tenants, groups, vaults }) => {
        for (const one of tenants)
          for (const other of tenants) {
            if (one === other) continue;
            const tree = `${vaults[0]!.root.child(one.app).path}/`;
            expect(`${other.path.path}/`.startsWith(tree)).toBe(one.app === other.app);
            expect(one.path.path).not.toBe(other.path.path);
            const identity = ({ delivery: d }: typeof one) => `${d!.cluster} ${d!.namespace} ${d!.serviceAccount}`;
            expect(identity(one)).not.toBe(identity(other));
          }
        const policies = [
          ...tenants.map((t) => t.name),
          ...groups.map((g) => g.name),
          "root",
          "default",
          "own-password",
          "response-wrapping",
          "control-group",
        ];
        expect(new Set(policies).size).toBe(policies.length);
      });
    });

    it("and both happen often enough for this to mean something", () => {
      expect(outcomes.accepted).toBeGreaterThan(300);
      expect(outcomes.refused).toBeGreaterThan(300);
    });
  },
);

describe("any text, wherever a config takes one, is refused or reaches Terraform as it is", () => {
  const places = [
    "apps/web/owner",
    "placeholder",
    "clusters/home/context",
    "clusters/home/kubeconfig",
    "environments/dev/namespace",
    "apps/web/kubernetes/secret",
    "vaults/main/values/a",
    "vaults/main/mount",
  ];

  it.each(places)("at %s", (place) => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          fc.tuple(anyText, fc.constantFrom("${", "%{"), anyText).map((parts) => parts.join("")),
        ),
        (text) => {
          const platform = resolved(config({ [place]: text }));
          if (platform) expect(JSON.stringify(platform)).not.toMatch(/[$%]\{/);
        },
      ),
      { ...runs, numRuns: 200 },
    );
  });
});

describe("any value, wherever it stands in a config, ends with a platform or with a list of mistakes", () => {
  const anything = fc.oneof(
    anyText,
    fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withObjectString: true,
      withSparseArray: true,
      withTypedArray: true,
      maxDepth: 2,
    }),
    fc.constantFrom<unknown>(
      [],
      {},
      null,
      undefined,
      [null],
      [[]],
      [{}],
      { type: "jwt" },
      { type: "token" },
      { type: "vault" },
      { certificate: 1 },
      { certManager: null },
      [{ access: "read" }],
      { grants: [null] },
      Symbol("s"),
      () => 1,
    ),
  );
  /** Every place of a value, as the steps to it. */
  const steps = (value: unknown): string[][] => [
    [],
    ...(typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => steps(inner).map((rest) => [key, ...rest]))
      : []),
  ];
  const replaced = (value: unknown, [first, ...rest]: readonly string[], by: unknown): unknown => {
    if (first === undefined) return by;
    if (Array.isArray(value))
      return value.map((each: unknown, i) => (String(i) === first ? replaced(each, rest, by) : each));
    return { ...(value as object), [first]: replaced((value as { [key: string]: unknown })[first], rest, by) };
  };

  it.each([
    ["the sample", sample],
    ["production", production],
  ])("in %s", (_, right) => {
    const all = steps(right);
    fc.assert(
      fc.property(fc.constantFrom(...all), anything, (place, value) => {
        const result = resolved(replaced(right, place, value));
        if (result) expect(JSON.stringify(result)).not.toMatch(/[$%]\{/);
      }),
      { ...runs, numRuns: 800 },
    );
  });
});
