import type { JsonObject } from "./json";
import { KUBERNETES } from "./kubernetes";
import type { Grants, ResourceType, ResourceTypes } from "./record";
import { RELEASES } from "./releases";
import { VAULT_ACCESS } from "./vault-access";
import { VAULT_DATABASE } from "./vault-database";
import { VAULT_SECRETS } from "./vault-secrets";
import { VAULT_SERVER } from "./vault-server";
import { VAULT_TRANSIT } from "./vault-transit";

/** Every resource type that this project writes or judges, in the order in which summaries tell them. */
export const RESOURCE_TYPES: ResourceTypes = {
  ...RELEASES,
  ...VAULT_SERVER,
  ...VAULT_ACCESS,
  ...VAULT_SECRETS,
  ...VAULT_DATABASE,
  ...VAULT_TRANSIT,
  ...KUBERNETES,
};

/** What is known of a type; `undefined`: nothing. */
export function resourceType(type: string): ResourceType | undefined {
  return Object.hasOwn(RESOURCE_TYPES, type) ? RESOURCE_TYPES[type] : undefined;
}

/** What somebody may be able to do by a resource of a type, as far as is known. */
export function grantsOf(type: string): Grants {
  return resourceType(type)?.grants ?? "nothing";
}

/** The types that the model of access takes for one thing. */
export function typesOf(grants: Grants): string[] {
  return Object.keys(RESOURCE_TYPES).filter((type) => RESOURCE_TYPES[type]!.grants === grants);
}

/** What Terraform itself makes of any resource, without a difference to what it grants. */
const META: ReadonlySet<string> = new Set(["depends_on", "lifecycle"]);

/**
 * What about a resource the model of access does not understand: its type, an argument, or a value. Empty: all that it
 * can grant is read.
 * @param said what the config itself gives of a release's values
 */
export function unreadOf(type: string, values: JsonObject, said: JsonObject = {}): string[] {
  const record = resourceType(type);
  if (!record) return [`${type} may grant access, and this report does not read it`];
  const more = Object.keys(values).filter(
    (name) => values[name] !== null && !record.reads.has(name) && !META.has(name),
  );
  return [
    ...more.map((name) => `its ${name} may grant access, and this report does not read it`),
    ...(record.unread?.(values, said) ?? []),
  ];
}
