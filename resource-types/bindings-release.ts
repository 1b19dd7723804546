import type { ClusterNeeds } from "../policies/write";
import { BINDINGS_CHART, releasedKey, type ReleasedObject } from "../model";
import { all, byAction, differing, info, stop, warning, when, type Judge } from "./change";
import { isObject, objectIn, type Json, type JsonObject } from "./json";
import { MANIFEST_KINDS } from "./manifests";
import type { Attributes, Purpose } from "./record";
import { given, keysOf } from "./unread";

/** An object of a release, as the resource that it would be without one: what reads those reads it too. */
export interface ReleasedResource {
  /** What the release's values call it. */
  readonly key: string;
  readonly type: string;
  readonly values: JsonObject;
}

/** Whether a release is of the bindings' chart, which prints its values and brings nothing else. */
export function isBindingsRelease({ chart }: Attributes): boolean {
  return chart === BINDINGS_CHART.path;
}

/**
 * The objects of a release of the bindings' chart; none of another, nor of values that {@link unreadBindings} names.
 */
export function releasedResources(release: Attributes): ReleasedResource[] {
  if (!isBindingsRelease(release)) return [];
  return Object.entries(objectsOf(release.values as Json) ?? {}).map(([key, object]): ReleasedResource => {
    const { apiVersion, kind, automountServiceAccountToken, ...rest } = objectIn(object);
    if (kind !== "ServiceAccount" || apiVersion !== "v1")
      return { key, type: "kubernetes_manifest", values: { manifest: object } };
    const token = automountServiceAccountToken ?? null;
    return { key, type: "kubernetes_service_account_v1", values: { ...rest, automount_service_account_token: token } };
  });
}

/** How reports call an object of a release: by the release's address and the object's key. */
export function releasedAddress(release: string, key: string): string {
  return `${release} (${key})`;
}

/** Objects by their keys, of one text as a synthesis writes it: what another reader might take otherwise is none. */
function objectsOf(values: Json | undefined): JsonObject | undefined {
  const [text, ...more] = Array.isArray(values) ? (values as readonly Json[]) : [];
  if (typeof text !== "string" || more.length > 0) return undefined;
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) && isObject(json.objects) && JSON.stringify(json) === text && Object.keys(json).length === 1
      ? json.objects
      : undefined;
  } catch {
    return undefined;
  }
}

/** What such a release may say beside its values. */
const ARGUMENTS: ReadonlySet<string> = new Set([
  ...["name", "namespace", "chart", "version", "values", "create_namespace", "max_history", "wait", "timeout"],
  ...["take_ownership", "depends_on", "lifecycle"],
]);

/** What of a release of the bindings' chart is not understood; each of its objects is judged as a resource besides. */
export function unreadBindings(release: JsonObject): string[] {
  const { namespace } = release;
  const objects = objectsOf(release.values);
  return [
    ...keysOf("its", release, ARGUMENTS),
    ...given(release, "name", BINDINGS_CHART.name),
    ...given(release, "version", undefined, BINDINGS_CHART.version),
    ...given(release, "create_namespace", undefined, false),
    ...(objects ? [] : ["its values are no list of objects that stands in the stack"]),
    ...Object.entries(objects ?? {}).flatMap(([key, object]): string[] => {
      const { kind, metadata } = objectIn(object);
      const { name, namespace: own } = objectIn(metadata);
      const called = `${String(kind)} ${String(own)}/${String(name)}`;
      return [
        ...((BINDINGS_CHART.kinds as readonly unknown[]).includes(kind)
          ? []
          : [`its object ${called} is of a kind that no binding has`]),
        ...(own === namespace ? [] : [`its object ${called} is in another namespace than the release`]),
        ...(key === releasedKey({ kind, metadata: { name } } as unknown as ReleasedObject)
          ? []
          : [`its object ${called} is called ${key}`]),
      ];
    }),
  ];
}

const WRITE = ["create", "delete", "patch"];

/**
 * What a job needs for such a release. Helm keeps its records in ConfigMaps, whose names it makes as it goes: a job
 * that applies may write any of the namespace.
 */
export function bindingsPermissions(release: Attributes, purpose: Purpose): Partial<ClusterNeeds> {
  const records = { group: "", resource: "configmaps" };
  // Of a release that is there a list tells the newest record.
  if (purpose !== "apply") return { inNamespaces: [{ ...records, verbs: ["list"] }] };
  const kinds = new Map(
    releasedResources(release).map(({ type, values }) => {
      const { kind, apiVersion } = objectIn(values.manifest);
      if (type !== "kubernetes_manifest") return [type, { group: "", resource: "serviceaccounts" }];
      const plural = MANIFEST_KINDS[String(kind)]?.plural;
      if (plural === undefined) throw new Error(`no required permissions are known for a released ${String(kind)}`);
      return [plural, { group: String(apiVersion).split("/")[0]!, resource: plural }];
    }),
  );
  return {
    inNamespaces: [
      { ...records, verbs: ["get", "list", "update", ...WRITE] },
      ...[...kinds.values()].map((each) => ({ ...each, verbs: ["get", ...WRITE] })),
    ],
  };
}

const MOVE = "Say movesDelivery: true beside the environment's delivery, for one apply; or the delivery that it has.";

const takesOver: Judge = ({ action, before, after, meets = 0 }, called) => [
  ...when(
    after.take_ownership === true && before.take_ownership !== true,
    "warning",
    `${called} takes over objects of its names that are there`,
    "Whoever made them: meant for a move of the delivery, and for one apply.",
  ),
  ...when(
    meets > 0 && action !== "forget" && after.take_ownership !== true,
    "error",
    `${called} would meet ${meets} of its objects, and Helm refuses them`,
    MOVE,
  ),
  ...when(
    meets > 0 && action === "forget",
    "error",
    `${called} is forgotten, and ${meets} of its objects would be made anew, though they are there`,
    MOVE,
  ),
];

/** What a change of such a release means beside what it does to each of its objects, which is judged one by one. */
export const bindingsChange: Judge = all(
  takesOver,
  byAction({
    create: (_, called) => info(`${called} is made`, "Its objects are told one by one."),
    forget: (_, called) =>
      info(`${called} is forgotten`, "Its objects stay; Helm's records of it are yours to delete."),
    gone: (_, called) => warning(`${called} is uninstalled`, "All of its objects go."),
    update: (change, called) => [
      ...differing(change, ["chart"]).flatMap(() =>
        stop(`${called}: its chart changes`, "Another chart may bring rights, and images, of its own."),
      ),
    ],
  }),
);
