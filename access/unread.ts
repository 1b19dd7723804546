import { METADATA } from "../model";
import { objectIn, resourceType, unreadOf, type Json, type JsonObject } from "../resource-types";
import type { Unsupported } from "./arguments";
import { nameOf, referenceOf, variableOf, type Resource, type Stack } from "./read-stacks";

/**
 * All in a stack by which somebody could gain access and that no rule reads: a closed list. What is in no list here or
 * in [resource-types/](../resource-types) is said, never guessed.
 */
export function unreadIn(stack: Stack): Unsupported[] {
  const where = `stack ${stack.name}`;
  const resources = [...stack.resources.values()].flatMap((byId) => [...byId.values()]);
  return [
    ...stack.beside.map((file) => ({ where, why: `${file} lies beside it, and Terraform would read it too` })),
    ...Object.entries(stack.blocks).flatMap(([block, body]) =>
      (BLOCKS[block] ?? unreadBlock(block))(body).map((why) => ({ where, why })),
    ),
    ...resources.flatMap((resource) => unreadResource(resource).map((why) => ({ where: nameOf(resource), why }))),
  ];
}

type Rule = (body: Json) => string[];

const unreadBlock =
  (block: string): Rule =>
  () => [`a block ${block}, which this report does not read`];

/** Instances of a block by what it is called, and those of each name one by one. */
function instances(body: Json): [name: string, body: JsonObject][] {
  return Object.entries(objectIn(body)).flatMap(([name, each]) =>
    (Array.isArray(each) ? (each as readonly Json[]) : [each]).map((one): [string, JsonObject] => [
      name,
      objectIn(one),
    ]),
  );
}

/** Says which keys of a body are in no list. */
function others(what: string, body: JsonObject, read: readonly string[]): string[] {
  return Object.keys(body)
    .filter((key) => key !== "//" && body[key] !== null && !read.includes(key))
    .map((key) => `${what} has ${key}, which this report does not read`);
}

/** Providers, with their arguments. Credentials come from the environment, and none is written down. */
const PROVIDERS: { readonly [name: string]: readonly string[] } = {
  vault: ["address", "skip_child_token"],
  kubernetes: ["config_path", "config_context"],
  helm: ["helm_driver", "kubernetes", "qps", "burst_limit"],
  random: [],
};

/** What stands in a stack beside its resources, and what of each is not read. */
const BLOCKS: { readonly [block: string]: Rule } = {
  "//": () => [],
  terraform: (body) => [
    ...others("the block terraform", objectIn(body), ["backend", "required_providers", "required_version"]),
    ...instances(objectIn(body).required_providers ?? {}).flatMap(([name, { source, version }]) =>
      name in PROVIDERS &&
      (source === name || source === `hashicorp/${name}`) &&
      /^\d+\.\d+\.\d+$/.test(String(version))
        ? []
        : [`a provider ${name} from ${String(source)} of version ${String(version)}, which this report does not read`],
    ),
  ],
  provider: (body) =>
    instances(body).flatMap(([name, each]) => [
      ...(name in PROVIDERS
        ? others(`provider ${name}`, each, PROVIDERS[name]!)
        : unreadBlock(`provider ${name}`)(each)),
      ...(name === "helm" ? others("provider helm", objectIn(each.kubernetes), PROVIDERS.kubernetes!) : []),
    ]),
  variable: (body) =>
    instances(body).flatMap(([name, each]) =>
      others(`variable ${name}`, each, ["type", "default", "description", "sensitive", "ephemeral", "nullable"]),
    ),
  locals: (body) => others("the block locals", objectIn(body), [METADATA]),
  // Values of a store that is only read would be at hand in any argument: of passwords alone it is known whose they
  // are.
  ephemeral: (body) =>
    instances(body).flatMap(([type, byId]) =>
      Object.entries(byId).flatMap(([id, values]) =>
        type === "random_password"
          ? weakPassword(`ephemeral ${type}.${id}`, objectIn(values))
          : [`an ephemeral ${type}.${id}, which this report does not read`],
      ),
    ),
  removed: (body) =>
    (Array.isArray(body) ? (body as readonly Json[]) : [body]).flatMap((each) =>
      others("a block removed", objectIn(each), ["from", "lifecycle"]),
    ),
  moved: () => [],
  import: (body) =>
    (Array.isArray(body) ? (body as readonly Json[]) : [body]).flatMap((each) => {
      const { to, id } = objectIn(each);
      return [
        ...others("a block import", objectIn(each), ["to", "id"]),
        ...(mayBeImported(String(to), id)
          ? []
          : [`an import of ${String(id)} as ${String(to)}, which this report does not read`]),
      ];
    }),
};

