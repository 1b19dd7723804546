import { boundSets, type Delivery, type Platform, type Tenant } from "../../model";
import type { Kubernetes } from "../kubernetes";
import { OpsError } from "../ops/errors";
import { CONTINUES } from "./steps";

/** A condition of an object of the operator. Source: the CRDs of the operator 1.4.1. */
export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number;
}

/** A VaultStaticSecret, as far as it is looked into. */
export interface StaticSecret {
  readonly metadata: { readonly name: string; readonly generation?: number; readonly finalizers?: readonly string[] };
  readonly spec?: {
    /** The version that it delivers; 0, as none: the newest. */
    readonly version?: number;
  };
  readonly status?: {
    readonly lastGeneration?: number;
    readonly secretMAC?: string;
    readonly conditions?: readonly Condition[];
  };
}

/** The operator's API group and version. */
export const OPERATOR_API = "/apis/secrets.hashicorp.com/v1beta1";

/** The path of a set's VaultStaticSecret. */
export function staticSecretPath({ namespace, vaultStaticSecret }: Delivery): string {
  return `${OPERATOR_API}/namespaces/${namespace}/vaultstaticsecrets/${vaultStaticSecret}`;
}

function is({ status }: StaticSecret, type: string): boolean {
  return status?.conditions?.some((condition) => condition.type === type && condition.status === "True") ?? false;
}

/**
 * Whether the Secret has the values, by what the operator saw last. Of a Secret that has them it says Ready, and leaves
 * SecretSynced as an earlier failure wrote it: it writes that where it carries something over. Source: the operator
 * 1.4.1, vaultstaticsecret_controller.go.
 */
export function hasValues(secret: StaticSecret): boolean {
  return is(secret, "SecretSynced") || is(secret, "Ready");
}

/** Whether the operator has carried the values over, for the object as it is now. */
export function isSynced(secret: StaticSecret): boolean {
  return hasValues(secret) && secret.status?.lastGeneration === secret.metadata.generation;
}

/** What the operator says is wrong, in few words; empty if it says nothing. `kind`: what it is an object of. */
export function complaint(secret: StaticSecret | undefined, kind = "VaultStaticSecret"): string {
  if (!secret) return `there is no ${kind}`;
  const told = hasValues(secret) ? ["Ready", "Healthy"] : ["SecretSynced", "Ready", "Healthy"];
  const bad = secret.status?.conditions?.find(({ type, status }) => told.includes(type) && status !== "True");
  return bad
    ? `${bad.reason}: ${bad.message}`
    : secret.status?.conditions?.length
      ? ""
      : "the operator has not looked at it yet";
}

/**
 * Waits until the operator's CRDs are served: the API server takes a moment from accepting to serving them. Throws an
 * OpsError after 60 s.
 */
export async function waitForCrds(kubernetes: Kubernetes): Promise<void> {
  await until(
    async () => (await kubernetes.list(`${OPERATOR_API}/vaultstaticsecrets?limit=1`)) !== undefined,
    60_000,
    () => `cluster ${kubernetes.cluster.name}: the operator's CRDs are not served after 60 s; apply its stack again.`,
  );
}

/** What is to be in a Secret, and the path of the operator's object that carries it there. */
interface Waited {
  readonly name: string;
  readonly path: string;
}

/** Credentials of a database that reach a Secret. */
export interface DeliveredDatabase extends Waited, Pick<Delivery, "cluster" | "namespace" | "secret"> {}

/** Those of some tenants. */
export function deliveredDatabases(tenants: readonly Tenant[]): DeliveredDatabase[] {
  return tenants.flatMap(({ delivery, databases }) =>
    databases.flatMap(({ role: name, delivery: names }) => {
      if (!delivery || !names) return [];
      const { cluster, namespace } = delivery;
      const path = `${OPERATOR_API}/namespaces/${namespace}/vaultdynamicsecrets/${names.vaultDynamicSecret}`;
      return { name, cluster, namespace, secret: names.secret, path };
    }),
  );
}

/** What an environment's apps get: values of their sets, and credentials of databases. */
export function deliveredIn({ tenants }: Platform, environment: string): Waited[] {
  const here = tenants.filter((tenant) => tenant.environment === environment);
  return [
    ...boundSets(here).flatMap(({ name, delivery }) => (delivery ? { name, path: staticSecretPath(delivery) } : [])),
    ...deliveredDatabases(here),
  ];
}

/**
 * Waits until everything that is delivered is in its Secret; `progress` is told how many are. Throws an OpsError, with
 * what the operator says, after `timeoutMs` milliseconds, and at an interrupt.
 */
export async function waitForSync(
  kubernetes: Kubernetes,
  waited: readonly Waited[],
  timeoutMs: number,
  progress: (text: string) => void,
  interrupted?: AbortSignal,
): Promise<void> {
  const waiting = new Map(waited.map(({ name, path }) => [name, path]));
  const total = waiting.size;
  const said = new Map<string, string>();
  let told = 0;
  await until(
    async () => {
      for (const [name, path] of waiting) {
        const secret = await kubernetes.get<StaticSecret>(path);
        if (secret && isSynced(secret)) waiting.delete(name);
        else said.set(name, secret ? complaint(secret) || "not synced" : `there is no ${path.split("/").at(-1)}`);
      }
      const synced = total - waiting.size;
      if (synced > told && total > 1) progress(`${synced} of ${total} synced`);
      told = synced;
      return waiting.size === 0;
    },
    timeoutMs,
    () => {
      const first = [...waiting.keys()].slice(0, 3).map((name) => `${name}: ${said.get(name)}`);
      return (
        `${waiting.size} of ${total} secret sets are not in their Secrets after ${timeoutMs / 1000} s. ` +
        `${first.join("; ")}. npm run ops -- doctor names the cause; then run this again.`
      );
    },
    interrupted,
  );
}

async function until(
  condition: () => Promise<boolean>,
  timeoutMs: number,
  otherwise: () => string,
  interrupted?: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (interrupted?.aborted) throw new OpsError(CONTINUES);
    if (Date.now() > deadline) throw new OpsError(otherwise());
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
