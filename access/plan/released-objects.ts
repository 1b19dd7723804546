import {
  isBindingsRelease,
  objectIn,
  releasedAddress,
  releasedResources,
  same,
  type JsonObject,
  type PlannedAction,
  type PlannedChange,
} from "../../resource-types";

/** An object of a release before or after a plan. */
interface ReleasedObject {
  readonly address: string;
  readonly type: string;
  readonly values: JsonObject;
}

/**
 * The changes of a plan, and those of each object of the bindings' releases, as if it were a resource of its own. Of an
 * object that goes over from a resource to a release, or back, what differs between the two is its change: it is not
 * made, and nothing is deleted.
 */
export function withReleasedObjects(changes: readonly PlannedChange[]): PlannedChange[] {
  const releases = changes.filter(({ type, before, after }) => type === "helm_release" && isBindings(before, after));
  if (releases.length === 0) return [...changes];
  const moving = new Map(
    changes
      .filter(({ action, drift }) => !drift && GO_OVER.includes(action))
      .flatMap((change) => {
        const key = identity(change.type, change.action === "forget" ? change.before : change.after);
        return key === undefined ? [] : [[key, change] as const];
      }),
  );
  const over = new Map<PlannedChange, PlannedChange>();
  const objects = releases.flatMap((release) => {
    const { changes: made, meets } = objectChanges(release, moving, over);
    if (meets > 0) over.set(release, { ...release, meets });
    return made;
  });
  return [...changes.map((change) => over.get(change) ?? change), ...objects];
}

/** What becomes of a resource that goes over: a release that takes it, or that gives it, with a move or without. */
const GO_OVER: readonly PlannedAction[] = ["forget", "import", "create"];

function isBindings(before: JsonObject, after: JsonObject): boolean {
  return isBindingsRelease(before) || isBindingsRelease(after);
}

/** What becomes of a release's objects, and how many of them other resources of the plan forget or make. */
function objectChanges(
  release: PlannedChange,
  moving: ReadonlyMap<string, PlannedChange>,
  over: Map<PlannedChange, PlannedChange>,
): { readonly changes: readonly PlannedChange[]; readonly meets: number } {
  let meets = 0;
  const { address, action, drift } = release;
  const [before, after] = [objectsOf(address, release.before), objectsOf(address, release.after)];
  const changes = [...new Set([...before.keys(), ...after.keys()])].flatMap((key): PlannedChange[] => {
    const [was, is] = [before.get(key), after.get(key)];
    const { address: called, type } = (is ?? was)!;
    const common = { address: called, type, unknown: {}, drift };
    const other = moving.get(key);
    if (!was && is && other?.action === "forget") {
      meets++;
      over.set(other, { ...other, goesTo: called });
      return changed({ ...common, before: asReleased(other), after: is.values });
    }
    if (was && !is && other?.action === "import") {
      over.set(other, { ...other, action: "update", before: was.values, unknown: {} });
      return [];
    }
    if (was && !is && other?.action === "create" && action === "forget") {
      meets++;
      return [];
    }
    if (!was) return [{ ...common, action: "create", before: {}, after: is!.values }];
    if (is)
      return action === "replace"
        ? [replaced(common, was, is)]
        : changed({ ...common, before: was.values, after: is.values });
    return [{ ...common, action: action === "forget" ? "forget" : "delete", before: was.values, after: {} }];
  });
  return { changes, meets };
}

function replaced(
  common: Omit<PlannedChange, "action" | "before" | "after">,
  was: ReleasedObject,
  is: ReleasedObject,
): PlannedChange {
  return { ...common, action: "replace", before: was.values, after: is.values };
}

/** An update, where something differs. */
function changed(change: Omit<PlannedChange, "action">): PlannedChange[] {
  return same(change.before, change.after) ? [] : [{ ...change, action: "update" }];
}

/** The arguments of a resource as a release's object has them: of an account, those that it can have. */
function asReleased({ type, before }: PlannedChange): JsonObject {
  if (type === "kubernetes_manifest") return { manifest: before.manifest ?? null };
  const { name, namespace, labels } = objectIn(before.metadata);
  return {
    metadata: { name: name ?? null, namespace: namespace ?? null, ...(labels && { labels }) },
    automount_service_account_token: before.automount_service_account_token ?? null,
  };
}

function objectsOf(release: string, values: JsonObject): Map<string, ReleasedObject> {
  return new Map(
    releasedResources(values).map(({ key, type, values: its }) => [
      identity(type, its) ?? key,
      { address: releasedAddress(release, key), type, values: its },
    ]),
  );
}

/** What tells an object in a cluster from every other; `undefined`: it is none that a release can have. */
function identity(type: string, values: JsonObject): string | undefined {
  if (type === "kubernetes_manifest") {
    const { kind, metadata } = objectIn(values.manifest);
    const { namespace, name } = objectIn(metadata);
    return `${String(kind)} ${String(namespace)}/${String(name)}`;
  }
  if (type !== "kubernetes_service_account_v1") return undefined;
  const { namespace, name } = objectIn(values.metadata);
  return `ServiceAccount ${String(namespace)}/${String(name)}`;
}
