import { PolicyError } from "../policies/errors";
import { readPolicy, type ParsedPolicy } from "../policies/read";
import {
  isObject,
  nameOf,
  referenceOf,
  resourcesOf,
  textOf,
  textsOf,
  type Json,
  type JsonObject,
  type Resource,
  type Stack,
} from "./read-stacks";
import { isSupported } from "./supported";

/** Something that could grant access and was not understood: reported, never guessed. */
export interface Unsupported {
  /** A resource or a stack. */
  readonly where: string;
  readonly why: string;
}

/** A policy that a stack writes. */
export interface Policy {
  readonly name: string;
  readonly resource: Resource;
  /** Its text, as Vault gets it. */
  readonly text: string;
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
  readonly type: "kubernetes" | "jwt";
  readonly resource: Resource;
  /** Names and namespaces of the service accounts it admits, as written, with `*`; empty where other claims decide. */
  readonly accounts: readonly { readonly namespace: string; readonly name: string }[];
  /** What a jwt must say besides, e.g. `repository=acme/infra`. */
  readonly claims: readonly string[];
  /** Empty: tokens for any audience are taken. */
  readonly audiences: readonly string[];
  readonly policies: readonly string[];
  readonly withDefault: boolean;
}

/** A group of people. */
export interface IdentityGroup {
  readonly name: string;
  readonly resource: Resource;
  readonly policies: readonly string[];
  /** Entities in it, itself or through a group in it. */
  readonly members: ReadonlySet<Resource>;
}

/** A userpass user, or an entity that nothing logs in as. */
export interface Person {
  readonly name: string;
  /** `<mount>/<name>`. */
  readonly login: string;
  readonly resource: Resource;
  readonly entity?: Resource;
  /** Of the entity. */
  readonly entityPolicies: readonly string[];
  /** On the user itself, beside those of its entity and groups. */
  readonly policies: readonly string[];
  readonly withDefault: boolean;
}

/** What the stacks of one Vault set up in it. */
export interface VaultSide {
  readonly name: string;
  readonly stacks: readonly Stack[];
  /** kv-v2 mounts. */
  readonly mounts: ReadonlyMap<string, Resource>;
  readonly auth: ReadonlyMap<string, AuthMount>;
  readonly policies: ReadonlyMap<string, Policy>;
  readonly roles: readonly Role[];
  readonly groups: readonly IdentityGroup[];
  readonly people: readonly Person[];
}

/** Reads the Vault side of the stacks of one Vault. What it cannot be certain of goes to `unsupported`. */
export function readVaultSide(
  name: string,
  stacks: readonly Stack[],
  unsupported: (problem: Unsupported) => void,
): VaultSide {
  const of = (...types: string[]) => resourcesOf(stacks, ...types);
  for (const stack of stacks) {
    for (const block of stack.unread)
      unsupported({ where: `stack ${stack.name}`, why: `a block ${block}, which may hold resources` });
    for (const byId of stack.resources.values())
      for (const resource of byId.values()) checkSupported(resource, unsupported);
  }
  const mounts = new Map(
    of("vault_mount")
      .filter(isKv2)
      .flatMap((resource) => entry(resource, "path", resource, unsupported)),
  );
  for (const [path, resource] of mounts)
    if (path.includes("/")) unsupported({ where: nameOf(resource), why: "a mount of more than one path segment" });
  const auth = authMounts(stacks, unsupported);
  const roles = of("vault_kubernetes_auth_backend_role", "vault_jwt_auth_backend_role").flatMap((resource) =>
    readRole(resource, unsupported),
  );
  return {
    name,
    stacks,
    mounts,
    auth,
    policies: readPolicies(of("vault_policy"), unsupported),
    roles,
    groups: readGroups(of, unsupported),
    people: readPeople(of, auth, unsupported),
  };
}

function checkSupported(resource: Resource, unsupported: (problem: Unsupported) => void): void {
  if (!isSupported(resource))
    unsupported({
      where: nameOf(resource),
      why: `${resource.type} may grant access, and this report does not read it`,
    });
  for (const meta of ["count", "for_each", "provider", "namespace"]) {
    if (resource.type.startsWith("vault_") && resource.values[meta] !== undefined)
      unsupported({ where: nameOf(resource), why: `${meta} makes it other or more than one resource` });
  }
}

function isKv2({ values: { type, options } }: Resource): boolean {
  return type === "kv-v2" || (type === "kv" && isObject(options) && String(options.version) === "2");
}

function entry<T>(
  resource: Resource,
  argument: string,
  value: T,
  unsupported: (problem: Unsupported) => void,
): [string, T][] {
  const text = textOf(resource.stack, resource.values[argument]);
  if (text === undefined) unsupported({ where: nameOf(resource), why: `its ${argument} is known only after an apply` });
  return text === undefined ? [] : [[text.replace(/\/+$/, ""), value]];
}

