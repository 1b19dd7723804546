import type { JsonObject } from "../../access";
import { USERPASS_MOUNT } from "../../model";
import type { Found } from "./found";

/** A user of the auth method of people, with all that a login of it gets. */
export interface Holder {
  readonly name: string;
  /** Names of policies: the user's own, its entity's and those of its groups; without `default`. */
  readonly policies: readonly string[];
  /** Whether its tokens have `default`. */
  readonly hasDefault: boolean;
  /** Vault's answer about the entity that it is, if it is one. */
  readonly entity?: JsonObject;
  /** Id of the entity's alias in userpass. */
  readonly alias?: string;
}

/** The members of a list that are texts. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Members of a list that are objects. */
function objectsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? (value as JsonObject[]) : [];
}

/** The users of userpass. */
export function holdersOf({ now }: Found): Holder[] {
  const groups = new Map(now.groups.map((group) => [String(group.id), group]));
  return now.objects
    .filter(({ type, values }) => type === "vault_userpass_auth_backend_user" && values.mount === USERPASS_MOUNT)
    .map(({ values }): Holder => {
      const name = String(values.username);
      const isIts = (alias: JsonObject) => alias.mount_path === `auth/${USERPASS_MOUNT}/` && alias.name === name;
      const entity = now.entities.find(({ aliases }) => objectsOf(aliases).some(isIts));
      const alias = objectsOf(entity?.aliases).find(isIts);
      const given = [
        ...textsOf(values.token_policies),
        ...textsOf(values.policies),
        ...textsOf(entity?.policies),
        ...textsOf(entity?.group_ids).flatMap((id) => textsOf(groups.get(id)?.policies)),
      ];
      const policies = [...new Set(given)].filter((each) => each !== "default");
      return {
        name,
        policies,
        hasDefault: values.token_no_default_policy !== true,
        ...(entity && { entity }),
        ...(alias && { alias: String(alias.id) }),
      };
    });
}

/** Why a user's entity cannot become the product's without a change that somebody may feel; undefined: it can. */
export function entityProblem({ now }: Found, { name, entity, alias }: Holder): string | undefined {
  if (now.entities.some((other) => other !== entity && String(other.name).toLowerCase() === name))
    return "another entity has the name, and would become this user's";
  if (!entity) return undefined;
  const other = objectsOf(entity.aliases).find(({ id }) => String(id) !== alias);
  if (other)
    return `it also logs in at ${String(other.mount_path).replace(/^auth\/|\/$/g, "")}, whose rights cannot be judged`;
  const has = (field: string) => Object.keys((entity[field] ?? {}) as object).length > 0;
  if (entity.name !== name && !/^entity_[0-9a-f]{8}$/.test(String(entity.name)))
    return `its entity is called ${JSON.stringify(entity.name)}, and would be renamed: templates read the name`;
  if (has("policies"))
    return `its entity has policies of its own (${textsOf(entity.policies).join(", ")}): they would be taken off`;
  if (has("metadata")) return "its entity has metadata, which would be taken off: templated policies may read it";
  if (objectsOf(entity.aliases).some(({ custom_metadata: more }) => Object.keys(more ?? {}).length > 0))
    return "its alias has custom metadata, which would be taken off: templated policies may read it";
  return undefined;
}
