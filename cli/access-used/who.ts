import { named, OIDC_MOUNT, OIDC_ROLE, USERPASS_MOUNT, type KvPath, type Platform } from "../../model";
import { both, type Actor, type Facts, type Seen, type Use } from "../audit-log";

/** Somebody whom an audit log names. */
export interface Who {
  /**
   * `external`: a person whom an identity provider knows. `other`: nobody whom the config makes: a root token, a role
   * or a mount made by hand.
   */
  readonly kind: "person" | "external" | "workload" | "pipeline" | "other";
  /**
   * Of a person the user's, of an external one the provider's `sub`, of a workload `<app>/<environment>`, of a pipeline
   * the role's; else the log's words.
   */
  readonly name: string;
}

/** Somebody, and what the log says of them. */
export interface Deeds extends Who {
  /** By path in the mount; `""` are all that the config has not. */
  readonly byPath: ReadonlyMap<string, ReadonlyMap<Use, Seen>>;
}

/** Paths in the mount of a set, and of the folder that it lies in, as a list asks for it. */
export function pathsOf({ path }: KvPath): { readonly set: string; readonly folder: string } {
  return { set: path, folder: path.slice(0, path.lastIndexOf("/") + 1) };
}

/**
 * Everybody whom a log names, each once. A login is known by the name that its mount gives it together with the user or
 * role in the token's metadata: either alone could be another's (user `b-c` at `a`, user `c` at `a-b`). A token that a
 * person made of the own one has neither, and is that person's by its entity.
 * @param sure who an actor is where that is known otherwise, such as by an entity's id; @default never
 */
export function everybody(
  { deeds }: Facts,
  platform: Platform,
  vault: string,
  sure: (actor: Actor) => Who | undefined = () => undefined,
): Deeds[] {
  const known = logins(platform, vault);
  const all = [...deeds.values()].map((each) => ({ ...each, who: sure(each.actor) ?? known(each.actor) }));
  const owners = new Map<string, Set<Who>>();
  for (const { actor, who } of all)
    if (who && actor.entity !== "") owners.set(actor.entity, (owners.get(actor.entity) ?? new Set()).add(who));
  const found = new Map<string, { who: Who; byPath: Map<string, Map<Use, Seen>> }>();
  for (const { actor, byPath, who: direct } of all) {
    const who = direct ?? ownerOf(actor, owners.get(actor.entity)) ?? { kind: "other", name: wordsOf(actor) };
    const key = `${who.kind} ${who.name}`;
    const known = found.get(key) ?? { who, byPath: new Map<string, Map<Use, Seen>>() };
    found.set(key, known);
    for (const [path, uses] of byPath) known.byPath.set(path, together(known.byPath.get(path), uses));
  }
  return [...found.values()]
    .map(({ who, byPath }) => ({ ...who, byPath }))
    .sort((a, b) => (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1));
}

function together(before: ReadonlyMap<Use, Seen> | undefined, more: ReadonlyMap<Use, Seen>): Map<Use, Seen> {
  const all = new Map(before);
  for (const [use, seen] of more) all.set(use, all.has(use) ? both(all.get(use)!, seen) : seen);
  return all;
}

/** A person is one entity however it came in; of a workload only a token that a token made, since roles differ. */
function ownerOf({ display }: Actor, owners: ReadonlySet<Who> = new Set()): Who | undefined {
  const [owner] = owners;
  const isChild = display === "token" || display.startsWith("token-");
  return owners.size === 1 && (isChild || owner!.kind === "person" || owner!.kind === "external") ? owner : undefined;
}

function wordsOf({ entity, display, login }: Actor): string {
  const name = display === "" ? "a token without a name" : display;
  return [
    login === "" || display.endsWith(`-${login}`) ? name : `${name} (${login})`,
    entity === "" || login !== "" ? "" : ` of entity ${entity}`,
  ].join("");
}

/**
 * Who logs in by which words. Display names by Vault's source: the mount, a dash, and of userpass the user, of
 * kubernetes the namespace and the service account, of jwt and oidc the claim that is the role's `user_claim`: here
 * `sub`.
 */
function logins(platform: Platform, vault: string): (actor: Actor) => Who | undefined {
  const known = new Map<string, Who>();
  for (const { app, environment, vault: its, name, delivery } of platform.tenants) {
    if (its !== vault || !delivery) continue;
    const { authMount, login, namespace, serviceAccount } = delivery;
    const account =
      login === "jwt" ? `system:serviceaccount:${namespace}:${serviceAccount}` : `${namespace}-${serviceAccount}`;
    known.set(`${authMount}-${account}\n${name}`, { kind: "workload", name: `${app}/${environment}` });
  }
  for (const { name, subject, vault: its } of platform.pipelines?.identities ?? [])
    if (its === vault) known.set(`${platform.pipelines!.mount}-${subject}\n${name}`, { kind: "pipeline", name });
  const people = new Map<string, Who>();
  const { oidc } = named(platform.vaults, vault);
  return ({ display, login }) => {
    if (oidc && login === OIDC_ROLE && display.startsWith(`${OIDC_MOUNT}-`)) {
      const name = display.slice(OIDC_MOUNT.length + 1);
      const external = people.get(display) ?? { kind: "external" as const, name };
      people.set(display, external);
      return external;
    }
    if (login === "" || display !== `${USERPASS_MOUNT}-${login}`) return known.get(`${display}\n${login}`);
    // Somebody whom the config does not have may have been in it.
    const person = people.get(login) ?? { kind: "person" as const, name: login };
    people.set(login, person);
    return person;
  };
}