function authMounts(stacks: readonly Stack[], unsupported: (problem: Unsupported) => void): Map<string, AuthMount> {
  const clusters = new Map(stacks.flatMap((stack) => Object.entries(stack.metadata.logins ?? {})));
  return new Map(
    resourcesOf(stacks, "vault_auth_backend", "vault_jwt_auth_backend").flatMap((resource) => {
      const type = typeof resource.values.type === "string" ? resource.values.type : "jwt";
      const path = resource.values.path ?? type;
      return entry({ ...resource, values: { ...resource.values, path } }, "path", resource, unsupported).map(
        ([at]): [string, AuthMount] => [at, { path: at, type, cluster: clusters.get(at), resource }],
      );
    }),
  );
}

/** Vault keeps the names of policies in lower case. */
function lowerCase(texts: readonly string[]): string[] {
  return texts.map((text) => text.toLowerCase());
}

function readPolicies(
  resources: readonly Resource[],
  unsupported: (problem: Unsupported) => void,
): Map<string, Policy> {
  const policies = new Map<string, Policy>();
  for (const resource of resources) {
    const text = textOf(resource.stack, resource.values.policy);
    if (text === undefined) unsupported({ where: nameOf(resource), why: "its text is known only after an apply" });
    for (const [name] of text === undefined ? [] : entry(resource, "name", resource, unsupported)) {
      const first = policies.get(name);
      if (first)
        unsupported({ where: nameOf(resource), why: `${nameOf(first.resource)} writes the policy ${name} too` });
      try {
        policies.set(name.toLowerCase(), {
          name: name.toLowerCase(),
          resource,
          text: text!,
          parsed: readPolicy(text!, `policy ${name}`),
        });
      } catch (error) {
        if (!(error instanceof PolicyError)) throw error;
        unsupported({ where: nameOf(resource), why: error.message });
      }
    }
  }
  return policies;
}

/** The texts of a list argument; those that cannot be read are unsupported. */
function list(resource: Resource, argument: string, unsupported: (problem: Unsupported) => void): readonly string[] {
  const { texts, unread } = textsOf(resource.stack, resource.values[argument]);
  if (unread > 0)
    unsupported({ where: nameOf(resource), why: `${unread} of its ${argument} are known only after an apply` });
  return texts;
}

