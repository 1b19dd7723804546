import type { JsonObject } from "./json";
import { KUBERNETES } from "./kubernetes";
import type { Grants, ResourceType, ResourceTypes } from "./record";
import { RELEASES } from "./releases";
import { VAULT_ACCESS } from "./vault-access";
import { VAULT_SECRETS } from "./vault-secrets";
import { VAULT_SERVER } from "./vault-server";

/** Every resource type that this project writes or judges, in the order in which summaries tell them. */
export const RESOURCE_TYPES: ResourceTypes = {
  ...RELEASES,
  ...VAULT_SERVER,
  ...VAULT_ACCESS,
  ...VAULT_SECRETS,
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

/**
 * Whether all that a resource can grant in Vault is known, or it grants nothing. Kubernetes' own objects cannot grant
 * anything there.
 */
export function isSupported(type: string, values: JsonObject): boolean {
  const record = resourceType(type);
  return record ? (record.supported?.(values) ?? true) : !type.startsWith("vault_");
}