/** What may be taken over: a set's values would be read into the state, and a policy that is there is others' too. */
const IMPORTED: ReadonlySet<string> = new Set([
  ...["vault_mount", "vault_kv_secret_backend_v2", "vault_auth_backend", "vault_userpass_auth_backend_user"],
  ...["vault_identity_entity", "vault_identity_entity_alias"],
]);

/** What goes over from a release: an object of the operator's, or an account, never a Secret, whose values it has. */
const FROM_RELEASE: readonly RegExp[] = [
  /^kubernetes_manifest\.\S+ apiVersion=secrets\.hashicorp\.com\/v1beta1,kind=Vault\w+,namespace=[\w-]+,name=[\w.-]+$/,
  /^kubernetes_service_account_v1\.\S+ [\w-]+\/[\w.-]+$/,
];

function mayBeImported(to: string, id: Json | undefined): boolean {
  if (typeof id !== "string" || MARK.test(id)) return false;
  return IMPORTED.has(to.split(".")[0]!) || FROM_RELEASE.some((pattern) => pattern.test(`${to} ${id}`));
}

/** Characters of a first password at the least. */
const SHORTEST = 20;

function weakPassword(called: string, values: JsonObject): string[] {
  return [
    ...others(called, values, ["length", "special"]),
    ...(Number(values.length) >= SHORTEST ? [] : [`${called} has fewer characters than ${SHORTEST}`]),
  ];
}

/** Kinds of stacks whose resources are in a Vault. */
const IN_VAULT: ReadonlySet<string> = new Set(["access", "environment"]);

const LIFECYCLE = ["prevent_destroy", "create_before_destroy", "ignore_changes"];

function unreadResource(resource: Resource): string[] {
  const { type, values, stack } = resource;
  const lifecycle = objectIn(values.lifecycle);
  return [
    ...unreadOf(type, values, stack.metadata.values as JsonObject | undefined),
    ...(type.startsWith("vault_") && !IN_VAULT.has(stack.metadata.kind)
      ? [`it is of Vault, and the stack says that it is of kind ${stack.metadata.kind}`]
      : []),
    ...others("its lifecycle", lifecycle, LIFECYCLE),
    ...ignored(type, lifecycle.ignore_changes),
    ...Object.entries(values).flatMap(([name, value]) =>
      name === "depends_on"
        ? []
        : expressions(resource, name, value).map((text) => `its ${name} has the expression ${text}`),
    ),
  ];
}

/** What somebody else may have changed, and Terraform leaves so: never a way to keep a right that was given by hand. */
function ignored(type: string, changes: Json | undefined): string[] {
  const may = resourceType(type)?.ignoresChanges ?? [];
  if (changes === undefined || may === "all") return [];
  const names = Array.isArray(changes) ? changes.map(String) : [String(changes)];
  const more = names.filter((name) => !may.includes(name));
  return more.map((name) => `its lifecycle ignores changes of ${name}: what somebody else gave it would stay`);
}

const MARK = /(^|[^$%])[$%]\{/;

/** Expressions in a value that are no argument of another resource of the stack, and nothing that is handed over. */
function expressions(resource: Resource, name: string, value: Json | undefined): string[] {
  if (typeof value === "string")
    return MARK.test(value) && !isRead(resource, name, value) ? [JSON.stringify(value)] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((each: Json) => expressions(resource, name, each));
}

/** `${ephemeral.random_password.<id>.result}`, alone. */
const PASSWORD = /^\$\{ephemeral\.random_password\.([A-Za-z0-9_-]+)\.result\}$/;

/** What a variable may hand over. */
const HANDED_OVER: ReadonlySet<string> = new Set(["token_reviewer_jwt_wo", "oidc_client_secret_wo"]);

/** Whether a variable leaves nothing of what it hands over: not in the JSON, a plan, or what Terraform says. */
function leavesNothing({ default: given = "", ephemeral, sensitive }: JsonObject): boolean {
  return ephemeral === true && sensitive === true && given === "";
}

function isRead({ stack }: Resource, name: string, text: string): boolean {
  const password = PASSWORD.exec(text)?.[1];
  if (password !== undefined)
    return objectIn(objectIn(objectIn(stack.blocks.ephemeral).random_password)[password]).length !== undefined;
  const variable = variableOf(text);
  if (variable !== undefined)
    return HANDED_OVER.has(name) && leavesNothing(objectIn(objectIn(stack.blocks.variable)[variable]));
  return referenceOf(stack, text) !== undefined;
}
