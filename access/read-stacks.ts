import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { BINDINGS_CHART, METADATA, type StackMetadata } from "../model";
import { isObject, objectIn, releasedAddress, releasedResources, type Json, type JsonObject } from "../resource-types";
import { AccessInputError } from "./errors";

/** A resource of a stack. */
export interface Resource {
  readonly stack: Stack;
  readonly type: string;
  /** `<type>.<id>`: its address in the stack; of a release's object, the release's, with what it is called in it. */
  readonly address: string;
  /** Its arguments, without cdktf's own `//`. */
  readonly values: JsonObject;
}

/** A synthesized stack. */
export interface Stack {
  readonly name: string;
  /** What it says of itself. */
  readonly metadata: StackMetadata;
  /** By type, then by id, in the file's order. */
  readonly resources: ReadonlyMap<string, ReadonlyMap<string, Resource>>;
  /** What stands in it beside its resources: a large stack's are most of it, and are read once. */
  readonly blocks: JsonObject;
  /** Files beside it that Terraform would read too. */
  readonly beside: readonly string[];
  /** Defaults of its variables. */
  readonly variables: ReadonlyMap<string, Json>;
}

const KINDS: readonly string[] = ["vault", "access", "operator", "environment"] satisfies StackMetadata["kind"][];

/**
 * Reads every stack of a synthesis, sorted by name.
 * @param folder `cdktf.out`, or any folder with `stacks/<name>/cdk.tf.json`
 * @throws AccessInputError when there is no stack, a file is not Terraform JSON, or a stack does not say where it
 * belongs
 */
export function readStacks(folder: string): Stack[] {
  const texts = stackTexts(folder);
  if (texts.size === 0)
    throw new AccessInputError(
      `${folder}: given a folder without stacks/<name>/cdk.tf.json; accepted: what npm start ` +
        `writes, e.g. cdktf.out. Run npm start first.`,
    );
  return [...texts].map(([name, text]) => {
    const stack = join(folder, "stacks", name);
    const files = readdirSync(stack).filter((file) => file !== STACK_FILE && LOADED.test(file));
    return parseStack(name, text, [...files, ...(text.includes(BINDINGS_CHART.path) ? otherChartFiles(stack) : [])]);
  });
}

/** What of the chart beside a stack is other than a synthesis writes it. */
function otherChartFiles(stack: string): string[] {
  const folder = join(stack, BINDINGS_CHART.name);
  if (!existsSync(folder)) return [];
  const ours: { readonly [path: string]: string } = BINDINGS_CHART.files;
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((path) => !Object.hasOwn(ours, path) || readFileSync(join(folder, path), "utf8") !== ours[path])
    .sort()
    .map((path) => `${BINDINGS_CHART.name}/${path}, which is not as a synthesis writes it,`);
}

const STACK_FILE = "cdk.tf.json";

/**
 * Names of files that Terraform reads by itself. Source: Terraform's documentation, "Files and configuration
 * structure", "Override files" and "Input variables".
 */
const LOADED = /\.(tf|tofu)(\.json)?$|\.tfvars(\.json)?$/;

/** The texts of a synthesis' stacks by name, sorted by it; none where there is no folder. */
export function stackTexts(folder: string): ReadonlyMap<string, string> {
  const stacks = join(folder, "stacks");
  const names = existsSync(stacks) ? readdirSync(stacks).sort() : [];
  const files = names.map((name) => [name, join(stacks, name, STACK_FILE)] as const);
  return new Map(
    files.filter(([, file]) => existsSync(file)).map(([name, file]) => [name, readFileSync(file, "utf8")]),
  );
}

/** A text's JSON object; `undefined` where it is none. */
export function parsedJson(text: string): JsonObject | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/**
 * One stack from the text of its `cdk.tf.json`.
 * @param beside names of files in its folder that Terraform would read too
 * @throws AccessInputError when it is not Terraform JSON, or does not say where it belongs
 */
export function parseStack(name: string, text: string, beside: readonly string[] = []): Stack {
  const json = parsedJson(text);
  if (!json)
    throw new AccessInputError(
      `stack ${name}: given a file that is no JSON object; accepted: Terraform JSON as npm start writes it.`,
    );
  return stackOf(name, json, beside);
}

