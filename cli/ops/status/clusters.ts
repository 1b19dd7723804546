import type { BoundSet, Cluster, Delivery } from "../../../model";
import { Kubernetes } from "../../kubernetes";
import {
  complaint,
  hasValues,
  OPERATOR_API,
  staticSecretPath,
  type DeliveredDatabase,
  type StaticSecret,
} from "../../up/sync";
import { OpsError } from "../errors";
import type { Io } from "../io";
import { eachInParallel } from "../parallel";
import type { KvMetadata } from "../../vault";

/** How a set's values get to an app's Secret. */
export interface Binding {
  readonly tenant: BoundSet;
  /** The operator's object; undefined where there is none. */
  readonly object: StaticSecret | undefined;
}

/** Something that the cluster warned of in an app's namespace. */
interface WarningEvent {
  readonly namespace: string;
  /** `VaultStaticSecret sample-node-api-vault-static-secret` */
  readonly object: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** ISO 8601, UTC. */
  readonly last: string;
}

/** A cluster, as it is now. */
export interface ClusterStatus {
  readonly name: string;
  readonly context: string;
  /** Why nothing is known of it. */
  readonly failure?: OpsError;
  /** Whether the operator's CRDs are served. */
  readonly crds?: boolean;
  /** Its operator's pods, as `1 of 1 ready`; `none` if it is not installed here. */
  readonly operator?: string;
  readonly events: readonly WarningEvent[];
}

/** What was read of a cluster. */
interface ClusterRead {
  readonly status: ClusterStatus;
  readonly bindings: readonly Binding[];
  /** Bindings of databases. */
  readonly databases: readonly BindingStatus[];
  /** Whoever reads a cluster closes it; undefined where it cannot be asked. */
  readonly kubernetes?: Kubernetes;
}

/** An event, as far as it is looked into. */
interface Event {
  readonly reason: string;
  readonly message: string;
  readonly count?: number;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly involvedObject: { readonly kind: string; readonly name: string };
}

/** Warnings older than this are not shown: Kubernetes keeps them for an hour by default. Milliseconds. */
const RECENT_MS = 3_600_000;

/**
 * What there is to know of a cluster, and of the bindings of these sets and databases in it. Throws nothing that the
 * cluster answers: that is in the result.
 */
export async function readCluster(
  io: Io,
  sets: readonly BoundSet[],
  cluster: Cluster,
  delivered: readonly DeliveredDatabase[] = [],
): Promise<ClusterRead> {
  const known = { name: cluster.name, context: cluster.context };
  let kubernetes: Kubernetes | undefined;
  try {
    kubernetes = await Kubernetes.open(cluster, io.env);
    const crds = (await kubernetes.list(`${OPERATOR_API}/vaultstaticsecrets?limit=1`)) !== undefined;
    const here = sets.filter((tenant) => tenant.delivery?.cluster === cluster.name);
    const events = await warnings(io, kubernetes, new Set(here.map((tenant) => tenant.delivery!.namespace)));
    const bindings = await eachInParallel(io, crds ? here : [], "reading bindings", async (tenant) => ({
      tenant,
      object: await kubernetes!.get<StaticSecret>(staticSecretPath(tenant.delivery!)),
    }));
    const operator = await operatorPods(kubernetes, cluster);
    const databases = await databaseBindings(io, kubernetes, delivered);
    return { status: { ...known, crds, operator, events }, bindings, databases, kubernetes };
  } catch (error) {
    kubernetes?.close();
    if (!(error instanceof OpsError)) throw error;
    return { status: { ...known, failure: error, events: [] }, bindings: [], databases: [] };
  }
}

async function operatorPods(kubernetes: Kubernetes, cluster: Cluster): Promise<string> {
  type Deployment = {
    readonly spec: { readonly replicas?: number };
    readonly status?: { readonly readyReplicas?: number };
  };
  const selector = encodeURIComponent("app.kubernetes.io/name=vault-secrets-operator");
  const [deployment] = cluster.operator
    ? ((await kubernetes.list<Deployment>(
        `/apis/apps/v1/namespaces/${cluster.operator.namespace}/deployments?labelSelector=${selector}`,
      )) ?? [])
    : [];
  return deployment ? `${deployment.status?.readyReplicas ?? 0} of ${deployment.spec.replicas ?? 1} ready` : "none";
}

