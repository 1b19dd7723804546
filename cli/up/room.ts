import type { Installation } from "../../model";
import { counted } from "../counted";
import type { Kubernetes } from "../kubernetes";
import { OpsError } from "../ops/errors";

/** A node, as far as it is looked into. */
interface Node {
  readonly spec?: { readonly unschedulable?: boolean; readonly taints?: readonly { readonly effect: string }[] };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/**
 * Replicas shun one another's nodes, and volumes need a storage class: without either the pods would wait for ever, and
 * so would the backup's jobs. Throws an OpsError for the one that is missing, with the remedy.
 */
export async function checkRoom(
  kubernetes: Kubernetes,
  vault: string,
  { mode, replicas, storage, auditStorage, backup }: Installation,
): Promise<void> {
  const nodes = (await kubernetes.list<Node>("/api/v1/nodes")) ?? [];
  const usable = nodes.filter(
    ({ spec, status }) =>
      !spec?.unschedulable &&
      !spec?.taints?.some(({ effect }) => effect !== "PreferNoSchedule") &&
      status?.conditions?.some(({ type, status: state }) => type === "Ready" && state === "True"),
  );
  if (usable.length < replicas)
    throw new OpsError(
      `cluster ${kubernetes.cluster.name}: has ${counted(usable.length, "ready node")} without taints; ` +
        `Vault ${vault} (${mode}) needs ${replicas}, each replica on a node of its own. ` +
        `Add nodes, or set vaults.${vault}.mode to "standalone".`,
    );
  const claims = { storage, auditStorage, ...(backup && { "backup.to.volume": backup.to.volume }) };
  const open = Object.entries(claims).filter(([, claim]) => !claim?.storageClass);
  if (open.length === 0) return;
  type Claimable = { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } };
  const list = async (path: string) => (await kubernetes.list<Claimable>(path)) ?? [];
  const isDefault = ({ metadata }: Claimable) =>
    metadata.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true";
  if ((await list("/apis/storage.k8s.io/v1/storageclasses")).some(isDefault)) return;
  // Volumes that somebody has made by hand serve as well.
  if ((await list("/api/v1/persistentvolumes")).length > 0) return;
  throw new OpsError(
    `cluster ${kubernetes.cluster.name}: has no default storage class, so the volumes of Vault ` +
      `${vault} would wait for ever. Name one in vaults.${vault}, as storageClass of ` +
      `${open.map(([field]) => field).join(", ")}, or make one the default.`,
  );
}
