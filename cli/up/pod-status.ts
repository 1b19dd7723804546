import { counted } from "../counted";

/** What the API says of a pod, as far as it is looked into. Source: Kubernetes' API reference. */
export interface PodStatus {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly name?: string;
      readonly controller?: boolean;
    }[];
  };
  readonly spec?: {
    readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

/** One container of a pod. */
export interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt: string };
  readonly terminated?: { readonly exitCode: number; readonly reason?: string };
}

/** A volume claim. */
export interface Claim {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly storageClassName?: string };
  readonly status?: { readonly phase?: string };
}

/** What happened to an object. */
export interface KubernetesEvent {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly involvedObject: { readonly kind: string; readonly name: string };
}

/** What is in a release's namespace. */
export interface Observed {
  /** The release's pods, and those of its hooks while they run. */
  readonly pods: readonly PodStatus[];
  readonly claims: readonly Claim[];
  /** In the order in which they happened. */
  readonly events: readonly KubernetesEvent[];
  /** Controllers of the release that have fewer pods than they should. */
  readonly wanting: readonly string[];
}

/** Something that keeps a pod from running. */
export interface Trouble {
  /** The object, e.g. `pod sample-vault-0, container vault`. */
  readonly where: string;
  /** What is seen, in the words of Kubernetes. */
  readonly what: string;
  readonly remedy: string;
  /** Whether only somebody's doing ends it: waiting is in vain. */
  readonly lasting: boolean;
  /** Whose last lines tell more. */
  readonly log?: { readonly pod: string; readonly container: string; readonly previous: boolean };
}

/** A crash lasts once a container was started again this often: about 30 s, by the kubelet's back-off. */
const LASTING_RESTARTS = 2;

/** The waits of every start. */
const ORDINARY = new Set(["ContainerCreating", "PodInitializing"]);
const NO_IMAGE = new Set(["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"]);
/** Answers of a registry that the next try will not change. */
const REFUSED_FOR_GOOD = /not found|manifest unknown|denied|unauthorized|couldn't parse image/i;

/**
 * What keeps a release's pods from running, each with where, what and what to do; empty while all goes its ordinary
 * way. Of a pod only the first is told: what comes after follows from it.
 */
export function troublesOf(observed: Observed): Trouble[] {
  return [...observed.pods.flatMap((pod) => podTrouble(pod, observed) ?? []), ...neverMade(observed)];
}

/** In few words, what a pod is at: `runs`, `waits for a node`, `ContainerCreating (vault)`. */
export function stageOf({ status }: PodStatus): string {
  const waiting = containersOf(status).find(({ state }) => state?.waiting);
  if (waiting) return `${waiting.state!.waiting!.reason ?? "waiting"} (${waiting.name})`;
  if (status?.phase === "Running") return "runs";
  return status?.phase === "Pending" ? "waits for a node" : (status?.phase ?? "not seen yet");
}

function containersOf(status: PodStatus["status"]): readonly ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

function podTrouble(pod: PodStatus, observed: Observed): Trouble | undefined {
  for (const container of containersOf(pod.status)) {
    const trouble = containerTrouble(pod.metadata.name, container);
    if (trouble) return trouble;
  }
  return notPlaced(pod, observed) ?? notMounted(pod, observed);
}

function containerTrouble(pod: string, container: ContainerStatus): Trouble | undefined {
  const { name, image, state, lastState, restartCount } = container;
  const where = `pod ${pod}, container ${name}`;
  const { reason = "", message = "" } = state?.waiting ?? {};
  if (NO_IMAGE.has(reason))
    return {
      where,
      what: `its image ${image} cannot be pulled: ${reason}${message && `, ${message}`}`,
      remedy:
        "Check the image's name and tag in the config, that the node reaches the registry, and that it may pull " +
        "there (imagePullSecrets); an image that was loaded into the node by hand is found at the next try.",
      lasting: reason === "InvalidImageName" || reason === "ErrImageNeverPull" || REFUSED_FOR_GOOD.test(message),
    };
  const ended = state?.terminated ?? (reason === "CrashLoopBackOff" ? lastState?.terminated : undefined);
  if (ended && ended.exitCode !== 0)
    return {
      where,
      what:
        `it crashes: ended ${counted(restartCount + 1, "time")}, the last time with exit code ${ended.exitCode}` +
        (ended.reason && ended.reason !== "Error" ? ` (${ended.reason})` : ""),
      remedy:
        ended.reason === "OOMKilled"
          ? "Raise its memory limit in the config."
          : "Its last lines say why; correct the config.",
      lasting: restartCount >= LASTING_RESTARTS,
      log: { pod, container: name, previous: !state?.terminated },
    };
  if (reason === "" || ORDINARY.has(reason)) return undefined;
  return {
    where,
    what: `cannot be started: ${reason}${message && `, ${message}`}`,
    remedy: "Make what it names, or correct the config.",
    lasting: false,
  };
}

