import type { Capability, PolicyRule } from "./document";

/** A resource of a synthesized stack: its type and its arguments. */
export interface AppliedResource {
  readonly type: string;
  readonly attributes: { readonly [name: string]: unknown };
}

/** What a token is for: `plan` reads, `apply` also writes. */
export type Purpose = "plan" | "apply";

/** The rules of one resource: what planning reads, what applying writes beside that, and where what has left the config is deleted. */
interface Footprint {
  readonly plan: readonly PolicyRule[];
  readonly apply: readonly PolicyRule[];
  readonly removal?: readonly PolicyRule[];
}

type Attributes = AppliedResource["attributes"];

const rule = (path: string, ...capabilities: Capability[]): PolicyRule => ({ path, capabilities });

/** An identity object is read by its id, which Vault makes up, and written by its collection. */
function identity(collection: string, ...more: PolicyRule[]): Footprint {
  return {
    plan: [rule(`identity/${collection}/id/*`, "read")],
    apply: [rule(`identity/${collection}`, "create", "update"), rule(`identity/${collection}/id/*`, "read", "update"), ...more],
    removal: [rule(`identity/${collection}/id/*`, "delete")],
  };
}

/** A mount of an auth method: `sys/auth` is root-protected, so it asks for sudo. */
function authMount(path: unknown): Footprint {
  return {
    plan: [rule(`sys/mounts/auth/${path}`, "read"), rule(`sys/mounts/auth/${path}/tune`, "read")],
    apply: [rule(`sys/auth/${path}`, "create", "update", "sudo"), rule(`sys/mounts/auth/${path}/tune`, "read", "update")],
    removal: [rule("sys/auth/*", "delete", "sudo")],
  };
}

/** Something that is read, written and deleted at one path, in a collection of its like. */
function object(path: string): Footprint {
  return {
    plan: [rule(path, "read")],
    apply: [rule(path, "create", "read", "update", "delete")],
    removal: [rule(`${path.slice(0, path.lastIndexOf("/"))}/*`, "delete")],
  };
}

/**
 * The requests that the providers make for each type, read off the audit log of a real Vault (test/live/least-tokens.test.ts asks again):
 * terraform-provider-vault 5.10.1 with `skip_child_token`.
 */
const FOOTPRINTS: { readonly [type: string]: (attributes: Attributes) => Footprint } = {
  vault_mount: ({ path }) => ({
    plan: [rule(`sys/mounts/${path}`, "read")],
    apply: [rule(`sys/mounts/${path}`, "create", "read", "update"), rule(`sys/mounts/${path}/tune`, "read", "update")],
  }),
  vault_kv_secret_backend_v2: ({ mount }) => ({ plan: [rule(`${mount}/config`, "read")], apply: [rule(`${mount}/config`, "create", "read", "update")] }),
  // Created, and neither read nor updated, which is what keeps a person's value out of reach of both tokens.
  vault_kv_secret_v2: ({ mount, name }) => ({ plan: [], apply: [rule(`${mount}/data/${name}`, "create")] }),
  vault_generic_endpoint: ({ path }) => ({ plan: [rule(String(path), "read")], apply: [rule(String(path), "create", "read", "update")] }),
  vault_policy: ({ name }) => object(`sys/policies/acl/${name}`),
  vault_audit: ({ path }) => ({
    plan: [rule("sys/audit", "read", "sudo")],
    apply: [rule(`sys/audit/${path}`, "create", "update", "sudo")],
    removal: [rule("sys/audit/*", "delete", "sudo")],
  }),
  vault_auth_backend: ({ path }) => authMount(path),
  // The user is made and deleted, and never updated: that would write the password again.
  vault_userpass_auth_backend_user: ({ mount, username }) => ({
    plan: [rule(`auth/${mount}/users/${username}`, "read")],
    apply: [rule(`auth/${mount}/users/${username}`, "create", "read")],
    removal: [rule(`auth/${mount}/users/*`, "delete")],
  }),
  vault_identity_entity: () => identity("entity"),
  vault_identity_entity_alias: () => identity("entity-alias", rule("identity/lookup/entity", "create", "update")),
  vault_identity_group: () => identity("group"),
  vault_kubernetes_auth_backend_config: ({ backend }) => ({ plan: [rule(`auth/${backend}/config`, "read")], apply: [rule(`auth/${backend}/config`, "create", "read", "update")] }),
  vault_kubernetes_auth_backend_role: ({ backend, role_name }) => object(`auth/${backend}/role/${role_name}`),
  vault_jwt_auth_backend: ({ path }) => {
    const mount = authMount(path);
    return {
      ...mount,
      plan: [...mount.plan, rule(`auth/${path}/config`, "read")],
      apply: [...mount.apply, rule(`auth/${path}/config`, "create", "read", "update")],
    };
  },
  vault_jwt_auth_backend_role: ({ backend, role_name }) => object(`auth/${backend}/role/${role_name}`),
};

/** Options of {@link leastRules}. */
export interface LeastOptions {
  /**
   * Whether an apply may delete, in the same collections, what has left the config: other users, policies, roles. Only for stacks that hold
   * a Vault's whole authority; elsewhere it would reach another stack's.
   * @default false: what a stack still has may be deleted, what it has not may not
   */
  readonly removals?: boolean;
}

/**
 * The least rules of a token that plans or applies a stack, from the resources in it. None of them reads or updates a `data/` path.
 *
 * Throws an Error for a Vault resource whose requests are not known here: a rule that is guessed is either too wide or fails in the middle.
 */
export function leastRules(resources: readonly AppliedResource[], purpose: Purpose, { removals = false }: LeastOptions = {}): PolicyRule[] {
  return resources
    .filter(({ type }) => type.startsWith("vault_"))
    .flatMap(({ type, attributes }) => {
      const known = FOOTPRINTS[type];
      if (!known) throw new Error(`no least rules are known for ${type}; add its requests to policies/least.ts, as an audit log shows them`);
      const { plan, apply, removal = [] } = known(attributes);
      return [...plan, ...(purpose === "apply" ? apply : []), ...(purpose === "apply" && removals ? removal : [])];
    });
}
