import { treePolicy } from "./article-vault";
import type { VaultServer } from "./servers";

/** Something in a Vault that the product would not have made so, and what `adopt` says of it. */
export interface Odd {
  readonly kind: string;
  readonly make: (put: Put, server: VaultServer) => Promise<unknown>;
  /** In the report. */
  readonly said: RegExp | string;
  /** A user of it, who logs in with {@link PASSWORD}. */
  readonly user?: string;
}

type Put = (path: string, body?: unknown) => Promise<Record<string, unknown>>;

/** Of every user here. */
export const PASSWORD = "a-word-of-one's-own";

const NODE = "sample/sample-node-api";
const set = (put: Put, path: string, data: object = { KEY: "value" }) => put(`kvv2/data/${path}`, { data });
const policy = (put: Put, name: string, text: string) => put(`sys/policies/acl/${name}`, { policy: text });
const user = (put: Put, name: string, ...policies: string[]) =>
  put(`auth/userpass/users/${name}`, { password: PASSWORD, token_policies: policies });
const rule = (path: string, ...capabilities: string[]) =>
  `path "${path}" {\n  capabilities = ${JSON.stringify(capabilities)}\n}\n`;

/** The entity of a user, made by a login; its id. */
async function entityOf(put: Put, name: string): Promise<string> {
  const { auth } = (await put(`auth/userpass/login/${name}`, { password: PASSWORD })) as {
    auth: { entity_id: string };
  };
  return auth.entity_id;
}

/** Odd secrets and mounts. */
const SECRETS: readonly Odd[] = [
  {
    kind: "a kv mount of version 1",
    make: async (put) => {
      await put("sys/mounts/old", { type: "kv" });
      await put("old/config", { password: "of-version-1" });
    },
    said: "kv mount old of version 1: not looked into",
  },
  {
    kind: "a second mount of version 2",
    make: async (put) => {
      await put("sys/mounts/second", { type: "kv", options: { version: "2" } });
      await put("second/data/sample/web/web-dev", { data: { KEY: "value" } });
    },
    said: "kv mount second, with 1 secret: a config has one mount",
  },
  {
    kind: "another secrets engine",
    make: (put) => put("sys/mounts/transit", { type: "transit" }),
    said: "mount transit",
  },
  {
    kind: "a secret below a set",
    make: (put) => set(put, `${NODE}/sample-node-api-dev/deeper`),
    said: `secret kvv2/${NODE}/sample-node-api-dev/deeper: not at kvv2/sample/<app>/<app>-<environment>`,
  },
  {
    kind: "a secret whose path has a space",
    make: (put) => set(put, "sample/my%20app/my%20app-dev"),
    said: "secret kvv2/sample/my app/my app-dev: not at",
  },
  {
    kind: "a secret in upper case",
    make: (put) => set(put, "sample/Web/Web-dev"),
    said: "secret kvv2/sample/Web/Web-dev: ",
  },
  { kind: "a secret of no app", make: (put) => set(put, "shared"), said: "secret kvv2/shared: not at" },
  {
    kind: "a set whose latest version is deleted",
    make: async (put, server) => {
      await set(put, `${NODE}/sample-node-api-gone`);
      await server.ok("DELETE", `kvv2/data/${NODE}/sample-node-api-gone`);
    },
    said: `secret kvv2/${NODE}/sample-node-api-gone: its latest version is deleted`,
  },
  {
    kind: "a set of whose keys none is a variable's name",
    make: (put) => set(put, `${NODE}/sample-node-api-files`, { "tls.crt": "x", "tls.key": "y" }),
    said: `secret kvv2/${NODE}/sample-node-api-files: none of its keys (tls.crt, tls.key)`,
  },
  {
    kind: "a key that is no variable's name",
    make: (put) => set(put, "sample/web/web-dev", { KEY: "x", "api-key": "y" }),
    said: "keys api-key of secret kvv2/sample/web/web-dev: no environment variable's names",
  },
  {
    kind: "a policy with the name of a workload's",
    make: (put) => policy(put, "sample-python-api-qa", rule("kvv2/data/x", "read")),
    said: "secret kvv2/sample/sample-python-api/sample-python-api-qa: there is a policy sample-python-api-qa",
  },
];

