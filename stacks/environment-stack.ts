import type { Construct } from "constructs";
import {
  AppNamespace,
  AppTenant,
  AuthMethod,
  BindingsRelease,
  DatabaseConnection,
  DatabaseMount,
  EnvSecretSet,
  KvMount,
  VaultConnection,
  type IAppNamespace,
  type IAuthMethod,
  type ObjectDelivery,
  type IDatabaseConnection,
  type IDatabaseMount,
} from "../constructs";
import {
  named,
  vaultAddressIn,
  type Delivery,
  type Environment,
  type Platform,
  type SecretSet,
  type StackSpec,
} from "../model";
import { PlatformStack } from "./platform-stack";
import { tenantProps } from "./tenant-props";

/**
 * Requests a second, and at once at the beginning, of a release with a request or two for each of its objects: Helm's
 * own five a second would take minutes.
 */
const HELM_RATE = { qps: 50, burstLimit: 100 };

/** `<platform>-<environment>`: its apps. Needs, to plan, its Vault, and its cluster with the operator's CRDs. */
export class EnvironmentStack extends PlatformStack {
  constructor(
    scope: Construct,
    platform: Platform,
    spec: StackSpec,
    private readonly environment: Environment,
  ) {
    super(scope, platform, spec);
    const { cluster, vault, authority, delivery: how, movesDelivery } = environment;
    this.useVault(vault);
    if (cluster) this.useKubernetes(cluster);
    // To forget one Terraform asks for its provider, not for how it is set up: a move says its version.
    if (cluster && (how === "chart" || movesDelivery)) this.useHelm(cluster, HELM_RATE);
    const mount = KvMount.fromPath(this, "kv", named(platform.vaults, vault).mount);
    const here = (set: SecretSet) => set.environment === environment.name;
    const shared = new Map(
      platform.sharedSets.filter(here).map(({ app, path, keys, generated, owner, rotateEvery, secretSet: state }) => {
        const { placeholder } = platform;
        const props = { mount, path: path.path, keys, generated: [...generated.keys()], owner, rotateEvery, state };
        return [path.path, new EnvSecretSet(this, `${app}_secrets`, { ...props, placeholder })];
      }),
    );
    for (const tenant of platform.tenants.filter(here)) {
      const { delivery } = tenant;
      new AppTenant(this, tenant.app, {
        ...tenantProps(platform, tenant, {
          setAt: ({ path }) => shared.get(path)!,
          connectionTo: (name) => this.database(name),
        }),
        mount,
        part: authority === "separate" ? "secrets" : "all",
        refreshAfter: environment.refreshAfter,
        secretOwner: environment.secretOwner,
        ...(delivery && {
          authMethod: this.login(delivery),
          connection: this.connection(delivery.namespace),
        }),
      });
    }
  }

  private database(name: string): IDatabaseConnection {
    const { adminUsername } = named(this.platform.databases, name);
    const mount = this.once<IDatabaseMount>("databases", (id) => DatabaseMount.fromPath(this, id));
    return this.once(`database_${name}`, (id) => DatabaseConnection.fromName(this, id, { name, mount, adminUsername }));
  }

  private login({ authMount, login }: Delivery): IAuthMethod {
    const type = login === "jwt" ? "jwt" : "kubernetes";
    return this.once(`login_${authMount}`, (id) => AuthMethod.fromPath(this, id, authMount, type));
  }

  /** One a namespace, however many apps are in it. */
  private connection(name: string): VaultConnection {
    const vault = named(this.platform.vaults, this.environment.vault);
    return this.once(`connection_${name}`, (id) => {
      const namespace = this.namespace(name);
      return new VaultConnection(this, id, {
        name: `${this.platform.name}-vault`,
        namespace,
        address: vaultAddressIn(this.environment.cluster!, vault),
        ca: vault.ca,
        ...this.objectDelivery(namespace),
      });
    });
  }

  private objectDelivery(namespace: IAppNamespace): ObjectDelivery {
    const { delivery, movesDelivery: takesOver } = this.environment;
    const id = `bindings_${namespace.name}`;
    if (delivery === "chart") return { release: new BindingsRelease(this, id, { namespace, takesOver }) };
    // Always: a release that the state still has would be uninstalled, and its objects with it.
    BindingsRelease.forget(this, id);
    return { takesOver };
  }

  /**
   * Where the CI has rights in the cluster, the operator's stack makes the namespaces, with the rights in them: a job
   * has no right to make any.
   */
  private namespace(name: string): IAppNamespace {
    const { createNamespace, cluster } = this.environment;
    const madeElsewhere = named(this.platform.clusters, cluster!).pipelines !== undefined;
    const id = `namespace_${name}`;
    return createNamespace
      ? new AppNamespace(this, id, { name, madeElsewhere })
      : AppNamespace.fromName(this, id, name);
  }
}
