import { KvPath, PLATFORM_ADMIN, OWN_PASSWORD_POLICY, USERPASS_MOUNT } from "../../model";
import { grantsOf, resourceType, type Grants } from "../../resource-types";
import { counted } from "../counted";
import { keyOf, referenceTo, type LiveObject } from "../access-live/objects";
import { objectIn } from "./config";
import type { Found, FoundSet } from "./found";
import { textsOf } from "./holders";
import type { People } from "./people";
import { splitKeys, type Chosen, type Place } from "./places";
import { PolicyTexts } from "./policies";

/** Something that the config does not say, why, and what to do about it. It stays as it is. */
export interface Left {
  readonly what: string;
  readonly why: string;
}

const left = (what: string, why: string): Left => ({ what, why });

/** The sets that a config can have, of those that were read, and the others. `undefined`: it could not be read. */
export function sortSets(
  found: Found,
  places: readonly (readonly [Place, FoundSet | undefined])[],
): { readonly sets: readonly FoundSet[]; readonly left: readonly Left[] } {
  const policies = new PolicyTexts(found);
  const sets: FoundSet[] = [];
  const others: Left[] = [];
  for (const [place, set] of places) {
    const called = `secret ${String(place.path)}`;
    const name = `${place.app}-${place.environment}`;
    const { good, odd } = splitKeys(set?.keys ?? []);
    const problem = !set
      ? "the names of its keys could not be read, or it has no version; see the refused requests"
      : policies.has(name)
        ? `there is a policy ${name}, which is the name of its workload's: rename that one, and run this again`
        : set.keys.length === 0
          ? "its latest version is deleted, or has no key: undelete it or write one, and run this again"
          : good.length === 0
            ? `none of its keys (${odd.join(", ")}) is an environment variable's name: copy the values to such names`
            : undefined;
    if (problem !== undefined || !set) others.push(left(called, problem ?? ""));
    else {
      sets.push(set);
      if (odd.length > 0)
        others.push(
          left(`keys ${odd.join(", ")} of ${called}`, "no environment variable's names; the rest is in the config"),
        );
    }
  }
  return { sets, left: others };
}

/** Paths in kv mounts that have no place in the config. */
export function otherSecrets({ mounts }: Found, { mount, platform, places }: Chosen): Left[] {
  const known = new Set(places.map(({ path }) => String(path)));
  return mounts.flatMap(({ path, version, secrets }): Left[] => {
    if (version !== 2)
      return [
        left(
          `kv mount ${path} of version ${version}`,
          "not looked into; `vault kv enable-versioning` makes it version 2",
        ),
      ];
    const others = secrets.filter((each) => !known.has(String(new KvPath(path, each))));
    if (path !== mount)
      return [
        left(
          `kv mount ${path}, with ${counted(others.length, "secret")}`,
          `a config has one mount: npm run adopt -- --mount ${path} --out FILE makes another config`,
        ),
      ];
    return others.map((each) =>
      left(
        `secret ${path}/${each}`,
        `not at ${path}/${platform}/<app>/<app>-<environment>, in lower case; no grant of the config names it`,
      ),
    );
  });
}

/** What stands for each kind of thing that no config says, in words, by what it grants. */
const KINDS: { readonly [grants in Grants]?: readonly [noun: string, why: string] } = {
  mount: ["mount", "a secrets engine that no config describes"],
  "auth mount": ["auth method", "its logins stay as they are"],
  "kubernetes role": ["role", "its workloads log in as before; `cluster` of an environment makes new ones"],
  "jwt role": ["role", "its workloads log in as before"],
  user: ["user", "people of a config log in at userpass"],
  policy: ["policy", "it is never taken over: who holds it keeps it until a person removes it"],
  group: ["identity group", "it stays, with its members and policies"],
  entity: ["entity", "it stays, with its policies"],
  alias: ["alias", "it stays"],
  endpoint: ["", "not understood: look at what it gives, and keep it or remove it by hand"],
};

/** The words of a type; of one that grants nothing, its name is all that there is to say. */
function wordsOf(type: string): readonly [noun: string, why: string] {
  const name = resourceType(type)?.label?.[0] ?? type.replace(/^vault_/, "").replaceAll("_", " ");
  return KINDS[grantsOf(type)] ?? [name, "it stays as it is"];
}