function notPlaced({ metadata: { name }, spec, status }: PodStatus, { claims, events }: Observed): Trouble | undefined {
  const placed = status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (placed?.status !== "False" || placed.reason !== "Unschedulable") return undefined;
  const { message = "" } = placed;
  const own = (spec?.volumes ?? []).map(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName);
  const failed = ({ metadata }: Claim) =>
    events.findLast(({ type, involvedObject }) => type === "Warning" && involvedObject.name === metadata.name);
  const open = claims.filter(
    ({ metadata, status: { phase } = {} }) => own.includes(metadata.name) && phase !== "Bound",
  );
  const unbound = open.find(failed) ?? open[0];
  if (!unbound || !/persistent ?volume|volume/i.test(message))
    return {
      where: `pod ${name}`,
      what: `no node takes it: ${message}`,
      remedy: "Add a node, free what is asked for, or ask for less in the config (resources, mode).",
      lasting: false,
    };
  const claim = unbound.metadata.name;
  const said = failed(unbound);
  const { storageClassName } = unbound.spec ?? {};
  return {
    where: `pod ${name}, claim ${claim}`,
    what:
      `no volume is bound to it (${storageClassName ? `class ${storageClassName}` : "no storage class"}): ` +
      (said?.message ?? message),
    remedy:
      "Name a storage class that exists in storage and auditStorage of the Vault's config, or make a volume for it. " +
      "A claim's class cannot be changed: delete the claim, which is empty as long as it was never bound.",
    lasting: false,
  };
}

function notMounted({ metadata: { name }, status }: PodStatus, { events }: Observed): Trouble | undefined {
  if (!containersOf(status).some(({ state }) => ORDINARY.has(state?.waiting?.reason ?? ""))) return undefined;
  const said = events.findLast(
    ({ type, reason, involvedObject }) =>
      type === "Warning" && involvedObject.name === name && /Mount|Volume|Sandbox/.test(reason),
  );
  if (!said) return undefined;
  return {
    where: `pod ${name}`,
    what: `cannot be started: ${said.reason}, ${said.message}`,
    remedy: "Make what it names (a Secret, a volume), or correct the config.",
    lasting: false,
  };
}

/** Pods that the API server refuses: only their controller's events tell. */
function neverMade({ events, wanting }: Observed): Trouble[] {
  return wanting.flatMap((name) => {
    const said = events.findLast(
      ({ reason, involvedObject }) => reason === "FailedCreate" && involvedObject.name === name,
    );
    if (!said) return [];
    const security = /violates PodSecurity/.test(said.message);
    return {
      where: `${said.involvedObject.kind} ${name}`,
      what: `its pods are refused by the API server: ${said.message}`,
      remedy: security
        ? "The namespace takes restricted pods alone: take what is named out of the chart's values in the config."
        : "Do what it says, or ask the cluster's administrators: a quota or a policy of the cluster refuses them.",
      // Its controller tries again: a webhook may be back by then, or a quota larger.
      lasting: security,
    };
  });
}

/** How long a container that was started again must run before it counts. Milliseconds. */
const STEADY_MS = 10_000;

/**
 * Whether all containers of a pod run, and none was started again a moment ago: between two crashes the pod's phase
 * says Running too.
 */
export function runsSteadily({ status }: PodStatus, now: number): boolean {
  const containers = status?.containerStatuses ?? [];
  return (
    status?.phase === "Running" &&
    containers.length > 0 &&
    containers.every(
      ({ state, restartCount }) =>
        state?.running && (restartCount === 0 || now - Date.parse(state.running.startedAt) > STEADY_MS),
    )
  );
}
