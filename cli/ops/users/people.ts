import { Option, type Command } from "commander";
import { OIDC_MOUNT, OWN_PASSWORD_POLICY, PLATFORM_ADMIN, USERPASS_MOUNT, type Platform } from "../../../model";
import type { VaultClient } from "../../vault";
import { notAccepted } from "../arguments";
import { OpsError, UsageError } from "../errors";
import type { Io } from "../io";
import { eachInParallel } from "../parallel";
import type { Entity } from "./entity";
import { loginMounts, rightsOf, type Rights } from "./rights";
import { asUserName } from "./user-name";
import { vaultCommand, type Session, type VaultOptions } from "../session";

/** An identity group. Source: `identity/group/name/<name>` of Vault 1.21. */
export type IdentityGroupFacts = Pick<Entity, "id" | "name" | "policies">;

/** A person, as Vault and the config know them. */
export interface PersonRow {
  readonly name: string;
  /** Names of the groups in Vault, sorted. */
  readonly groups: readonly string[];
  /**
   * `active`; `disabled`: the entity is, so neither a login nor a token works; `no entity`: Vault makes one at the
   * first login, which is in no group; `not in Vault`: declared, but the access stack has not been applied since.
   */
  readonly state: "active" | "disabled" | "no entity" | "not in Vault";
  /** Whether the config has them on this Vault. */
  readonly declared: boolean;
  /** Groups that Vault has and the config has not, and the other way round; both empty where they agree. */
  readonly extraGroups: readonly string[];
  readonly missingGroups: readonly string[];
  /** Policies of the user itself. No stack gives any, and no plan shows them: Terraform ignores changes of a user. */
  readonly userPolicies: readonly string[];
  /** Policies of its entity, beside the one that every person has; no stack gives any. */
  readonly entityPolicies: readonly string[];
  /** The entity that a login becomes, where that is not the person's own. */
  readonly becomes: string | null;
  /** Other logins that become the person's entity, e.g. `mallory at auth/ldap/`. */
  readonly otherLogins: readonly string[];
}

/** The entity of that name; undefined if there is none. Throws VaultErrors. */
function entityOf(client: VaultClient, name: string): Promise<Entity | undefined> {
  return client.readIfPresent(`identity/entity/name/${name}`);
}

/** Whether Vault has a user of that name. Throws VaultErrors. */
async function hasUser(client: VaultClient, name: string): Promise<boolean> {
  return (await client.readIfPresent(`auth/${USERPASS_MOUNT}/users/${name}`)) !== undefined;
}

/** All identity groups. Throws VaultErrors. */
export async function identityGroups(io: Io, client: VaultClient): Promise<IdentityGroupFacts[]> {
  const names = await client.list("identity/group/name");
  const groups = await eachInParallel(io, names, "reading groups", (name) =>
    client.readIfPresent<IdentityGroupFacts>(`identity/group/name/${name}`),
  );
  return groups.filter((group) => group !== undefined);
}

/** The people whom the config has on a Vault. */
export function declaredOn({ users }: Platform, vault: string): Platform["users"] {
  return users.filter((user) => user.vaults.includes(vault));
}

/** Everybody whom Vault or the config knows, by name. Throws VaultErrors. */
export async function listPeople(io: Io, { client, platform, vault }: Session): Promise<PersonRow[]> {
  const inVault = await client.list(`auth/${USERPASS_MOUNT}/users`);
  const groups = new Map((await identityGroups(io, client)).map(({ id, name }) => [id, name]));
  const declared = new Map(declaredOn(platform, vault.name).map((user) => [user.name, user.groups]));
  const here = new Set(platform.groups.filter((group) => group.vaults.includes(vault.name)).map((group) => group.name));
  const names = [...new Set([...inVault, ...declared.keys()])].sort();
  const userpass = (await loginMounts(client)).filter(({ path }) => path === `${USERPASS_MOUNT}/`);
  return eachInParallel(io, names, "reading people", async (name): Promise<PersonRow> => {
    const rights = await rightsOf(client, name, userpass);
    const actual = rights.entities.flatMap((entity) => entity.group_ids ?? []).map((id) => groups.get(id) ?? id);
    const wanted = (declared.get(name) ?? []).filter((group) => here.has(group));
    const missing = !inVault.includes(name) && "not in Vault";
    return {
      name,
      groups: unique(actual),
      state: missing || stateOf(rights),
      declared: declared.has(name),
      extraGroups: unique(actual.filter((group) => !wanted.includes(group))),
      missingGroups: wanted.filter((group) => !actual.includes(group)).sort(),
      ...ownRights(name, rights),
    };
  });
}

/** By the entity that a login becomes, else by the one of the person's name. */
function stateOf({ logins, entities }: Rights): PersonRow["state"] {
  const entity = logins[0]?.entity ?? entities[0];
  return !entity ? "no entity" : entity.disabled ? "disabled" : "active";
}

