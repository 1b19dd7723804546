import { HelmProvider, type HelmProviderConfig } from "@cdktf/provider-helm/lib/provider";
import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { RandomProvider } from "@cdktf/provider-random/lib/provider";
import { VaultProvider } from "@cdktf/provider-vault/lib/provider";
import { TerraformElement, TerraformLocal, TerraformStack, TerraformVariable } from "cdktf";
import { deepMerge } from "cdktf/lib/util";
import type { Construct, IConstruct, Node } from "constructs";
import { pinProviders } from "../constructs";
import { addressVariable, METADATA, metadataOf, named, type Platform, type StackSpec } from "../model";
import { addBackend } from "./backend";
import { resolveTokens } from "./resolve-tokens";

/**
 * What every stack has: a backend, exact versions, and resource addresses that people can read. A stack's name is its
 * construct id, the name of its folder and the key of its state.
 */
export abstract class PlatformStack extends TerraformStack {
  private readonly addresses = new Map<string, string>();

  protected constructor(
    scope: Construct,
    protected readonly platform: Platform,
    readonly spec: StackSpec,
  ) {
    super(scope, spec.name);
    addBackend(this, spec.name, spec.backend);
    // Which Vault, environment and cluster this is: for reviewers and the access report.
    new TerraformLocal(this, METADATA, metadataOf(platform, spec));
  }

  /** Nothing: {@link toTerraform} finds references to other stacks, and the backend refuses them. */
  override prepareStack(): void {}

  /**
   * The stack as Terraform JSON, what cdktf's own method makes of it. That one resolves every element three times, here
   * it is once: a third of a large synthesis.
   */
  override toTerraform(): unknown {
    const elements = this.node.findAll().filter((each) => TerraformElement.isTerraformElement(each));
    const resolve = (value: unknown) => resolveTokens(this, value) as object;
    const { rawOverrides } = this as unknown as { readonly rawOverrides: object };
    const metadata = {
      version: this.node.tryGetContext("cdktfVersion") as string,
      stackName: this.node.id,
      overrides: { stack: Object.keys(rawOverrides) },
    };
    const json: { [block: string]: unknown } = { "//": { metadata, outputs: {} } };
    for (const element of elements) {
      const more = element.toMetadata() as object;
      if (Object.values(more).some((each) => each !== undefined)) deepMerge(metadata, resolve(more));
      deepMerge(json, resolve(element.toTerraform()));
    }
    return deepMerge(json, resolve(rawOverrides)) as object;
  }

  /**
   * The provider for a Vault; the token comes from VAULT_TOKEN, and is used as it is: a child token would need rights
   * to make one.
   */
  protected useVault(name: string): void {
    const { address } = named(this.platform.vaults, name);
    new VaultProvider(this, "provider_vault", {
      skipChildToken: true,
      ...(address && { address: this.setting(addressVariable(name), `Address of Vault ${name}`, address) }),
    });
    pinProviders(this, "vault");
  }

  /** The providers of ephemeral passwords. */
  protected useRandom(): void {
    new RandomProvider(this, "provider_random");
    pinProviders(this, "random");
  }

  /**
   * The provider for a cluster; its context is fixed, so that the current one of a person's kubeconfig never decides.
   */
  protected useKubernetes(name: string): void {
    new KubernetesProvider(this, "provider_kubernetes", this.kubeconfig(name));
    pinProviders(this, "kubernetes");
  }

  /**
   * The provider for Helm releases in a cluster. Releases are kept in ConfigMaps, so that planning needs no right on
   * Secrets.
   */
  protected useHelm(name: string, settings: Pick<HelmProviderConfig, "qps" | "burstLimit"> = {}): void {
    new HelmProvider(this, "provider_helm", {
      helmDriver: "configmap",
      kubernetes: this.kubeconfig(name),
      ...settings,
    });
    pinProviders(this, "helm");
  }

  /**
   * Construct ids joined by underscores, without the `resource` of a construct that is one:
   * `vault_policy.sample-node-api_workload_policy`. Names have no underscore of their own, and fixed parts that stand
   * beside an app's name have one, so that neither takes the other's address. A user's dot becomes two dashes, which no
   * user's name has. Two elements at one address are an error all the same.
   */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = TerraformElement.isTerraformElement(element) ? element.node : element;
    const path = node.scopes.slice(node.scopes.indexOf(this) + 1).map((scope) => scope.node.id);
    if (path.at(-1) === "resource") path.pop();
    const id = path.join("_").replaceAll(".", "--");
    const first = this.addresses.get(id);
    if (first !== undefined && first !== node.path)
      throw new Error(`two elements of stack ${this.node.id} would have the address ${id}: ${first} and ${node.path}`);
    this.addresses.set(id, node.path);
    return id;
  }

  private kubeconfig(name: string): { configPath: string; configContext: string } {
    const { kubeconfig, context } = named(this.platform.clusters, name);
    return {
      configPath: this.setting(`kubeconfig_${name.replaceAll("-", "_")}`, `Kubeconfig of cluster ${name}`, kubeconfig),
      configContext: context,
    };
  }

  /** A variable with a default that a reviewer sees and that `TF_VAR_<id>` overrides for one run. */
  private setting(id: string, description: string, fallback: string): string {
    return this.once(id, () => new TerraformVariable(this, id, { type: "string", description, default: fallback }))
      .stringValue;
  }

  /** The construct of this id, made where it is not there yet. */
  protected once<T extends IConstruct>(id: string, make: (id: string) => T): T {
    return (this.node.tryFindChild(id) as T | undefined) ?? make(id);
  }
}
