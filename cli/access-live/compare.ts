import { nameOf, type JsonObject, type Resource, type Stack, type Unsupported } from "../../access";
import { resourceType, type Json, type PlannedAction, type Remark } from "../../resource-types";
import type { Asking } from "./asking";
import { canonical, isCompared, keyOf, referenceTo, type LiveObject } from "./objects";
import { inTerraform, valuesOf, type StackValues } from "./stack-values";

/** A resource that is not in Vault as the stacks say it. */
export interface Difference {
  readonly state: "only in Vault" | "otherwise in Vault" | "not in Vault";
  /** `<address> in <stack>`, as the proofs and the matrix call it. */
  readonly where: string;
  /** Arguments that differ; of what is on one side alone, all that it has. */
  readonly differs: readonly { readonly name: string; readonly stacks?: Json; readonly vault?: Json }[];
  /** What that means, as the plan gate says it of such a change. */
  readonly remarks: readonly Remark[];
}

/** The stacks as they would be to make the running Vault, and how they differ from those that there are. */
export interface Compared {
  readonly stacks: readonly Stack[];
  readonly differences: readonly Difference[];
  /** What in the stacks cannot be held against a Vault. */
  readonly notUnderstood: readonly Unsupported[];
}

/** A resource of a stack, and what there is of it in Vault. */
interface Match {
  readonly resource: Resource;
  readonly read: StackValues;
  readonly object?: LiveObject;
}

/** What is in Vault alone, and the address that it has in reports. */
interface Addition {
  readonly object: LiveObject;
  readonly type: string;
  readonly id: string;
}

/** What of a stack is put in another's place: new arguments by address; undefined: it is taken out. */
type Edits = ReadonlyMap<string, JsonObject | undefined>;

/**
 * Puts what is in a Vault in the place of what its stacks say, resource by resource. What is the same stays as it
 * stands, references and all, so that matrix, proofs and diff say only what is not; what could not be read stays too.
 * @param stacks of one Vault, its access stack among them
 */
export function compareWithVault(stacks: readonly Stack[], live: readonly LiveObject[], ask: Asking): Compared {
  const home = stacks.find(({ metadata }) => metadata.kind === "access")!;
  const resources = stacks.flatMap((stack) => [...stack.resources.values()].flatMap((byId) => [...byId.values()]));
  const inVault = new Map(live.map((object) => [referenceOf(object), object]));
  const matches = resources
    .filter(({ type }) => isCompared(type))
    .map((resource): Match => {
      const read = valuesOf(resource);
      return { resource, read, object: inVault.get(referenceTo(resource.type, read.values)) };
    });
  const known = new Set(matches.map(({ object }) => object));
  const additions = addressed(live.filter((object) => !known.has(object) && !object.isExpected));
  // What points at another resource points at one of its own stack.
  const places = new Map([
    ...matches.map(
      ({ resource, read }) =>
        [`${resource.stack.name} ${referenceTo(resource.type, read.values)}`, resource.address] as const,
    ),
    ...additions.map(({ object, type, id }) => [`${home.name} ${referenceOf(object)}`, `${type}.${id}`] as const),
  ]);
  const placeIn = (stack: Stack) => (reference: string) => places.get(`${stack.name} ${reference}`);

  const edits = new Map(stacks.map(({ name }) => [name, new Map<string, JsonObject | undefined>()]));
  const differences: Difference[] = [];
  for (const { object, type, id } of additions) {
    const values = canonical(type, object.values);
    differences.push(differenceOf("only in Vault", type, `${type}.${id} in ${home.name}`, {}, values));
    edits.get(home.name)!.set(`${type}.${id}`, changed({}, Object.entries(values), placeIn(home)));
  }
  for (const { resource, read, object } of matches) {
    const { type, stack, address } = resource;
    const edit = (values: JsonObject | undefined) => edits.get(stack.name)!.set(address, values);
    if (object) {
      const now = canonical(type, object.values);
      const difference = differenceOf("otherwise in Vault", type, nameOf(resource), read.values, now, read.unknown);
      if (difference.differs.length === 0) continue;
      differences.push(difference);
      edit(
        changed(
          resource.values,
          difference.differs.map(({ name, vault }) => [name, vault]),
          placeIn(stack),
        ),
      );
    } else if (!ask.isUnread(type, keyOf(type, read.values))) {
      differences.push(differenceOf("not in Vault", type, nameOf(resource), read.values, {}));
      edit(undefined);
    }
  }
  return {
    stacks: stacks.map((stack) => stackWith(stack, edits.get(stack.name)!)),
    differences,
    notUnderstood: resources
      .filter(({ type }) => type.startsWith("vault_") && !isCompared(type))
      .filter((resource) => !isLeftAlone(resource))
      .map((resource) => ({ where: nameOf(resource), why: `no ${resource.type} is compared with a running Vault` })),
  };
}

