import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { AppNamespace, AppTenant, VaultConnection } from "../constructs";
import { inClusterAddress, named, type Environment, type Platform, type StackSpec, type Tenant } from "../model";
import { PlatformStack } from "./platform-stack";

/** `<platform>-<environment>`: its apps. Needs, to plan, its Vault, and its cluster with the operator's CRDs. */
export class EnvironmentStack extends PlatformStack {
  constructor(
    scope: Construct,
    platform: Platform,
    spec: StackSpec,
    private readonly environment: Environment,
  ) {
    super(scope, platform, spec);
    const { cluster, vault, authority } = environment;
    this.useVault(vault);
    if (cluster) this.useKubernetes(cluster);
    const connections = new Map<string, { connection: VaultConnection; namespace?: ITerraformDependable }>();
    for (const tenant of platform.tenants.filter((t) => t.environment === environment.name)) {
      const there = tenant.delivery && this.inNamespace(tenant.delivery.namespace, connections);
      new AppTenant(this, tenant.app, {
        tenant,
        placeholder: platform.placeholder,
        part: authority === "separate" ? "secrets" : "all",
        delivery: there && {
          connection: there.connection,
          refreshAfter: environment.refreshAfter,
          secretOwner: environment.secretOwner,
          dependsOn: there.namespace && [there.namespace],
        },
      });
    }
  }

  /** One namespace and one VaultConnection, however many apps are in it. */
  private inNamespace(
    name: NonNullable<Tenant["delivery"]>["namespace"],
    known: Map<string, { connection: VaultConnection; namespace?: ITerraformDependable }>,
  ): { connection: VaultConnection; namespace?: ITerraformDependable } {
    const existing = known.get(name);
    if (existing) return existing;
    const namespace = this.namespace(name);
    const connection = new VaultConnection(this, `connection_${name}`, {
      name: `${this.platform.name}-vault`,
      namespace: name,
      address: this.vaultAddress(),
      ca: named(this.platform.vaults, this.environment.vault).ca,
      dependsOn: namespace && [namespace],
    });
    const made = { connection, namespace };
    known.set(name, made);
    return made;
  }

  /**
   * Where the CI has rights in the cluster, the operator's stack makes the namespaces, with the rights in them: a job
   * has no right to make any.
   */
  private namespace(name: string): ITerraformDependable | undefined {
    const { createNamespace, cluster } = this.environment;
    return createNamespace
      ? new AppNamespace(this, `namespace_${name}`, {
          name,
          madeElsewhere: named(this.platform.clusters, cluster!).pipelines !== undefined,
        }).namespace
      : undefined;
  }

  /**
   * Inside the Vault's own cluster by its service; from any other by its address, which the model has checked is there.
   */
  private vaultAddress(): string {
    const { installation, address } = named(this.platform.vaults, this.environment.vault);
    return installation?.cluster === this.environment.cluster ? inClusterAddress(installation!) : address!;
  }
}
