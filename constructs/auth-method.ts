import { AuthBackend } from "@cdktf/provider-vault/lib/auth-backend";
import { JwtAuthBackend } from "@cdktf/provider-vault/lib/jwt-auth-backend";
import type { ITerraformDependable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { IN_CLUSTER_HOST, type ClusterLogin } from "../model";
import { handedOver } from "./handed-over";
import { ThinResource } from "./l1";
import { pinProviders } from "./providers";
import { mountProblem, validateProps } from "./validation";

/** An auth mount where tokens that a cluster or a CI issues log in, whoever made it. */
export interface IAuthMethod extends IConstruct {
  /** One path segment, e.g. `kubernetes`. */
  readonly path: string;
  /** `kubernetes`: the cluster is asked about a token; `jwt`: its signature is checked. */
  readonly type: "kubernetes" | "jwt";
  /** What roles of it wait for; absent where somebody else made it. */
  readonly resource?: ITerraformDependable;
}

/** Props of {@link AuthMethod}. */
export interface AuthMethodProps {
  /**
   * The mount, one path segment.
   * @default "kubernetes"
   */
  readonly path?: string;
  /**
   * How Vault checks the tokens.
   * @default { type: "vault" }: Vault runs in the cluster and reviews them with its own service account
   */
  readonly login?: ClusterLogin;
  /**
   * The cluster's name: it is in the description and, of a login by `token`, in the name of the variable
   * `reviewer_jwt_<cluster>` (dashes as underscores).
   * @default the mount's path
   */
  readonly cluster?: string;
  /**
   * What Vault's list of auth methods says of it.
   * @default "Workloads of cluster <cluster>"
   */
  readonly description?: string;
}

/**
 * An auth mount where a cluster's service accounts, or the jobs of a CI, log in, and how Vault checks their tokens.
 * Source: Vault's documentation, "Use Kubernetes for OIDC authentication" and "Kubernetes auth method".
 *
 * @example
 * const local = new AuthMethod(this, "login");
 * const eu = new AuthMethod(this, "login-eu", {
 *   path: "kubernetes-eu",
 *   login: { type: "jwt", issuer: "https://oidc.eu.example" },
 * });
 */
export class AuthMethod extends Construct implements IAuthMethod {
  /** A mount that another stack, or somebody else, made. `type` defaults to `kubernetes`. */
  static fromPath(scope: Construct, id: string, path: string, type: IAuthMethod["type"] = "kubernetes"): IAuthMethod {
    const method = Object.assign(new Construct(scope, id), { path, type });
    validateProps(method, () => [mountProblem(path)], "AuthMethod.fromPath");
    return method;
  }

  readonly path: string;
  readonly type: IAuthMethod["type"];
  readonly resource: ITerraformDependable;

  constructor(
    scope: Construct,
    id: string,
    {
      path = "kubernetes",
      login = { type: "vault" },
      cluster = path,
      description = `Workloads of cluster ${cluster}`,
    }: AuthMethodProps = {},
  ) {
    super(scope, id);
    pinProviders(this, "vault");
    validateProps(this, () => [mountProblem(path)]);
    this.path = path;
    if (login.type === "jwt") {
      this.type = "jwt";
      this.resource = new JwtAuthBackend(this, "resource", {
        path,
        type: "jwt",
        description,
        boundIssuer: login.issuer,
        ...(login.publicKeys
          ? { jwtValidationPubkeys: login.publicKeys.map((key) => key.trimEnd()) }
          : { oidcDiscoveryUrl: login.issuer, oidcDiscoveryCaPem: login.caCertificate?.trimEnd() }),
      });
      return;
    }
    this.type = "kubernetes";
    const mount = new AuthBackend(this, "resource", { path, type: "kubernetes", description });
    this.resource = mount;
    new ThinResource(this, "config", "vault_kubernetes_auth_backend_config", {
      backend: mount.path,
      ...(login.type === "vault"
        ? { kubernetes_host: IN_CLUSTER_HOST }
        : {
            kubernetes_host: login.host,
            kubernetes_ca_cert: login.caCertificate,
            token_reviewer_jwt_wo: reviewerToken(this, cluster),
            // Another number writes the token again.
            token_reviewer_jwt_wo_version: login.tokenVersion ?? 1,
            disable_local_ca_jwt: true,
          }),
    });
  }
}

/**
 * `TF_VAR_reviewer_jwt_<cluster>`: a token of that cluster with system:auth-delegator, handed over at apply and stored
 * nowhere.
 */
function reviewerToken(scope: Construct, cluster: string): string {
  return handedOver(scope, "reviewer-jwt", {
    variable: `reviewer_jwt_${cluster.replaceAll("-", "_")}`,
    description: `Token of a service account of cluster ${cluster} bound to system:auth-delegator`,
  });
}