function readRole(resource: Resource, unsupported: (problem: Unsupported) => void): Role[] {
  const { stack, type, values } = resource;
  const [[mount] = [undefined], [name] = [undefined]] = [
    entry({ ...resource, values: { backend: "kubernetes", ...values } }, "backend", 0, unsupported)[0] ?? [],
    entry(resource, "role_name", 0, unsupported)[0] ?? [],
  ];
  if (mount === undefined || name === undefined) return [];
  const policies = lowerCase(list(resource, "token_policies", unsupported));
  const common = { name, mount, resource, policies, withDefault: values.token_no_default_policy !== true };
  if (type === "vault_kubernetes_auth_backend_role") {
    const namespaces =
      values.bound_service_account_namespace_selector === undefined
        ? list(resource, "bound_service_account_namespaces", unsupported)
        : ["*"];
    const accounts = namespaces.flatMap((namespace) =>
      list(resource, "bound_service_account_names", unsupported).map((account) => ({ namespace, name: account })),
    );
    return [
      { ...common, type: "kubernetes", accounts, claims: [], audiences: list(resource, "audience", unsupported) },
    ];
  }
  const subject = textOf(stack, values.bound_subject);
  const [, namespace, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(subject ?? "") ?? [];
  const accounts = namespace !== undefined && account !== undefined ? [{ namespace, name: account }] : [];
  const claims = [
    ...(subject !== undefined && accounts.length === 0 ? [`sub=${subject}`] : []),
    ...claimTexts(values.bound_claims),
  ];
  return [{ ...common, type: "jwt", accounts, claims, audiences: list(resource, "bound_audiences", unsupported) }];
}

function claimTexts(claims: Json | undefined): string[] {
  return isObject(claims)
    ? Object.entries(claims)
        .map(([claim, value]) => `${claim}=${Array.isArray(value) ? value.join(",") : String(value)}`)
        .sort()
    : [];
}

type Of = (...types: string[]) => Resource[];

/** The resources that a list argument's references point at. */
function references(resource: Resource, argument: string, unsupported: (problem: Unsupported) => void): Resource[] {
  const values = resource.values[argument];
  const found = (
    Array.isArray(values) ? (values as readonly Json[]) : values === undefined || values === null ? [] : [values]
  ).map((value) => referenceOf(resource.stack, value)?.resource);
  if (found.includes(undefined))
    unsupported({ where: nameOf(resource), why: `some of its ${argument} are no resources of its stack` });
  return found.filter((each) => each !== undefined);
}

function readGroups(of: Of, unsupported: (problem: Unsupported) => void): IdentityGroup[] {
  const own = new Map<Resource, { policies: string[]; members: Set<Resource>; groups: Resource[] }>();
  for (const resource of of("vault_identity_group")) {
    if (resource.values.type === "external")
      unsupported({ where: nameOf(resource), why: "who is in an external group is known elsewhere" });
    own.set(resource, {
      policies: [...lowerCase(list(resource, "policies", unsupported))],
      members: new Set(references(resource, "member_entity_ids", unsupported)),
      groups: references(resource, "member_group_ids", unsupported),
    });
  }
  for (const resource of of("vault_identity_group_policies", "vault_identity_group_member_entity_ids")) {
    const group = own.get(references(resource, "group_id", unsupported)[0]!);
    group?.policies.push(...lowerCase(list(resource, "policies", unsupported)));
    for (const member of references(resource, "member_entity_ids", unsupported)) group?.members.add(member);
  }
  // Members of a group in a group have the policies of both.
  const everyone = (resource: Resource, seen: ReadonlySet<Resource>): Resource[] =>
    seen.has(resource)
      ? []
      : [
          ...(own.get(resource)?.members ?? []),
          ...(own.get(resource)?.groups ?? []).flatMap((inner) => everyone(inner, new Set([...seen, resource]))),
        ];
  return [...own].map(([resource, { policies }]) => ({
    name: String(resource.values.name),
    resource,
    policies,
    members: new Set(everyone(resource, new Set())),
  }));
}

function readPeople(
  of: Of,
  auth: ReadonlyMap<string, AuthMount>,
  unsupported: (problem: Unsupported) => void,
): Person[] {
  const entities = new Map<string, Resource>();
  for (const alias of of("vault_identity_entity_alias")) {
    const mount = referenceOf(alias.stack, alias.values.mount_accessor)?.resource;
    const entity = referenceOf(alias.stack, alias.values.canonical_id)?.resource;
    const path = [...auth.values()].find((each) => each.resource === mount)?.path;
    if (!entity || path === undefined)
      unsupported({ where: nameOf(alias), why: "its mount_accessor or canonical_id is no resource of its stack" });
    else entities.set(`${path}/${String(alias.values.name).toLowerCase()}`, entity);
  }
  const more = of("vault_identity_entity_policies").map((resource) => ({
    entity: references(resource, "entity_id", unsupported)[0],
    policies: list(resource, "policies", unsupported),
  }));
  return [...userpassUsers(of, unsupported), ...endpointUsers(of)].map((user) => {
    const entity = entities.get(user.login);
    if (!entity) return { ...user, entityPolicies: [] };
    const added = more.filter((each) => each.entity === entity).flatMap(({ policies }) => policies);
    return { ...user, entity, entityPolicies: lowerCase([...list(entity, "policies", unsupported), ...added]) };
  });
}

type User = Omit<Person, "entity" | "entityPolicies">;

function userpassUsers(of: Of, unsupported: (problem: Unsupported) => void): User[] {
  return of("vault_userpass_auth_backend_user").flatMap((resource) => {
    const mount = entry(
      { ...resource, values: { mount: "userpass", ...resource.values } },
      "mount",
      0,
      unsupported,
    )[0]?.[0];
    const name = entry(resource, "username", 0, unsupported)[0]?.[0]?.toLowerCase();
    if (mount === undefined || name === undefined) return [];
    const policies = lowerCase(list(resource, "token_policies", unsupported));
    return [
      {
        name,
        login: `${mount}/${name}`,
        resource,
        policies,
        withDefault: resource.values.token_no_default_policy !== true,
      },
    ];
  });
}

/** Users written through the plain API, as many do. */
function endpointUsers(of: Of): User[] {
  return of("vault_generic_endpoint").flatMap((resource) => {
    const [, mount, name] = /^auth\/(.+)\/users\/([^/]+)$/.exec(String(resource.values.path)) ?? [];
    if (mount === undefined || name === undefined) return [];
    const data = parsed(resource.values.data_json);
    const given = data.token_policies ?? data.policies;
    const policies = (Array.isArray(given) ? given.map(String) : String(given ?? "").split(","))
      .map((each) => each.trim().toLowerCase())
      .filter(Boolean);
    return [
      {
        name: name.toLowerCase(),
        login: `${mount}/${name.toLowerCase()}`,
        resource,
        policies,
        withDefault: data.token_no_default_policy !== true,
      },
    ];
  });
}

function parsed(text: Json | undefined): JsonObject {
  try {
    const json: unknown = JSON.parse(String(text));
    return isObject(json) ? json : {};
  } catch {
    return {};
  }
}
