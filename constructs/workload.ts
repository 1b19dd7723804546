import { JwtAuthBackendRole } from "@cdktf/provider-vault/lib/jwt-auth-backend-role";
import { KubernetesAuthBackendRole } from "@cdktf/provider-vault/lib/kubernetes-auth-backend-role";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { Duration, type Delivery } from "../model";
import type { PolicyRule } from "../policies";
import { Policy, type IGrantee } from "./policy";

/** Props of {@link Workload}. */
export interface WorkloadProps {
  /** Name of its policy and of its auth role. */
  readonly name: string;
  /**
   * The service account that may take the role, exactly.
   * @default no role: nobody can log in as this workload yet
   */
  readonly delivery?: Delivery;
  /**
   * How long a token lives; the operator renews it.
   * @default 10 minutes: a changed role holds soon
   */
  readonly tokenTtl?: Duration;
  /**
   * How long a token lives at the most.
   * @default 1 hour
   */
  readonly tokenMaxTtl?: Duration;
  /**
   * What must be there before: the auth mount, where this stack makes it.
   * @default nothing of this stack
   */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * A workload as Vault knows it: a policy, and a role that exactly one service account of one namespace takes with a
 * token for exactly one audience. Source: Vault's documentation, "Kubernetes auth method" and "JWT/OIDC auth method".
 */
export class Workload extends Construct implements IGrantee {
  readonly kind = "workload";
  /** The role; absent where nobody can log in yet. */
  readonly role?: ITerraformDependable;
  private readonly policy: Policy;

  constructor(scope: Construct, id: string, { name, delivery, tokenTtl, tokenMaxTtl, dependsOn }: WorkloadProps) {
    super(scope, id);
    this.policy = new Policy(this, "policy", { name });
    if (!delivery) return;
    const token = {
      roleName: name,
      tokenPolicies: [this.policy.name],
      tokenTtl: (tokenTtl ?? Duration.of("10m")).seconds,
      tokenMaxTtl: (tokenMaxTtl ?? Duration.of("1h")).seconds,
      dependsOn: dependsOn && [...dependsOn],
    };
    if (delivery.login === "jwt")
      this.role = new JwtAuthBackendRole(this, "role", {
        ...token,
        backend: delivery.authMount,
        roleType: "jwt",
        userClaim: "sub",
        boundAudiences: [delivery.audience],
        boundSubject: `system:serviceaccount:${delivery.namespace}:${delivery.serviceAccount}`,
      });
    else
      this.role = new KubernetesAuthBackendRole(this, "role", {
        ...token,
        backend: delivery.authMount,
        boundServiceAccountNames: [delivery.serviceAccount],
        boundServiceAccountNamespaces: [delivery.namespace],
        audience: delivery.audience,
      });
  }

  grant(...rules: readonly PolicyRule[]): void {
    this.policy.grant(...rules);
  }
}
