import type { App, TerraformStack } from "cdktf";
import type { Platform } from "../model";
import { AccessStack } from "./access-stack";
import { EnvironmentStack } from "./environment-stack";
import { OperatorStack } from "./operator-stack";
import type { PlatformStack } from "./platform-stack";
import { VaultStack } from "./vault-stack";

/**
 * Every stack of a platform, in the order in which they can be applied. They pass no values to one another; names join
 * them.
 */
export function addStacks(app: App, platform: Platform): TerraformStack[] {
  const servers = new Map<string, PlatformStack>();
  const access = new Map<string, AccessStack>();
  const operators = new Map<string, OperatorStack>();
  for (const vault of platform.vaults)
    if (vault.installation && vault.stack)
      servers.set(
        vault.name,
        new VaultStack(app, platform, { ...vault, installation: vault.installation, stack: vault.stack }),
      );
  for (const vault of platform.vaults) {
    const stack = new AccessStack(app, platform, vault);
    const server = servers.get(vault.name);
    if (server) stack.addDependency(server);
    access.set(vault.name, stack);
  }
  for (const cluster of platform.clusters)
    if (cluster.operator)
      operators.set(cluster.name, new OperatorStack(app, platform, { ...cluster, operator: cluster.operator }));
  // The operator's stack gives the CI rights in the server's namespace.
  for (const { name, installation } of platform.vaults) {
    const operator = installation && operators.get(installation.cluster);
    if (operator && platform.clusters.some((cluster) => cluster.name === installation.cluster && cluster.pipelines))
      operator.addDependency(servers.get(name)!);
  }
  const environments = platform.environments.map((environment) => {
    const stack = new EnvironmentStack(app, platform, environment);
    stack.addDependency(access.get(environment.vault)!);
    if (environment.cluster) stack.addDependency(operators.get(environment.cluster)!);
    return stack;
  });
  const stacks = [...servers.values(), ...access.values(), ...operators.values(), ...environments];
  for (const vault of platform.vaults) access.get(vault.name)!.addPipelines(vault, stacks);
  for (const operator of operators.values()) operator.addPipelines(stacks);
  return stacks;
}
