import { AuthBackend } from "@cdktf/provider-vault/lib/auth-backend";
import { JwtAuthBackend } from "@cdktf/provider-vault/lib/jwt-auth-backend";
import { TerraformVariable, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { ClusterAuth } from "../model";
import { KubernetesAuthConfig } from "./l1";

/** Props of {@link ClusterLogin}. */
export interface ClusterLoginProps {
  readonly auth: ClusterAuth;
}

/**
 * The auth mount where a cluster's service accounts log in, and how Vault checks their tokens. Source: Vault's
 * documentation, "Use Kubernetes for OIDC authentication" and "Kubernetes auth method".
 */
export class ClusterLogin extends Construct {
  /** What roles of this mount wait for. */
  readonly mount: ITerraformDependable;

  constructor(scope: Construct, id: string, { auth: { cluster, mount: path, login } }: ClusterLoginProps) {
    super(scope, id);
    const description = `Workloads of cluster ${cluster}`;
    if (login.type === "jwt") {
      this.mount = new JwtAuthBackend(this, "resource", {
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
    const mount = new AuthBackend(this, "resource", { path, type: "kubernetes", description });
    this.mount = mount;
    if (login.type === "vault")
      new KubernetesAuthConfig(this, "config", { backend: mount.path, host: "https://kubernetes.default.svc" });
    else
      new KubernetesAuthConfig(this, "config", {
        backend: mount.path,
        host: login.host,
        caCertificate: login.caCertificate,
        tokenReviewerJwtWo: reviewerToken(this, cluster),
        tokenReviewerJwtWoVersion: login.tokenVersion,
      });
  }
}

/**
 * `TF_VAR_reviewer_jwt_<cluster>`: a token of that cluster with system:auth-delegator, handed over at apply and stored
 * nowhere.
 */
function reviewerToken(scope: Construct, cluster: string): string {
  const variable = new TerraformVariable(scope, "reviewer-jwt", {
    type: "string",
    sensitive: true,
    description: `Token of a service account of cluster ${cluster} bound to system:auth-delegator`,
  });
  variable.overrideLogicalId(`reviewer_jwt_${cluster.replaceAll("-", "_")}`);
  variable.addOverride("ephemeral", true);
  return variable.stringValue;
}
