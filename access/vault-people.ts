import type { JsonObject } from "../resource-types";
import type { Arguments } from "./arguments";
import { parsedJson, referenceOf, type Resource } from "./read-stacks";

/** A group of people. */
export interface IdentityGroup {
  readonly name: string;
  readonly resource: Resource;
  readonly policies: readonly string[];
  /** Entities in it, and aliases of an identity provider's groups, itself or through a group in it. */
  readonly members: ReadonlySet<Resource>;
  /** The identity provider's group that it is itself, if it is one. */
  readonly alias?: GroupAlias;
}

/** A group of an identity provider, as a token names it. */
export interface GroupAlias {
  readonly name: string;
  /** Where its people log in. */
  readonly mount: string;
  readonly resource: Resource;
}

/** An auth mount, as far as people are concerned. */
interface Mount {
  readonly path: string;
  readonly type: string;
  readonly resource: Resource;
}

/** A userpass user, or an entity that nothing logs in as. */
export interface Person {
  readonly name: string;
  /** `<mount>/<name>`. */
  readonly login: string;
  readonly resource: Resource;
  readonly entity?: Resource;
  /** Of the entity. */
  readonly entityPolicies: readonly string[];
  /** On the user itself, beside those of its entity and groups. */
  readonly policies: readonly string[];
  readonly withDefault: boolean;
}

/** Reads the groups of people of one Vault, and who is in them. */
export function readGroups(read: Arguments, auth: readonly Mount[]): IdentityGroup[] {
  const aliases = readGroupAliases(read, auth);
  const own = new Map<Resource, { policies: string[]; members: Set<Resource>; groups: Resource[] }>();
  for (const resource of read.of("group")) {
    const alias = aliases.get(resource)?.resource;
    if ((resource.values.type === "external") !== (alias !== undefined))
      read.complain(
        resource,
        alias
          ? "it has a group alias, and is not external"
          : "who is in an external group without an alias is known elsewhere",
      );
    own.set(resource, {
      policies: read.policies(resource, "policies"),
      members: new Set([...read.references(resource, "member_entity_ids"), ...(alias ? [alias] : [])]),
      groups: read.references(resource, "member_group_ids"),
    });
  }
  for (const resource of read.of("part of a group")) {
    const group = own.get(read.references(resource, "group_id")[0]!);
    group?.policies.push(...read.policies(resource, "policies"));
    for (const member of read.references(resource, "member_entity_ids")) group?.members.add(member);
  }
  // Members of a group in a group have the policies of both.
  const everyone = (resource: Resource, seen: readonly Resource[]): Resource[] => {
    const group = own.get(resource);
    if (!group || seen.includes(resource)) return [];
    return [...group.members, ...group.groups.flatMap((inner) => everyone(inner, [...seen, resource]))];
  };
  return [...own].map(([resource, { policies }]) => ({
    name: String(resource.values.name),
    resource,
    policies,
    members: new Set(everyone(resource, [])),
    alias: aliases.get(resource),
  }));
}

/** The identity provider's groups, by the group of ours that each is. */
function readGroupAliases(read: Arguments, auth: readonly Mount[]): Map<Resource, GroupAlias> {
  const aliases = new Map<Resource, GroupAlias>();
  for (const resource of read.of("group alias")) {
    const mount = auth.find(
      (each) => each.resource === referenceOf(resource.stack, resource.values.mount_accessor)?.resource,
    );
    const group = referenceOf(resource.stack, resource.values.canonical_id)?.resource;
    const name = read.text(resource, "name");
    if (!group || !mount) read.complain(resource, "its mount_accessor or canonical_id is no resource of its stack");
    else if (mount.type !== "oidc")
      read.complain(resource, `it gives whoever logs in at ${mount.path} with this group what the group gives`);
    else if (aliases.has(group)) read.complain(resource, "its group has another alias");
    else if (name !== undefined) aliases.set(group, { name, mount: mount.path, resource });
  }
  return aliases;
}

/** Reads the people who can log in to one Vault by a password, and the entities that they are. */
export function readPeople(read: Arguments, auth: readonly Mount[]): Person[] {
  const entities = new Map<string, Resource>();
  const aliases = new Map<string, Resource>();
  for (const alias of read.of("alias")) {
    const mount = referenceOf(alias.stack, alias.values.mount_accessor)?.resource;
    const entity = referenceOf(alias.stack, alias.values.canonical_id)?.resource;
    const at = auth.find((each) => each.resource === mount);
    if (!entity || !at) read.complain(alias, "its mount_accessor or canonical_id is no resource of its stack");
    else if (at.type !== "userpass")
      read.complain(alias, `it gives a login at ${at.path} what its entity and its groups have`);
    else {
      const login = `${at.path}/${String(alias.values.name).toLowerCase()}`;
      aliases.set(login, alias);
      entities.set(login, entity);
    }
  }
  const more = read.of("policies of an entity").map((resource) => ({
    entity: read.references(resource, "entity_id")[0],
    policies: read.policies(resource, "policies"),
  }));
  const users = [
    ...read.of("user").flatMap((resource) => userpassUser(read, resource)),
    ...read.of("endpoint").flatMap(endpointUser),
  ];
  // Whoever makes the user later is that person.
  const logins = new Set(users.map(({ login }) => login));
  for (const [login, alias] of aliases)
    if (!logins.has(login))
      read.complain(alias, `no stack makes the user ${login}, who would have what its entity has`);
  return users.map((user) => {
    const entity = entities.get(user.login);
    if (!entity) return { ...user, entityPolicies: [] };
    const added = more.filter((each) => each.entity === entity).flatMap(({ policies }) => policies);
    return { ...user, entity, entityPolicies: [...read.policies(entity, "policies"), ...added] };
  });
}

type User = Omit<Person, "entity" | "entityPolicies">;

/** Vault keeps the names of users in lower case. */
function user(
  resource: Resource,
  mount: string,
  written: string,
  policies: readonly string[],
  values: JsonObject,
): User {
  const name = written.toLowerCase();
  return { name, login: `${mount}/${name}`, resource, policies, withDefault: values.token_no_default_policy !== true };
}

function userpassUser(read: Arguments, resource: Resource): User[] {
  const [mount, name] = [read.path(resource, "mount", "userpass"), read.path(resource, "username")];
  if (mount === undefined || name === undefined) return [];
  return [user(resource, mount, name, read.policies(resource, "token_policies"), resource.values)];
}

/** Users written through the plain API, as many do. */
function endpointUser(resource: Resource): User[] {
  const [, mount, name] = /^auth\/(.+)\/users\/([^/]+)$/.exec(String(resource.values.path)) ?? [];
  if (mount === undefined || name === undefined) return [];
  const data = parsedJson(String(resource.values.data_json)) ?? {};
  // Vault takes both names, and a comma in either.
  const policies = [data.token_policies, data.policies]
    .flatMap((given) => (Array.isArray(given) ? given.map(String) : String(given ?? "").split(",")))
    .map((each) => each.trim().toLowerCase())
    .filter(Boolean);
  return [user(resource, mount, name, policies, data)];
}
