import type { Cluster, Platform, Vault } from "../../model";
import { Kubernetes } from "../kubernetes";
import { OpsError } from "../ops/errors";
import type { Io } from "../ops/io";
import type { Terraform } from "../terraform";
import { checkVersion } from "./kubernetes-version";
import { checkRoom } from "./room";
import { clustersWithEnvironments, withoutClusters, type Scope } from "./scope";

/** What the checks found. */
export interface Checked {
  readonly scope: Scope;
  /** By the cluster's name. */
  readonly clusters: ReadonlyMap<string, Kubernetes>;
  /** In words, for the progress. */
  readonly summary: string;
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
