import { resolvePlatform, type PlatformConfig } from "../../model";
import { config, message, refusal } from "./support";

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
