import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PlannedChange } from "../../access";
import type { Kubernetes } from "../kubernetes";
import type { Terraform } from "../terraform";
import type { ReleaseAt } from "./pod-watch";

/** A release as a stack's JSON has it. */
export interface StackRelease extends ReleaseAt {
  /** Its address in Terraform, and that of its namespace. */
  readonly address: string;
  readonly namespaceAddress: string;
}

/** The releases of a synthesized stack, each in a namespace that the stack makes. */
export function releasesOf(folder: string): StackRelease[] {
  type Resources<T> = { readonly [name: string]: T };
  const { resource = {} } = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as {
    resource?: {
      helm_release?: Resources<{ name: string; namespace: string }>;
      kubernetes_namespace_v1?: Resources<{ metadata: { name: string } }>;
    };
  };
  const namespaces = Object.entries(resource.kubernetes_namespace_v1 ?? {});
  return Object.entries(resource.helm_release ?? {}).flatMap(([key, { name: release, namespace }]) =>
    namespaces
      .filter(([, { metadata }]) => metadata.name === namespace)
      .map(([own]) => ({
        namespace,
        release,
        address: `helm_release.${key}`,
        namespaceAddress: `kubernetes_namespace_v1.${own}`,
      })),
  );
}

/** Helm's record of a revision, as far as it is looked into. Source: Helm's storage driver `configmap`, the stacks'. */
interface HelmRecord {
  readonly metadata: {
    readonly name: string;
    readonly labels: { readonly version: string; readonly status: string };
  };
}

/**
 * Makes the way free for Helm where an earlier run was interrupted, or gave up: by taking away its records, and nothing
 * of what it made (docs/decisions/0015-what-helm-left-behind.md). The next install or upgrade takes over what is there.
 *
 * - A last revision that is still `pending-…`, and all where it is `uninstalling`: nobody works at it, since the plan
 *   before this has held the state's lock.
 * - Every revision of a release that the plan would create: Terraform's state does not know it.
 *
 * In a namespace that the plan would create too, nothing is touched: what is there is somebody else's. Says what it
 * does; returns whether it did something. Throws KubernetesErrors.
 */
export async function clearInterrupted(
  kubernetes: Kubernetes,
  releases: readonly StackRelease[],
  changes: readonly PlannedChange[],
  say: (text: string) => void,
): Promise<boolean> {
  const creates = (what: string) => changes.some((each) => each.address === what && each.action === "create");
  let cleared = false;
  for (const { namespace, release, address, namespaceAddress } of releases) {
    if (creates(namespaceAddress)) continue;
    const records = await recordsOf(kubernetes, { namespace, release });
    const last = records.at(-1);
    if (!last) continue;
    const { status } = last.metadata.labels;
    const all = creates(address) || status === "uninstalling";
    const stale = all ? records : status.startsWith("pending-") ? [last] : [];
    if (stale.length === 0) continue;
    say(`release ${release}: an earlier run left it ${status}; what there is of it is taken over`);
    for (const { metadata } of stale) await kubernetes.delete(`${recordsPath(namespace)}/${metadata.name}`);
    cleared = true;
  }
  return cleared;
}

/**
 * Makes ready for `down` what an interrupted run left: a release that Terraform's state was not told of is written into
 * it, so that it goes with the rest; the record of an upgrade that was killed is taken away, since Helm uninstalls by
 * the last revision's hooks, and those may wait for what never ran. In a namespace that the state does not know either,
 * what is there is somebody else's.
 */
export async function readyToUninstall(kubernetes: Kubernetes, terraform: Terraform, stack: string): Promise<void> {
  const known = await terraform.addresses(stack);
  for (const { address, namespaceAddress, ...at } of releasesOf(terraform.folder(stack))) {
    if (!known.includes(namespaceAddress)) continue;
    const records = await recordsOf(kubernetes, at);
    const last = records.at(-1);
    if (!last) continue;
    if (records.length > 1 && last.metadata.labels.status.startsWith("pending-"))
      await kubernetes.delete(`${recordsPath(at.namespace)}/${last.metadata.name}`);
    if (!known.includes(address)) await terraform.adopt(stack, address, `${at.namespace}/${at.release}`);
  }
}

function recordsPath(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/configmaps`;
}

/** The revisions of a release, the last one last. */
async function recordsOf(kubernetes: Kubernetes, { namespace, release }: ReleaseAt): Promise<HelmRecord[]> {
  const selector = encodeURIComponent(`owner=helm,name=${release}`);
  const records = (await kubernetes.list<HelmRecord>(`${recordsPath(namespace)}?labelSelector=${selector}`)) ?? [];
  const version = ({ metadata }: HelmRecord) => Number(metadata.labels.version);
  return [...records].sort((a, b) => version(a) - version(b));
}
