import type { AppliedResource } from "./applied";
import type { Capability, PolicyRule } from "./document";

export type { AppliedResource } from "./applied";

/** What a token is for: `plan` reads, `apply` also writes. */
export type Purpose = "plan" | "apply";

/**
 * The rules of one resource: what planning reads, what applying writes beside that, and the same for others of its
 * kind, which come and go.
 */
interface TypePermissions {
  readonly plan: readonly PolicyRule[];
  readonly apply: readonly PolicyRule[];
  readonly collection?: readonly PolicyRule[];
}

type Attributes = AppliedResource["attributes"];

const rule = (path: string, ...capabilities: Capability[]): PolicyRule => ({ path, capabilities });

/** An identity object is read by its id, which Vault makes up, and written by its collection. */
function identity(collection: string, ...more: PolicyRule[]): TypePermissions {
  return {
    plan: [rule(`identity/${collection}/id/*`, "read")],
    apply: [
      rule(`identity/${collection}`, "create", "update"),
      rule(`identity/${collection}/id/*`, "read", "update"),
      ...more,
    ],
    collection: [rule(`identity/${collection}/id/*`, "delete")],
  };
}

/** A mount of an auth method: `sys/auth` is root-protected, so it asks for sudo. */
function authMount(path: unknown): TypePermissions {
  return {
    plan: [rule(`sys/mounts/auth/${path}`, "read"), rule(`sys/mounts/auth/${path}/tune`, "read")],
    apply: [
      rule(`sys/auth/${path}`, "create", "update", "sudo"),
      rule(`sys/mounts/auth/${path}/tune`, "read", "update"),
    ],
    collection: [
      rule("sys/auth/*", "create", "update", "delete", "sudo"),
      rule("sys/mounts/auth/*", "read", "update"),
      rule("auth/+/config", "create", "read", "update"),
    ],
  };
}

/** Something that is read, written and deleted at one path, in a collection of its like. */
function object(path: string, collection: string): TypePermissions {
  return {
    plan: [rule(path, "read")],
    apply: [rule(path, "create", "read", "update", "delete")],
    collection: [rule(`${collection}/*`, "create", "read", "update", "delete")],
  };
}

/**
 * The requests that the providers make for each type, read off the audit log of a real Vault
 * (test/live/least-tokens.test.ts asks again): terraform-provider-vault 5.10.1 with `skip_child_token`.
 */
const FOOTPRINTS: { readonly [type: string]: (attributes: Attributes) => TypePermissions } = {
  vault_mount: ({ path }) => ({
    plan: [rule(`sys/mounts/${path}`, "read")],
    apply: [rule(`sys/mounts/${path}`, "create", "read", "update"), rule(`sys/mounts/${path}/tune`, "read", "update")],
  }),
  vault_kv_secret_backend_v2: ({ mount }) => ({
    plan: [rule(`${mount}/config`, "read")],
    apply: [rule(`${mount}/config`, "create", "read", "update")],
  }),
  // Created, and neither read nor updated, which is what keeps a person's value out of reach of both tokens.
  vault_kv_secret_v2: ({ mount, name }) => ({ plan: [], apply: [rule(`${mount}/data/${name}`, "create")] }),
  vault_generic_endpoint: ({ path }) => ({
    plan: [rule(String(path), "read")],
    apply: [rule(String(path), "create", "read", "update")],
  }),
  vault_policy: ({ name }) => object(`sys/policies/acl/${name}`, "sys/policies/acl"),
  vault_audit: ({ path }) => ({
    plan: [rule("sys/audit", "read", "sudo")],
    apply: [rule(`sys/audit/${path}`, "create", "update", "sudo")],
    collection: [rule("sys/audit/*", "create", "update", "delete", "sudo")],
  }),
  vault_auth_backend: ({ path }) => authMount(path),
  // The user is made and deleted, and never updated: that would write the password again.
  vault_userpass_auth_backend_user: ({ mount, username }) => ({
    plan: [rule(`auth/${mount}/users/${username}`, "read")],
    apply: [rule(`auth/${mount}/users/${username}`, "create", "read")],
    collection: [rule(`auth/${mount}/users/*`, "create", "read", "delete")],
  }),
  vault_identity_entity: () => identity("entity"),
  vault_identity_entity_alias: () => identity("entity-alias", rule("identity/lookup/entity", "create", "update")),
  vault_identity_group: () => identity("group"),
  vault_kubernetes_auth_backend_config: ({ backend }) => ({
    plan: [rule(`auth/${backend}/config`, "read")],
    apply: [rule(`auth/${backend}/config`, "create", "read", "update")],
  }),
  vault_kubernetes_auth_backend_role: ({ backend, role_name }) =>
    object(`auth/${backend}/role/${role_name}`, "auth/+/role"),
  vault_jwt_auth_backend: ({ path }) => {
    const mount = authMount(path);
    return {
      ...mount,
      plan: [...mount.plan, rule(`auth/${path}/config`, "read")],
      apply: [...mount.apply, rule(`auth/${path}/config`, "create", "read", "update")],
    };
  },
  vault_jwt_auth_backend_role: ({ backend, role_name }) => object(`auth/${backend}/role/${role_name}`, "auth/+/role"),
};

