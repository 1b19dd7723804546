import {
  boundSets,
  type Delivery,
  type Environment,
  type RestartTarget,
  type SecretOwner,
  type Tenant,
} from "../../../model";
import { KubernetesError, type Kubernetes } from "../../kubernetes";
import { staticSecretPath, type StaticSecret } from "../../up/sync";
import type { PodStatus } from "../../up/pod-status";
import { cannotRoll, selectorText, type Controller } from "./rollout";

/** A restart target of an app, in a namespace. */
export interface Workload extends RestartTarget {
  readonly app: string;
  readonly namespace: string;
}

/** A restart target, and which of its pods began before its Secrets changed. This is part of what `--json` prints. */
export interface Seen extends Workload {
  /** When a Secret of the app's changed last, ISO 8601, UTC, to the second; null where none is there. */
  readonly changed: string | null;
  /** How many pods it has. */
  readonly pods: number;
  /** Names of those that began before that, sorted. */
  readonly older: readonly string[];
  /** Why it cannot be restarted, or not be told whether it has to be, and what to do; null where it can. */
  readonly problem: string | null;
}

/** A pod, as far as its age is looked into. */
export type DatedPod = PodStatus & {
  readonly metadata: { readonly creationTimestamp: string; readonly deletionTimestamp?: string };
};

/** Metadata of a Secret, as far as it is looked into. */
interface SecretMetadata {
  readonly managedFields?: readonly { readonly time?: string; readonly fieldsV1?: object }[];
}

/** The path of a controller. */
export function controllerPath({ kind, namespace, name }: Workload): string {
  return `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`;
}

/** The pods of a controller that live, or will. Its labels alone may be those of a Job's pods, too. */
export async function podsOf(
  kubernetes: Pick<Kubernetes, "list">,
  workload: Workload,
  { spec }: Controller,
): Promise<readonly DatedPod[]> {
  const { namespace } = workload;
  const selector = encodeURIComponent(selectorText(spec.selector));
  const pods = await kubernetes.list<DatedPod>(`/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`);
  return (pods ?? []).filter(
    (pod) =>
      isOf(workload, pod) && !pod.metadata.deletionTimestamp && !/^(Succeeded|Failed)$/.test(pod.status?.phase ?? ""),
  );
}

/** A Deployment's pods are its ReplicaSets', which have its name before their own. */
function isOf({ kind, name }: Workload, { metadata }: DatedPod): boolean {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  if (kind === "Deployment") return owner?.kind === "ReplicaSet" && owner.name?.startsWith(`${name}-`) === true;
  return owner?.kind === kind && owner.name === name;
}

/** What there is to know of an app's restart targets, without a value of any Secret. Throws KubernetesErrors. */
export async function lookAt(kubernetes: Kubernetes, { secretOwner }: Environment, tenant: Tenant): Promise<Seen[]> {
  const { app, delivery } = tenant;
  if (!delivery?.workloads.length) return [];
  const changes = await Promise.all(boundSets([tenant]).map((set) => changeOf(kubernetes, secretOwner, set.delivery!)));
  const times = changes.flatMap((change) => ("at" in change ? change.at : []));
  const changed = times.sort().at(-1) ?? null;
  const unknown = changes.flatMap((change) => ("unknown" in change ? change.unknown : []));
  return Promise.all(
    delivery.workloads.map(async ({ kind, name }): Promise<Seen> => {
      const workload = { app, namespace: delivery.namespace, kind, name };
      const controller = await kubernetes.get<Controller>(controllerPath(workload));
      if (!controller) {
        const absent = `there is no ${kind} ${name} in namespace ${delivery.namespace}`;
        const problem = `${absent}: correct apps.${app}.restartTargets`;
        return { ...workload, changed, pods: 0, older: [], problem };
      }
      const pods = await podsOf(kubernetes, workload, controller);
      const older = changed === null ? [] : pods.filter((pod) => began(pod) <= changed);
      return {
        ...workload,
        changed,
        pods: pods.length,
        older: older.map(({ metadata }) => metadata.name).sort(),
        // A restart gives every pod all values: what is not known matters where no pod is known to be older.
        problem: cannotRoll(controller) ?? (pods.length > 0 && older.length === 0 ? unknown[0] : undefined) ?? null,
      };
    }),
  );
}

/** When a Secret's data changed last, ISO 8601; or why that is not known, and what to do. */
type Change = { readonly at: string } | { readonly unknown: string };

/**
 * When a Secret's data changed last: the time of its managed fields. Who may not read the Secret is told when the
 * operator carried values over last, which needs no right on Secrets. Source: Kubernetes' API reference,
 * ManagedFieldsEntry: `time` is that of the last change of a value of these fields.
 */
async function changeOf(kubernetes: Kubernetes, owner: SecretOwner, delivery: Delivery): Promise<Change> {
  const { namespace, secret } = delivery;
  const notKnown = `it is not known when the values of Secret ${namespace}/${secret} changed`;
  try {
    const metadata = await kubernetes.metadata<SecretMetadata>(`/api/v1/namespaces/${namespace}/secrets/${secret}`);
    const at = (metadata?.managedFields ?? [])
      .filter(({ fieldsV1 }) => fieldsV1 && "f:data" in fieldsV1)
      .flatMap(({ time }) => time ?? [])
      .sort()
      .at(-1);
    if (at !== undefined) return { at };
    const missing = metadata ? "it has none" : "it is not there";
    return { unknown: `${notKnown}: ${missing} (npm run ops -- doctor names the cause)` };
  } catch (error) {
    // Of a Secret that Terraform made the operator says so at every look.
    if (!(error instanceof KubernetesError) || error.status !== 403 || owner !== "operator") throw error;
  }
  const object = await kubernetes.get<StaticSecret>(staticSecretPath(delivery));
  const synced = object?.status?.conditions?.find(({ type }) => type === "SecretSynced");
  if (synced?.status === "True") return { at: synced.lastTransitionTime };
  // After a failure it stays so until a value changes, whatever was carried over before.
  const says = synced ? `${synced.reason}: ${synced.message}` : "nothing of it";
  return { unknown: `${notKnown}: the operator says ${says}; give yourself get on secrets in ${namespace}` };
}

/** When a pod's oldest container began: it has the values of that time. One that runs none yet will have the new. */
function began({ status }: DatedPod): string {
  const times = (status?.containerStatuses ?? []).flatMap(({ state }) => state?.running?.startedAt ?? []);
  return times.sort()[0] ?? "9999";
}
