import type { Environment, Vault } from "../../model";
import type { Kubernetes } from "../kubernetes";
import type { Terraform } from "../terraform";
import { readyToUninstall, releasesOf } from "./helm-releases";
import { deleteClusterRights, deleteCrds, withoutStuckFinalizers } from "./leftovers";
import { BootstrapRecord } from "./record";
import { operatorSteps, type Step } from "./steps";
import type { Teardown, VaultEntry } from "./vault-entry";

/**
 * What holds values, or says that they are there: kept unless secrets are deleted, in Vault and in the state, so that
 * `up` finds them again.
 */
const SECRET_SETS = /^vault_(kv_secret_v2|generic_endpoint)\./;
const MOUNT = /^vault_(mount|kv_secret_backend_v2)\./;
const IN_VAULT = /^vault_/;
/** How the provider says it. Source: hashicorp/helm 3.1.1, resource_helm_release.go. */
const UNINSTALLING_FAILED = "Error uninstalling release";
const NAMESPACE = /^kubernetes_namespace_v1\./;

/**
 * The steps in which environments, or all, are taken away: nothing waits for what has gone.
 * @param entries of the Vaults that stay, by name; the server of another goes, with all that is in it
 */
export function downSteps(run: Teardown, entries: ReadonlyMap<string, VaultEntry>): Step[] {
  const { scope, all, deleteSecrets } = run;
  const steps: Step[] = [...scope.environments]
    .reverse()
    .map((each) => [
      `Environment ${each.name} (${each.stack})`,
      (progress) => removeEnvironment(run, each, entries.get(each.vault), progress),
    ]);
  if (all) {
    steps.push(...operatorSteps(scope, (cluster, stack, progress) => removeOperator(run, cluster, stack, progress)));
    for (const vault of scope.vaults) {
      const { name, stack, accessStack } = vault;
      const entry = entries.get(name);
      const what = deleteSecrets ? "with all that is in it" : "without its volumes";
      steps.push(
        entry
          ? [`Vault ${name}: who may do what (${accessStack})`, () => removeAccess(run, entry)]
          : [`Vault ${name}: its server, ${what} (${stack})`, (progress) => removeServer(run, vault, progress)],
      );
    }
  }
  for (const [name, entry] of entries) steps.push([`Vault ${name}: the token of this run`, () => entry.end()]);
  return steps;
}

async function removeEnvironment(
  { platform, terraform, clusters, deleteSecrets }: Teardown,
  { name, stack, cluster }: Environment,
  entry: VaultEntry | undefined,
  progress: (text: string) => void,
): Promise<string | undefined> {
  const kubernetes = cluster === undefined ? undefined : clusters.get(cluster);
  if (kubernetes) await readyToUninstall(kubernetes, terraform, stack);
  const addresses = await terraform.addresses(stack);
  const [sets, inVault] = [SECRET_SETS, IN_VAULT].map((kind) => addresses.filter((address) => kind.test(address)));
  // With its server, all that is in the Vault goes or stays as one; nothing in it is touched one by one.
  const staying = entry ? sets! : inVault!;
  const going = addresses.filter((address) => !staying.includes(address));
  const forgotten = deleteSecrets ? staying : [];
  if (going.length === 0 && forgotten.length === 0) return undefined;
  const needsVault = going.some((address) => IN_VAULT.test(address)) || forgotten.length > 0;
  const env = needsVault ? await entry?.env() : undefined;
  if (deleteSecrets) await entry?.deleteSets(name);
  await terraform.forget(stack, forgotten);
  if (going.length > 0) {
    const destroy = () => terraform.destroy(stack, going, env);
    const namespaces = platform.tenants.flatMap(({ environment, delivery }) =>
      environment === name && delivery ? delivery.namespace : [],
    );
    await (kubernetes ? withoutStuckFinalizers(kubernetes, [...new Set(namespaces)], progress, destroy) : destroy());
  }
  return `${going.length} taken away${deleteSecrets ? ", values deleted" : sets!.length > 0 ? ", values stay" : ""}`;
}

async function removeOperator(
  { terraform, clusters }: Teardown,
  cluster: string,
  stack: string,
  progress: (text: string) => void,
): Promise<string | undefined> {
  if ((await terraform.addresses(stack)).length === 0) return undefined;
  const kubernetes = clusters.get(cluster)!;
  await uninstall(terraform, kubernetes, stack, progress);
  const { deleted, kept } = await deleteCrds(kubernetes);
  return kept.length > 0
    ? `taken away; its CRDs stay, since others have ${kept.join(", ")}`
    : `taken away, with ${deleted} CRDs`;
}

/**
 * Destroys a stack with releases. A chart's own hook may be unable to run, as where its image cannot be pulled: then
 * the namespace goes with all that is in it, without Helm.
 */
async function uninstall(
  terraform: Terraform,
  kubernetes: Kubernetes,
  stack: string,
  progress: (text: string) => void,
): Promise<void> {
  const releases = releasesOf(terraform.folder(stack));
  await readyToUninstall(kubernetes, terraform, stack);
  await terraform.destroy(stack).catch(async (error: unknown) => {
    if (!(error instanceof Error && error.message.includes(UNINSTALLING_FAILED))) throw error;
    progress("Helm cannot uninstall it; its namespace is taken away with all that is in it");
    const known = await terraform.addresses(stack);
    const left = releases.map(({ address }) => address).filter((address) => known.includes(address));
    await terraform.forget(stack, left);
    await terraform.destroy(stack);
  });
  for (const release of releases) await deleteClusterRights(kubernetes, release);
}

async function removeAccess({ terraform, deleteSecrets }: Teardown, entry: VaultEntry): Promise<string | undefined> {
  const { vault } = entry;
  const addresses = await terraform.addresses(vault.accessStack);
  const mount = addresses.filter((address) => MOUNT.test(address));
  const going = addresses.filter((address) => !MOUNT.test(address));
  if (going.length === 0 && (!deleteSecrets || mount.length === 0)) return undefined;
  const env = await entry.env();
  const emptied = deleteSecrets && mount.length > 0 ? await entry.deleteMount() : false;
  if (emptied) await terraform.forget(vault.accessStack, mount);
  const workloads = await entry.entitiesOfLogins();
  if (going.length > 0) await terraform.destroy(vault.accessStack, going, env);
  await entry.deleteEntities(workloads);
  const rest = emptied ? ", and the mount" : mount.length > 0 ? `; the mount ${vault.mount} stays` : "";
  return `${going.length} taken away${rest}`;
}

async function removeServer(
  { terraform, outdir, deleteSecrets, clusters }: Teardown,
  vault: Vault,
  progress: (text: string) => void,
): Promise<string | undefined> {
  const kubernetes = clusters.get(vault.installation!.cluster)!;
  const stack = vault.stack!;
  if (deleteSecrets) {
    await terraform.forget(vault.accessStack, await terraform.addresses(vault.accessStack));
    new BootstrapRecord(outdir, vault.accessStack).clear();
    if ((await terraform.addresses(stack)).length === 0) return undefined;
    await uninstall(terraform, kubernetes, stack, progress);
    return "taken away, with all that was in it";
  }
  await readyToUninstall(kubernetes, terraform, stack);
  const going = (await terraform.addresses(stack)).filter((address) => !NAMESPACE.test(address));
  if (going.length === 0) return undefined;
  await terraform.destroy(stack, going);
  return `taken away; namespace ${vault.installation!.namespace} and its volumes stay`;
}
