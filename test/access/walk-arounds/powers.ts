import { each, permit, ACCESS, LOCAL, NONPROD_ACCESS, type Mutation } from "./mutation";

/** A rule, and how the change is called that adds it. */
interface Power extends Pick<Mutation, "name" | "todo"> {
  readonly rule: readonly [path: string, ...capabilities: string[]];
}

/** Adds each rule to a policy. */
const inPolicy =
  (stack: string, policy: string) =>
  (expect: Mutation["expect"], powers: readonly Power[]): Mutation[] =>
    each(
      { config: stack.startsWith("sample") ? "sample" : "production", expect },
      powers.map(({ rule, ...power }) => ({ ...power, change: (s) => permit(s, stack, policy, ...rule) })),
    );

const reader = inPolicy(ACCESS, "group_sample-node-api-user_policy");
const admin = inPolicy(ACCESS, "group_platform-admin_policy");
const everybody = inPolicy(ACCESS, "userpass_own-password");
const workload = inPolicy(LOCAL, "sample-node-api_workload_policy");
const pipeline = inPolicy(NONPROD_ACCESS, "pipeline_plan-acme-dev_policy");
/** Of this pipeline a waiver excuses every privilege escalation. */
const waived = inPolicy(NONPROD_ACCESS, "pipeline_apply-acme-access-nonprod_policy");

