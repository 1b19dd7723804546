import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Duration, SecretOwner, Tenant } from "../model";
import { EnvSecretSet, type IEnvSecretSet } from "./env-secret-set";
import type { VaultConnection } from "./vault-connection";
import { VsoBinding } from "./vso-binding";
import { Workload } from "./workload";

/** How a tenant's Secret is delivered. */
export interface AppTenantDelivery {
  /** The namespace's way to Vault. */
  readonly connection: VaultConnection;
  /** How soon a changed value reaches the Secret, at the latest. */
  readonly refreshAfter: Duration;
  /** Who makes the Secret. */
  readonly secretOwner: SecretOwner;
  /**
   * What must be there before: the namespace, where this stack makes it.
   * @default nothing of this stack
   */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** Props of {@link AppTenant}. */
export interface AppTenantProps {
  readonly tenant: Tenant;
  /** The value of each key until a person sets it. */
  readonly placeholder: string;
  /**
   * Which part of the tenant this stack holds: `all`, only `authority` (policy and role, applied by people with that
   * right), or only the `secrets` (the set and its delivery), composed in another stack with the same names.
   * @default "all"
   */
  readonly part?: "all" | "authority" | "secrets";
  /**
   * The Kubernetes side.
   * @default none: the environment has no cluster, or this part has no delivery
   */
  readonly delivery?: AppTenantDelivery;
  /**
   * What its Vault side needs before: the auth mount, where this stack makes it.
   * @default nothing of this stack
   */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * An app in an environment: its secret set, the workload that may read it, and what carries its values into a pod's
 * namespace.
 */
export class AppTenant extends Construct {
  readonly secretSet: IEnvSecretSet;
  /** Absent in the `secrets` part. */
  readonly workload?: Workload;

  constructor(
    scope: Construct,
    id: string,
    { tenant, placeholder, part = "all", delivery, dependsOn }: AppTenantProps,
  ) {
    super(scope, id);
    this.secretSet =
      part === "authority"
        ? EnvSecretSet.fromPath(tenant.path)
        : new EnvSecretSet(this, "secrets", {
            path: tenant.path,
            keys: tenant.keys,
            placeholder,
            owner: tenant.owner,
            rotateEvery: tenant.rotateEvery,
            state: tenant.secretSet,
            dependsOn,
          });
    // Nobody reads a set that has left.
    if (part !== "secrets" && tenant.secretSet !== "retired") {
      this.workload = new Workload(this, "workload", { name: tenant.name, delivery: tenant.delivery, dependsOn });
      this.secretSet.grantRead(this.workload);
    }
    if (part !== "authority" && tenant.delivery && delivery)
      new VsoBinding(this, "binding", {
        ...delivery,
        delivery: tenant.delivery,
        role: tenant.name,
        path: tenant.path,
        keys: tenant.keys,
        placeholder,
        labels: { "app.kubernetes.io/name": tenant.app, "app.kubernetes.io/managed-by": "vault-tenancy" },
        dependsOn: [...(delivery.dependsOn ?? []), ...(this.workload?.role ? [this.workload.role] : [])],
      });
  }
}
