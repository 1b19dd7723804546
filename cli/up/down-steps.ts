import type { Environment, Vault } from "../../model";
import { deleteCrds, withoutStuckFinalizers } from "./leftovers";
import { adoptForgotten } from "./helm-releases";
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
    steps.push(...operatorSteps(scope, (cluster, stack) => removeOperator(run, cluster, stack)));
    for (const vault of scope.vaults) {
      const { name, stack, accessStack } = vault;
      const entry = entries.get(name);
      const what = deleteSecrets ? "with all that is in it" : "without its volumes";
      steps.push(
        entry
          ? [`Vault ${name}: who may do what (${accessStack})`, () => removeAccess(run, entry)]
          : [`Vault ${name}: its server, ${what} (${stack})`, () => removeServer(run, vault)],
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
    const kubernetes = cluster === undefined ? undefined : clusters.get(cluster);
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
): Promise<string | undefined> {
  if ((await terraform.addresses(stack)).length === 0) return undefined;
  const kubernetes = clusters.get(cluster)!;
  await adoptForgotten(kubernetes, terraform, stack);
  await terraform.destroy(stack);
  const { deleted, kept } = await deleteCrds(kubernetes);
  return kept.length > 0
    ? `taken away; its CRDs stay, since others have ${kept.join(", ")}`
    : `taken away, with ${deleted} CRDs`;
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
): Promise<string | undefined> {
  await adoptForgotten(clusters.get(vault.installation!.cluster)!, terraform, vault.stack!);
  if (deleteSecrets) {
    await terraform.forget(vault.accessStack, await terraform.addresses(vault.accessStack));
    new BootstrapRecord(outdir, vault.accessStack).clear();
  }
  const addresses = await terraform.addresses(vault.stack!);
  const going = deleteSecrets ? addresses : addresses.filter((address) => !NAMESPACE.test(address));
  if (going.length === 0) return undefined;
  await terraform.destroy(vault.stack!, deleteSecrets ? undefined : going);
  return deleteSecrets
    ? "taken away, with all that was in it"
    : `taken away; namespace ${vault.installation!.namespace} and its volumes stay`;
}