/** Options of {@link requiredPermissions}. */
export interface RequiredPermissionsOptions {
  /**
   * Whether an apply may also write and delete what has come to the config, or left it, since the token's policy was
   * written: other users, policies, roles, mounts of auth methods. Only for a stack that holds a Vault's authority: it
   * writes its own policy, so that naming each policy exactly would stop the first apply of a new one, and hold nobody.
   * @default false: what the stack has, and nothing else
   */
  readonly collections?: boolean;
}

/**
 * The least rules of a token that plans or applies a stack, from the resources in it. None of them reads or updates a
 * `data/` path.
 *
 * Throws an Error for a Vault resource whose requests are not known here: a rule that is guessed is either too wide or
 * fails in the middle.
 */
export function requiredPermissions(
  resources: readonly AppliedResource[],
  purpose: Purpose,
  { collections = false }: RequiredPermissionsOptions = {},
): PolicyRule[] {
  const rules = resources
    .filter(({ type }) => type.startsWith("vault_"))
    .flatMap(({ type, attributes }) => {
      const known = FOOTPRINTS[type];
      if (!known)
        throw new Error(
          `no required permissions are known for ${type}; add its requests to policies/required-permissions.ts, as an audit log shows them`,
        );
      const { plan, apply, collection = [] } = known(attributes);
      return [
        ...plan,
        ...(purpose === "apply" ? apply : []),
        ...(purpose === "apply" && collections ? collection : []),
      ];
    });
  return collections ? withoutCovered(rules) : rules;
}

/**
 * Leaves out what a collection's rule gives as well: the more specific rule alone decides, so that it would only take
 * something away.
 */
function withoutCovered(rules: readonly PolicyRule[]): PolicyRule[] {
  // A collection's rule comes once for each of its members.
  const wide = new Map(
    rules
      .filter(({ path }) => path.endsWith("/*"))
      .map(({ path, capabilities }) => [
        `${path} ${capabilities.join(" ")}`,
        { path, capabilities, parents: path.split("/").slice(0, -1) },
      ]),
  );
  const collections = [...wide.values()];
  return rules.filter(({ path, capabilities }) => {
    const segments = path.split("/");
    const within = (parents: readonly string[]) =>
      segments.length > parents.length && parents.every((parent, i) => parent === "+" || parent === segments[i]);
    return !collections.some(
      (each) =>
        each.path !== path &&
        within(each.parents) &&
        capabilities.every((capability) => each.capabilities.includes(capability)),
    );
  });
}

/**
 * What a pipeline's token needs for itself, without Vault's `default` policy: the provider looks it up, and the job
 * ends it when it is done.
 */
export function pipelineTokenRules(): PolicyRule[] {
  return [rule("auth/token/lookup-self", "read"), rule("auth/token/revoke-self", "update")];
}