function referenceOf({ type, values }: LiveObject): string {
  return referenceTo(type, canonical(type, values));
}

/** Addresses that tell what each is, and that no stack says it. */
function addressed(objects: readonly LiveObject[]): Addition[] {
  const taken = new Set<string>();
  return objects.map((object) => {
    const { type, values } = object;
    const name = `only-in-vault_${keyOf(type, canonical(type, values)).replace(/[^A-Za-z0-9_-]+/g, "-")}`;
    let id = name;
    for (let i = 2; taken.has(`${type}.${id}`); i++) id = `${name}-${i}`;
    taken.add(`${type}.${id}`);
    return { object, type, id };
  });
}

/** Placeholders and what is said about sets: their values are nobody's to read, and they give no access. */
function isLeftAlone({ type, values }: Resource): boolean {
  const isMetadata = type === "vault_generic_endpoint" && /^[^/]+\/metadata\//.test(String(values.path));
  return type === "vault_kv_secret_v2" || isMetadata;
}

/** Arguments with some of them as they are in Vault; undefined ones are taken out. */
function changed(
  values: JsonObject,
  now: readonly (readonly [name: string, value: Json | undefined])[],
  place: (reference: string) => string | undefined,
): JsonObject {
  const made: Record<string, Json> = { ...values };
  for (const [name, value] of now)
    if (value === undefined) delete made[name];
    else made[name] = inTerraform(name, value, place);
  return made;
}

const ACTIONS: { readonly [state in Difference["state"]]: PlannedAction } = {
  "only in Vault": "create",
  "otherwise in Vault": "update",
  "not in Vault": "delete",
};

function differenceOf(
  state: Difference["state"],
  type: string,
  where: string,
  before: JsonObject,
  after: JsonObject,
  unknown: ReadonlySet<string> = new Set(),
): Difference {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !unknown.has(name));
  const differs = names
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .sort()
    .map((name) => ({ name, stacks: before[name], vault: after[name] }));
  const change = { address: where, type, action: ACTIONS[state], before, after, unknown: {}, drift: true };
  return { state, where, differs, remarks: differs.length === 0 ? [] : (resourceType(type)?.change(change) ?? []) };
}

/** A stack with some resources other, new or taken out; its name and all that it says of itself stay. */
function stackWith(stack: Stack, edits: Edits): Stack {
  const resources = new Map<string, Map<string, Resource>>();
  const made: Stack = { ...stack, resources };
  const put = (type: string, id: string, values: JsonObject) => {
    const byId = resources.get(type) ?? new Map<string, Resource>();
    resources.set(type, byId.set(id, { stack: made, type, address: `${type}.${id}`, values }));
  };
  for (const [type, byId] of stack.resources)
    for (const [id, { address, values }] of byId) {
      const edited = edits.has(address) ? edits.get(address) : values;
      if (edited) put(type, id, edited);
    }
  for (const [address, values] of edits) {
    const [type = "", id = ""] = address.split(".");
    if (values && !resources.get(type)?.has(id)) put(type, id, values);
  }
  return made;
}
