import type { KvPath } from "../../model";
import type { Capability, PolicyRule } from "./document";

const ALL: readonly Capability[] = ["create", "read", "update", "delete", "list"];

/**
 * What `platform-admin` may do on a Vault: run it, and manage mounts, auth methods, policies and people. It reads no
 * secret value: it has `create` on `data/`, for placeholders, and nothing more there. Whoever may write policies can
 * grant itself anything, so this group is also "those who can change who reads what"; the access report says so.
 *
 * Source: Vault's API documentation of each path; `sudo` where it says that the path needs it.
 */
export function platformAdminRules(root: KvPath, authMounts: readonly string[]): PolicyRule[] {
  const rule = (comment: string, path: string, capabilities: readonly Capability[]): PolicyRule => ({
    comment,
    path,
    capabilities,
  });
  return [
    rule("mounts", "sys/mounts", ["read", "list"]),
    rule("mounts", `sys/mounts/${root.mount}`, [...ALL]),
    rule("mounts", `sys/mounts/${root.mount}/tune`, ["read", "update"]),
    rule("mounts", `${root.mount}/config`, ["create", "read", "update"]),
    rule("auth methods", "sys/auth", ["read", "list"]),
    rule("auth methods", "sys/auth/*", [...ALL, "sudo"]),
    rule("auth methods", "sys/mounts/auth/*", ["read", "update"]),
    ...authMounts.map((mount) => rule("users, roles and configuration of an auth method", `auth/${mount}/*`, [...ALL])),
    rule("policies", "sys/policies/acl", ["list"]),
    rule("policies", "sys/policies/acl/*", [...ALL]),
    rule("people", "identity/*", [...ALL, "patch"]),
    rule("audit devices", "sys/audit", ["read", "list", "sudo"]),
    rule("audit devices", "sys/audit/*", [...ALL, "sudo"]),
    rule("audit devices", "sys/audit-hash/*", ["create", "update"]),
    rule("placeholders: made once, never changed and never read", `${root.data()}/*`, ["create"]),
    rule("key names, to see what is missing", `${root.subkeys()}/*`, ["read"]),
    rule("owner and rotation period; no delete, which would take every version", `${root.metadata()}/*`, [
      "create",
      "read",
      "update",
      "patch",
      "list",
    ]),
    rule("leases and tokens after a breach", "sys/leases/lookup", ["create", "update"]),
    rule("leases and tokens after a breach", "sys/leases/lookup/*", ["list", "sudo"]),
    rule("leases and tokens after a breach", "sys/leases/revoke", ["create", "update"]),
    rule("leases and tokens after a breach", "sys/leases/revoke-prefix/*", ["create", "update", "sudo"]),
    rule("leases and tokens after a breach", "auth/token/accessors", ["list", "sudo"]),
    rule("leases and tokens after a breach", "auth/token/accessors/", ["list", "sudo"]),
    rule("leases and tokens after a breach", "auth/token/lookup-accessor", ["create", "update"]),
    rule("leases and tokens after a breach", "auth/token/revoke-accessor", ["create", "update"]),
    rule("the seal: rekeying asks for a token since Vault 2.0", "sys/rekey/*", [
      "create",
      "read",
      "update",
      "delete",
      "sudo",
    ]),
    rule("the seal: rekeying asks for a token since Vault 2.0", "sys/rekey-recovery-key/*", [
      "create",
      "read",
      "update",
      "delete",
      "sudo",
    ]),
    rule("the seal: rekeying asks for a token since Vault 2.0", "sys/rotate/*", [
      "create",
      "read",
      "update",
      "delete",
      "sudo",
    ]),
    rule("the seal: making a root token asks for a token since Vault 2.0", "sys/generate-root/*", [
      "create",
      "read",
      "update",
      "delete",
      "sudo",
    ]),
    rule("the seal", "sys/seal", ["update", "sudo"]),
    rule("the state of the server", "sys/storage/raft/configuration", ["read"]),
    rule("the state of the server", "sys/storage/raft/autopilot/state", ["read"]),
    rule("the state of the server", "sys/ha-status", ["read"]),
  ];
}
