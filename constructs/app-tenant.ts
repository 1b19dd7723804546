import { Construct } from "constructs";
import { DatabaseRole, type DatabaseRoleProps, type IDatabaseRole } from "./database-role";
import type { DatabaseBindingNames } from "./dynamic-secret";
import { EnvSecretSet, type EnvSecretSetProps, type ISecretSet } from "./env-secret-set";
import type { IVaultConnection } from "./vault-connection";
import { VsoBinding, type BoundSecretSet, type VsoBindingOptions } from "./vso-binding";
import { Workload, type IWorkload, type WorkloadProps } from "./workload";

/** Props of {@link AppTenant}: those of its secret set, its workload and its binding. */
export interface AppTenantProps extends EnvSecretSetProps, WorkloadProps, VsoBindingOptions {
  /**
   * The value of each key until a person sets it.
   * @default "TBD"
   */
  readonly placeholder?: string;
  /**
   * The version of its own set that the operator delivers, 1 or more, whatever newer ones there are.
   * @default the newest
   */
  readonly pinnedVersion?: number;
  /**
   * Which part of the tenant this stack holds: `all`, only `authority` (policy and role, applied by people with that
   * right), or only the `secrets` (the set and its delivery), composed in another stack with the same names.
   * @default "all"
   */
  readonly part?: "all" | "authority" | "secrets";
  /**
   * The namespace's way to Vault.
   * @default none: nothing is delivered, as where the environment has no cluster
   */
  readonly connection?: IVaultConnection;
  /**
   * Secret sets that it reads beside its own, by name, each into a Secret of its own.
   * @default none
   */
  readonly shared?: { readonly [name: string]: BoundSecretSet };
  /**
   * The databases that it gets credentials for, by name, each by a role of its own and into a Secret of its own.
   * @default none
   */
  readonly databases?: { readonly [name: string]: TenantDatabase };
}

/** A database at an app: the role that is made for it, and what its binding is called. */
export interface TenantDatabase extends DatabaseRoleProps, DatabaseBindingNames {}

/**
 * An app in an environment: its secret set, the workload that may read it, and what carries its values into a pod's
 * namespace.
 *
 * @example
 * new AppTenant(this, "shop", {
 *   name: "shop-dev",
 *   mount: kv,
 *   path: "shop/shop-dev",
 *   keys: ["DB_PASSWORD"],
 *   owner: "team-shop",
 *   authMethod: AuthMethod.fromPath(this, "login", "kubernetes"),
 *   namespace: "shop",
 *   connection,
 * });
 */
export class AppTenant extends Construct {
  readonly secretSet: ISecretSet;
  /** Absent where nobody can log in, and where the set has left. */
  readonly workload?: IWorkload;

  constructor(scope: Construct, id: string, props: AppTenantProps) {
    super(scope, id);
    const { part = "all", state, connection, shared = {}, databases = {} } = props;
    this.secretSet =
      part === "authority" ? EnvSecretSet.fromPath(this, "secrets", props) : new EnvSecretSet(this, "secrets", props);
    // Nobody reads a set that has left.
    if (state === "retired") return;
    const roles = Object.entries(databases).map(
      ([name, each]) => [name, this.databaseRole(`database_${name}`, props, each)] as const,
    );
    if (part === "secrets") this.workload = this.workloadElsewhere(props);
    else {
      const workload = new Workload(this, "workload", props);
      for (const [, role] of roles) role.grantRead(workload);
      for (const set of [this.secretSet, ...Object.values(shared).map(({ secretSet }) => secretSet)])
        set.grantRead(workload);
      this.workload = workload;
    }
    if (part === "authority" || !this.workload || !connection) return;
    const binding = new VsoBinding(this, "binding", {
      ...props,
      keys: props.keys,
      secretSet: this.secretSet,
      workload: this.workload,
      connection,
    });
    for (const [name, set] of Object.entries(shared)) binding.add(name, set);
    for (const [name, role] of roles) binding.addDatabase(name, { ...databases[name], role });
  }

  private databaseRole(id: string, { part }: AppTenantProps, props: DatabaseRoleProps): IDatabaseRole {
    const { name, access, connection } = props;
    return part === "secrets"
      ? DatabaseRole.fromName(this, id, { name, mount: connection.mount, type: access.type })
      : new DatabaseRole(this, id, props);
  }

  private workloadElsewhere({ name, authMethod, namespace, serviceAccount = name, audience }: AppTenantProps) {
    return authMethod && namespace !== undefined
      ? Workload.fromServiceAccount(this, "workload", { name, authMethod, namespace, serviceAccount, audience })
      : undefined;
  }
}
