import { all, argument, changes, gone, info, rule, trustChanges, warning, when, type Judge } from "./change";
import { isObject, objectIn, textsIn, type JsonObject } from "./json";
import { oneOf, onPath } from "./on-path";
import { closed, type ResourceTypes } from "./record";
import { given, keysOf, plainPaths } from "./unread";

/** What a connection says of its server; a password has no place in it. */
const SERVER = closed("connection_url username password_authentication tls_ca");

/** Where the administrator's name and password go, and nowhere else. */
const URL = /^postgresql:\/\/\{\{username\}\}:\{\{password\}\}@[\w.-]+:\d+\/[\w-]+\?sslmode=(verify-full|disable)$/;

const DATABASE = "It decides where Vault sends the administrator's password, and which roles may be made there.";

function unreadServer({ postgresql }: JsonObject): string[] {
  if (!isObject(postgresql)) return ["it is of another engine than PostgreSQL, which this report does not read"];
  return [
    ...keysOf("its postgresql's", postgresql, SERVER),
    ...(URL.test(String(postgresql.connection_url))
      ? []
      : [`its connection_url is ${JSON.stringify(postgresql.connection_url)}, which this report does not read`]),
    ...given(postgresql, "password_authentication", "scram-sha-256"),
  ];
}

const openConnection: Judge = ({ after }, called) => [
  ...when(
    textsIn(after.allowed_roles).some((role) => role.includes("*")),
    "error",
    `${called} allows ${textsIn(after.allowed_roles).join(", ")}`,
    "A role of another environment may use it.",
  ),
  ...when(
    /sslmode=disable/.test(String(objectIn(after.postgresql).connection_url)),
    "warning",
    `${called} is without TLS`,
    "Passwords cross the network as they are.",
  ),
];

/** Databases that Vault makes credentials for: connections, and the roles that use them. */
export const VAULT_DATABASE: ResourceTypes = {
  vault_database_secret_backend_connection: {
    label: ["database", "databases"],
    grants: "database connection",
    trusts: ["plugin_name", "allowed_roles", "postgresql"],
    reads: closed("backend name verify_connection plugin_name allowed_roles postgresql"),
    unread: (values) => [
      ...plainPaths("backend", "name")(values),
      ...given(values, "plugin_name", "postgresql-database-plugin"),
      ...unreadServer(values),
    ],
    // Never deleted: Vault alone knows the administrator's password.
    inVault: ({ backend, name }) => ({
      plan: [onPath(`${backend}/config/${name}`, "read")],
      apply: [onPath(`${backend}/config/${name}`, "create", "read", "update")],
      collection: [onPath(`${backend}/config/*`, "create", "read", "update")],
    }),
    change: rule("database", ["backend", "name"], {
      gone: gone("error", "Vault alone knows its administrator's password: somebody has to set another, by hand."),
      create: all(openConnection, (_, called) =>
        info(`${called} is made`, "npm run ops -- databases adopt gives Vault the administrator's password."),
      ),
      update: all(
        openConnection,
        trustChanges(["plugin_name", "postgresql", "backend", "name"], DATABASE),
        changes(["allowed_roles", "verify_connection"], DATABASE),
      ),
    }),
  },
  vault_database_secret_backend_role: {
    label: ["database role", "database roles"],
    grants: "database role",
    trusts: ["db_name", "creation_statements", "revocation_statements", "default_ttl", "max_ttl"],
    reads: closed("backend name db_name creation_statements revocation_statements default_ttl max_ttl"),
    unread: plainPaths("backend", "name", "db_name"),
    inVault: ({ backend, name }) => oneOf(`${backend}/roles`, `${backend}/roles/${name}`),
    change: rule("database role", ["backend", "name"], {
      gone: gone("warning", "Nobody gets credentials by it any more; those that were given end with their lease."),
      create: (_, called) => info(`${called} is made`, "npm run access says who gets credentials by it."),
      update: all(
        changes(["db_name", "creation_statements"], "Its credentials can do something else from now on."),
        changes(["revocation_statements"], "Credentials may stay that were to be taken away."),
        (change, called) =>
          ["default_ttl", "max_ttl"]
            .filter((name) => Number(change.after[name] ?? 0) > Number(change.before[name] ?? 0))
            .flatMap((name) => warning(`${called}: ${name} grows`, "Stolen credentials live longer.")),
      ),
    }),
  },
  vault_database_secret_backend_static_role: {
    label: ["static database role", "static database roles"],
    grants: "database role",
    trusts: ["db_name", "username", "rotation_period"],
    reads: closed("backend name db_name username rotation_period"),
    unread: plainPaths("backend", "name", "db_name"),
    inVault: ({ backend, name }) => oneOf(`${backend}/static-roles`, `${backend}/static-roles/${name}`),
    change: rule("database role", ["backend", "name"], {
      gone: gone("warning", "Vault forgets the password that it made: somebody has to set another, by hand."),
      create: (change, called) =>
        warning(
          `${called} changes the password of ${argument(change, "username")} at once`,
          "Whoever has it now is cut off; Vault alone gives out the new one.",
        ),
      update: changes(["db_name", "username", "rotation_period"], "Its credentials are other ones, or live longer."),
    }),
  },
};
