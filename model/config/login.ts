/**
 * The company's own login, beside userpass: an OpenID Connect provider says who somebody is and which of its groups
 * they are in. The client's secret is no part of a config: it is handed to the access stack as the variable
 * `oidc_client_secret_<vault>` (dashes as underscores) at the apply that makes the login, and is in no plan, state or
 * log.
 *
 * The claim that tells people apart is always `sub`: of all claims the standard promises of this one alone that it is
 * never given to somebody else. Source: OpenID Connect Core, "Claim Stability and Uniqueness".
 */
export interface OidcConfig {
  /** The provider's issuer, exactly as it calls itself; what it is configured by is below it, by https. */
  readonly issuer: string;
  /** The ID of Vault's client there, and the only audience of its tokens that is taken. */
  readonly clientId: string;
  /**
   * Where the provider may send people back to: a page of Vault's UI by https, or the vault program's own.
   * @default the vault program's `http://localhost:8250/oidc/callback`, and Vault's UI where `ui: true` and an
   * `address` by https say that there is one
   */
  readonly redirectUris?: readonly string[];
  /**
   * The claim with the names of a person's groups.
   * @default "groups"
   */
  readonly groupsClaim?: string;
  /**
   * What is asked for beside `openid`, so that the groups are in the token.
   * @default ["groups"]
   */
  readonly scopes?: readonly string[];
  /**
   * Who signed the provider's certificate, PEM (public).
   * @default the system's roots of the server's image
   */
  readonly caCertificate?: string;
  /**
   * Another number writes the client's secret again.
   * @default 1
   */
  readonly secretVersion?: number;
}

/**
 * A second factor of people with a password, beside it: a code of an authenticator app (TOTP).
 * - `offered`: `users invite` enrols whoever it invites, and no login asks for a code;
 * - `required`: logins of `platform-admin` and of every group that may write to a protected set ask for one. Whoever is
 *   not enrolled cannot log in any more: let a Vault that has people be `offered` first, and invite them.
 *
 * The second factor of people of an identity provider is the provider's. Source: Vault's documentation, "Login MFA".
 */
export type SecondFactor = "offered" | "required";

/** How people log in to a Vault, beside userpass and a password. */
export interface LoginConfig {
  /** @default none: people log in with userpass alone */
  readonly oidc?: OidcConfig;
  /** @default none: a password is enough */
  readonly secondFactor?: SecondFactor;
}
