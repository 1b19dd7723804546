import { pieces } from "../write";

/** An alias of an entity, as far as a templated policy can name it. */
export interface IdentityAlias {
  /** Accessor of the auth mount, such as `auth_userpass_5ff2f1b4`. */
  readonly mountAccessor: string;
  /** @default the alias has no id, and a rule that asks for it is dropped */
  readonly id?: string;
  /** @default the alias has no name, and a rule that asks for it is dropped */
  readonly name?: string;
  /** @default none */
  readonly metadata?: Readonly<Record<string, string>>;
  /** @default none */
  readonly customMetadata?: Readonly<Record<string, string>>;
}

/** An identity entity, as far as a templated policy can name it. */
export interface IdentityEntity {
  readonly id: string;
  readonly name: string;
  /** @default none */
  readonly metadata?: Readonly<Record<string, string>>;
  /** @default none */
  readonly aliases?: readonly IdentityAlias[];
}

/** An identity group that the entity is in, itself or through another group. */
export interface IdentityGroup {
  readonly id: string;
  readonly name: string;
  /** @default none */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Who holds the token, as far as templated policies ask. */
export interface Identity {
  /** @default the token has no entity: every rule that asks for one is dropped, as Vault does */
  readonly entity?: IdentityEntity;
  /** @default no group: every rule that asks for one is dropped, as Vault does */
  readonly groups?: readonly IdentityGroup[];
}

/** A template with its values filled in, or why Vault drops the rule for this identity. */
export type Resolved = { readonly path: string } | { readonly dropped: string };

/**
 * Whether a selector is about the time of the request, which Vault's templates know but a judgement of a policy cannot.
 */
export function isTimeSelector(selector: string): boolean {
  return selector.startsWith("time.");
}

/**
 * Fills a path's templates in for one identity, as Vault does (`sdk/helper/identitytpl`): values go in as they are,
 * even when they hold `/`, `+` or `*`, and a template without a value drops the whole rule.
 */
export function resolveTemplate(path: string, identity: Identity): Resolved {
  const parts = pieces(path);
  if (parts === undefined) return { dropped: "unbalanced {{ and }}" };
  let out = "";
  for (const [i, part] of parts.entries()) {
    if (i % 2 === 0) {
      out += part;
      continue;
    }
    const value = valueOf(part, identity);
    if (value === undefined) return { dropped: `no value for {{${part}}}` };
    out += value;
  }
  return { path: out };
}

// Vault takes an empty metadata value but no empty name or id.
const filled = (value: string | undefined): string | undefined => (value === "" ? undefined : value);
const entry = (map: Readonly<Record<string, string>> | undefined, key: string): string | undefined =>
  map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
const after = (text: string, prefix: string): string | undefined =>
  text.startsWith(prefix) ? text.slice(prefix.length) : undefined;

function valueOf(selector: string, identity: Identity): string | undefined {
  const ofEntity = after(selector, "identity.entity.");
  if (ofEntity !== undefined) return identity.entity && entityValue(ofEntity, identity.entity);
  const ofGroup = after(selector, "identity.groups.");
  return ofGroup === undefined ? undefined : groupValue(ofGroup, identity.groups ?? []);
}

function entityValue(selector: string, entity: IdentityEntity): string | undefined {
  if (selector === "id") return filled(entity.id);
  if (selector === "name") return filled(entity.name);
  const key = after(selector, "metadata.");
  if (key !== undefined) return entry(entity.metadata, key);
  const [, accessor, rest = ""] = /^aliases\.([^.]*)\.(.*)$/s.exec(selector) ?? [];
  const alias = entity.aliases?.find((a) => a.mountAccessor === accessor);
  return alias && aliasValue(rest, alias);
}

function aliasValue(selector: string, alias: IdentityAlias): string | undefined {
  if (selector === "id") return filled(alias.id);
  if (selector === "name") return filled(alias.name);
  const key = after(selector, "metadata.");
  if (key !== undefined) return entry(alias.metadata, key);
  const custom = after(selector, "custom_metadata.");
  return custom === undefined ? undefined : entry(alias.customMetadata, custom);
}

function groupValue(selector: string, groups: readonly IdentityGroup[]): string | undefined {
  const [, by, which, rest = ""] = /^(ids|names)\.([^.]*)\.(.*)$/s.exec(selector) ?? [];
  const group = groups.find((g) => (by === "ids" ? g.id : g.name) === which);
  if (group === undefined || by === undefined) return undefined;
  if (rest === "id") return group.id;
  if (rest === "name") return filled(group.name);
  const key = after(rest, "metadata.");
  return key === undefined ? undefined : entry(group.metadata, key);
}
