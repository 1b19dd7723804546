import { JwtAuthBackendRole } from "@cdktf/provider-vault/lib/jwt-auth-backend-role";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import type { Duration } from "../model";
import { pipelineTokenRules, PolicyDocument, type PolicyRule } from "../policies/write";
import type { IAuthMethod } from "./auth-method";
import { ThinResource } from "./l1";
import { pinProviders } from "./providers";
import { waitFor } from "./wait-for";

/** Props of {@link PipelineRole}. */
export interface PipelineRoleProps {
  /** The role's name. */
  readonly name: string;
  /**
   * Name of the policy that its tokens have.
   * @default the role's name: a policy of its own
   */
  readonly rights?: string;
  /** Values of a claim, one of which a token must have, exactly. */
  readonly claims: { readonly [claim: string]: readonly string[] };
  /** Where the CI's tokens log in: an auth method of type `jwt`. */
  readonly authMethod: IAuthMethod;
  /** The only audience that is taken. */
  readonly audience: string;
  /** How long a token lives; it is not renewed beyond. */
  readonly tokenTtl: Duration;
  /**
   * What the stack needs, asked for when the policy is written: every stack is there only then. Not asked where the
   * policy is another role's.
   */
  readonly rules: () => readonly PolicyRule[];
}

/**
 * A job of the CI as Vault knows it: a policy, unless it has another role's, and a role that a token takes when every
 * claim is exactly so. `bound_claims_type` is said, although it is the default: with `glob` a `*` in a claim would be a
 * pattern. The token has no `default` policy.
 *
 * @example
 * new PipelineRole(this, "apply", {
 *   name: "apply-shop-dev",
 *   claims: { repository: ["acme/shop"], environment: ["apply-shop-dev"] },
 *   authMethod: AuthMethod.fromPath(this, "ci", "jwt-ci", "jwt"),
 *   audience: "https://vault.acme.example",
 *   tokenTtl: Duration.of("5m"),
 *   rules: () => [{ path: "kvv2/metadata/shop/*", capabilities: ["read"] }],
 * });
 */
export class PipelineRole extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { name, rights = name, claims, authMethod, audience, tokenTtl, rules }: PipelineRoleProps,
  ) {
    super(scope, id);
    pinProviders(this, "vault");
    if (rights === name)
      new ThinResource(this, "policy", "vault_policy", {
        name,
        allow_overwrite: false,
        policy: Lazy.stringValue({ produce: () => PolicyDocument.of(...pipelineTokenRules(), ...rules()).render() }),
      });
    new JwtAuthBackendRole(this, "role", {
      backend: authMethod.path,
      roleName: name,
      roleType: "jwt",
      userClaim: "sub",
      boundAudiences: [audience],
      boundClaimsType: "string",
      // The provider parts the values at commas; the model lets none into a value.
      boundClaims: Object.fromEntries(Object.entries(claims).map(([claim, values]) => [claim, values.join(",")])),
      tokenPolicies: [rights],
      tokenNoDefaultPolicy: true,
      tokenTtl: tokenTtl.seconds,
      tokenMaxTtl: tokenTtl.seconds,
      tokenType: "service",
      dependsOn: waitFor(authMethod.resource),
    });
  }
}
