import { DATABASE_MOUNT, TRANSIT_MOUNT, type KvPath } from "../../model";
import type { Capability, PolicyRule } from "./document";

const ALL: readonly Capability[] = ["create", "read", "update", "delete", "list"];
const SEAL: readonly Capability[] = ["create", "read", "update", "delete", "sudo"];

/**
 * What `platform-admin` may do on a Vault: run it, and manage mounts, auth methods, policies and people. It reads no
 * secret value: it has `create` on `data/`, for placeholders, and nothing more there. Whoever may write policies can
 * grant itself anything, so this group is also "those who can change who reads what"; the access report says so.
 *
 * @param engines what the Vault has beside values: it manages and rotates databases, and gets no credentials; of
 *   transit it manages keys, and uses none; @default neither
 *
 * Source: Vault's API documentation of each path; `sudo` where it says that the path needs it.
 */
export function platformAdminRules(root: KvPath, authMounts: readonly string[], engines: Engines = {}): PolicyRule[] {
  const rules = (comment: string, capabilities: readonly Capability[], ...paths: readonly string[]): PolicyRule[] =>
    paths.map((path) => ({ path, capabilities, comment }));
  const after = "leases and tokens after a breach";
  return [
    ...rules("mounts", ["read", "list"], "sys/mounts"),
    ...rules("mounts", ALL, `sys/mounts/${root.mount}`),
    ...rules("mounts", ["read", "update"], `sys/mounts/${root.mount}/tune`),
    ...rules("mounts", ["create", "read", "update"], `${root.mount}/config`),
    ...rules("auth methods", ["read", "list"], "sys/auth"),
    ...rules("auth methods", [...ALL, "sudo"], "sys/auth/*"),
    ...rules("auth methods", ["read", "update"], "sys/mounts/auth/*"),
    ...rules("users, roles and configuration of an auth method", ALL, ...authMounts.map((mount) => `auth/${mount}/*`)),
    ...rules("policies", ["list"], "sys/policies/acl"),
    ...rules("policies", ALL, "sys/policies/acl/*"),
    ...rules("people", [...ALL, "patch"], "identity/*"),
    ...rules("audit devices", ["read", "list", "sudo"], "sys/audit"),
    ...rules("audit devices", [...ALL, "sudo"], "sys/audit/*"),
    ...rules("audit devices", ["create", "update"], "sys/audit-hash/*"),
    ...rules("placeholders: made once, never changed and never read", ["create"], `${root.data()}/*`),
    ...rules("key names, to see what is missing", ["read"], `${root.subkeys()}/*`),
    ...rules(
      "owner and rotation period; no delete, which would take every version",
      ["create", "read", "update", "patch", "list"],
      `${root.metadata()}/*`,
    ),
    ...(engines.databases ? databaseRules(rules) : []),
    ...(engines.transit ? transitRules(rules) : []),
    ...rules(
      after,
      ["create", "update"],
      "sys/leases/lookup",
      "sys/leases/revoke",
      "auth/token/lookup-accessor",
      "auth/token/revoke-accessor",
    ),
    ...rules(after, ["list", "sudo"], "sys/leases/lookup/*", "auth/token/accessors", "auth/token/accessors/"),
    ...rules(after, ["create", "update", "sudo"], "sys/leases/revoke-prefix/*"),
    ...rules(
      "the seal: rekeying asks for a token since Vault 2.0",
      SEAL,
      "sys/rekey/*",
      "sys/rekey-recovery-key/*",
      "sys/rotate/*",
    ),
    ...rules("the seal: making a root token asks for a token since Vault 2.0", SEAL, "sys/generate-root/*"),
    ...rules("the seal", ["update", "sudo"], "sys/seal"),
    ...rules(
      "the state of the server",
      ["read"],
      "sys/storage/raft/configuration",
      "sys/storage/raft/autopilot/state",
      "sys/ha-status",
    ),
  ];
}

/** Engines that a Vault has beside the one of values. */
interface Engines {
  readonly databases?: boolean;
  readonly transit?: boolean;
}

type Rules = (comment: string, capabilities: readonly Capability[], ...paths: readonly string[]) => PolicyRule[];

/** Everything about databases but `creds/` and `static-creds/`, which have the credentials. */
function databaseRules(rules: Rules): PolicyRule[] {
  const at = (...paths: readonly string[]) => paths.map((path) => `${DATABASE_MOUNT}/${path}`);
  return [
    ...mountRules(rules, DATABASE_MOUNT),
    ...rules("databases", ALL, ...at("config/*", "roles/*", "static-roles/*")),
    ...rules("databases: new passwords", ["create", "update"], ...at("rotate-root/*", "rotate-role/*")),
  ];
}

/** Everything about keys but `encrypt/` and `decrypt/`, which use them. */
function transitRules(rules: Rules): PolicyRule[] {
  return [...mountRules(rules, TRANSIT_MOUNT), ...rules("keys of the transit engine", ALL, `${TRANSIT_MOUNT}/keys/*`)];
}

function mountRules(rules: Rules, mount: string): PolicyRule[] {
  return [
    ...rules("mounts", ALL, `sys/mounts/${mount}`),
    ...rules("mounts", ["read", "update"], `sys/mounts/${mount}/tune`),
  ];
}
