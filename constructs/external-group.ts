import { IdentityGroup } from "@cdktf/provider-vault/lib/identity-group";
import { IdentityGroupAlias } from "@cdktf/provider-vault/lib/identity-group-alias";
import { Construct } from "constructs";
import { OIDC_GROUP } from "../model/rules";
import type { IGrantee } from "./grant";
import type { OidcLogin } from "./oidc-login";
import { Policy } from "./policy";
import { textProblem, validateProps } from "./validation";

/** Props of {@link ExternalGroup}. */
export interface ExternalGroupProps {
  /** Name of the identity group and of its policy. */
  readonly name: string;
  /** Where its people log in. */
  readonly login: OidcLogin;
  /** The provider's group that it is, as the provider writes it. */
  readonly oidc: string;
}

/**
 * A group of people whose members an identity provider knows: an identity group, the alias by which a token's group is
 * this one, and the policy of the group's name. Vault looks at the token's groups at each login, and not where its own
 * token is renewed.
 *
 * @example
 * const login = new OidcLogin(this, "oidc", {
 *   issuer: "https://login.example",
 *   clientId: "vault",
 *   groups: ["shop-devs"],
 * });
 * const developers = new ExternalGroup(this, "developers", { name: "shop-developers", login, oidc: "shop-devs" });
 * secretSet.grantRead(developers);
 */
export class ExternalGroup extends Construct implements IGrantee {
  readonly kind = "people";
  readonly policy: Policy;

  constructor(scope: Construct, id: string, { name, login, oidc }: ExternalGroupProps) {
    super(scope, id);
    validateProps(this, () => [textProblem("oidc", oidc, OIDC_GROUP, "Write the group as the provider does.")]);
    this.policy = new Policy(this, "policy", { name });
    const group = new IdentityGroup(this, "resource", { name, type: "external", policies: [name] });
    new IdentityGroupAlias(this, "alias", { name: oidc, mountAccessor: login.accessor, canonicalId: group.id });
  }
}