/** Everything else in a Vault, each thing once. */
export function otherObjects(found: Found, people: People): Left[] {
  const taken = new Set(people.users.map(({ holder }) => holder.name));
  const reasons = new Map(people.left.map(({ name, why }) => [name, why]));
  const kvMounts = new Set(found.mounts.map(({ path }) => path));
  const entities = new Set(people.users.map(({ holder }) => holder.entity?.name));
  const isTaken = (object: LiveObject): boolean => {
    const { type, values, isExpected } = object;
    if (type === "vault_kv_secret_backend_v2" || isExpected) return true;
    if (type === "vault_mount") return kvMounts.has(String(values.path));
    if (type === "vault_auth_backend") return values.path === USERPASS_MOUNT;
    if (type === "vault_userpass_auth_backend_user" && values.mount === USERPASS_MOUNT)
      return taken.has(String(values.username));
    if (type === "vault_identity_entity_alias") return isAliasOf(values, taken);
    return type === "vault_identity_entity" && entities.has(values.name);
  };
  const disabled = people.users.filter(({ holder }) => holder.entity?.disabled === true);
  return [
    ...disabled.map(({ holder }) => left(`user ${holder.name}`, "it is disabled, and stays so; it is in the config")),
    ...found.now.objects.filter((object) => !isTaken(object)).map((object) => objectLeft(object, reasons)),
    ...found.now.notUnderstood
      .filter(({ where }) => !found.mounts.some(({ path }) => where === `mount ${path} in Vault`))
      .map(({ where, why }) => left(where, why)),
  ];
}

/** Whether an alias is of one of these users of userpass. */
function isAliasOf({ name, mount_accessor: mount }: LiveObject["values"], users: ReadonlySet<string>): boolean {
  return users.has(String(name)) && mount === referenceTo("vault_auth_backend", { path: USERPASS_MOUNT });
}

function objectLeft({ type, values }: LiveObject, reasons: ReadonlyMap<string, string>): Left {
  const [noun, why] = wordsOf(type);
  const name = keyOf(type, values).replace(/^vault_\w+ /, "");
  const called = `${noun} ${name}`.trim();
  if (type === "vault_userpass_auth_backend_user" && values.mount === USERPASS_MOUNT)
    return left(`user ${String(values.username)}`, `${reasons.get(String(values.username)) ?? why}: it stays as it is`);
  if (type === "vault_policy" && /\{\{/.test(String(values.policy))) return left(`${called}, with templates`, why);
  if (type === "vault_policy" && /deny/.test(String(values.policy))) return left(`${called}, which denies`, why);
  if (!type.endsWith("_role")) return left(called, why);
  const bound = ["bound_service_account_names", "bound_service_account_namespaces"].flatMap((each) =>
    textsOf(values[each]),
  );
  const open = bound.includes("*") ? ", bound to *: any service account takes it" : "";
  return left(`${called} (${textsOf(values.token_policies).join(", ") || "no policy"})${open}`, why);
}

/** Names that every platform has, and that are something else here: then no config can describe this Vault. */
export function takenNames(found: Found): string[] {
  const { objects, groups, entities } = found.now;
  const policies = new PolicyTexts(found);
  const has = (name: string) => (each: { readonly name?: unknown }) => String(each.name).toLowerCase() === name;
  const userpass = objects.find(({ values }) => values.path === USERPASS_MOUNT && values.tune !== undefined)?.values
    .type;
  return [
    ...[PLATFORM_ADMIN, OWN_PASSWORD_POLICY].filter((name) => policies.has(name)).map((name) => `policy ${name}`),
    ...(groups.some(has(PLATFORM_ADMIN)) ? [`identity group ${PLATFORM_ADMIN}`] : []),
    ...(entities.some(has(PLATFORM_ADMIN)) ? [`entity ${PLATFORM_ADMIN}`] : []),
    ...(objects.some(({ values }) => values.mount === USERPASS_MOUNT && values.username === PLATFORM_ADMIN)
      ? [`user ${PLATFORM_ADMIN}`]
      : []),
    ...(userpass !== undefined && userpass !== "userpass"
      ? [`auth method ${USERPASS_MOUNT} of type ${String(userpass)}`]
      : []),
  ];
}

/**
 * What of the mount and of userpass is local to its cluster, which no config says. Terraform would replace it, with all
 * that is in it. Source: the Vault provider 5.10.1, where `local` of a mount and of an auth method forces a new one.
 */
export function localMounts(found: Found, mount: string): string[] {
  const isLocal = (type: string, path: string) => objectIn(found, type, "path", path)?.local === true;
  return [
    ...(isLocal("vault_mount", mount) ? [`kv mount ${mount}`] : []),
    ...(isLocal("vault_auth_backend", USERPASS_MOUNT) ? [`auth method ${USERPASS_MOUNT}`] : []),
  ];
}
