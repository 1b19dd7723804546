import type { Construct } from "constructs";
import { AppNamespace, OperatorAdmission, OperatorInstall, PipelineRights, type IAppNamespace } from "../constructs";
import { named, type Cluster, type Platform, type StackSpec } from "../model";
import { appliesWithLess } from "../resource-types";
import { clusterNeeds, resourcesIn } from "./pipeline-rules";
import { PlatformStack } from "./platform-stack";

/**
 * `<platform>-operator-<cluster>`: the Vault Secrets Operator and its CRDs, and what the CI's jobs may do. Needs, to
 * plan, its cluster.
 */
export class OperatorStack extends PlatformStack {
  constructor(
    scope: Construct,
    platform: Platform,
    spec: StackSpec,
    private readonly cluster: Cluster,
  ) {
    super(scope, platform, spec);
    this.useKubernetes(cluster.name);
    this.useHelm(cluster.name);
    const { operator, tokenCache } = cluster;
    new OperatorInstall(this, "operator", { ...operator, ...(tokenCache && { tokenCache }) });
  }

  /**
   * What is let through in the namespaces of environments: what their stacks hold. Called when every stack is there.
   */
  addAdmission(stacks: readonly PlatformStack[]): void {
    const delivered = this.platform.tenants.flatMap(({ environment, delivery }): [string, string][] =>
      delivery?.cluster === this.cluster.name ? [[delivery.namespace, environment]] : [],
    );
    // One that an environment leaves may be another's already.
    const owners = new Map(delivered);
    const environments = stacks.filter(({ spec }) => spec.kind === "environment" && spec.cluster === this.cluster.name);
    new OperatorAdmission(this, "admission", {
      admitted: environments.flatMap((stack) => {
        const { name, environment } = stack.spec;
        const namespaces = this.environmentNamespaces(environment!).filter(
          (each) => (owners.get(each) ?? environment) === environment,
        );
        return namespaces.length > 0 ? { name, namespaces, from: stack } : [];
      }),
    });
  }

  /**
   * Rights for the CI's jobs that plan or watch stacks of this cluster, and for those that apply its environments. A
   * job that applies a server or the operator would need the whole cluster, and gets nothing here. Called when every
   * stack is there.
   */
  addPipelines(stacks: readonly PlatformStack[]): void {
    const { pipelines } = this.cluster;
    if (!pipelines || !this.platform.pipelines) return;
    for (const name of this.ownedNamespaces()) new AppNamespace(this, `namespace_${name}`, { name });
    const namespace = (name: string) =>
      this.once<IAppNamespace>(`namespace_${name}`, (id) => AppNamespace.fromName(this, id, name));
    const identities = this.platform.pipelines.identities.filter((each) => each.cluster === this.cluster.name);
    for (const identity of identities.filter(({ name, rights }) => name === rights)) {
      const stack = stacks.find(({ spec }) => spec.name === identity.stack)!;
      if (identity.purpose === "apply" && !appliesWithLess(resourcesIn(stack))) continue;
      new PipelineRights(this, `pipeline_${identity.name}`, {
        name: identity.name,
        users: identities
          .filter(({ rights }) => rights === identity.name)
          .map(({ subject }) => `${pipelines.userPrefix}${subject}`),
        namespaces: this.namespacesOf(stack.spec).map(namespace),
        needs: () => clusterNeeds(stack, identity),
      });
    }
  }

  /** Namespaces that environments would make themselves, if the CI had no rights here. */
  private ownedNamespaces(): string[] {
    const here = this.platform.environments.filter(
      ({ cluster, createNamespace }) => cluster === this.cluster.name && createNamespace,
    );
    return [...new Set(here.flatMap(({ name }) => this.environmentNamespaces(name)))];
  }

  /** Those of tenants that leave too: their environment's job still has to take the objects out. */
  private environmentNamespaces(environment: string): string[] {
    const tenants = this.platform.tenants.filter((tenant) => tenant.environment === environment);
    return [
      ...new Set(tenants.flatMap(({ delivery, leavesNamespace }) => delivery?.namespace ?? leavesNamespace ?? [])),
    ];
  }

  private namespacesOf({ kind, environment, vault }: StackSpec): string[] {
    if (kind === "environment") return this.environmentNamespaces(environment!);
    return [
      kind === "vault" ? named(this.platform.vaults, vault!).installation!.namespace : this.cluster.operator!.namespace,
    ];
  }
}
