import {
  all,
  changes,
  differing,
  gone,
  goneWord,
  hasUnknown,
  madeWord,
  routine,
  rule,
  stop,
  trustChanges,
  warning,
  when,
  type Judge,
  type Remark,
} from "./change";
import { onPath } from "./on-path";
import { isObject, objectIn } from "./json";
import { closed, type ResourceType, type ResourceTypes, type VaultPermissions } from "./record";
import { given, keysOf, plainPaths } from "./unread";

const TRUST = "It decides whose tokens Vault believes.";

/** A mount of an auth method: `sys/auth` is root-protected, so it asks for sudo. */
function authMount(path: unknown): VaultPermissions {
  return {
    plan: [onPath(`sys/mounts/auth/${path}`, "read"), onPath(`sys/mounts/auth/${path}/tune`, "read")],
    apply: [
      onPath(`sys/auth/${path}`, "create", "update", "sudo"),
      onPath(`sys/mounts/auth/${path}/tune`, "read", "update"),
    ],
    collection: [
      onPath("sys/auth/*", "create", "update", "delete", "sudo"),
      onPath("sys/mounts/auth/*", "read", "update"),
      onPath("auth/+/config", "create", "read", "update"),
    ],
  };
}

/** The configuration of a mount, read and written at one path. */
function config(mount: string): VaultPermissions {
  return {
    plan: [onPath(`${mount}/config`, "read")],
    apply: [onPath(`${mount}/config`, "create", "read", "update")],
  };
}

/**
 * By which a jwt auth mount says whose tokens it believes. Source: Vault's API documentation, "JWT/OIDC auth method".
 */
const ISSUER_ARGUMENTS = [
  "bound_issuer",
  "oidc_discovery_url",
  "oidc_discovery_ca_pem",
  "jwks_url",
  "jwks_ca_pem",
  "jwt_validation_pubkeys",
  "oidc_client_id",
];

/** By which a kubernetes auth mount says whose tokens it believes. Source: "Kubernetes auth method", as above. */
const CLUSTER_ARGUMENTS = ["kubernetes_host", "kubernetes_ca_cert", "issuer", "pem_keys", "disable_local_ca_jwt"];

/** Options of an audit device by which tokens and values stand in the log as they are. Source: "Audit devices". */
const BARE: { readonly [option: string]: string } = { log_raw: "true", hmac_accessor: "false" };

const bareLog: Judge = ({ after }, called) =>
  Object.entries(objectIn(after.options))
    .filter(([option, value]) => String(value) === BARE[option])
    .flatMap(([option, value]) =>
      stop(`${called}: ${option} is ${String(value)}`, "Whoever reads the log holds what it records."),
    );

const bareHeader: Judge = ({ after, unknown }, called) =>
  after.hmac === true || hasUnknown(unknown.hmac)
    ? []
    : stop(`${called} is logged as it is`, "Whoever reads the log holds it; X-Vault-Token is a header too.");

const AUTH_MOUNT: Pick<ResourceType, "grants" | "change"> = {
  grants: "auth mount",
  change: rule("auth mount", ["path"], {
    gone: gone("error", "Every user and role in it is gone; a user's password cannot be brought back."),
    create: (change, called) => warning(`${called} is ${madeWord(change)}`, TRUST),
    update: all(
      trustChanges(["type", ...ISSUER_ARGUMENTS, "jwt_supported_algs", "jwks_pairs", "provider_config"], TRUST),
      trustChanges(["oidc_response_mode", "oidc_response_types"], "A token comes to the browser another way."),
      changes(["path"], "Whoever logs in there must know the new path."),
      trustChanges(["default_role"], "Whoever names no role logs in with it."),
      changes(["oidc_client_secret_wo_version"], "The client's secret is written again."),
      changes(["tune"], "How long tokens live, and of what kind they are.", () => "its tuning"),
    ),
  }),
};

/** A type by which nobody can do more, whatever these arguments say. */
function harmless(names: string): ResourceType {
  return { grants: "nothing", reads: closed(names), change: routine };
}

/** What a mount's tuning may say; headers and what the audit devices leave as it is are for the rules to see. */
const TUNE = closed("default_lease_ttl max_lease_ttl token_type listing_visibility");

