import { setTimeout } from "node:timers/promises";
import type { Kubernetes } from "../kubernetes";
import { OpsError } from "../ops/errors";
import { sayableLines } from "./log-lines";
import {
  runsSteadily,
  stageOf,
  troublesOf,
  type Claim,
  type KubernetesEvent,
  type Observed,
  type PodStatus,
  type Trouble,
} from "./pod-status";

/** Last lines of a container's log that are shown. */
const LOG_LINES = 5;
/** What is seen for a moment alone is not told; what lasts is believed after a while. Milliseconds. */
const TOLD_AFTER_MS = 1_000;
const BELIEVED_AFTER_MS = 5_000;
/** Between two looks while something else is done. Milliseconds. */
const EVERY_MS = 1_000;
/** How long all may go its ordinary way before it is said what pods are at. Milliseconds. */
const QUIET_MS = 5_000;

/** The label by which a chart marks what is its release's. */
const INSTANCE = "app.kubernetes.io/instance";

/** A Helm release in a cluster. */
export interface ReleaseAt {
  readonly namespace: string;
  readonly release: string;
}

/** What one look showed. */
export interface Look {
  /** The names of the pods that run, by number. */
  readonly running: readonly string[];
  /** What keeps others from running. */
  readonly troubles: readonly Trouble[];
  /** One that no waiting ends, seen for some seconds; undefined if there is none. */
  readonly lasting: Trouble | undefined;
}

/** Looks at a release's pods while somebody waits for them, and says what they wait for as soon as it shows. */
export class PodWatch {
  private readonly since = new Map<string, number>();
  private readonly told = new Set<string>();
  private readonly began: number;
  private stages = "";

  /** @param now the time in milliseconds; a test gives its own */
  constructor(
    private readonly kubernetes: Pick<Kubernetes, "cluster" | "list" | "text">,
    private readonly at: ReleaseAt,
    private readonly say: (text: string) => void,
    private readonly now = Date.now,
  ) {
    this.began = now();
  }

  /** Looks once; what is new is said. Throws KubernetesErrors. */
  async look(): Promise<Look> {
    const observed = await this.observe();
    const now = this.now();
    const troubles = troublesOf(observed);
    const keys = new Map(troubles.map((trouble) => [`${trouble.where}: ${trouble.what}`, trouble]));
    for (const key of this.since.keys()) if (!keys.has(key)) this.since.delete(key);
    for (const [key, trouble] of keys) {
      const since = this.since.get(key) ?? now;
      this.since.set(key, since);
      if (now - since < TOLD_AFTER_MS || this.told.has(key)) continue;
      this.told.add(key);
      for (const line of (await this.explain(trouble)).split("\n")) this.say(line);
    }
    this.sayStages(observed, troubles, now);
    const lasting = [...keys].find(
      ([key, trouble]) => trouble.lasting && now - this.since.get(key)! > BELIEVED_AFTER_MS,
    );
    const running = observed.pods
      .filter((pod) => this.isMember(pod) && runsSteadily(pod, now))
      .map(({ metadata }) => metadata.name);
    return {
      running: running.sort((a, b) => a.localeCompare(b, "en", { numeric: true })),
      troubles,
      lasting: lasting?.[1],
    };
  }

  /** A trouble in words: where, what, the container's last lines without what is secret in them, and what to do. */
  async explain({ where, what, remedy, log }: Trouble): Promise<string> {
    const lines = log ? await this.lastLines(log) : [];
    return [`${where}: ${what}`, ...lines.map((line) => `  | ${line}`), remedy].join("\n");
  }

  /** The error for whom waiting has ended: where, `seen`, what keeps pods from running, and where more is to be had. */
  async inVain({ lasting, troubles }: Look, seen: string): Promise<OpsError> {
    const { name, context } = this.kubernetes.cluster;
    const { namespace } = this.at;
    const told = await Promise.all((lasting ? [lasting] : troubles).map((trouble) => this.explain(trouble)));
    return new OpsError(
      [
        `cluster ${name}, namespace ${namespace}: ${seen}`,
        ...told,
        `More: kubectl --context ${context} -n ${namespace} describe pods. Then run this again; it continues here.`,
      ].join("\n"),
    );
  }

  /** Does `work`, and looks meanwhile. Where it fails, what was seen last is thrown with it. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const over = new AbortController();
    let seen: readonly Trouble[] = [];
    const watching = (async () => {
      while (!over.signal.aborted) {
        // A look that fails says nothing: what Terraform does may be what is in its way.
        seen = await this.look().then(
          ({ troubles }) => troubles,
          () => seen,
        );
        await setTimeout(EVERY_MS, undefined, { signal: over.signal }).catch(() => undefined);
      }
    })();
    try {
      return await work();
    } catch (error) {
      if (seen[0] && error instanceof Error) error.message = `${await this.explain(seen[0])}\n${error.message}`;
      throw error;
    } finally {
      over.abort();
      await watching;
    }
  }

  private async observe(): Promise<Observed> {
    const { namespace, release } = this.at;
    const list = async <T>(path: string) => (await this.kubernetes.list<T>(path)) ?? [];
    const selector = `labelSelector=${encodeURIComponent(`${INSTANCE}=${release}`)}`;
    type Controller = {
      readonly metadata: { readonly name: string };
      readonly spec: { readonly replicas?: number };
      readonly status?: { readonly replicas?: number };
    };
    const [pods, claims, events, ...controllers] = await Promise.all([
      list<PodStatus>(`/api/v1/namespaces/${namespace}/pods`),
      list<Claim>(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`),
      list<KubernetesEvent>(`/api/v1/namespaces/${namespace}/events`),
      list<Controller>(`/apis/apps/v1/namespaces/${namespace}/statefulsets?${selector}`),
      list<Controller>(`/apis/apps/v1/namespaces/${namespace}/replicasets?${selector}`),
    ]);
    const time = ({ lastTimestamp, eventTime }: KubernetesEvent) => Date.parse(lastTimestamp ?? eventTime ?? "") || 0;
    const wanting = controllers
      .flat()
      .filter(({ spec, status }) => (status?.replicas ?? 0) < (spec.replicas ?? 1))
      .map(({ metadata }) => metadata.name);
    // Pods of a chart's hooks have no label of their release.
    const ours = (pod: PodStatus) =>
      this.isMember(pod) || pod.metadata.ownerReferences?.some(({ kind }) => kind === "Job");
    return {
      pods: pods.filter((pod) => ours(pod) && pod.status?.phase !== "Succeeded"),
      claims,
      events: [...events].sort((a, b) => time(a) - time(b)),
      wanting,
    };
  }

  private isMember({ metadata }: PodStatus): boolean {
    return metadata.labels?.[INSTANCE] === this.at.release;
  }

  private sayStages({ pods }: Observed, troubles: readonly Trouble[], now: number): void {
    const stages = pods.map((pod) => `${pod.metadata.name} ${stageOf(pod)}`).join(", ") || "no pod yet";
    const waits = troubles.length === 0 && !pods.every((pod) => runsSteadily(pod, now));
    if (now - this.began < QUIET_MS || stages === this.stages || !(waits || pods.length === 0)) return;
    this.stages = stages;
    this.say(`waits: ${stages}`);
  }

  private async lastLines({ pod, container, previous }: NonNullable<Trouble["log"]>): Promise<string[]> {
    const query = `container=${container}&tailLines=${LOG_LINES}&previous=${previous}`;
    const path = `/api/v1/namespaces/${this.at.namespace}/pods/${pod}/log?${query}`;
    return sayableLines(await this.kubernetes.text(path).catch(() => ""), LOG_LINES);
  }
}
