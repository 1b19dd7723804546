import type { TerraformMetaArguments } from "cdktf";
import type { Construct } from "constructs";
import { ThinResource } from "./block";

/** Props of {@link KubernetesAuthConfig}. */
export interface KubernetesAuthConfigProps extends TerraformMetaArguments {
  /** The kubernetes auth mount. */
  readonly backend: string;
  /** The API server as Vault reaches it. */
  readonly host: string;
  /**
   * The API server's CA certificate, PEM.
   * @default the CA in Vault's own pod
   */
  readonly caCertificate?: string;
  /**
   * An expression of an ephemeral value: the token that reviews, in neither plan nor state.
   * @default Vault's own service account reviews
   */
  readonly tokenReviewerJwtWo?: string;
  /**
   * A change of it writes the token again.
   * @default 1
   */
  readonly tokenReviewerJwtWoVersion?: number;
}

/** `vault_kubernetes_auth_backend_config` with `token_reviewer_jwt_wo`, which the prebuilt bindings do not have. */
export class KubernetesAuthConfig extends ThinResource {
  constructor(
    scope: Construct,
    id: string,
    {
      backend,
      host,
      caCertificate,
      tokenReviewerJwtWo,
      tokenReviewerJwtWoVersion = 1,
      ...meta
    }: KubernetesAuthConfigProps,
  ) {
    const reviewer = tokenReviewerJwtWo && {
      token_reviewer_jwt_wo: tokenReviewerJwtWo,
      token_reviewer_jwt_wo_version: tokenReviewerJwtWoVersion,
      disable_local_ca_jwt: true,
    };
    super(
      scope,
      id,
      "vault_kubernetes_auth_backend_config",
      { backend, kubernetes_host: host, kubernetes_ca_cert: caCertificate, ...reviewer },
      meta,
    );
  }
}
