import { PolicyDocument, type Capability } from "../../policies/write";

/** Name of the policy that a token for `access live` needs. */
export const READER = "access-reader";

const one = (comment: string, path: string, ...capabilities: Capability[]) => ({ path, capabilities, comment });

/** Lists whose members are named, and not read: what some of them answer holds a secret. */
const NAMES = [
  ...["sys/policies/egp", "sys/policies/rgp", "sys/namespaces", "sys/quotas/lease-count"],
  ...["identity/entity/id", "identity/group/id", "identity/mfa/method"],
  ...["client", "role", "scope", "key", "provider", "assignment"].map((name) => `identity/oidc/${name}`),
];

/** Lists whose members are read. */
const MEMBERS = [
  ...["sys/policies/acl", "sys/policies/password", "sys/quotas/rate-limit"],
  ...["role", "users", "certs", "groups"].map((name) => `auth/+/${name}`),
  ...["auth/token/roles", "identity/mfa/method/totp", "identity/mfa/login-enforcement"],
];

/**
 * The policy for a token that reads who may do what, and no value: neither of a secret set nor of another secrets
 * engine, and nothing that changes anything. It needs no `default` policy beside it.
 * @param mounts the kv-v2 mounts whose settings are read
 */
export function readerPolicy(mounts: readonly string[]): string {
  return PolicyDocument.of(
    ...NAMES.map((path) => one("names alone", path, "list")),
    ...MEMBERS.flatMap((path) => [one("who can log in, and with what", path, "list"), one("", `${path}/+`, "read")]),
    ...["entity", "group"].map((name) => one("people and groups", `identity/${name}/id/+`, "read")),
    ...["sys/mounts", "sys/auth", "auth/+/config"].map((path) => one("mounts and whom they trust", path, "read")),
    ...mounts.map((mount) => one("how many versions are kept", `${mount}/config`, "read")),
    one("audit devices, which Vault shows with sudo alone", "sys/audit", "read", "sudo"),
    one("what they write in clear", "sys/config/auditing/request-headers", "read", "sudo"),
    one("the server's settings", "sys/config/cors", "read", "sudo"),
    one("", "sys/config/ui/headers/", "list", "sudo"),
    one("", "sys/config/state/sanitized", "read"),
    one("plugins that are not Vault's own", "sys/plugins/catalog", "read"),
    one("a root token or new key shares in the making", "sys/generate-root/attempt", "read"),
    one("", "sys/rekey/init", "read"),
    one("tokens, by accessors that only show them", "auth/token/accessors/", "list", "sudo"),
    one("", "auth/token/lookup-accessor", "update"),
    one("the token itself", "auth/token/lookup-self", "read"),
    one("", "auth/token/revoke-self", "update"),
  ).render();
}
