import type { RestartTarget } from "../../../model";

/** A pod controller, as far as it is looked into. Source: Kubernetes' API reference, apps/v1. */
export interface Controller {
  readonly metadata: { readonly generation?: number };
  readonly spec: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly selector: Selector;
    /** Of a StatefulSet and a DaemonSet. */
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number } };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
    readonly conditions?: readonly { readonly type: string; readonly reason?: string; readonly message?: string }[];
  };
}

/** Which pods are a controller's. */
export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
    readonly values?: readonly string[];
  }[];
}

/** A selector as a query has it. Source: Kubernetes' documentation, "Labels and Selectors". */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: Selector): string {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }) => {
      if (operator === "Exists") return key;
      if (operator === "DoesNotExist") return `!${key}`;
      return `${key} ${operator === "In" ? "in" : "notin"} (${values.join(",")})`;
    }),
  ].join(",");
}

/** Why a restart would not reach a controller's pods, and what to do; undefined where it does. */
export function cannotRoll({ spec }: Controller): string | undefined {
  if (spec.paused) return "it is paused: take spec.paused out, then run this again";
  if (spec.updateStrategy?.type === "OnDelete")
    return "its updateStrategy is OnDelete: a new pod comes only where somebody deletes the old one";
  const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  if (partition > 0) return `its rolling update leaves the pods below ordinal ${partition} alone (partition)`;
  return undefined;
}

/** How far a controller's rollout is. */
export interface Progress {
  readonly done: boolean;
  /** `1 of 3 pods new, 2 ready`; empty until its controller has seen the change. */
  readonly says: string;
  /** Why it will not be done; undefined while it may be. */
  readonly failure?: string;
}

/** How far a rollout is, by the rules of `kubectl rollout status`. */
export function progressOf(kind: RestartTarget["kind"], { metadata, spec, status = {} }: Controller): Progress {
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) return { done: false, says: "" };
  const daemon = kind === "DaemonSet";
  const wanted = (daemon ? status.desiredNumberScheduled : (spec.replicas ?? 1)) ?? 0;
  const updated = (daemon ? status.updatedNumberScheduled : status.updatedReplicas) ?? 0;
  const ready =
    { Deployment: status.availableReplicas, StatefulSet: status.readyReplicas, DaemonSet: status.numberAvailable }[
      kind
    ] ?? 0;
  // The old pods of a Deployment go last.
  const leaving = kind === "Deployment" ? Math.max(0, (status.replicas ?? 0) - updated) : 0;
  const failed = status.conditions?.find(({ reason }) => reason === "ProgressDeadlineExceeded");
  return {
    done: updated >= wanted && ready >= wanted && leaving === 0,
    says: `${updated} of ${wanted} pods new, ${ready} ready`,
    failure: failed && (failed.message ?? "its progress deadline is exceeded"),
  };
}
