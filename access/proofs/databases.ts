import { objectIn, textsIn, typesOf } from "../../resource-types";
import type { Access } from "../access";
import { groupBy, unique } from "../collections";
import { nameOf, resourcesOf, textOf, type Resource } from "../read-stacks";
import type { SecretSet } from "../secret-sets";
import { steps, type Claim } from "./finding";

/** What a connection of a Vault is to, and whose: the environments of the apps whose roles have it. */
interface Connection {
  readonly name: string;
  readonly resource: Resource;
  /** `<host>:<port>`. */
  readonly server: string;
  /** The database and the administrator there. */
  readonly uses: readonly string[];
  readonly environment?: string;
}

/**
 * No two environments have a role in common: neither one of Vault's, by a connection that two use, nor one of a server:
 * an administrator, a role whose rights credentials have, a role whose password changes. Nor do they share a database.
 */
export function databases(access: Access): Claim[] {
  const all = access.vaults.flatMap((vault) => {
    const sets = access.sets.filter((set) => set.database && set.vault === vault.name);
    const connections = resourcesOf(vault.stacks, ...typesOf("database connection")).map((resource) =>
      connectionOf(resource, sets),
    );
    return connections.map((connection) => ({ connection, sets }));
  });
  const roles = access.sets.flatMap((set) => {
    const connection = all.find(
      ({ connection: { name }, sets }) => name === set.database?.connection && sets.includes(set),
    )?.connection;
    return connection ? [{ set, connection }] : [];
  });
  return [
    ...all.flatMap(({ connection, sets }) => allowed(connection, sets)),
    ...roles.flatMap(({ set, connection }) => strayed(set, connection)),
    ...inCommon([
      ...all.flatMap(({ connection: { resource, server, uses, environment } }) =>
        uses.map((use) => ({ use: `${use} on ${server}`, resource, environment })),
      ),
      ...roles.flatMap(({ set, connection: { server } }) =>
        usesOf(set.resource).map((use) => ({
          use: `${use} on ${server}`,
          resource: set.resource,
          environment: set.environment,
        })),
      ),
    ]),
  ];
}

function connectionOf(resource: Resource, sets: readonly SecretSet[]): Connection {
  const name = textOf(resource.stack, resource.values.name) ?? "?";
  const { connection_url: url, username } = objectIn(resource.values.postgresql);
  const [, server = "?", database = "?"] = /@([^/]+)\/([^?]+)/.exec(String(url)) ?? [];
  const environments = unique(
    sets.filter((set) => set.database?.connection === name).map(({ environment }) => environment),
  );
  return {
    name,
    resource,
    server,
    uses: [`the database ${database}`, `the role ${String(username)}`],
    // Of one that nobody uses the name alone tells.
    environment: environments.length > 0 ? environments.join(", ") : name.slice(name.lastIndexOf(".") + 1),
  };
}

/** The roles of the server that a role's credentials have: it is made so, or is that one. */
function usesOf({ values }: Resource): string[] {
  const members = textsIn(values.creation_statements).flatMap((statement) =>
    [...statement.matchAll(/IN ROLE "([^"]+)"/g)].map(([, role = ""]) => role),
  );
  return [...members, ...textsIn(values.username)].map((role) => `the role ${role}`);
}

/** A connection admits the roles of one environment. */
function allowed({ name, resource }: Connection, sets: readonly SecretSet[]): Claim[] {
  const its = sets.filter(({ database }) => database?.connection === name).map(({ database }) => database!.role);
  return textsIn(resource.values.allowed_roles)
    .filter((role) => !its.includes(role))
    .map((role) => ({
      subject: nameOf(resource),
      object: role,
      says: `database ${name} admits the role ${role}, which is of no app that has it`,
      path: steps(resource, `allowed_roles ${role}`),
      hint: "A connection lists the roles of its own environment's apps, by name.",
    }));
}

/** A role uses the connection of its own environment. */
function strayed(set: SecretSet, { name }: Connection): Claim[] {
  const used = textsIn(set.resource.values.db_name);
  return used
    .filter((each) => each !== name)
    .map((each) => ({
      subject: nameOf(set.resource),
      object: set.name,
      says: `the role of ${set.app} in ${set.environment} uses the database ${each}, not ${name}`,
      path: steps(set.resource, `db_name ${each}`),
      hint: "A role has the connection of its own environment.",
    }));
}

/** What two environments have in common on a server. */
function inCommon(
  uses: readonly { readonly use: string; readonly resource: Resource; readonly environment?: string }[],
): Claim[] {
  return [...groupBy(uses, ({ use }) => use)].flatMap(([use, [first, ...others]]) =>
    others
      .filter(({ environment }) => environment !== first!.environment)
      .map(({ resource, environment }) => ({
        subject: nameOf(resource),
        object: use,
        says: `${environment ?? "no environment"} and ${first!.environment ?? "no environment"} share ${use}`,
        path: steps(first!.resource, resource, use),
        hint: "Each environment has a database, an administrator and roles of its own.",
      })),
  );
}
