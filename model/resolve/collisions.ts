import { PLATFORM_ADMIN, type Platform } from "../platform";
import type { Problem } from "../problems";
import { step } from "../shape";

/** The policy by which people change their own password; Vault's own policies are taken too. */
export const OWN_PASSWORD_POLICY = "own-password";

/** Reports two things that would share a name, a state, a path or an identity. */
export function checkCollisions(platform: Platform, report: (problem: Problem) => void): void {
  const unique = (what: string) => {
    const seen = new Map<string, string>();
    return (key: string, at: string, given: string = key) => {
      const first = seen.get(key);
      if (first !== undefined && first !== at) report({ at, given, accepted: `${what} of its own`, hint: `${first} has it already.` });
      else seen.set(key, at);
    };
  };

  const stacks = unique("a stack name, and so a state,");
  for (const vault of platform.vaults) {
    if (vault.stack) stacks(vault.stack, step("vaults", vault.name));
    stacks(vault.accessStack, step("vaults", vault.name));
  }
  for (const cluster of platform.clusters) if (cluster.operator) stacks(cluster.operator.stack, step("clusters", cluster.name));
  for (const environment of platform.environments) stacks(environment.stack, step("environments", environment.name));

  const releases = unique("a Helm release, and so a cluster role binding,");
  for (const { name, installation } of platform.vaults)
    if (installation) releases(`${installation.cluster} ${installation.release}`, step("vaults", name), installation.release);

  const policies = unique("a policy name");
  for (const vault of platform.vaults) {
    const policy = (name: string, at: string) => policies(`${vault.name} ${name}`, at, name);
    for (const name of ["root", "default", OWN_PASSWORD_POLICY]) policy(name, `Vault's or the product's policy ${name}`);
    for (const group of platform.groups) if (group.vaults.includes(vault.name)) policy(group.name, group.name === PLATFORM_ADMIN ? `the policy ${PLATFORM_ADMIN}` : step("people.groups", group.name));
    for (const tenant of platform.tenants) if (tenant.vault === vault.name) policy(tenant.name, `apps.${tenant.app} in ${tenant.environment}`);
  }
  checkNamespaces(platform, report);
  checkObjects(platform, unique);
}

/** A namespace's pods can mount its Secrets: servers, operators and apps each have their own. */
function checkNamespaces(platform: Platform, report: (problem: Problem) => void): void {
  const owners = new Map<string, string>();
  const own = (cluster: string, namespace: string, owner: string) => {
    const key = `${cluster} ${namespace}`;
    const first = owners.get(key);
    if (first !== undefined && first !== owner)
      report({ at: owner, given: namespace, accepted: `a namespace of its own in cluster ${cluster}`, hint: `${first} has it already.` });
    else owners.set(key, owner);
  };
  for (const { name, installation } of platform.vaults) if (installation) own(installation.cluster, installation.namespace, step("vaults", name));
  for (const { name, operator } of platform.clusters) if (operator) own(name, operator.namespace, step("clusters", name));
  for (const { environment, delivery } of platform.tenants) if (delivery) own(delivery.cluster, delivery.namespace, step("environments", environment));
}

/** Two tenants in one namespace must not share an object; a shared service account is a shared identity. */
function checkObjects(platform: Platform, unique: (what: string) => (key: string, at: string, given?: string) => void): void {
  const kinds = [
    ["serviceAccount", unique("a (cluster, namespace, service account)")],
    ["vaultAuth", unique("a VaultAuth in its namespace")],
    ["vaultStaticSecret", unique("a VaultStaticSecret in its namespace")],
    ["secret", unique("a Secret in its namespace")],
  ] as const;
  for (const { app, environment, delivery } of platform.tenants)
    if (delivery)
      for (const [field, once] of kinds)
        once(`${delivery.cluster} ${delivery.namespace} ${delivery[field]}`, `apps.${app} in ${environment}`, `${delivery.namespace}/${delivery[field]}`);
}