async function warnings(io: Io, kubernetes: Kubernetes, namespaces: ReadonlySet<string>): Promise<WarningEvent[]> {
  const found = await Promise.all(
    [...namespaces].map(async (namespace) =>
      (
        (await kubernetes.list<Event>(
          `/api/v1/namespaces/${namespace}/events?fieldSelector=${encodeURIComponent("type=Warning")}`,
        )) ?? []
      ).map(({ involvedObject, reason, message, count, lastTimestamp, eventTime }) => ({
        namespace,
        object: `${involvedObject.kind} ${involvedObject.name}`,
        reason,
        message: inOneLine(message),
        count: count ?? 1,
        last: new Date(lastTimestamp || eventTime || 0).toISOString(),
      })),
    ),
  );
  return found
    .flat()
    .filter(({ last }) => io.now().getTime() - Date.parse(last) < RECENT_MS)
    .sort((a, b) => (a.last < b.last ? 1 : -1));
}

/** How a tenant's values get to its Secret, as `status` shows it. */
export interface BindingStatus {
  /** `<app>-<environment>`, of a shared set `<app>-<environment>/<set>` */
  readonly name: string;
  readonly namespace: string;
  readonly secret: string;
  /** `yes`, `no`, or `?` where the operator has not said. */
  readonly ready: string;
  readonly healthy: string;
  readonly synced: string;
  /** When the values were carried over last, ISO 8601, UTC; undefined if the operator does not say. */
  readonly lastSync?: string;
  /** What the operator says is wrong. */
  readonly says?: string;
  /** The version that it delivers, whatever newer ones there are; undefined: the newest. */
  readonly pinnedVersion?: number;
  /** The newest version in Vault; undefined where that was not looked at. */
  readonly newestVersion?: number;
}

/** What there is to know of the bindings of databases in a cluster. Throws OpsErrors. */
function databaseBindings(
  io: Io,
  kubernetes: Kubernetes,
  delivered: readonly DeliveredDatabase[],
): Promise<BindingStatus[]> {
  const here = delivered.filter(({ cluster }) => cluster === kubernetes.cluster.name);
  return eachInParallel(io, here, "reading bindings of databases", async ({ name, path, ...delivery }) => {
    const object = await kubernetes.get<StaticSecret>(path);
    return bindingStatus({ tenant: { name, delivery }, object, kind: "VaultDynamicSecret" });
  });
}

/** Whose binding it is, and where to. */
interface Bound extends Pick<Binding, "object"> {
  readonly tenant: Pick<BoundSet, "name"> & { readonly delivery?: Pick<Delivery, "namespace" | "secret"> };
  /** @default "VaultStaticSecret" */
  readonly kind?: string;
}

/** What the operator says of a binding, in words, and which version of its set it delivers. */
export function bindingStatus(
  { tenant: { name, delivery }, object, kind }: Bound,
  metadata?: KvMetadata,
): BindingStatus {
  const { namespace, secret } = delivery!;
  const of = (type: string) => object?.status?.conditions?.find((condition) => condition.type === type);
  const said = (type: string): string => ({ True: "yes", False: "no", Unknown: "?" })[of(type)?.status ?? "Unknown"];
  const condition = of("SecretSynced");
  const synced = object && hasValues(object) ? "yes" : said("SecretSynced");
  return {
    name,
    namespace,
    secret,
    ready: said("Ready"),
    healthy: said("Healthy"),
    synced,
    // The operator writes the condition at each sync.
    lastSync: condition?.status === "True" ? new Date(condition.lastTransitionTime).toISOString() : undefined,
    says: inOneLine(complaint(object, kind)) || undefined,
    // As the cluster has it: the config may be ahead.
    pinnedVersion: object?.spec?.version || undefined,
    newestVersion: metadata?.current_version,
  };
}

/** A message of the operator on one line: Vault's answers in it are spread over several. */
export function inOneLine(message: string): string {
  return message
    .replace(/, horizon=[^,]+/, "")
    .replace(/\s*\n\s*\*?\s*/g, " ")
    .trim();
}
