import type { AppDatabaseKubernetesConfig, DatabaseServerConfig } from "./config/database";
import { Duration } from "./duration";

/** The mount of the database engine, in each Vault that has databases. */
export const DATABASE_MOUNT = "database";

/** A lease ends with the token that asked for it: the operator's lives as long as credentials may. */
export const LONGEST_LEASE = Duration.of("1d");

/** A database in an environment, as Vault knows it: a connection. */
export interface DatabaseConnection extends Omit<DatabaseServerConfig, "port"> {
  /** `<database>.<environment>`: no name has a dot of its own. */
  readonly name: string;
  /** What the config calls it. */
  readonly called: string;
  readonly environment: string;
  readonly vault: string;
  readonly port: number;
  /** The only roles of Vault that may use it, sorted: those of this environment's apps. */
  readonly roles: readonly string[];
}

/** What credentials of a role are: made for who asks, or those of one role of the database. */
export type DatabaseAccess =
  | { readonly type: "dynamic"; readonly memberOf: string; readonly ttl: Duration; readonly maxTtl: Duration }
  | { readonly type: "static"; readonly username: string; readonly rotateEvery: Duration };

/** A database as an app in an environment gets at it. */
export interface BoundDatabase {
  /** What the config calls it. */
  readonly called: string;
  /** `<app>-<environment>.<database>`: the role in Vault. */
  readonly role: string;
  /** Name of the connection. */
  readonly connection: string;
  readonly access: DatabaseAccess;
  /** Absent where the environment has no cluster. */
  readonly delivery?: Required<AppDatabaseKubernetesConfig>;
}

/** The API's paths of a role in Vault. Source: Vault's API documentation, "Databases". */
export interface DatabasePaths {
  /** What is read to get credentials. */
  readonly credentials: string;
  /** What the role is. */
  readonly role: string;
}

/** Where a role of some type is in Vault. */
export function databasePaths(
  role: string,
  type: DatabaseAccess["type"],
  mount: string = DATABASE_MOUNT,
): DatabasePaths {
  return type === "dynamic"
    ? { credentials: `${mount}/creds/${role}`, role: `${mount}/roles/${role}` }
    : { credentials: `${mount}/static-creds/${role}`, role: `${mount}/static-roles/${role}` };
}

/**
 * Where Vault finds a database. It puts the administrator's name and password, escaped, in the places in braces.
 * Source: Vault's documentation, "PostgreSQL database secrets engine".
 */
function connectionUrl({
  host,
  port,
  database,
  unsafeNoTls,
}: Pick<DatabaseConnection, "host" | "port" | "database" | "unsafeNoTls">): string {
  const mode = unsafeNoTls ? "disable" : "verify-full";
  return `postgresql://{{username}}:{{password}}@${host}:${port}/${database}?sslmode=${mode}`;
}

/** What makes up a connection. */
type ConnectionSettings = Omit<DatabaseConnection, "name" | "called" | "environment" | "vault">;

/** What a connection trusts, under the names of Terraform's arguments: where the administrator's password goes. */
export function connectionFacts(connection: ConnectionSettings): { readonly [fact: string]: unknown } {
  const { adminUsername, caCertificate, roles } = connection;
  return {
    plugin_name: "postgresql-database-plugin",
    allowed_roles: roles,
    postgresql: {
      connection_url: connectionUrl(connection),
      username: adminUsername,
      password_authentication: "scram-sha-256",
      ...(caCertificate !== undefined && { tls_ca: caCertificate }),
    },
  };
}

/**
 * Credentials of a member of a role, which are it from the first statement on: what they make is that role's. The
 * administrator is made a member of them, to end their sessions. They are taken away with their sessions, and twice is
 * as good as once. Source: PostgreSQL's documentation, "CREATE ROLE", "REASSIGN OWNED".
 */
function memberStatements(
  memberOf: string,
  adminUsername: string,
): { readonly creation: readonly string[]; readonly revocation: readonly string[] } {
  return {
    creation: [
      `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' ` +
        `IN ROLE "${memberOf}" ROLE "${adminUsername}"`,
      `ALTER ROLE "{{name}}" SET role = '${memberOf}'`,
    ],
    revocation: [
      // Vault runs a DO block as one statement.
      "DO $$ BEGIN " +
        "IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{{name}}') THEN " +
        `REASSIGN OWNED BY "{{name}}" TO "${memberOf}"; ` +
        'DROP OWNED BY "{{name}}"; ' +
        "PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{{name}}'; " +
        'DROP ROLE "{{name}}"; ' +
        "END IF; END $$",
    ],
  };
}

/** What a role says, under the names of Terraform's arguments, beside its mount and name. */
export function roleFacts(
  access: DatabaseAccess,
  { name, adminUsername }: Pick<DatabaseConnection, "name" | "adminUsername">,
): { readonly [fact: string]: unknown } {
  if (access.type === "static")
    return { db_name: name, username: access.username, rotation_period: access.rotateEvery.seconds };
  const { creation, revocation } = memberStatements(access.memberOf, adminUsername);
  return {
    db_name: name,
    creation_statements: creation,
    revocation_statements: revocation,
    default_ttl: access.ttl.seconds,
    max_ttl: access.maxTtl.seconds,
  };
}
