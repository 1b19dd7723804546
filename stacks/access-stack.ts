import type { Construct } from "constructs";
import {
  AppTenant,
  AuditDevices,
  AuthMethod,
  BackupRole,
  DatabaseConnection,
  DatabaseMount,
  EnvSecretSet,
  ExternalGroup,
  Group,
  KvMount,
  OidcLogin,
  OperatorTokenCache,
  Person,
  PipelineRole,
  SecondFactor,
  SecretFolder,
  TransitMount,
  Userpass,
  type ISecretSet,
} from "../constructs";
import {
  externalGroups,
  guardedGroups,
  named,
  issuerOf,
  USERPASS_MOUNT,
  type KvPath,
  type Platform,
  type StackSpec,
  type Vault,
} from "../model";
import { platformAdminRules } from "../policies/write";
import { pipelineRules } from "./pipeline-rules";
import { PlatformStack } from "./platform-stack";
import { tenantProps } from "./tenant-props";

/** How a grant of the config is given. */
const GRANT = { read: "grantRead", write: "grantWrite", "write-only": "grantWriteOnly" } as const;

/** `<platform>-access-<vault>`: who can do what in a Vault. Needs, to plan, that Vault, unsealed. */
export class AccessStack extends PlatformStack {
  private readonly connections = new Map<string, DatabaseConnection>();

  constructor(
    scope: Construct,
    platform: Platform,
    spec: StackSpec,
    private readonly vault: Vault,
  ) {
    super(scope, platform, spec);
    this.useVault(vault.name);
    this.useRandom();
    const mount = new KvMount(this, "kv", {
      path: vault.mount,
      maxVersions: vault.maxVersions,
      adopted: vault.adopted.mount,
    });
    new AuditDevices(this, "audit", { devices: vault.audit }).goBefore(this);
    this.people(vault, mount);
    this.databases(vault);
    this.workloads(vault, mount);
  }

  private databases({ name: vault }: Vault): void {
    const here = this.platform.databases.filter((each) => each.vault === vault);
    if (here.length === 0) return;
    const mount = new DatabaseMount(this, "databases");
    for (const connection of here)
      this.connections.set(
        connection.name,
        new DatabaseConnection(this, `database_${connection.name}`, { ...connection, mount }),
      );
  }

  private people(vault: Vault, mount: KvMount): void {
    const here = ({ vaults }: { readonly vaults: readonly string[] }) => vaults.includes(vault.name);
    const userpass = new Userpass(this, "userpass", {
      path: USERPASS_MOUNT,
      tokenTtl: vault.tokenTtl,
      tokenMaxTtl: vault.tokenMaxTtl,
      adopted: vault.adopted.userpass,
    });
    const users = this.platform.users.filter(here).map((user) => {
      const { name } = user;
      const adopted = vault.adopted.users?.[name];
      return { user, person: new Person(this, `user_${name}`, { name, userpass, adopted }) };
    });
    const login = this.oidcLogin(vault);
    const groups: Group[] = [];
    const setAt = (path: KvPath) => this.setAt(mount, path);
    for (const group of this.platform.groups.filter(here)) {
      const { name, oidc } = group;
      const members = users.filter(({ user }) => user.groups.includes(name)).map(({ person }) => person);
      const made =
        login && oidc !== undefined
          ? new ExternalGroup(this, `group_${name}`, { name, login, oidc })
          : new Group(this, `group_${name}`, { name, members });
      if (group.admin)
        made.policy.add(
          ...platformAdminRules(
            vault.root,
            vault.authMounts.map(({ path }) => path),
            {
              databases: this.platform.databases.some((each) => each.vault === vault.name),
              transit: this.platform.clusters.some(({ tokenCache }) => tokenCache?.vault === vault.name),
            },
          ),
        );
      for (const { access, scope } of group.grants.filter((grant) => grant.vault === vault.name))
        for (const secrets of "tree" in scope ? [new SecretFolder(mount, scope.tree.path)] : scope.sets.map(setAt))
          secrets[GRANT[access]](made);
      if (made instanceof Group) groups.push(made);
    }
    this.secondFactor(vault, groups);
  }

