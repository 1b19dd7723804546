import { DATABASE_MOUNT } from "../model";
import { readPolicy, type ParsedPolicy } from "../policies/evaluate";
import { PolicyError } from "../policies/write";
import { isObject, objectIn, type Grants } from "../resource-types";
import { Arguments, type Unsupported } from "./arguments";
import { nameOf, textOf, type Resource, type Stack } from "./read-stacks";
import { serverIn } from "./server";
import { readGroups, readPeople, type IdentityGroup, type Person } from "./vault-people";

/** A policy that a stack writes. */
export interface Policy {
  readonly name: string;
  readonly resource: Resource;
  readonly parsed: ParsedPolicy;
}

/** An auth mount. */
export interface AuthMount {
  readonly path: string;
  readonly type: string;
  /** Whose service accounts log in there; absent where none do. */
  readonly cluster?: string;
  readonly resource: Resource;
}

/** A role that tokens of a kubernetes or jwt auth mount take. */
export interface Role {
  readonly name: string;
  readonly mount: string;
  readonly resource: Resource;
  /** Names and namespaces of the service accounts it admits, as written, with `*`; empty where other claims decide. */
  readonly accounts: readonly { readonly namespace: string; readonly name: string }[];
  /** What a jwt must say besides, e.g. `repository=acme/infra`. */
  readonly claims: readonly string[];
  /** Whether a browser brings the tokens: people of an identity provider log in with it. */
  readonly forPeople: boolean;
  /** Empty: tokens for any audience are taken. */
  readonly audiences: readonly string[];
  readonly policies: readonly string[];
  readonly withDefault: boolean;
}

/** What the stacks of one Vault set up in it. */
export interface VaultSide {
  readonly name: string;
  /** Its version: policies mean what they mean to it. */
  readonly server: string;
  readonly stacks: readonly Stack[];
  /** kv-v2 mounts. */
  readonly mounts: ReadonlyMap<string, Resource>;
  /** Mounts of the database engine. */
  readonly databaseMounts: ReadonlyMap<string, Resource>;
  readonly auth: ReadonlyMap<string, AuthMount>;
  readonly policies: ReadonlyMap<string, Policy>;
  readonly roles: readonly Role[];
  readonly groups: readonly IdentityGroup[];
  readonly people: readonly Person[];
}

/** Reads the Vault side of the stacks of one Vault. What it cannot be certain of is reported. */
export function readVaultSide(
  name: string,
  stacks: readonly Stack[],
  report: (problem: Unsupported) => void,
): VaultSide {
  const read = new Arguments(stacks, report);
  const mountsOf = (isOne: (resource: Resource) => boolean) =>
    new Map(
      read
        .of("mount")
        .filter(isOne)
        .flatMap((resource): [string, Resource][] => {
          const path = read.path(resource, "path");
          return path === undefined ? [] : [[path, resource]];
        }),
    );
  const mounts = mountsOf(isKv2);
  for (const [path, resource] of mounts)
    if (path.includes("/")) read.complain(resource, "a mount of more than one path segment");
  const auth = authMounts(stacks, read);
  complainOfTwins(read);
  complainOfStrangers(read, stacks);
  return {
    name,
    server: serverIn(stacks, read),
    stacks,
    mounts,
    databaseMounts: mountsOf(({ values }) => values.type === "database"),
    auth,
    policies: readPolicies(read),
    roles: [
      ...read.of("kubernetes role").flatMap((resource) => readRole(read, resource, kubernetesBounds)),
      ...read.of("jwt role").flatMap((resource) => readRole(read, resource, jwtBounds)),
    ],
    groups: readGroups(read, [...auth.values()]),
    people: readPeople(read, [...auth.values()]),
  };
}

/** What Vault knows by a name alone, and which arguments make up that name. */
const NAMED: readonly (readonly [Grants, readonly string[]])[] = [
  ["auth mount", ["path"]],
  ["kubernetes role", ["backend", "role_name"]],
  ["jwt role", ["backend", "role_name"]],
  ["database connection", ["backend", "name"]],
  ["database role", ["backend", "name"]],
  ["transit key", ["backend", "name"]],
  ["user", ["mount", "username"]],
  ["group", ["name"]],
  ["entity", ["name"]],
  ["alias", ["mount_accessor", "name"]],
  ["group alias", ["mount_accessor", "name"]],
];

/**
 * Two resources for one thing: the one that is applied last decides. Vault lowers the names of users, roles, groups and
 * entities, so that these differ in nothing but case. Source: Vault's documentation, "Identity: entities and groups".
 */
