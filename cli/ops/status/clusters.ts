import type { Cluster, Platform, Tenant } from "../../../model";
import { Kubernetes } from "../../kubernetes";
import { OPERATOR_API, staticSecretPath, type Condition, type StaticSecret } from "../../up/sync";
import { OpsError } from "../errors";
import type { Io } from "../io";

/** How a tenant's values get to its Secret, as it is now. */
export interface BindingStatus {
  /** `<app>-<environment>` */
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
}

/** Something that the cluster warned of in an app's namespace. */
export interface WarningEvent {
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
  readonly bindings: readonly BindingStatus[];
  readonly events: readonly WarningEvent[];
}

/** An event, as far as it is looked into. */
interface Event {
  readonly type: string;
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
 * What there is to know of a cluster. `visit` is called while it can be asked. Throws nothing that the cluster answers:
 * that is in the result.
 */
export async function clusterStatus(
  io: Io,
  platform: Platform,
  cluster: Cluster,
  visit?: (kubernetes: Kubernetes) => Promise<void>,
): Promise<ClusterStatus> {
  const known = { name: cluster.name, context: cluster.context };
  let kubernetes: Kubernetes | undefined;
  try {
    kubernetes = await Kubernetes.open(cluster, io.env);
    const crds = (await kubernetes.list(`${OPERATOR_API}/vaultstaticsecrets?limit=1`)) !== undefined;
    const tenants = platform.tenants.filter((tenant) => tenant.delivery?.cluster === cluster.name);
    const namespaces = [...new Set(tenants.map((tenant) => tenant.delivery!.namespace))];
    const events = await warnings(io, kubernetes, namespaces);
    const bindings = crds ? await bindingsOf(kubernetes, tenants) : [];
    const operator = await operatorPods(kubernetes, cluster);
    await visit?.(kubernetes);
    return { ...known, crds, operator, bindings, events };
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    return { ...known, failure: error, bindings: [], events: [] };
  } finally {
    kubernetes?.close();
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

async function bindingsOf(kubernetes: Kubernetes, tenants: readonly Tenant[]): Promise<BindingStatus[]> {
  return Promise.all(
    tenants.map(async ({ name, delivery }) => {
      const { namespace, secret } = delivery!;
      const found = await kubernetes.get<StaticSecret>(staticSecretPath(delivery!));
      const conditions = found?.status?.conditions ?? [];
      const of = (type: string): Condition | undefined => conditions.find((condition) => condition.type === type);
      const said = (condition: Condition | undefined): string =>
        condition ? { True: "yes", False: "no", Unknown: "?" }[condition.status] : "?";
      const synced = of("SecretSynced");
      return {
        name,
        namespace,
        secret,
        ready: said(of("Ready")),
        healthy: said(of("Healthy")),
        synced: said(synced),
        // The operator writes the condition at each sync.
        ...(synced?.status === "True" && { lastSync: new Date(synced.lastTransitionTime).toISOString() }),
        ...(!found
          ? { says: `there is no VaultStaticSecret ${delivery!.vaultStaticSecret}` }
          : synced && synced.status !== "True"
            ? { says: inOneLine(synced.message) }
            : {}),
      };
    }),
  );
}

async function warnings(io: Io, kubernetes: Kubernetes, namespaces: readonly string[]): Promise<WarningEvent[]> {
  const found = await Promise.all(
    namespaces.map(async (namespace) =>
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

/** A message of the operator on one line: Vault's answers in it are spread over several. */
export function inOneLine(message: string): string {
  return message
    .replace(/, horizon=[^,]+/, "")
    .replace(/\s*\n\s*\*?\s*/g, " ")
    .trim();
}
