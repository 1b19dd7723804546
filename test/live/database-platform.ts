import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AppDatabaseConfig, PlatformConfig } from "../../model";
import type { ScriptedIo } from "../cli/up/scripted-io";
import { ops } from "./ops";
import type { KubernetesCluster, PostgresServer, VaultServer } from "./servers";
import { Workspace } from "./workspace";
import { localCluster } from "./up-helpers";

type Env = Readonly<Record<string, string>>;

/** The environments of a platform with databases: each has a database of its own on one server. */
export const ENVIRONMENTS = ["dev", "qa"] as const;

/** The password that an administrator has before Vault changes it. */
export const FIRST_PASSWORD = "given-by-hand-once";

/** Two apps at one database in two environments of one Vault: `shop` by credentials of its own, `report` by a role. */
export function databasePlatform(
  { address }: Pick<VaultServer, "address">,
  { host, port }: Pick<PostgresServer, "host" | "port">,
  dynamic: Partial<AppDatabaseConfig> = {},
): PlatformConfig {
  return {
    name: "small",
    vaults: { main: { address, unsafeNoTls: true } },
    clusters: {},
    environments: { dev: { vault: "main" }, qa: { vault: "main", authority: "separate" } },
    databases: {
      orders: {
        engine: "postgresql",
        servers: Object.fromEntries(
          ENVIRONMENTS.map((name) => [
            name,
            { host, port, database: `orders_${name}`, adminUsername: `vault_orders_${name}`, unsafeNoTls: true },
          ]),
        ),
      },
    },
    apps: {
      shop: {
        owner: "team-shop",
        keys: ["KEY"],
        databases: {
          orders: { access: "dynamic", memberOf: "orders_{environment}_rw", ...dynamic } as AppDatabaseConfig,
        },
      },
      report: {
        owner: "team-report",
        keys: ["KEY"],
        databases: { orders: { access: "static", username: "report_{environment}" } },
      },
    },
  };
}

/** What who runs the database makes before, as docs/databases.md has it. */
export async function prepare(postgres: PostgresServer): Promise<void> {
  for (const name of ENVIRONMENTS) {
    await postgres.sql(`CREATE DATABASE orders_${name};`);
    await postgres.sql(
      `CREATE ROLE orders_${name}_rw NOLOGIN;
       CREATE ROLE vault_orders_${name} LOGIN CREATEROLE PASSWORD '${FIRST_PASSWORD}';
       GRANT orders_${name}_rw TO vault_orders_${name} WITH ADMIN OPTION;
       CREATE ROLE report_${name} LOGIN PASSWORD 'before';
       REVOKE CONNECT ON DATABASE orders_${name} FROM PUBLIC;
       GRANT CONNECT ON DATABASE orders_${name} TO orders_${name}_rw, vault_orders_${name}, report_${name};
       GRANT USAGE, CREATE ON SCHEMA public TO orders_${name}_rw;
       CREATE TABLE orders (id int);
       ALTER TABLE orders OWNER TO orders_${name}_rw;`,
      `orders_${name}`,
    );
  }
}

/** Where an operator delivers credentials, and who takes a changed one by a restart. */
export function inCluster(
  cluster: KubernetesCluster,
  charts: string,
): Pick<PlatformConfig, "clusters" | "secretOwner"> {
  return {
    secretOwner: "operator",
    clusters: { local: localCluster(cluster, charts) },
  };
}

/** Applies {@link databasePlatform} to a Vault, and has it take the databases over. */
export async function applied(
  server: VaultServer,
  postgres: PostgresServer,
  dynamic: Partial<AppDatabaseConfig> = {},
): Promise<{ readonly workspace: Workspace; readonly ops: (words: string, env?: Env) => Promise<ScriptedIo> }> {
  await prepare(postgres);
  const config = databasePlatform(server, postgres, dynamic);
  const workspace = new Workspace(config, { VAULT_TOKEN: server.rootToken });
  const PLATFORM = fileIn(workspace.folder);
  writeFileSync(PLATFORM, `export default ${JSON.stringify(config)};\n`);
  const run = (words: string, env: Env = {}) =>
    ops(server, words.split(" "), {
      env: { PLATFORM, VAULT_TOKEN: server.rootToken, ...env },
      secret: () => FIRST_PASSWORD,
    });
  // Its static roles wait for that.
  await workspace.tryApply("small-access-main");
  for (const name of ENVIRONMENTS) await run(`databases adopt orders ${name}`);
  for (const stack of workspace.names) await workspace.apply(stack);
  return { workspace, ops: run };
}

/** A platform's file for the operations program. */
export function fileIn(folder: string): string {
  return join(folder, "platform.ts");
}
