import type { AccessLevel, KvPath } from "../../model";
import type { Capability, PolicyRule } from "./document";

/** What a grant reaches: every secret set below a folder, or one secret set. */
export type GrantScope = { readonly tree: KvPath } | { readonly set: KvPath };

/** A rule on a path. */
function rule(path: string, ...capabilities: Capability[]): PolicyRule {
  return { path, capabilities };
}

/** The folder that a secret set lies in, as a LIST asks for it: with the slash at its end. */
function folderOf(set: KvPath): string {
  const metadata = set.metadata();
  return metadata.slice(0, metadata.lastIndexOf("/") + 1);
}

/** Capabilities on `data/`. */
const PEOPLE: { readonly [access in AccessLevel]: readonly Capability[] } = {
  read: ["read"],
  write: ["read", "create", "update", "patch", "delete"],
  "write-only": ["create", "update", "patch"],
};
const WORKLOAD: { readonly [access in AccessLevel]: readonly Capability[] } = {
  read: ["read"],
  write: ["create", "read", "update", "patch"],
  "write-only": ["create", "update", "patch"],
};

/**
 * What people may do. Every access: key names, versions and the names in the folder (Vault never filters a list).
 * `read`: also values. `write`: also new versions, soft delete and undelete. `write-only`: new versions; a patch needs
 * no right to read, and its answer has no value. None can destroy a version or delete metadata, which takes every
 * version with it. Source: Vault's API documentation, "KV secrets engine - version 2".
 *
 * A tree is written `…/*`, never as a bare prefix: `sample-node-api*` would match `sample-node-api-2`.
 */
export function peopleRules(access: AccessLevel, scope: GrantScope): PolicyRule[] {
  const path = "tree" in scope ? scope.tree : scope.set;
  const tail = "tree" in scope ? "/*" : "";
  const listing =
    "tree" in scope
      ? [rule(`${path.metadata()}/*`, "read", "list")]
      : [rule(path.metadata(), "read"), rule(folderOf(path), "list")];
  return [
    rule(`${path.data()}${tail}`, ...PEOPLE[access]),
    rule(`${path.subkeys()}${tail}`, "read"),
    ...listing,
    ...(access === "write"
      ? [rule(`${path.delete()}${tail}`, "update"), rule(`${path.undelete()}${tail}`, "update")]
      : []),
  ];
}

/**
 * What a workload may do: read the values of its own secret set. `write`: also new versions, without deleting any;
 * `write-only`: these alone.
 */
export function workloadRules(access: AccessLevel, set: KvPath): PolicyRule[] {
  return [rule(set.data(), ...WORKLOAD[access])];
}

/** What a workload may do with a database: get credentials, by one role. Its lease it renews by Vault's `default`. */
export function databaseRules(credentials: string): PolicyRule[] {
  return [rule(credentials, "read")];
}

/**
 * A person's right to change the own password, and nobody else's. The entity has the user's name
 * (constructs/person.ts), so no mount accessor, which is known only after an apply, is needed. Source: Vault's
 * documentation, "Templated policies".
 */
export function ownPasswordRules(userpassMount: string): PolicyRule[] {
  return [
    {
      path: `auth/${userpassMount}/users/{{identity.entity.name}}/password`,
      capabilities: ["update"],
      comment: "the own password, nobody else's",
    },
  ];
}

/**
 * What a pipeline's token needs for itself, without Vault's `default` policy: the provider looks it up, and the job
 * ends it when it is done.
 */
export function pipelineTokenRules(): PolicyRule[] {
  return [rule("auth/token/lookup-self", "read"), rule("auth/token/revoke-self", "update")];
}
