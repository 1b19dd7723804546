import { JwtAuthBackend } from "@cdktf/provider-vault/lib/jwt-auth-backend";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Pipelines } from "../model";

/** Props of {@link PipelineLogin}. */
export interface PipelineLoginProps {
  readonly pipelines: Pick<Pipelines, "mount" | "issuer" | "publicKeys" | "caCertificate">;
}

/**
 * The auth mount where the CI's jobs log in by their OIDC tokens. Source: Vault's documentation, "JWT/OIDC auth
 * method".
 */
export class PipelineLogin extends Construct {
  readonly path: string;
  /** What roles of this mount wait for. */
  readonly mount: ITerraformDependable;

  constructor(
    scope: Construct,
    id: string,
    { pipelines: { mount, issuer, publicKeys, caCertificate } }: PipelineLoginProps,
  ) {
    super(scope, id);
    this.path = mount;
    this.mount = new JwtAuthBackend(this, "resource", {
      path: mount,
      type: "jwt",
      description: "Jobs of the CI",
      boundIssuer: issuer,
      ...(publicKeys
        ? { jwtValidationPubkeys: publicKeys.map((key) => key.trimEnd()) }
        : { oidcDiscoveryUrl: issuer, oidcDiscoveryCaPem: caCertificate?.trimEnd() }),
    });
  }
}