/** Requests by which somebody comes to every value, or to power over who does. */
export const POWERS: readonly Mutation[] = [
  ...reader("privilege-escalation", [
    { name: "raw storage of values", rule: ["sys/raw/logical/*", "read", "sudo"] },
    { name: "raw storage of policies", rule: ["sys/raw/sys/policy/own-password", "update", "sudo"] },
    { name: "raw storage of everything", rule: ["sys/raw/*", "read", "list", "sudo"] },
    { name: "raw storage in two segments", rule: ["sys/raw/+/+", "read", "sudo"] },
    { name: "a snapshot of the storage", rule: ["sys/storage/raft/snapshot", "read"] },
    { name: "a snapshot put back", rule: ["sys/storage/raft/snapshot", "update"] },
    { name: "a snapshot put back by force", rule: ["sys/storage/raft/snapshot-force", "update"] },
    {
      name: "snapshots sent elsewhere",
      rule: ["sys/storage/raft/snapshot-auto/config/x", "create", "update", "sudo"],
    },
    { name: "snapshots taken apart", rule: ["sys/storage/raft/snapshot-load", "update"] },
    { name: "everything of the storage", rule: ["sys/storage/*", "read"] },
    { name: "everything of the system", rule: ["sys/*", "create", "read", "update", "delete", "list", "sudo"] },
    { name: "everything of the system but writing", rule: ["sys/*", "read", "list", "sudo"] },
    { name: "whatever is there", rule: ["*", "read"] },
    { name: "whatever is there in three segments", rule: ["+/+/+", "update"] },
    { name: "policies by a path with a slash before it", rule: ["/sys/policies/acl/*", "update"] },
    { name: "policies by a wildcard in the middle", rule: ["sys/+/acl/*", "update"] },
    { name: "the old path of policies", rule: ["sys/policy/*", "update"] },
    { name: "tokens with any policy", rule: ["auth/token/create", "update", "sudo"] },
    { name: "tokens without a parent", rule: ["auth/token/create-orphan", "update", "sudo"] },
    { name: "tokens by a role", rule: ["auth/token/create/admin", "update"] },
    { name: "everybody's tokens", rule: ["auth/token/accessors", "list", "sudo"] },
    { name: "roles of workloads", rule: ["auth/kubernetes/role/*", "update"] },
    {
      name: "the end of other tokens without a trace",
      rule: ["auth/token/revoke-orphan", "update", "sudo"],
    },
    { name: "another person's password", rule: ["auth/userpass/users/sample-admin/password", "update"] },
    { name: "an auth method's settings", rule: ["auth/kubernetes/config", "update"] },
    { name: "the tuning of an auth method", rule: ["sys/auth/userpass/tune", "update", "sudo"] },
    {
      name: "the tuning of an auth method by the other path",
      rule: ["sys/mounts/auth/userpass/tune", "update"],
    },
    { name: "the tuning of the mount", rule: ["sys/mounts/kvv2/tune", "update"] },
    { name: "a new mount", rule: ["sys/mounts/shadow", "create", "update"] },
    { name: "the end of an auth method", rule: ["sys/auth/userpass", "delete", "sudo"] },
    { name: "settings of the mount", rule: ["kvv2/config", "update"] },
    {
      name: "headers in the audit log",
      rule: ["sys/config/auditing/request-headers/x-vault-token", "update", "sudo"],
    },
    { name: "who may ask from a browser", rule: ["sys/config/cors", "update", "sudo"] },
    { name: "plugins", rule: ["sys/plugins/catalog/secret/kv", "update", "sudo"] },
    { name: "plugins that are loaded anew", rule: ["sys/plugins/reload/backend", "update", "sudo"] },
    { name: "plugins that are pinned", rule: ["sys/plugins/pins/secret/kv", "update", "sudo"] },
    { name: "memory of the server", rule: ["sys/pprof/heap", "read", "sudo", "sudo"] },
    { name: "requests in flight", rule: ["sys/in-flight-req", "read", "sudo"] },
    { name: "namespaces", rule: ["sys/namespaces/x", "update", "sudo"] },
    {
      name: "a copy of the whole Vault",
      rule: ["sys/replication/performance/primary/secondary-token", "update", "sudo"],
    },
    { name: "a root token", rule: ["sys/generate-root/update", "update", "sudo"] },
    { name: "other shares of the key", rule: ["sys/rekey/init", "update", "sudo"] },
    { name: "the end of every lease", rule: ["sys/leases/revoke-force/auth", "update", "sudo"] },
    { name: "the seal", rule: ["sys/seal", "update", "sudo"] },
    { name: "members of a group", rule: ["identity/group/name/platform-admin", "update"] },
    { name: "two people made one", rule: ["identity/entity/merge", "update"] },
    { name: "many people deleted", rule: ["identity/entity/batch-delete", "update"] },
    { name: "who signs identities", rule: ["identity/oidc/key/default", "update"] },
    { name: "a second factor taken away", rule: ["identity/mfa/login-enforcement/x", "delete"] },
    {
      name: "a second factor of somebody",
      rule: ["identity/mfa/method/totp/admin-destroy", "update", "sudo"],
    },
    { name: "audit devices", rule: ["sys/audit/file-stdout", "delete", "sudo"] },
  ]),
  ...admin("least-privilege", [
    { name: "raw storage for those who run the platform", rule: ["sys/raw/*", "read", "sudo"] },
    { name: "a snapshot for those who run the platform", rule: ["sys/storage/raft/snapshot", "read"] },
    { name: "values for those who run the platform", rule: ["kvv2/data/sample/*", "read"] },
  ]),
  ...workload("least-privilege", [
    { name: "everything of the system for a workload", rule: ["sys/*", "read", "sudo"] },
  ]),
  ...everybody("privilege-escalation", [
    { name: "raw storage for everybody who is logged in", rule: ["sys/raw/*", "read", "sudo"] },
    {
      name: "passwords of everybody whose name begins alike",
      rule: ["auth/userpass/users/{{identity.entity.name}}*", "update"],
    },
    { name: "one's own user, policies and all", rule: ["auth/userpass/users/{{identity.entity.name}}", "update"] },
  ]),
  ...pipeline("protection", [
    {
      name: "a pipeline that reads a value that nobody protects",
      rule: ["apps/data/acme/payments/payments-dev", "read"],
    },
    {
      name: "a pipeline that writes a value that nobody protects",
      rule: ["apps/data/acme/payments/payments-dev", "update"],
    },
    {
      name: "a pipeline that reads every value that nobody protects",
      rule: ["apps/data/acme/+/payments-dev", "read"],
    },
    {
      name: "a pipeline that takes the end of a value back",
      rule: ["apps/undelete/acme/payments/payments-dev", "update"],
    },
    {
      name: "a pipeline that ends values that nobody protects",
      rule: ["apps/metadata/acme/payments/payments-dev", "delete"],
    },
    { name: "a pipeline that reads a protected value", rule: ["apps/data/acme/payments/payments-stg", "read"] },
  ]),
  ...pipeline("privilege-escalation", [
    { name: "a pipeline that takes a snapshot", rule: ["sys/storage/raft/snapshot", "read"] },
  ]),
  ...waived("privilege-escalation", [
    {
      name: "a pipeline that reads raw storage, of which more is waived",
      rule: ["sys/raw/*", "read", "sudo"],
    },
  ]),
  ...waived("protection", [
    {
      name: "a pipeline that reads values, of which more is waived",
      rule: ["apps/data/acme/payments/payments-dev", "read"],
    },
  ]),
];
