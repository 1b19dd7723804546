import type { Cluster, Installation, Platform, Vault } from "../../model";
import { counted } from "../counted";
import { Kubernetes } from "../kubernetes";
import { OpsError } from "../ops/errors";
import type { Io } from "../ops/io";
import type { Terraform } from "../terraform";
import { checkVersion } from "./kubernetes-version";
import { clustersWithEnvironments, withoutClusters, type Scope } from "./scope";

/** What the checks found. */
export interface Checked {
  readonly scope: Scope;
  /** By the cluster's name. */
  readonly clusters: ReadonlyMap<string, Kubernetes>;
  /** In words, for the progress. */
  readonly summary: string;
}

/** A node, as far as it is looked into. */
interface Node {
  readonly spec?: { readonly unschedulable?: boolean; readonly taints?: readonly { readonly effect: string }[] };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/**
 * Looks at everything that `up` needs before it changes anything. Without environments named, clusters that cannot be
 * reached are left out, and said; a named environment's cluster must be there. `installs` says whether this run
 * installs a Vault's server.
 *
 * Throws an OpsError with every problem found, each with its remedy.
 */
export async function check(
  io: Io,
  platform: Platform,
  wanted: Scope,
  named: boolean,
  installs: (vault: Vault) => boolean,
  terraform: Terraform,
): Promise<Checked> {
  const problems: string[] = [];
  const noted = <T>(work: Promise<T>, note: (message: string) => unknown = (message) => problems.push(message)) =>
    work.catch((error: unknown) => {
      if (!(error instanceof OpsError)) throw error;
      note(error.message);
      return undefined;
    });
  if (io.env.VAULT_ADDR && wanted.vaults.length > 1)
    problems.push(
      `VAULT_ADDR: given one address for ${wanted.vaults.length} Vaults ` +
        `(${wanted.vaults.map((vault) => vault.name).join(", ")}); accepted: one for one. Name ` +
        `environments of one Vault, or set TF_VAR_vault_address_<vault> for each.`,
    );
  const version = await noted(terraform.version());
  const clusters = new Map<string, Kubernetes>();
  const lost = new Map<string, string>();
  for (const cluster of neededClusters(wanted, installs)) {
    const kubernetes = await noted(reach(cluster, io.env), (message) => lost.set(cluster.name, message));
    if (kubernetes) clusters.set(cluster.name, kubernetes);
  }
  const scope = withoutClusters(platform, wanted, new Set(lost.keys()), installs);
  if (named || scope.vaults.length === 0) problems.push(...lost.values());
  else for (const [name, message] of lost) io.err(`       cluster ${name} is left out, and what needs it: ${message}`);
  for (const { name } of clustersWithEnvironments(scope)) await noted(checkVersion(clusters.get(name)!));
  for (const { name, installation } of scope.vaults.filter(installs))
    await noted(checkRoom(clusters.get(installation!.cluster)!, name, installation!));
  for (const { vault, cluster, login } of scope.clusters.flatMap(({ auths }) => auths)) {
    const variable = `TF_VAR_reviewer_jwt_${cluster.replaceAll("-", "_")}`;
    if (login.type === "token" && scope.vaults.some(({ name }) => name === vault) && !io.env[variable])
      problems.push(
        `${variable}: given nothing; accepted: a token of a service account of cluster ` +
          `${cluster} bound to system:auth-delegator, by which Vault checks that cluster's logins.`,
      );
  }
  if (problems.length > 0)
    throw new OpsError(`nothing was changed:\n${problems.map((problem) => `- ${problem}`).join("\n")}`);
  const reached = [...clusters.keys()].join(", ");
  return { scope, clusters, summary: `Terraform ${version}, ${reached ? `${reached} reached` : "no cluster needed"}` };
}

function neededClusters({ vaults, clusters, environments }: Scope, installs: (vault: Vault) => boolean): Cluster[] {
  return clusters.filter(
    (cluster) =>
      environments.some((each) => each.cluster === cluster.name) ||
      vaults.some((vault) => installs(vault) && vault.installation!.cluster === cluster.name),
  );
}

async function reach(cluster: Cluster, env: Io["env"]): Promise<Kubernetes> {
  const kubernetes = await Kubernetes.open(cluster, env);
  await kubernetes.get("/version");
  return kubernetes;
}

/** Replicas shun one another's nodes, and volumes need a storage class: without either the pods would wait for ever. */
async function checkRoom(
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