  private secondFactor({ name: vault, secondFactor }: Vault, groups: readonly Group[]): void {
    if (!secondFactor) return;
    const guarded = secondFactor === "required" ? guardedGroups(this.platform, vault) : [];
    new SecondFactor(this, "second-factor", {
      issuer: issuerOf(this.platform.name, vault),
      requiredOf: groups.filter(({ name }) => guarded.includes(name)),
    });
  }

  private setAt(mount: KvMount, { path }: KvPath): ISecretSet {
    return this.once(`set_${path}`, (id) => EnvSecretSet.fromPath(this, id, { mount, path }));
  }

  private oidcLogin(vault: Vault): OidcLogin | undefined {
    if (!vault.oidc) return undefined;
    const groups = externalGroups(vault, this.platform.groups).map(({ oidc }) => oidc);
    const { oidc, tokenTtl, tokenMaxTtl } = vault;
    return new OidcLogin(this, "oidc", {
      ...{ ...oidc, groups, tokenTtl, tokenMaxTtl },
      secretVariable: `oidc_client_secret_${vault.name.replaceAll("-", "_")}`,
    });
  }

  private workloads(vault: Vault, mount: KvMount): void {
    const auths = this.platform.clusters
      .flatMap((cluster) => cluster.auths)
      .filter((auth) => auth.vault === vault.name);
    const logins = new Map(
      auths.map(({ cluster, mount: path, login }) => [
        cluster,
        new AuthMethod(this, `login_${cluster}`, { path, login, cluster }),
      ]),
    );
    const { installation } = vault;
    if (installation?.backup) {
      const { cluster, namespace } = installation;
      new BackupRole(this, "backup", { authMethod: logins.get(cluster)!, namespace });
    }
    for (const { name: cluster, tokenCache } of this.platform.clusters)
      if (tokenCache?.vault === vault.name) {
        const { name, namespace, serviceAccount } = tokenCache;
        const transit = this.once("transit", (id) => new TransitMount(this, id));
        const authMethod = logins.get(cluster)!;
        const props = { name, mount: transit, authMethod, namespace, serviceAccount };
        new OperatorTokenCache(this, `token-cache_${cluster}`, props);
      }
    for (const tenant of this.platform.tenants) {
      const environment = named(this.platform.environments, tenant.environment);
      if (tenant.vault !== vault.name || environment.authority !== "separate") continue;
      new AppTenant(this, `tenant_${tenant.name}`, {
        ...tenantProps(this.platform, tenant, {
          setAt: (path) => this.setAt(mount, path),
          connectionTo: (name) => this.connections.get(name)!,
        }),
        mount,
        part: "authority",
        authMethod: tenant.delivery && logins.get(tenant.delivery.cluster),
      });
    }
  }

  /**
   * Roles for the CI's jobs that plan, watch and apply the stacks of this Vault, this one too. Called when every stack
   * is there; what each needs is read off its resources only when the policies are written.
   */
  addPipelines(stacks: readonly PlatformStack[]): void {
    const { pipelines } = this.platform;
    if (!pipelines) return;
    const authMethod = new AuthMethod(this, "pipelines", {
      path: pipelines.mount,
      description: "Jobs of the CI",
      login: { ...pipelines, type: "jwt" },
    });
    for (const identity of pipelines.identities.filter((each) => each.vault === this.vault.name)) {
      const stack = stacks.find(({ spec }) => spec.name === identity.stack)!;
      new PipelineRole(this, `pipeline_${identity.name}`, {
        name: identity.name,
        rights: identity.rights,
        claims: identity.claims,
        authMethod,
        audience: pipelines.audience,
        tokenTtl: pipelines.tokenTtl,
        rules: () => pipelineRules(this.platform, stack, identity),
      });
    }
  }
}