/** What a Vault server has: mounts of secrets and of auth methods, and its audit devices. */
export const VAULT_SERVER: ResourceTypes = {
  vault_mount: {
    label: ["mount", "mounts"],
    grants: "mount",
    reads: closed("path type description options default_lease_ttl_seconds max_lease_ttl_seconds seal_wrap"),
    unread: (values) => [
      ...plainPaths("path")(values),
      ...(values.type === "database" ||
      values.type === "transit" ||
      values.type === "kv-v2" ||
      (values.type === "kv" && String(objectIn(values.options).version) === "2")
        ? []
        : [`a mount of type ${String(values.type)}, which this report does not read`]),
    ],
    inVault: ({ path }) => ({
      plan: [onPath(`sys/mounts/${path}`, "read")],
      apply: [
        onPath(`sys/mounts/${path}`, "create", "read", "update"),
        onPath(`sys/mounts/${path}/tune`, "read", "update"),
      ],
    }),
    change: rule("mount", ["path"], {
      gone: gone("error", "Every value in it is gone."),
      update: (change, called) => [
        ...when(
          differing(change, ["path"]).length > 0,
          "warning",
          `${called} is renamed to ${String(change.after.path)}`,
          "The values stay; policies, bindings and people know the old path.",
        ),
        ...differing(change, ["type", "options"]).map((name): Remark => [
          "error",
          `the ${name} of ${called} changes`,
          "Another type or version cannot read what is there.",
        ]),
      ],
    }),
  },
  vault_kv_secret_backend_v2: {
    grants: "nothing",
    reads: closed("mount max_versions cas_required"),
    inVault: ({ mount }) => config(String(mount)),
    change: rule("mount", ["mount"], {
      update: (change, called) => {
        const { before, after } = change;
        const [was, is] = [Number(before.max_versions ?? 0), Number(after.max_versions ?? 0)];
        const deletes = Number(after.delete_version_after ?? 0) > 0;
        return [
          ...when(
            is > 0 && is < (was || 10),
            "warning",
            `${called} keeps ${is} versions instead of ${was || "10"}`,
            "Older versions are destroyed as values are next written.",
          ),
          ...when(
            deletes && differing(change, ["delete_version_after"]).length > 0,
            "warning",
            `values of ${called} delete themselves`,
            "delete_version_after deletes each version after that time.",
          ),
        ];
      },
    }),
  },
  vault_auth_backend: {
    label: ["auth method", "auth methods"],
    ...AUTH_MOUNT,
    trusts: ["type"],
    reads: closed("path type description tune"),
    unread: (values) => [
      ...plainPaths("path")(values),
      ...given(values, "type", "userpass", "kubernetes"),
      ...keysOf("its tune", objectIn(values.tune), TUNE),
      // A batch token cannot be revoked.
      ...given(objectIn(values.tune), "token_type", undefined, "default-service", "service"),
    ],
    inVault: ({ path }) => authMount(path),
  },
  vault_jwt_auth_backend: {
    label: ["jwt auth method", "jwt auth methods"],
    ...AUTH_MOUNT,
    trusts: ["type", ...ISSUER_ARGUMENTS, "default_role"],
    reads: closed(
      "path type description bound_issuer oidc_discovery_url oidc_discovery_ca_pem jwks_url jwks_ca_pem " +
        "jwt_validation_pubkeys oidc_client_id oidc_client_secret_wo oidc_client_secret_wo_version default_role",
    ),
    unread: (values) => [
      ...plainPaths("path")(values),
      ...given(values, "type", undefined, "jwt", "oidc"),
      // One that stands in the stack is everybody's who reads it.
      ...(/^\$\{var\.oidc_client_secret\w*\}$/.test(String(values.oidc_client_secret_wo ?? "${var.oidc_client_secret}"))
        ? []
        : ["its oidc_client_secret_wo is no variable of its stack"]),
    ],
    inVault: ({ path }) => {
      const [mount, own] = [authMount(path), config(`auth/${path}`)];
      return { ...mount, plan: [...mount.plan, ...own.plan], apply: [...mount.apply, ...own.apply] };
    },
  },
  vault_kubernetes_auth_backend_config: {
    grants: "nothing",
    trusts: CLUSTER_ARGUMENTS,
    reads: closed(
      "backend kubernetes_host kubernetes_ca_cert issuer pem_keys disable_local_ca_jwt token_reviewer_jwt_wo " +
        "token_reviewer_jwt_wo_version",
    ),
    inVault: ({ backend }) => config(`auth/${backend}`),
    change: rule("auth mount", ["backend"], {
      gone: (change, called) =>
        warning(`the configuration of ${called} is ${goneWord(change)}`, "No workload can log in there."),
      create: ({ after }, called) =>
        warning(`${called} trusts ${String(after.kubernetes_host ?? "what an apply makes known")}`, TRUST),
      update: all(
        trustChanges([...CLUSTER_ARGUMENTS, "disable_iss_validation"], TRUST),
        changes(["token_reviewer_jwt_wo_version"], TRUST),
      ),
    }),
  },
  vault_audit: {
    label: ["audit device", "audit devices"],
    grants: "nothing",
    trusts: ["type", "options"],
    reads: closed("path type description options"),
    unread: ({ options }) =>
      isObject(options)
        ? keysOf("its options", options, closed("file_path mode address socket_type tag facility format prefix"))
        : ["its options are known only after an apply"],
    inVault: ({ path }) => ({
      plan: [onPath("sys/audit", "read", "sudo")],
      apply: [onPath(`sys/audit/${path}`, "create", "update", "sudo")],
      collection: [onPath("sys/audit/*", "create", "update", "delete", "sudo")],
    }),
    change: rule("audit device", ["path"], {
      gone: gone(
        "error",
        "What happens from then on is not recorded there; with one device left, its failure stops Vault.",
      ),
      create: all(bareLog, (change, called) =>
        when(
          change.after.type !== "file",
          "warning",
          `${called} is ${madeWord(change)}, of type ${String(change.after.type ?? "?")}`,
          "Records leave the server.",
        ),
      ),
      update: all(
        bareLog,
        changes(
          ["options", "path", "type", "local"],
          "Records go elsewhere, or are written otherwise.",
          (name) => `its ${name}`,
        ),
      ),
    }),
  },
  vault_audit_request_header: {
    ...harmless("name hmac"),
    // Without it the header's value stands in the log: X-Vault-Token is a header too.
    unread: ({ hmac }) => (hmac === true ? [] : ["the header's value is written as it is into the audit log"]),
    change: rule("header", ["name"], { create: bareHeader, update: bareHeader }),
  },
  vault_password_policy: harmless("name policy"),
  vault_quota_lease_count: harmless("name path role max_leases inheritable"),
  vault_quota_rate_limit: harmless("name path role rate interval block_interval inheritable"),
  vault_raft_autopilot: harmless(
    "cleanup_dead_servers dead_server_last_contact_threshold disable_upgrade_migration last_contact_threshold " +
      "max_trailing_logs min_quorum server_stabilization_time",
  ),
};
