import type { PlatformConfig } from "../../model";
import { smallConfig } from "./configs";

/** A server of a database in an environment of {@link databaseConfig}. */
export const serverIn = (environment: string) => ({
  host: "db.example",
  database: `orders_${environment}`,
  adminUsername: `vault_orders_${environment}`,
});

/** Two apps at one database in two environments; in `qa` authority is kept apart. */
export function databaseConfig(changes: Partial<PlatformConfig> = {}): PlatformConfig {
  return smallConfig({
    secretOwner: "operator",
    environments: {
      dev: { vault: "main", cluster: "local", namespace: "{app}-dev" },
      qa: { vault: "main", cluster: "local", namespace: "{app}-qa", authority: "separate" },
    },
    databases: { orders: { engine: "postgresql", servers: { dev: serverIn("dev"), qa: serverIn("qa") } } },
    apps: {
      shop: {
        owner: "team-shop",
        keys: ["KEY"],
        databases: { orders: { access: "dynamic", memberOf: "orders_{environment}_rw" } },
      },
      report: {
        owner: "team-report",
        keys: ["KEY"],
        databases: { orders: { access: "static", username: "report_{environment}" } },
      },
    },
    ...changes,
  });
}