/** Odd people and policies. */
const PEOPLE: readonly Odd[] = [
  {
    kind: "a user without a policy",
    make: (put) => user(put, "nobody"),
    said: "user nobody: no policy is given to it",
    user: "nobody",
  },
  {
    kind: "a user with two policies on the same tree",
    make: (put) => user(put, "same", "sample-node-api-admin", "sample-node-api-user"),
    said: "same (sample-node-api-admin, sample-node-api-user): patch on kvv2/data/sample/sample-node-api/*",
    user: "same",
  },
  {
    kind: "a user with two policies, one of which takes from the other",
    make: (put) => user(put, "both", "sample-admin", "sample-node-api-user"),
    said: /user both: beside its policies .* the product's, .* would take something away: .*delete on kvv2\/metadata\//,
    user: "both",
  },
  {
    kind: "a user with a group made by hand beside the own policies",
    make: async (put) => {
      await user(put, "grouped", "sample-python-api-user");
      const member = await entityOf(put, "grouped");
      await put("identity/group", {
        name: "by-hand",
        policies: ["sample-node-api-admin"],
        member_entity_ids: [member],
      });
    },
    said: "identity group by-hand: it stays, with its members and policies",
    user: "grouped",
  },
  {
    kind: "a policy that may do everything",
    make: async (put) => {
      await policy(put, "everything", rule("*", "create", "read", "update", "patch", "delete", "list", "sudo"));
      await user(put, "boss", "everything");
    },
    said: /user boss: beside its policies \(everything\) the product's, which are narrower, would take something away/,
    user: "boss",
  },
  {
    kind: "a policy that denies",
    make: async (put) => {
      const text = treePolicy(NODE, false) + rule(`kvv2/data/${NODE}/sample-node-api-prod`, "deny");
      await policy(put, "but-prod", text);
      await user(put, "careful", "but-prod");
    },
    said: "policy but-prod, which denies: it is never taken over",
    user: "careful",
  },
  {
    kind: "a policy with a template that reads the name of an entity",
    make: async (put) => {
      const text = treePolicy(NODE, false) + rule("kvv2/data/own/{{identity.entity.name}}", "read", "update");
      await policy(put, "templated", text);
      await user(put, "templated", "templated");
      await entityOf(put, "templated");
    },
    said: "user templated: a policy of its (templated) reads the name of its entity, which would be another",
    user: "templated",
  },
  {
    kind: "a policy with a rule that is not understood",
    make: async (put) => {
      await policy(put, "with-mfa", `path "kvv2/data/*" {\n  capabilities = ["read"]\n  mfa_methods = ["duo"]\n}\n`);
      await user(put, "second-factor", "with-mfa");
    },
    said: /user second-factor: what it has cannot be judged: policy with-mfa, .*mfa_methods/,
    user: "second-factor",
  },
  {
    kind: "a disabled user",
    make: async (put) => {
      await user(put, "left-us", "sample-node-api-user");
      await put(`identity/entity/id/${await entityOf(put, "left-us")}`, { disabled: true });
    },
    said: "user left-us: it is disabled, and stays so",
    user: "left-us",
  },
  {
    kind: "a user whose entity has a policy",
    make: async (put) => {
      await user(put, "special", "sample-node-api-user");
      await put(`identity/entity/id/${await entityOf(put, "special")}`, { policies: ["sample-python-api-user"] });
    },
    said: "user special: its entity has policies of its own (sample-python-api-user)",
    user: "special",
  },
  {
    kind: "an entity that has a user's name, and is not that user",
    make: async (put) => {
      await user(put, "namesake", "sample-node-api-user");
      await put("identity/entity", { name: "namesake", policies: ["sample-admin"] });
    },
    said: "user namesake: another entity has the name",
    user: "namesake",
  },
  {
    kind: "a user's name that no config takes",
    make: (put) => user(put, "bob_smith", "sample-node-api-user"),
    said: "user bob_smith: a config takes names of lower-case letters",
    user: "bob_smith",
  },
  {
    kind: "a user who only runs something else",
    make: async (put) => {
      await policy(put, "mounts", rule("sys/mounts", "read"));
      await user(put, "watcher", "mounts");
    },
    said: "user watcher: its policies (mounts) give no value of the adopted secrets",
    user: "watcher",
  },
];

/** Odd logins and settings. */
const LOGINS: readonly Odd[] = [
  {
    kind: "a role for any service account",
    make: (put) =>
      put("auth/kubernetes/role/any", {
        bound_service_account_names: ["*"],
        bound_service_account_namespaces: ["sample"],
        token_policies: ["sample-admin"],
      }),
    said: "role kubernetes/any (sample-admin), bound to *: any service account takes it",
  },
  {
    kind: "an approle",
    make: async (put) => {
      await put("sys/auth/approle", { type: "approle" });
      await put("auth/approle/role/ci", { token_policies: ["sample-admin"] });
    },
    said: /auth\/approle\/role\/ci: not understood[^]*approle in Vault: whom a method of type approle admits/,
  },
  {
    kind: "users of another userpass",
    make: async (put) => {
      await put("sys/auth/staff", { type: "userpass" });
      await put("auth/staff/users/ann", { password: PASSWORD, token_policies: ["sample-admin"] });
    },
    said: "user staff/ann: people of a config log in at userpass",
  },
  {
    kind: "a token that no login made",
    make: (put) => put("auth/token/create", { policies: ["sample-admin"], display_name: "of-ci", no_parent: true }),
    said: /auth\/token\/accessors\/token-of-ci\/\S+: not understood/,
  },
  {
    kind: "a role of tokens",
    make: (put) => put("auth/token/roles/ci", { allowed_policies: ["sample-admin"] }),
    said: "auth/token/roles/ci: not understood",
  },
  {
    kind: "an audit device",
    make: (_, server) => server.enableAudit(),
    said: "audit device file: it stays as it is",
  },
];

/** All of them. */
export const ODD: readonly Odd[] = [...SECRETS, ...PEOPLE, ...LOGINS];
