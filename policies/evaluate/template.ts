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

/** An identity group that the entity is in, itself or through another group. */
export interface IdentityGroup {
  readonly id: string;
  readonly name: string;
  /** @default none */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** An identity entity, as far as a templated policy can name it. */
export interface IdentityEntity extends IdentityGroup {
  /** @default none */
  readonly aliases?: readonly IdentityAlias[];
}

/** Who holds the token, as far as templated policies ask. */
export interface Identity {
  /** @default the token has no entity: every rule that asks for one is dropped, as Vault does */
  readonly entity?: IdentityEntity;
  /** @default no group: every rule that asks for one is dropped, as Vault does */
  readonly groups?: readonly IdentityGroup[];
}

/**
 * Fills a path's templates in for one identity, as Vault does (`sdk/helper/identitytpl`): values go in as they are,
 * even when they hold `/`, `+` or `*`. `undefined`: a template has no value, or braces do not pair, and Vault drops the
 * whole rule.
 * @param wildcards `false`: it drops it too where a value holds `+` or `*`
 */
export function resolveTemplate(path: string, identity: Identity, wildcards = true): string | undefined {
  const parts = pieces(path)?.map((part, i) => {
    if (i % 2 === 0) return part;
    const value = valueOf(part, identity);
    return value !== undefined && !wildcards && /[+*]/.test(value) ? undefined : value;
  });
  return parts?.every((part) => part !== undefined) ? parts.join("") : undefined;
}

/** What is after a beginning; `undefined`: it does not begin so. */
function after(text: string, beginning: string): string | undefined {
  return text.startsWith(beginning) ? text.slice(beginning.length) : undefined;
}

/** What an entity, an alias or a group can be asked for. */
type Named = Omit<IdentityAlias, "mountAccessor">;

function valueOf(selector: string, { entity, groups = [] }: Identity): string | undefined {
  const ofEntity = after(selector, "identity.entity.");
  if (ofEntity !== undefined) {
    const [, accessor, rest] = /^aliases\.([^.]*)\.(.*)$/s.exec(ofEntity) ?? [];
    if (rest === undefined) return field(ofEntity, entity);
    return field(
      rest,
      entity?.aliases?.find(({ mountAccessor }) => mountAccessor === accessor),
    );
  }
  const [, by, which, rest = ""] = /^identity\.groups\.(ids|names)\.([^.]*)\.(.*)$/s.exec(selector) ?? [];
  return field(
    rest,
    groups.find(({ id, name }) => (by === "ids" ? id : name) === which),
  );
}

function field(selector: string, named: Named | undefined): string | undefined {
  // Vault takes an empty metadata value but no empty name or id.
  if (selector === "id" || selector === "name") return named?.[selector] || undefined;
  const key = after(selector, "metadata.");
  const [map, entry] =
    key === undefined ? [named?.customMetadata, after(selector, "custom_metadata.")] : [named?.metadata, key];
  return map && entry !== undefined && Object.hasOwn(map, entry) ? map[entry] : undefined;
}
