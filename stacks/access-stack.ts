import type { Construct } from "constructs";
import {
  AppTenant,
  AuditDevices,
  ClusterLogin,
  Group,
  KvMount,
  Person,
  PipelineLogin,
  PipelineRole,
  Userpass,
} from "../constructs";
import { named, USERPASS_MOUNT, type Platform, type StackSpec, type Vault } from "../model";
import { peopleRules, platformAdminRules } from "../policies";
import { pipelineRules } from "./pipeline-rules";
import { PlatformStack } from "./platform-stack";

/** `<platform>-access-<vault>`: who can do what in a Vault. Needs, to plan, that Vault, unsealed. */
export class AccessStack extends PlatformStack {
  constructor(
    scope: Construct,
    platform: Platform,
    spec: StackSpec,
    private readonly vault: Vault,
  ) {
    super(scope, platform, spec);
    this.useVault(vault.name);
    this.useRandom();
    new KvMount(this, "kv", { path: vault.mount, maxVersions: vault.maxVersions });
    new AuditDevices(this, "audit", { devices: vault.audit });
    this.people(vault);
    this.workloads(vault);
  }

  private people(vault: Vault): void {
    const here = ({ vaults }: { readonly vaults: readonly string[] }) => vaults.includes(vault.name);
    const userpass = new Userpass(this, "userpass", {
      path: USERPASS_MOUNT,
      tokenTtl: vault.tokenTtl,
      tokenMaxTtl: vault.tokenMaxTtl,
    });
    const users = this.platform.users
      .filter(here)
      .map((user) => ({ user, person: new Person(this, `user_${user.name}`, { name: user.name, userpass }) }));
    for (const group of this.platform.groups.filter(here)) {
      const members = users.filter(({ user }) => user.groups.includes(group.name)).map(({ person }) => person);
      const made = new Group(this, `group_${group.name}`, { name: group.name, members });
      if (group.admin)
        made.grant(
          ...platformAdminRules(
            vault.root,
            vault.authMounts.map(({ path }) => path),
          ),
        );
      for (const { access, scope } of group.grants.filter((grant) => grant.vault === vault.name))
        for (const each of "tree" in scope ? [scope] : scope.sets.map((set) => ({ set })))
          made.grant(...peopleRules(access, each));
    }
  }

  private workloads(vault: Vault): void {
    const logins = new Map(
      this.clusterAuths(vault).map((auth) => [auth.cluster, new ClusterLogin(this, `login_${auth.cluster}`, { auth })]),
    );
    for (const tenant of this.platform.tenants) {
      const environment = named(this.platform.environments, tenant.environment);
      if (tenant.vault !== vault.name || environment.authority !== "separate") continue;
      const login = tenant.delivery && logins.get(tenant.delivery.cluster);
      new AppTenant(this, `tenant_${tenant.name}`, {
        tenant,
        placeholder: this.platform.placeholder,
        part: "authority",
        dependsOn: login && [login.mount],
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
    const login = new PipelineLogin(this, "pipelines", { pipelines });
    for (const identity of pipelines.identities.filter((each) => each.vault === this.vault.name)) {
      const stack = stacks.find(({ spec }) => spec.name === identity.stack)!;
      new PipelineRole(this, `pipeline_${identity.name}`, {
        identity,
        login,
        audience: pipelines.audience,
        tokenTtl: pipelines.tokenTtl,
        rules: () => pipelineRules(this.platform, stack, identity),
      });
    }
  }

  private clusterAuths(vault: Vault) {
    return this.platform.clusters.flatMap((cluster) => cluster.auths.filter((auth) => auth.vault === vault.name));
  }
}
