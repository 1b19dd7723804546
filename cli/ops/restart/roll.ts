import { setTimeout } from "node:timers/promises";
import type { Kubernetes } from "../../kubernetes";
import { runsSteadily, stageOf, troublesOf, type KubernetesEvent } from "../../up/pod-status";
import { OpsError } from "../errors";
import type { Io } from "../io";
import { controllerPath, podsOf, type Workload } from "./look";
import { progressOf, type Controller } from "./rollout";

/** Between two looks. Milliseconds. */
const EVERY_MS = 1_000;

/**
 * Restarts a controller's pods as `kubectl rollout restart` does, by an annotation of its pods' template, and waits
 * until all are new and ready; says how far it is. How many go at a time is the controller's own strategy.
 *
 * Throws an OpsError, with each pod that does not come up and why, after `seconds` and where Kubernetes itself gives
 * up; KubernetesErrors.
 */
export async function roll(io: Io, kubernetes: Kubernetes, workload: Workload, seconds: number): Promise<void> {
  const path = controllerPath(workload);
  const called = `${workload.kind} ${workload.namespace}/${workload.name}`;
  const begun = io.now();
  // To the second, as kubectl writes it.
  const restartedAt = `${begun.toISOString().slice(0, 19)}Z`;
  const annotations = { "kubectl.kubernetes.io/restartedAt": restartedAt };
  await kubernetes.patch(path, { spec: { template: { metadata: { annotations } } } });
  const deadline = Date.now() + seconds * 1000;
  for (let said = ""; ;) {
    const controller = await kubernetes.get<Controller>(path);
    if (!controller) throw new OpsError(`${called} was deleted meanwhile`);
    const { done, says, failure } = progressOf(workload.kind, controller);
    if (says !== "" && says !== said) io.err(`${called}: ${says}`);
    said = says || said;
    if (done) return;
    const gaveUp = failure ?? (Date.now() > deadline ? `it is not up after ${seconds} s` : undefined);
    if (gaveUp !== undefined) throw await inVain(kubernetes, workload, controller, begun, `${called}: ${gaveUp}`);
    await setTimeout(EVERY_MS);
  }
}

async function inVain(
  kubernetes: Kubernetes,
  workload: Workload,
  controller: Controller,
  begun: Date,
  what: string,
): Promise<OpsError> {
  const { namespace, name, kind } = workload;
  const all = (await kubernetes.list<KubernetesEvent>(`/api/v1/namespaces/${namespace}/events`)) ?? [];
  const dated = all.map((event) => [event.lastTimestamp ?? event.eventTime ?? "", event] as const);
  const events = dated
    .filter(([time]) => Date.parse(time) >= begun.getTime() - EVERY_MS)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, event]) => event);
  // A Deployment's pods are made by its ReplicaSets, which have its name before their own.
  const wanting = new Set(events.map(({ involvedObject }) => involvedObject.name));
  const pods = await podsOf(kubernetes, workload, controller);
  const troubles = troublesOf({
    pods,
    claims: [],
    events,
    wanting: [...wanting].filter((each) => each === name || each.startsWith(`${name}-`)),
  });
  const waiting = pods.filter((pod) => !runsSteadily(pod, Date.now()));
  const told = troubles.length
    ? troubles.map(({ where, what: seen }) => `${where}: ${seen}`)
    : waiting.map((pod) => `pod ${pod.metadata.name}: ${stageOf(pod)}`);
  const kubectl = `kubectl --context ${kubernetes.cluster.context} -n ${namespace}`;
  return new OpsError(
    [
      what,
      ...told.map((line) => `  ${line}`),
      `  Back to the pods before: ${kubectl} rollout undo ${kind.toLowerCase()}/${name}`,
    ].join("\n"),
  );
}
