import { readFileSync } from "node:fs";
import { join } from "node:path";
import { judgePlan, parsePlan, type PlanFinding } from "../../../access";
import type { Mutable } from "../fixture";

const FIRST_APPLY = JSON.parse(readFileSync(join(__dirname, "real", "first-apply.json"), "utf8")) as Mutable;

/** What the real provider has for arguments that nobody gives: `null`, `false`, 0, empty, and `default`. */
const DEFAULTS: Mutable = Object.fromEntries(
  (FIRST_APPLY.resource_changes as Mutable[]).map(({ type, change: { after } }) => [
    type,
    Object.fromEntries(
      Object.entries<Mutable>(after).filter(
        ([, value]) =>
          value === null ||
          value === false ||
          value === 0 ||
          value === "default" ||
          /^(\[\]|\{\}|"")$/.test(JSON.stringify(value)),
      ),
    ),
  ]),
);

/** Accessor of the userpass mount, as Vault gives it. */
export const ACCESSOR = "auth_userpass_2c4ed482";

/** A resource of a stack: its type, its id and its arguments. */
export type Resource = readonly [type: string, id: string, attributes: Mutable];

/** The resources of stacks. */
export function resourcesOf(stacks: Mutable): Resource[] {
  return Object.values<Mutable>(stacks).flatMap(({ resource = {} }) =>
    Object.entries<Mutable>(resource).flatMap(([type, byId]) =>
      Object.entries<Mutable>(byId).map(([id, attributes]): Resource => [type, id, attributes]),
    ),
  );
}

/**
 * The values that a plan has for a resource: the provider's own beside those of the stack; what refers to another
 * resource is known only after the apply, unless it is the path of a mount.
 */
export function valuesIn([type, , attributes]: Resource): { readonly after: Mutable; readonly after_unknown: Mutable } {
  const after: Mutable = { ...DEFAULTS[type], ...structuredClone(attributes) };
  for (const meta of ["//", "depends_on", "lifecycle"]) delete after[meta];
  const after_unknown: Mutable = { id: true };
  for (const [name, value] of Object.entries<Mutable>(after)) {
    if (name === "mount_accessor") after[name] = ACCESSOR;
    else if (name === "password_wo" || name === "data_wo" || name === "data_json_wo") after[name] = null;
    else if (name === "metadata" || (name === "role_ref" && type.startsWith("kubernetes_"))) after[name] = [value];
    else if (typeof value === "string" && /^\$\{[^}]+\.path\}$/.test(value)) after[name] = "a-mount";
    else if (JSON.stringify(value)?.includes("${vault_")) {
      delete after[name];
      after_unknown[name] = true;
    }
  }
  return { after, after_unknown };
}

/** A planned change of one resource. */
export function change(
  [type, id]: Resource,
  actions: readonly string[],
  before: Mutable,
  after: Mutable,
  after_unknown: Mutable = {},
): Mutable {
  return {
    address: `${type}.${id}`,
    mode: "managed",
    type,
    name: id,
    change: { actions, before, after, after_unknown },
  };
}

/** As {@link change}, of a resource that is made. */
export function made(resource: Resource): Mutable {
  const { after, after_unknown } = valuesIn(resource);
  return change(resource, ["create"], null, after, after_unknown);
}

/** The findings on a plan of these changes. */
export function judged(...resource_changes: readonly Mutable[]): PlanFinding[] {
  return judgePlan(parsePlan(JSON.stringify({ format_version: "1.2", resource_changes })));
}
