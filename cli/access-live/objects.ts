import { isObject, type JsonObject } from "../../access";
import { inVaultNow, type Json } from "../../resource-types";

/** Something in a running Vault, said as the Terraform resource that would make it. */
export interface LiveObject {
  readonly type: string;
  /** Vault's answer by Terraform's names; instead of ids and accessors stand {@link referenceTo}s. */
  readonly values: JsonObject;
  /** Whether it is as it should be where no stack has it. @default it is a difference */
  readonly isExpected?: boolean;
}

/** Whether a type's resources are compared with what is in Vault. */
export function isCompared(type: string): boolean {
  return inVaultNow(type) !== undefined;
}

/** What tells a resource from others of its type, from its {@link canonical} arguments. */
export function keyOf(type: string, values: JsonObject): string {
  const { key, anyCase } = inVaultNow(type) ?? { key: ["path"] };
  const text = key.flatMap((name) => values[name] ?? []).join("/");
  return anyCase ? text.toLowerCase() : text;
}

/**
 * Something that no type of ours makes, at its path in Vault. Where the path does not tell that it is a user, nobody
 * can say what it grants: a finding of `supported`.
 */
export function endpoint(path: string, values: JsonObject): LiveObject {
  return { type: "vault_generic_endpoint", values: { ...values, path } };
}

/** What stands for another resource of the same Vault. */
export function referenceTo(type: string, values: JsonObject): string {
  return `${type} ${keyOf(type, values)}`;
}

/** Arguments that hold such references, and the attribute that they are of. */
export const REFERENCES: { readonly [argument: string]: "id" | "accessor" | "method_id" } = {
  canonical_id: "id",
  member_entity_ids: "id",
  member_group_ids: "id",
  identity_group_ids: "id",
  identity_entity_ids: "id",
  mfa_method_ids: "method_id",
  mount_accessor: "accessor",
};

/** What decides nothing about access: the provider's own arguments, and what Vault notes by itself. */
const IGNORED: ReadonlySet<string> = new Set([
  ...["//", "lifecycle", "depends_on", "description", "allow_overwrite", "disable_remount", "disable_read"],
  ...[
    "password_wo",
    "password_wo_version",
    "token_reviewer_jwt",
    "token_reviewer_jwt_wo",
    "token_reviewer_jwt_wo_version",
    "oidc_client_secret_wo",
    "oidc_client_secret_wo_version",
  ],
  ...["uuid", "deprecation_status", "running_plugin_version", "running_sha256", "creation_time", "last_update_time"],
  ...["namespace_id", "modify_index", "merged_entity_ids", "merged_from_canonical_ids", "parent_group_ids"],
  ...["mount_path", "mount_type"],
]);

const lowerCase = (value: Json): Json =>
  Array.isArray(value) ? value.map((each: Json) => String(each).toLowerCase()) : value;
const withoutSlash = (value: Json): Json => (typeof value === "string" ? value.replace(/\/+$/, "") : value);

/** Vault and the providers write times as seconds, `3600s` or `1h0m0s`. */
function seconds(value: Json): Json {
  if (typeof value !== "string") return value;
  if (/^\d+$/.test(value)) return Number(value);
  if (!/^(\d+[hms])+$/.test(value)) return value;
  const parts = [...value.matchAll(/(\d+)([hms])/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * { h: 3600, m: 60, s: 1 }[unit as "h"], 0);
}

/** The provider writes a claim's values as one text, parted by commas. */
function claims(value: Json): Json {
  if (!isObject(value)) return value;
  const joined = (claim: Json) =>
    (Array.isArray(claim) ? claim.map(String) : String(claim).split(","))
      .map((each) => each.trim())
      .sort()
      .join();
  return Object.fromEntries(Object.entries(value).map(([name, claim]) => [name, joined(claim)]));
}

/** A block of Terraform's is a list of one. */
function tuning(value: Json): Json {
  const block: Json = Array.isArray(value) ? ((value[0] as Json | undefined) ?? null) : value;
  if (!isObject(block)) return block;
  const { token_type: type, ...more } = canonical("tune", block);
  return type === undefined || type === "default-service" ? more : { ...more, token_type: type };
}

const CONVERT: { readonly [argument: string]: (value: Json) => Json } = {
  policies: lowerCase,
  token_policies: lowerCase,
  path: withoutSlash,
  backend: withoutSlash,
  mount: withoutSlash,
  policy: (text) => String(text).trim(),
  bound_claims: claims,
  tune: tuning,
};

const IS_TIME = /(ttl|_period|delete_version_after|_seconds)$/;

/**
 * Arguments in the one form in which those of a stack and those of a Vault are alike: no defaults, nothing empty, lists
 * as the sets that they mean, times in seconds, certificates without the line break at their end.
 */
export function canonical(type: string, values: JsonObject): JsonObject {
  const defaults = inVaultNow(type)?.defaults ?? {};
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, given]): [string, Json][] => {
      if (IGNORED.has(name) || given === null) return [];
      const converted = CONVERT[name]?.(given) ?? (IS_TIME.test(name) ? seconds(given) : given);
      if (Object.hasOwn(defaults, name)) return converted === defaults[name] ? [] : [[name, converted]];
      const value = tidy(converted);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Without what is empty at any depth; lists sorted, each member once. */
function tidy(value: Json): Json | undefined {
  if (value === null || value === "" || value === 0 || value === false) return undefined;
  if (typeof value === "string" && value.startsWith("-----BEGIN")) return value.trim();
  if (Array.isArray(value)) {
    const members = value.flatMap((each: Json) => tidy(each) ?? []);
    const byText = new Map(members.map((each) => [JSON.stringify(each), each]));
    return members.length === 0 ? undefined : [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value)
    .flatMap(([name, each]) => {
      const kept = tidy(each);
      return kept === undefined ? [] : [[name, kept] as const];
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
