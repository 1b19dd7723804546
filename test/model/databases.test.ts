import { ConfigError, resolvePlatform, type PlatformConfig } from "../../model";
import { databaseConfig, serverIn } from "../helpers/database-config";

const apps = databaseConfig().apps;
const app = (databases: object) =>
  ({ apps: { ...apps, shop: { ...apps["shop"], databases } } }) as unknown as Partial<PlatformConfig>;
const servers = (dev: object, qa: object = {}) =>
  ({
    databases: {
      orders: {
        engine: "postgresql",
        servers: { dev: { ...serverIn("dev"), ...dev }, qa: { ...serverIn("qa"), ...qa } },
      },
    },
  }) as unknown as Partial<PlatformConfig>;

function problems(changes: Partial<PlatformConfig>): string {
  try {
    resolvePlatform(databaseConfig(changes));
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
}

describe("databases of a config", () => {
  it("are a connection in each environment, which admits the roles of that environment's apps alone", () => {
    const { databases, tenants } = resolvePlatform(databaseConfig());
    expect(databases.map(({ name, port, roles }) => [name, port, roles])).toEqual([
      ["orders.dev", 5432, ["report-dev.orders", "shop-dev.orders"]],
      ["orders.qa", 5432, ["report-qa.orders", "shop-qa.orders"]],
    ]);
    expect(tenants.flatMap((tenant) => tenant.databases.map(({ role, access }) => [role, access.type]))).toEqual([
      ["shop-dev.orders", "dynamic"],
      ["shop-qa.orders", "dynamic"],
      ["report-dev.orders", "static"],
      ["report-qa.orders", "static"],
    ]);
  });

  it("have their cluster's operator keep its tokens, where some are dynamic", () => {
    const { tokenCache } = resolvePlatform(databaseConfig()).clusters[0]!;
    expect(tokenCache).toMatchObject({
      name: "vault-secrets-operator-local",
      vault: "main",
      authMount: "kubernetes",
      namespace: "small-vault-secrets-operator",
    });
    const { shop: _, ...others } = apps;
    expect(resolvePlatform(databaseConfig({ apps: others })).clusters[0]).not.toHaveProperty("tokenCache");
  });

  it("are none of an app that leaves", () => {
    const left = { shop: { ...apps["shop"]!, environments: { dev: { secretSet: "retired" }, qa: {} } } } as const;
    const { databases } = resolvePlatform(databaseConfig({ apps: { ...apps, ...left } }));
    expect(databases[0]!.roles).toEqual(["report-dev.orders"]);
  });

  it.each([
    ["an administrator", servers({}, { adminUsername: "vault_orders_dev" }), "servers.qa.adminUsername"],
    ["a database", servers({}, { database: "orders_dev" }), "servers.qa.database"],
    ["a role", app({ orders: { access: "dynamic", memberOf: "orders_rw" } }), "apps.shop.databases.orders.memberOf"],
    [
      "an administrator with a role whose password changes",
      servers({ adminUsername: "report_dev" }),
      "apps.report.databases.orders.username",
    ],
  ])("share %s with no other on a server", (_, changes, at) => {
    expect(problems(changes)).toContain(`${at}: given`);
    expect(problems(changes)).toContain("of its own");
  });

  it.each([
    ["an unknown database", app({ order: { access: "dynamic", memberOf: "x" } }), 'Did you mean "orders"'],
    ["SQL in a name", app({ orders: { access: "dynamic", memberOf: 'x"; DROP' } }), "a name in the database"],
    ["a password", servers({ password: "x" }), "no field of this name"],
    ["a name with a port", servers({ host: "db:5432/x?y" }), "a DNS name or an IPv4 address"],
    [
      "times the wrong way",
      app({ orders: { access: "dynamic", memberOf: "o_{environment}", ttl: "2d" } }),
      "at most maxTtl",
    ],
    [
      "more than a login lasts",
      app({ orders: { access: "dynamic", memberOf: "o_{environment}", maxTtl: "2d" } }),
      "at most 1d",
    ],
  ])("refuse %s", (_, changes, says) => {
    expect(problems(changes)).toContain(says);
  });
});
