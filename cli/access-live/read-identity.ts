import { isObject, type JsonObject } from "../../access";
import type { Asking } from "./asking";
import { referenceTo, type LiveObject } from "./objects";
import { readSecondFactors } from "./read-second-factors";
import { authType, type AuthMount } from "./read-server";

/** An alias of an entity: by which auth method's login one is it. */
interface Alias {
  readonly mount: string;
  readonly name: string;
}

/** What is read of people, and whom tokens belong to. */
export interface IdentitySide {
  readonly objects: readonly LiveObject[];
  /** By an entity's id. */
  readonly aliases: ReadonlyMap<string, readonly Alias[]>;
  /** Entities that Vault made at a login, and that give nothing. */
  readonly madeByLogins: number;
  /** Vault's own answers, with their ids. */
  readonly entities: readonly JsonObject[];
  readonly groups: readonly JsonObject[];
}

const ENTITY = "vault_identity_entity";
const ALIAS = "vault_identity_entity_alias";
const GROUP = "vault_identity_group";
const GROUP_ALIAS = "vault_identity_group_alias";

/** Reads entities, their aliases, groups and who is in them. */
export async function readIdentity(ask: Asking, auth: readonly AuthMount[]): Promise<IdentitySide> {
  const all = await everyOne(ask, "entity", [ENTITY, ALIAS, GROUP]);
  const groups = await everyOne(ask, "group", [GROUP, GROUP_ALIAS]);
  const nameOf = references(auth, all, groups);
  const external = new Set(groups.filter(isExternal).map(({ id }) => String(id)));
  const made = new Set(all.filter((entity) => isMadeByLogin(entity, external)));
  const objects = [
    ...all.flatMap((entity): LiveObject[] => {
      const isExpected = made.has(entity);
      return [
        ...(isExpected ? [] : [entityObject(entity)]),
        ...list(entity.aliases).map((alias) => ({
          type: ALIAS,
          values: aliasValues(alias, nameOf),
          isExpected: isExpected && isEmpty(alias.custom_metadata),
        })),
      ];
    }),
    ...groups.flatMap((group) => groupObjects(group, nameOf)),
    ...(await readSecondFactors(ask, nameOf)),
  ];
  const aliases = new Map(
    all.map((entity) => [
      String(entity.id),
      list(entity.aliases).map(({ mount_path: mount, name }) => ({
        mount: String(mount).replace(/^auth\/|\/$/g, ""),
        name: String(name),
      })),
    ]),
  );
  return { objects, aliases, madeByLogins: made.size, entities: all, groups };
}

async function everyOne(ask: Asking, what: string, types: readonly string[]): Promise<JsonObject[]> {
  const ids = await ask.list(`identity/${what}/id`, { types });
  const read = await ask.each(ids, `reading ${what}s`, async (id) => {
    const answer = await ask.member(`identity/${what}/id`, id, { types });
    return answer ? [answer] : [];
  });
  return read.flat();
}

function list(value: JsonObject[string] | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Whether a list or an object has nothing in it, or is not there. */
function isEmpty(value: JsonObject[string] | undefined): boolean {
  return Object.keys(value ?? {}).length === 0;
}

/** Whether an identity provider says who is in a group: nobody else can put anyone there. */
function isExternal({ type }: JsonObject): boolean {
  return type === "external";
}

/**
 * Vault makes an entity for each login that has none. One that has no policy, is in no group but an identity provider's
 * and was not touched since gives nothing beyond the login's own policies, and the groups that the report has.
 */
function isMadeByLogin(
  { name, policies, metadata, direct_group_ids: groups, disabled }: JsonObject,
  external: ReadonlySet<string>,
): boolean {
  return (
    /^entity_[0-9a-f]{8}$/.test(String(name)) &&
    disabled !== true &&
    [policies, metadata].every((each) => isEmpty(each)) &&
    Object.values(groups ?? {}).every((id) => external.has(String(id)))
  );
}

/** Names what an id or accessor means; one that means nothing stays as it is. */
function references(
  auth: readonly AuthMount[],
  entities: readonly JsonObject[],
  groups: readonly JsonObject[],
): (id: unknown) => string {
  const known = new Map([
    ...auth.map(({ accessor, type, path }) => [accessor, referenceTo(authType(type), { path })] as const),
    ...entities.map(({ id, name }) => [String(id), referenceTo(ENTITY, { name: name! })] as const),
    ...groups.map(({ id, name }) => [String(id), referenceTo(GROUP, { name: name! })] as const),
  ]);
  return (id) => known.get(String(id)) ?? String(id);
}

function entityObject({ id: _, aliases: _a, group_ids: _g, ...more }: JsonObject): LiveObject {
  const { direct_group_ids: _d, inherited_group_ids: _i, bucket_key_hash: _b, ...values } = more;
  return { type: ENTITY, values };
}

/** What a login notes in its alias, such as a service account's name, is no argument of anybody's. */
function aliasValues(
  { id: _, metadata: _m, canonical_id: owner, mount_accessor: mount, ...values }: JsonObject,
  nameOf: (id: unknown) => string,
): JsonObject {
  return { ...values, canonical_id: nameOf(owner), mount_accessor: nameOf(mount) };
}

function groupObjects({ id: _, alias, ...group }: JsonObject, nameOf: (id: unknown) => string): LiveObject[] {
  const members = (name: string) => (Array.isArray(group[name]) ? group[name].map(nameOf) : []);
  const values = {
    ...group,
    // At each login Vault puts in and takes out whom the identity provider's token names.
    member_entity_ids: isExternal(group) ? [] : members("member_entity_ids"),
    member_group_ids: members("member_group_ids"),
  };
  const isAliased = isObject(alias) && Object.keys(alias).length > 0;
  return [{ type: GROUP, values }, ...(isAliased ? [{ type: GROUP_ALIAS, values: aliasValues(alias, nameOf) }] : [])];
}
