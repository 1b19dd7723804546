import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { Duration, OIDC_MOUNT, oidcLogin, oidcMount, oidcRole, type OidcConfig } from "../model";
import { CLAIM, GROUPS_CLAIM, HTTPS_URL, OIDC_GROUP, REDIRECT_URI, SCOPE } from "../model/rules";
import { handedOver } from "./handed-over";
import { ThinResource } from "./l1";
import { pinProviders } from "./providers";
import { textProblem, validateProps } from "./validation";

/** Props of {@link OidcLogin}. */
export interface OidcLoginProps extends OidcConfig {
  /** The provider's groups whose members may log in, as it writes them; at least one. */
  readonly groups: readonly string[];
  /**
   * The variable by which the client's secret comes.
   * @default "oidc_client_secret"
   */
  readonly secretVariable?: string;
  /**
   * How long a person's token lives without renewal.
   * @default 1 hour
   */
  readonly tokenTtl?: Duration;
  /**
   * How long a person's token lives at the most.
   * @default 8 hours
   */
  readonly tokenMaxTtl?: Duration;
}

/**
 * The auth method `oidc` of people whom an identity provider knows, and its only role, `people`: for tokens of this
 * client alone, of people who are in one of the groups. Vault sends a code challenge with every login (PKCE). What a
 * person may do comes from each {@link ExternalGroup} of the provider's groups that the token names.
 *
 * The client's secret comes by a variable, which only an apply that makes or changes the method needs:
 * `TF_VAR_oidc_client_secret`. It is in no plan and no state.
 *
 * @example
 * const login = new OidcLogin(this, "oidc", {
 *   issuer: "https://login.example",
 *   clientId: "vault",
 *   groups: ["shop-developers"],
 * });
 */
export class OidcLogin extends Construct {
  readonly path = OIDC_MOUNT;
  /** Known after the apply. */
  readonly accessor: string;
  readonly resource: ITerraformDependable;

  constructor(scope: Construct, id: string, props: OidcLoginProps) {
    super(scope, id);
    pinProviders(this, "vault");
    validateProps(this, () => problems(props));
    const {
      groups,
      secretVariable = "oidc_client_secret",
      tokenTtl = Duration.of("1h"),
      tokenMaxTtl = Duration.of("8h"),
      ...given
    } = props;
    const login = oidcLogin(given);
    const mount = new ThinResource(this, "resource", "vault_jwt_auth_backend", {
      path: this.path,
      description: "People, by the identity provider",
      ...oidcMount(login),
      oidc_client_secret_wo: clientSecret(this, secretVariable),
      oidc_client_secret_wo_version: login.secretVersion,
    });
    this.resource = mount;
    this.accessor = mount.getStringAttribute("accessor");
    const role = { backend: this.path, ...oidcRole(login, groups, { tokenTtl, tokenMaxTtl }) };
    new ThinResource(this, "role", "vault_jwt_auth_backend_role", role, { dependsOn: [mount] });
  }
}

function problems(props: OidcLoginProps) {
  const { issuer, clientId, groups, redirectUris = [], groupsClaim, scopes = [] } = props;
  return [
    textProblem("issuer", issuer, HTTPS_URL, "Give the issuer exactly as the provider's own configuration says it."),
    textProblem("clientId", clientId, CLAIM, "Give the ID of Vault's client at the provider."),
    textProblem("groupsClaim", groupsClaim, GROUPS_CLAIM, "Name the claim that has a person's groups."),
    groups.length === 0 && {
      prop: "groups",
      given: groups,
      accepted: "at least one group of the provider",
      hint: "Without one everybody whom the provider knows could log in.",
    },
    ...groups.map((each) => textProblem("groups", each, OIDC_GROUP, "Write the group as the provider does.")),
    ...redirectUris.map((each) => textProblem("redirectUris", each, REDIRECT_URI, "Vault waits there alone.")),
    ...scopes.map((each) => textProblem("scopes", each, SCOPE, "Vault asks for openid by itself.")),
  ];
}

/**
 * An empty text where it is not given, so that plans need none: Vault then refuses to make or change the method, and
 * leaves it as it is. Source: a real Vault 1.21; the provider refuses an absent one even to plan.
 */
function clientSecret(scope: Construct, variable: string): string {
  return handedOver(scope, "client-secret", {
    variable,
    description: "Secret of Vault's client at the identity provider; only where the login is made or changed",
    fallback: "",
  });
}
