import { JwtAuthBackendRole } from "@cdktf/provider-vault/lib/jwt-auth-backend-role";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import type { Duration, PipelineIdentity } from "../model";
import { pipelineTokenRules, PolicyDocument, type PolicyRule } from "../policies";
import { VaultPolicy } from "./l1";
import type { PipelineLogin } from "./pipeline-login";

/** Props of {@link PipelineRole}. */
export interface PipelineRoleProps {
  readonly identity: Pick<PipelineIdentity, "name" | "rights" | "claims">;
  readonly login: PipelineLogin;
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
 */
export class PipelineRole extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { identity: { name, rights, claims }, login, audience, tokenTtl, rules }: PipelineRoleProps,
  ) {
    super(scope, id);
    if (rights === name)
      new VaultPolicy(this, "policy", {
        name,
        policy: Lazy.stringValue({ produce: () => PolicyDocument.of(...pipelineTokenRules(), ...rules()).render() }),
      });
    new JwtAuthBackendRole(this, "role", {
      backend: login.path,
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
      dependsOn: [login.mount],
    });
  }
}
