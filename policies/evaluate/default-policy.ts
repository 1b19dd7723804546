import { PolicyDocument, type Capability, type PolicyRule } from "../write";
import type { NamedPolicy } from "./acl";
import { readPolicy } from "./read";

const update: readonly Capability[] = ["update"];
const read: readonly Capability[] = ["read"];

const rules: readonly PolicyRule[] = [
  { path: "auth/token/lookup-self", capabilities: read, comment: "the token itself" },
  { path: "auth/token/renew-self", capabilities: update },
  { path: "auth/token/revoke-self", capabilities: update },
  { path: "sys/capabilities-self", capabilities: update },
  { path: "sys/internal/ui/resultant-acl", capabilities: read },
  { path: "identity/entity/id/{{identity.entity.id}}", capabilities: read, comment: "its entity" },
  { path: "identity/entity/name/{{identity.entity.name}}", capabilities: read },
  { path: "sys/renew", capabilities: update, comment: "leases whose id it knows" },
  { path: "sys/leases/renew", capabilities: update },
  { path: "sys/leases/lookup", capabilities: update },
  { path: "cubbyhole/*", capabilities: ["create", "read", "update", "delete", "list"], comment: "its own cubbyhole" },
  { path: "sys/wrapping/wrap", capabilities: update, comment: "response wrapping" },
  { path: "sys/wrapping/lookup", capabilities: update },
  { path: "sys/wrapping/unwrap", capabilities: update },
  { path: "sys/tools/hash", capabilities: update, comment: "tools" },
  { path: "sys/tools/hash/*", capabilities: update },
  { path: "sys/control-group/request", capabilities: update, comment: "control groups" },
  { path: "identity/oidc/provider/+/authorize", capabilities: ["read", "update"], comment: "Vault as OIDC provider" },
];

/**
 * The Vault version whose `default` policy this is. It is edited on some servers: there, read
 * `sys/policies/acl/default` instead.
 */
export const DEFAULT_POLICY_VERSION = "1.21.1";

/**
 * The rules of the `default` policy that Vault gives every token unless told not to, in this project's canonical form.
 * Source: `sys/policies/acl/default` of a new server of {@link DEFAULT_POLICY_VERSION}; a live test compares them.
 */
export const DEFAULT_POLICY: string = PolicyDocument.of(...rules).render();

let parsed: NamedPolicy | undefined;

/** {@link DEFAULT_POLICY}, read and named `default`, to be given to an `Acl` for tokens that hold it. Read once. */
export function defaultPolicy(): NamedPolicy {
  return (parsed ??= { name: "default", policy: readPolicy(DEFAULT_POLICY, "default") });
}
