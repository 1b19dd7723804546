import { IdentityMfaLoginEnforcement } from "@cdktf/provider-vault/lib/identity-mfa-login-enforcement";
import { IdentityMfaTotp } from "@cdktf/provider-vault/lib/identity-mfa-totp";
import { Construct } from "constructs";
import { SECOND_FACTOR, totpMethod } from "../model";
import type { Group } from "./group";
import { pinProviders } from "./providers";

/** Props of {@link SecondFactor}. */
export interface SecondFactorProps {
  /** What an authenticator app calls the account, e.g. `shop-main`. */
  readonly issuer: string;
  /** Whose logins ask for a code; empty: nobody's, also of those who are enrolled. */
  readonly requiredOf: readonly Group[];
}

/**
 * Codes of an authenticator app (TOTP) beside a password, and the groups whose logins ask for one. Whoever is in such a
 * group and not enrolled cannot log in; tokens that exist stay. Vault takes each code once.
 *
 * @example
 * new SecondFactor(this, "second-factor", {
 *   issuer: "shop-main",
 *   requiredOf: [new Group(this, "writers", { name: "writers", members: [ann] })],
 * });
 */
export class SecondFactor extends Construct {
  constructor(scope: Construct, id: string, { issuer, requiredOf }: SecondFactorProps) {
    super(scope, id);
    pinProviders(this, "vault");
    const { max_validation_attempts: maxValidationAttempts, ...code } = totpMethod(issuer);
    const method = new IdentityMfaTotp(this, "resource", { ...code, maxValidationAttempts });
    if (requiredOf.length === 0) return;
    new IdentityMfaLoginEnforcement(this, "enforcement", {
      name: SECOND_FACTOR,
      mfaMethodIds: [method.methodId],
      identityGroupIds: requiredOf.map(({ groupId }) => groupId),
    });
  }
}