/**
 * One stack from its JSON, as cdktf synthesizes it.
 * @param beside names of files in its folder that Terraform would read too
 * @throws AccessInputError when it does not say where it belongs
 */
export function stackOf(name: string, json: JsonObject, beside: readonly string[] = []): Stack {
  const { resource: instancesByType, ...blocks } = json;
  const resources = new Map<string, Map<string, Resource>>();
  const stack: Stack = {
    name,
    metadata: belonging(name, json),
    resources,
    blocks,
    beside,
    variables: new Map(
      Object.entries(objectIn(json.variable)).flatMap(([id, variable]) =>
        isObject(variable) && variable.default !== undefined ? [[id, variable.default]] : [],
      ),
    ),
  };
  const add = (type: string, id: string, address: string, values: JsonObject) => {
    const byId = resources.get(type) ?? new Map<string, Resource>();
    resources.set(type, byId.set(id, { stack, type, address, values }));
  };
  for (const [type, instances] of Object.entries(objectIn(instancesByType)))
    for (const [id, instance] of Object.entries(objectIn(instances))) {
      const { "//": _, ...values } = objectIn(instance);
      add(type, id, `${type}.${id}`, values);
    }
  for (const [id, release] of resources.get("helm_release") ?? [])
    for (const { key, type, values } of releasedResources(release.values))
      add(type, `${id} ${key}`, releasedAddress(release.address, key), values);
  return stack;
}

function belonging(name: string, json: JsonObject): StackMetadata {
  const said = objectIn(json.locals)[METADATA];
  if (isObject(said) && typeof said.platform === "string" && KINDS.includes(said.kind as string))
    return said as unknown as StackMetadata;
  throw new AccessInputError(
    `stack ${name}: given no locals.${METADATA} with a platform and a kind of ${KINDS.join(", ")}; ` +
      `accepted: stacks that say which Vault they belong to, as this version of npm start writes ` +
      `them. Synthesize it again.`,
  );
}

const REFERENCE = /^\$\{([a-z0-9_]+)\.([A-Za-z0-9_-]+)\.([a-z0-9_]+)\}$/;
const VARIABLE = /^\$\{var\.([A-Za-z0-9_-]+)\}$/;

/** The variable that an argument is, if it is one. */
export function variableOf(value: string): string | undefined {
  return VARIABLE.exec(value)?.[1];
}

/**
 * What an argument points at: another resource of the stack, and which of its attributes. `undefined`: it is no such
 * reference.
 */
export function referenceOf(
  stack: Stack,
  value: Json | undefined,
): { readonly resource: Resource; readonly attribute: string } | undefined {
  const [, type = "", id = "", attribute = ""] = (typeof value === "string" && REFERENCE.exec(value)) || [];
  const resource = stack.resources.get(type)?.get(id);
  return resource && { resource, attribute };
}

/**
 * The text of an argument: as it stands, through a reference to another resource's argument, or a variable's default.
 * `undefined`: absent, no text, or known only after an apply.
 */
export function textOf(stack: Stack, value: Json | undefined): string | undefined {
  if (typeof value !== "string") return undefined;
  if (!/[$%]\{/.test(value)) return value;
  const variable = variableOf(value);
  if (variable !== undefined) return plain(stack.variables.get(variable));
  const reference = referenceOf(stack, value);
  return reference && textOf(stack, reference.resource.values[reference.attribute]);
}

function plain(value: Json | undefined): string | undefined {
  return typeof value === "string" && !/[$%]\{/.test(value) ? value : undefined;
}

/** Every resource of some types, in all stacks, sorted by stack and address. */
export function resourcesOf(stacks: readonly Stack[], ...types: readonly string[]): Resource[] {
  return stacks.flatMap((stack) => types.flatMap((type) => [...(stack.resources.get(type)?.values() ?? [])]));
}

/** How reports name a resource: `<address> in <stack>`. */
export function nameOf(resource: Resource): string {
  return `${resource.address} in ${resource.stack.name}`;
}