function complainOfTwins(read: Arguments): void {
  for (const [grants, names] of NAMED) {
    const first = new Map<string, Resource>();
    for (const resource of read.of(grants)) {
      const key = names.map((name) => textOf(resource.stack, resource.values[name]) ?? String(resource.values[name]));
      const twin = first.get(key.join("/").toLowerCase());
      if (twin) read.complain(resource, `${nameOf(twin)} writes the ${grants} ${key.join("/")} too`);
      else first.set(key.join("/").toLowerCase(), resource);
    }
  }
}

/** What is written about sets that no stack of this Vault says it has. */
function complainOfStrangers(read: Arguments, stacks: readonly Stack[]): void {
  const sets = new Set(
    stacks.flatMap(({ metadata }) => (metadata.secretSets ?? []).map(({ mount, path }) => `${mount}/metadata/${path}`)),
  );
  for (const resource of read.of("endpoint")) {
    const path = String(resource.values.path);
    if (/^[^/]+\/metadata\//.test(path) && !sets.has(path))
      read.complain(resource, `it writes about ${path}, which is no secret set of any stack`);
  }
  const roles = new Set(stacks.flatMap(({ metadata }) => (metadata.databases ?? []).map(({ role }) => role)));
  for (const resource of read.of("database role")) {
    const name = read.text(resource, "name") ?? "?";
    if (!roles.has(name)) read.complain(resource, `it makes the database role ${name}, which is no app's in any stack`);
  }
  for (const resource of read.of("database connection", "database role"))
    if (textOf(resource.stack, resource.values.backend) !== DATABASE_MOUNT)
      read.complain(
        resource,
        `it is in the mount ${String(resource.values.backend)}, and databases are in ${DATABASE_MOUNT}`,
      );
}

function isKv2({ values: { type, options } }: Resource): boolean {
  return type === "kv-v2" || (type === "kv" && isObject(options) && String(options.version) === "2");
}

function authMounts(stacks: readonly Stack[], read: Arguments): Map<string, AuthMount> {
  const clusters = new Map(stacks.flatMap((stack) => Object.entries(stack.metadata.logins ?? {})));
  return new Map(
    read.of("auth mount").flatMap((resource): [string, AuthMount][] => {
      const type = typeof resource.values.type === "string" ? resource.values.type : "jwt";
      const path = read.path(resource, "path", type);
      return path === undefined ? [] : [[path, { path, type, cluster: clusters.get(path), resource }]];
    }),
  );
}

function readPolicies(read: Arguments): Map<string, Policy> {
  const policies = new Map<string, Policy>();
  for (const resource of read.of("policy")) {
    const text = textOf(resource.stack, resource.values.policy);
    if (text === undefined) read.complain(resource, "its text is known only after an apply");
    const written = text === undefined ? undefined : read.path(resource, "name");
    if (text === undefined || written === undefined) continue;
    const name = written.toLowerCase();
    const first = policies.get(name);
    if (first) read.complain(resource, `${nameOf(first.resource)} writes the policy ${name} too`);
    try {
      policies.set(name, { name, resource, parsed: readPolicy(text, `policy ${name}`) });
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      read.complain(resource, error.message);
    }
  }
  return policies;
}

type Bounds = Pick<Role, "accounts" | "claims" | "audiences">;

function readRole(
  read: Arguments,
  resource: Resource,
  bounds: (read: Arguments, resource: Resource) => Bounds,
): Role[] {
  const [mount, name] = [read.path(resource, "backend", "kubernetes"), read.path(resource, "role_name")];
  if (mount === undefined || name === undefined) return [];
  return [
    {
      name,
      mount,
      resource,
      policies: read.policies(resource, "token_policies"),
      withDefault: resource.values.token_no_default_policy !== true,
      // Vault's own default is `oidc`.
      forPeople: resource.type === "vault_jwt_auth_backend_role" && resource.values.role_type !== "jwt",
      ...bounds(read, resource),
    },
  ];
}

function kubernetesBounds(read: Arguments, resource: Resource): Bounds {
  const namespaces =
    resource.values.bound_service_account_namespace_selector === undefined
      ? read.texts(resource, "bound_service_account_namespaces")
      : ["*"];
  const names = read.texts(resource, "bound_service_account_names");
  return {
    accounts: namespaces.flatMap((namespace) => names.map((name) => ({ namespace, name }))),
    claims: [],
    audiences: read.texts(resource, "audience"),
  };
}

function jwtBounds(read: Arguments, resource: Resource): Bounds {
  const { stack, values } = resource;
  const subject = textOf(stack, values.bound_subject);
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(subject ?? "") ?? [];
  const accounts = namespace !== undefined && name !== undefined ? [{ namespace, name }] : [];
  return {
    accounts,
    claims: [
      ...(subject !== undefined && accounts.length === 0 ? [`sub=${subject}`] : []),
      ...Object.entries(objectIn(values.bound_claims))
        .map(([claim, value]) => `${claim}=${String(value)}`)
        .sort(),
    ],
    audiences: read.texts(resource, "bound_audiences"),
  };
}