/** What a user and its entity have that comes from no group; of a person as the access stack makes it, nothing. */
function ownRights(
  name: string,
  { logins, entities }: Pick<Rights, "logins" | "entities">,
): Pick<PersonRow, "userPolicies" | "entityPolicies" | "becomes" | "otherLogins"> {
  const other = logins.find(({ entity }) => entity && entity.name !== name)?.entity;
  return {
    userPolicies: unique(logins.flatMap(({ policies }) => policies)),
    entityPolicies: unique(
      entities.flatMap(({ policies }) => policies ?? []).filter((policy) => policy !== OWN_PASSWORD_POLICY),
    ),
    becomes: other?.name ?? null,
    otherLogins: entities.flatMap(({ aliases }) =>
      (aliases ?? [])
        .filter((alias) => alias.name !== name || alias.mount_path !== `auth/${USERPASS_MOUNT}/`)
        .map((alias) => `${alias.name} at ${alias.mount_path}`),
    ),
  };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

/**
 * The person's name as Vault keeps it, and that the user is there. Declared or not: a command that takes access away
 * must work on left-overs too.
 *
 * Throws a UsageError for a name that neither Vault nor the config has, and an OpsError where the access stack has not
 * been applied since.
 */
async function existingUser({ client, platform, vault }: Session, given: string): Promise<string> {
  const name = userName(given);
  // Asked first: a write of the password of a user who is not there is answered with a server error, and no hint.
  if (await hasUser(client, name)) return name;
  const declared = declaredOn(platform, vault.name).map((user) => user.name);
  if (declared.includes(name))
    throw new OpsError(
      `user ${name} is in the config and not in Vault ${vault.name} yet: apply the stack ` +
        `${vault.accessStack} (npm run deploy -- ${vault.accessStack}), then run this again.`,
    );
  const known = [...new Set([...declared, ...(await client.list(`auth/${USERPASS_MOUNT}/users`))])].sort();
  throw new UsageError(
    `${notAccepted("NAME", name, known)} A new person is added to people.users of the config, and the stack ` +
      `${vault.accessStack} applied.`,
  );
}

/**
 * The entity of a user. Throws an OpsError where there is none: then there is nothing to disable, and the user has no
 * rights by a group.
 */
async function existingEntity({ client, vault }: Session, name: string): Promise<Entity> {
  const entity = await entityOf(client, name);
  if (entity) return entity;
  throw new OpsError(
    `user ${name} has no entity in Vault ${vault.name}: apply the stack ${vault.accessStack}, which ` +
      `makes it, then run this again.`,
  );
}

/** A name in lower case, as userpass keeps it. Throws a UsageError for one that no user can have. */
export function userName(given: string): string {
  const name = asUserName(given);
  if (name === undefined)
    throw new UsageError(`NAME: given ${JSON.stringify(given)}; accepted: a user's name, e.g. ${PLATFORM_ADMIN}.`);
  return name;
}

/** A person whom Vault has. */
interface Person extends Session {
  readonly name: string;
  readonly entity: Entity;
}

/** The entity of somebody whom an identity provider knows by this `sub`; undefined where nobody has logged in so. */
async function externalEntity({ client, vault }: Session, sub: string): Promise<Entity | undefined> {
  const mount = vault.oidc && (await loginMounts(client)).find(({ path }) => path === `${OIDC_MOUNT}/`);
  if (!mount) return undefined;
  const body = { alias_name: sub.trim(), alias_mount_accessor: mount.accessor };
  return (await client.write<Entity | undefined>("identity/lookup/entity", body)).data;
}

/** By what somebody logs in, where one name may be two people. */
type LoginKind = typeof USERPASS_MOUNT | typeof OIDC_MOUNT;

/**
 * Who is meant, where it may be somebody whom an identity provider knows: a user and a `sub` may be written alike, and
 * be two people. Throws a UsageError where they are and `login` does not say which, and what a command about a user
 * throws.
 */
export async function personMeant(
  session: Session,
  given: string,
  login?: LoginKind,
): Promise<Pick<Person, "name" | "entity">> {
  const { client, vault } = session;
  const sub = given.trim();
  const external = login === USERPASS_MOUNT ? undefined : await externalEntity(session, sub);
  if (!external) {
    if (login === OIDC_MOUNT)
      throw new UsageError(
        `NAME: given ${JSON.stringify(sub)}; accepted with --login ${OIDC_MOUNT}: the sub of somebody who has logged ` +
          `in to Vault ${vault.name} by its identity provider.`,
      );
    const user = await existingUser(session, given);
    return { name: user, entity: await existingEntity(session, user) };
  }
  const user = login === OIDC_MOUNT ? undefined : asUserName(given);
  if (user !== undefined && (await hasUser(client, user))) {
    const own = await entityOf(client, user);
    if (own?.id !== external.id)
      throw new UsageError(
        `NAME: given ${JSON.stringify(sub)}, which is two in Vault ${vault.name}: the user ${user} with a password ` +
          `(${own ? `entity ${own.name}, ${own.id}` : "no entity yet"}), and whom the identity provider knows by ` +
          `this sub (entity ${external.name}, ${external.id}); accepted: one of them, by --login ${USERPASS_MOUNT} ` +
          `or --login ${OIDC_MOUNT}. For both, run it once for each.`,
      );
  }
  return { name: sub, entity: external };
}

/**
 * Adds a command about one person, by name, who must be in Vault.
 * @param external whether it may be somebody whom an identity provider knows, too; @default no: it is about a password
 */
export function personCommand<Options extends object>(
  users: Command,
  io: Io,
  name: string,
  work: (person: Person, options: Options & VaultOptions) => Promise<void>,
  { external = false } = {},
): Command {
  const command = vaultCommand<Options & { login?: LoginKind }>(users, io, name, async (session, options, given) => {
    const login = external ? options.login : USERPASS_MOUNT;
    await work({ ...session, ...(await personMeant(session, given, login)) }, options);
  }).argument(
    "<name>",
    `the person, as in people.users of the config${external ? ", or the identity provider's sub of one" : ""}`,
  );
  if (!external) return command;
  const which = new Option("--login <kind>", "by what the person logs in, where the name is two people's");
  return command.addOption(which.choices([USERPASS_MOUNT, OIDC_MOUNT]));
}
