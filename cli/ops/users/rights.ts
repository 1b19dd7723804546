import { code } from "../../../access";
import { OIDC_MOUNT, USERPASS_MOUNT } from "../../../model";
import { VaultError, type VaultClient } from "../../vault";
import type { Entity } from "./entity";
import { asUserName } from "./user-name";

/** An auth mount, as far as a person's rights need it. */
export interface LoginMount {
  /** As Vault has it, between `auth/` and the name of what is in it: `userpass/`. */
  readonly path: string;
  readonly type: string;
  readonly accessor: string;
}

/** What a name has at an auth mount, and what its login there becomes. */
export interface UserAt {
  readonly mount: LoginMount;
  /** Whether the mount has a user of that name. An entity's alias may name one that is in no list, as with LDAP. */
  readonly exists: boolean;
  /** Of the user itself. Terraform ignores every change of a user, so that no plan shows them. */
  readonly policies: readonly string[];
  /** The entity that its alias points to, whatever that is called; undefined: Vault makes one at the first login. */
  readonly entity: Entity | undefined;
}

/** Rights of a name, in Vault, by whatever way. */
export interface Rights {
  /** Where there is a user of that name, or a login of that name that is known. */
  readonly logins: readonly UserAt[];
  /** The entity of that name, first, and those that its logins become. */
  readonly entities: readonly Entity[];
  /** What could not be read, as sentences' ends: nobody knows what is there. Markdown. */
  readonly unknown: readonly string[];
}

/** Types of auth methods that have users, with policies of their own. */
const WITH_USERS: ReadonlySet<string> = new Set(["userpass", "ldap", "radius", "okta"]);

/** Whether it is a login by the platform's identity provider. */
export function isExternal({ mount }: UserAt): boolean {
  return mount.path === `${OIDC_MOUNT}/`;
}

/** The auth mounts. Throws VaultErrors: without them nobody knows by what way somebody comes. */
export async function loginMounts(client: VaultClient): Promise<readonly LoginMount[]> {
  const mounts = await client.read<Readonly<Record<string, Omit<LoginMount, "path">>>>("sys/auth");
  return Object.entries(mounts).map(([path, { type, accessor }]) => ({ path, type, accessor }));
}

/** All that Vault gives a name, itself or by its entity, at these mounts. Throws VaultErrors. */
export async function rightsOf(client: VaultClient, name: string, mounts: readonly LoginMount[]): Promise<Rights> {
  const unknown: string[] = [];
  const logins: UserAt[] = [];
  // A provider's `sub` may be no user's name, nor one that has a path.
  const isUser = asUserName(name) === name;
  const own = isUser ? await client.readIfPresent<Entity>(`identity/entity/name/${name}`) : undefined;
  for (const mount of mounts) {
    const { path, type, accessor } = mount;
    const at = code(`auth/${path}`);
    const user = isUser && WITH_USERS.has(type) ? await userAt(client, mount, name) : "none";
    if (user === "denied") unknown.push(`whether ${at} has a user ${name}, and with what policies`);
    const { data: entity } = await client.write<Entity | undefined>("identity/lookup/entity", {
      alias_name: name,
      alias_mount_accessor: accessor,
    });
    const exists = typeof user === "object";
    if (exists || entity) logins.push({ mount, exists, policies: exists ? user.policies : [], entity });
    if (type !== "userpass" && (exists || entity))
      unknown.push(`what a login as ${name} at ${at} (${type}) has beside its entity, such as by groups of ${type}`);
  }
  const entities = new Map(
    [own, ...logins.map(({ entity }) => entity)].flatMap((each) => (each ? [[each.id, each]] : [])),
  );
  return { logins, entities: [...entities.values()], unknown };
}

async function userAt(
  client: VaultClient,
  { path }: LoginMount,
  name: string,
): Promise<{ readonly policies: readonly string[] } | "none" | "denied"> {
  type User = { readonly policies?: readonly string[] | null; readonly token_policies?: readonly string[] | null };
  const reading = client.readIfPresent<User>(`auth/${path}users/${name}`);
  // Who may not read the users that the config has can judge nobody.
  const user = await reading.catch((error: unknown) => {
    if (path !== `${USERPASS_MOUNT}/` && error instanceof VaultError && error.isDenied) return "denied" as const;
    throw error;
  });
  if (user === undefined) return "none";
  if (user === "denied") return user;
  return { policies: [...new Set([...(user.policies ?? []), ...(user.token_policies ?? [])])].sort() };
}
