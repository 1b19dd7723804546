import { JwtAuthBackendRole } from "@cdktf/provider-vault/lib/jwt-auth-backend-role";
import { KubernetesAuthBackendRole } from "@cdktf/provider-vault/lib/kubernetes-auth-backend-role";
import type { ITerraformDependable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { AUDIENCE, Duration, type KvPath } from "../model";
import { DNS_LABEL, SERVICE_ACCOUNT } from "../model/rules";
import type { IAuthMethod } from "./auth-method";
import type { IGrantee } from "./grant";
import { Policy } from "./policy";
import { textProblem, validateProps } from "./validation";
import { waitFor } from "./wait-for";

/** How a workload logs in: the one service account that may take its role, and where. */
export interface ServiceAccountLogin {
  /** Where it logs in. */
  readonly authMethod: IAuthMethod;
  /** The service account's namespace. */
  readonly namespace: string;
  /** The only one that may take the role. */
  readonly serviceAccount: string;
  /** The audience of the service account's token, and of the role. */
  readonly audience: string;
}

/** A workload as Vault knows it, whoever made its role. */
export interface IWorkload extends IConstruct {
  /** Name of its auth role. */
  readonly name: string;
  /** Absent where nobody can log in as it yet. */
  readonly login?: ServiceAccountLogin;
  /** The role, which a binding waits for; absent where somebody else made it. */
  readonly role?: ITerraformDependable;
  /** Whether it may read a secret set; absent where its policy is somebody else's. */
  mayRead?(set: KvPath): boolean;
}

/** Props of {@link Workload}. */
export interface WorkloadProps {
  /** Name of its policy and of its auth role. */
  readonly name: string;
  /**
   * Where its service account logs in.
   * @default none, and no role: nobody can log in as this workload yet
   */
  readonly authMethod?: IAuthMethod;
  /**
   * The namespace of its service account; given with `authMethod`.
   * @default none, where `authMethod` is left out
   */
  readonly namespace?: string;
  /**
   * The service account that may take the role, exactly.
   * @default the workload's name
   */
  readonly serviceAccount?: string;
  /**
   * The only audience that its tokens may have.
   * @default "vault"
   */
  readonly audience?: string;
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
}

/**
 * A workload as Vault knows it: a policy, and a role that exactly one service account of one namespace takes with a
 * token for exactly one audience. Source: Vault's documentation, "Kubernetes auth method" and "JWT/OIDC auth method".
 *
 * @example
 * const workload = new Workload(this, "shop", {
 *   name: "shop-dev",
 *   authMethod: AuthMethod.fromPath(this, "login", "kubernetes"),
 *   namespace: "shop",
 * });
 * secretSet.grantRead(workload);
 */
export class Workload extends Construct implements IGrantee, IWorkload {
  /** A workload whose role another stack, or somebody else, made. `audience` defaults to `vault`. */
  static fromServiceAccount(
    scope: Construct,
    id: string,
    {
      name,
      audience = AUDIENCE,
      ...login
    }: Omit<ServiceAccountLogin, "audience"> & Pick<WorkloadProps, "name" | "audience">,
  ): IWorkload {
    const workload = Object.assign(new Construct(scope, id), { name, login: { ...login, audience } });
    validateProps(workload, () => accountProblems(login), "Workload.fromServiceAccount");
    return workload;
  }

  readonly kind = "workload";
  readonly name: string;
  readonly policy: Policy;
  readonly login?: ServiceAccountLogin;
  readonly role?: ITerraformDependable;

  constructor(
    scope: Construct,
    id: string,
    { name, authMethod, namespace, serviceAccount = name, audience = AUDIENCE, tokenTtl, tokenMaxTtl }: WorkloadProps,
  ) {
    super(scope, id);
    validateProps(this, () => [
      (authMethod === undefined) !== (namespace === undefined) && {
        prop: authMethod ? "namespace" : "authMethod",
        given: undefined,
        accepted: "both authMethod and namespace, or neither",
        hint: "A role binds a service account of one namespace: say where it logs in, and which namespace it is of.",
      },
      ...(authMethod ? accountProblems({ namespace, serviceAccount }) : []),
    ]);
    this.name = name;
    this.policy = new Policy(this, "policy", { name });
    if (!authMethod || namespace === undefined) return;
    this.login = { authMethod, namespace, serviceAccount, audience };
    const token = {
      backend: authMethod.path,
      roleName: name,
      tokenPolicies: [name],
      tokenTtl: (tokenTtl ?? Duration.of("10m")).seconds,
      tokenMaxTtl: (tokenMaxTtl ?? Duration.of("1h")).seconds,
      dependsOn: waitFor(authMethod.resource),
    };
    this.role =
      authMethod.type === "jwt"
        ? new JwtAuthBackendRole(this, "role", {
            ...token,
            roleType: "jwt",
            userClaim: "sub",
            boundAudiences: [audience],
            boundSubject: `system:serviceaccount:${namespace}:${serviceAccount}`,
          })
        : new KubernetesAuthBackendRole(this, "role", {
            ...token,
            boundServiceAccountNames: [serviceAccount],
            boundServiceAccountNamespaces: [namespace],
            audience,
          });
  }

  mayRead(set: KvPath): boolean {
    return this.policy.reads(set.data());
  }
}

function accountProblems({ namespace, serviceAccount }: Pick<WorkloadProps, "namespace" | "serviceAccount">) {
  return [
    textProblem("namespace", namespace, DNS_LABEL, "Name one namespace: a role never binds by wildcard."),
    textProblem(
      "serviceAccount",
      serviceAccount,
      SERVICE_ACCOUNT,
      "Name one service account that is this app's alone.",
    ),
  ];
}
