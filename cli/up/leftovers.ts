import type { Kubernetes } from "../kubernetes";
import type { ReleaseAt } from "./pod-watch";
import { OPERATOR_API } from "./sync";

/** How long the operator has to finish with an object that is being deleted. Milliseconds. */
const GRACE_MS = 10_000;
const EVERY_MS = 1_000;
const KINDS = ["vaultstaticsecrets", "vaultdynamicsecrets", "vaultpkisecrets", "vaultauths", "vaultconnections"];

/** An object, as far as it is looked into. */
interface Leaving {
  readonly metadata: {
    readonly name: string;
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
  };
}

/**
 * Does `work`, and meanwhile takes the operator's finalizers off objects that wait for an operator that is not there
 * (its pod gone, its stack destroyed first): they would keep the namespace, and Terraform, waiting for ever. Nothing is
 * touched before an object has waited for ten seconds.
 */
export async function withoutStuckFinalizers<T>(
  kubernetes: Kubernetes,
  namespaces: readonly string[],
  progress: (text: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  let over = false;
  // Who did not answer for one object answers for none.
  let grace = GRACE_MS;
  const watching = (async () => {
    while (!over) {
      for (const namespace of namespaces)
        for (const kind of KINDS)
          if (
            await release(kubernetes, `${OPERATOR_API}/namespaces/${namespace}/${kind}`, grace, progress).catch(
              () => false,
            )
          )
            grace = 0;
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  })();
  try {
    return await work();
  } finally {
    over = true;
    await watching;
  }
}

async function release(
  kubernetes: Kubernetes,
  path: string,
  graceMs: number,
  progress: (text: string) => void,
): Promise<boolean> {
  let released = false;
  for (const { metadata } of (await kubernetes.list<Leaving>(path)) ?? []) {
    const { name, deletionTimestamp, finalizers = [] } = metadata;
    if (!deletionTimestamp || Date.now() - Date.parse(deletionTimestamp) < graceMs) continue;
    const foreign = finalizers.filter((finalizer) => !finalizer.includes("secrets.hashicorp.com"));
    if (foreign.length === finalizers.length) continue;
    await kubernetes.patch(`${path}/${name}`, { metadata: { finalizers: foreign } });
    progress(`${name}: no operator answers; its finalizer is taken off`);
    released = true;
  }
  return released;
}

/**
 * Deletes the operator's CRDs, which Helm leaves behind, unless objects of theirs exist: those are somebody else's.
 * Returns how many, and the kinds that stay.
 */
export async function deleteCrds(
  kubernetes: Kubernetes,
): Promise<{ readonly deleted: number; readonly kept: readonly string[] }> {
  type Crd = {
    readonly metadata: { readonly name: string };
    readonly spec: {
      readonly group: string;
      readonly names: { readonly plural: string };
      readonly versions: readonly { readonly name: string; readonly served: boolean }[];
    };
  };
  const api = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const crds = ((await kubernetes.list<Crd>(api)) ?? []).filter(({ spec }) => spec.group === "secrets.hashicorp.com");
  const used: string[] = [];
  for (const { spec } of crds) {
    const version = spec.versions.find(({ served }) => served)?.name;
    if (version && (await kubernetes.list(`/apis/${spec.group}/${version}/${spec.names.plural}?limit=1`))?.length)
      used.push(spec.names.plural);
  }
  // All or none: an operator that somebody else runs needs them together.
  if (used.length > 0) return { deleted: 0, kept: used };
  for (const { metadata } of crds) await kubernetes.delete(`${api}/${metadata.name}`);
  return { deleted: crds.length, kept: [] };
}

/** A right in the whole cluster, as far as it is looked into. */
interface ClusterRight {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  /** Of a binding. */
  readonly roleRef?: { readonly name: string };
  readonly subjects?: readonly { readonly namespace?: string }[];
}

/**
 * Deletes the rights in the whole cluster that a release's service accounts have: those that Helm's uninstalling did
 * not reach, and those of a hook that was killed, which Helm deletes only after a success. Another release of the same
 * name, in another namespace, keeps its own.
 */
export async function deleteClusterRights(kubernetes: Kubernetes, { namespace, release }: ReleaseAt): Promise<void> {
  const api = "/apis/rbac.authorization.k8s.io/v1";
  const selector = encodeURIComponent(`app.kubernetes.io/managed-by=Helm,app.kubernetes.io/instance=${release}`);
  const list = async (kind: string) =>
    (await kubernetes.list<ClusterRight>(`${api}/${kind}?labelSelector=${selector}`)) ?? [];
  const bindings = (await list("clusterrolebindings")).filter(
    ({ subjects = [] }) => subjects.length > 0 && subjects.every((subject) => subject.namespace === namespace),
  );
  const bound = new Set(bindings.map(({ roleRef }) => roleRef?.name));
  // A hook's objects bear no namespace: its role is known by its binding, and so goes first.
  const roles = (await list("clusterroles")).filter(({ metadata: { name, annotations } }) => {
    const home = annotations?.["meta.helm.sh/release-namespace"];
    return home === undefined ? bound.has(name) : home === namespace;
  });
  for (const { metadata } of roles) await kubernetes.delete(`${api}/clusterroles/${metadata.name}`);
  for (const { metadata } of bindings) await kubernetes.delete(`${api}/clusterrolebindings/${metadata.name}`);
}
