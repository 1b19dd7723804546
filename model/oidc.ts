import type { OidcConfig } from "./config/login";
import type { Duration } from "./duration";
import { OIDC_ROLE, type Group, type OidcLogin, type Vault } from "./platform";

/** A group of people whose members an identity provider knows. */
type ExternalGroup = Group & { readonly oidc: string };

/** The groups on a Vault whose members its identity provider knows. */
export function externalGroups({ name }: Pick<Vault, "name">, groups: readonly Group[]): ExternalGroup[] {
  return groups.filter((group): group is ExternalGroup => group.oidc !== undefined && group.vaults.includes(name));
}

/** Whose word the auth mount of people takes, under Terraform's names. */
export function oidcMount({
  issuer,
  clientId,
  caCertificate,
}: Pick<OidcLogin, "issuer" | "clientId" | "caCertificate">) {
  return {
    type: "oidc",
    // A token's issuer is held to the discovered one; said, so that nothing else can be meant.
    bound_issuer: issuer,
    oidc_discovery_url: issuer,
    ...(caCertificate !== undefined && { oidc_discovery_ca_pem: caCertificate.trimEnd() }),
    oidc_client_id: clientId,
    default_role: OIDC_ROLE,
  };
}

/**
 * The one role there, under Terraform's names: for people of these groups of the provider's, and nobody else. It gives
 * no policy; groups do. Whoever has none of these groups, or none any more, cannot log in at all.
 * @param tokens how long a token lives without renewal, and at the most
 */
export function oidcRole(
  { clientId, groupsClaim, redirectUris, scopes }: OidcLogin,
  groups: readonly string[],
  tokens: { readonly tokenTtl: Duration; readonly tokenMaxTtl: Duration },
) {
  return {
    role_name: OIDC_ROLE,
    role_type: "oidc",
    user_claim: "sub",
    groups_claim: groupsClaim,
    bound_audiences: [clientId],
    // With `glob` a `*` in a group's name would be a pattern.
    bound_claims_type: "string",
    // The provider parts the values at commas; the model lets none into a group's name.
    bound_claims: { [groupsClaim]: [...groups].sort().join(",") },
    allowed_redirect_uris: redirectUris,
    ...(scopes.length > 0 && { oidc_scopes: scopes }),
    token_ttl: tokens.tokenTtl.seconds,
    token_max_ttl: tokens.tokenMaxTtl.seconds,
    token_type: "service",
  };
}

/** Where the vault program waits for who logs in with it. Source: Vault's documentation, "OIDC login (Vault CLI)". */
const PROGRAM = "http://localhost:8250/oidc/callback";

/**
 * A login by an identity provider, every default filled in, also where a field is there and undefined: a role without a
 * claim of groups would let nobody in.
 * @param page a redirect address beside the vault program's, where none is given; @default none
 */
export function oidcLogin({ issuer, clientId, caCertificate, ...given }: OidcConfig, page?: string): OidcLogin {
  return {
    issuer,
    clientId,
    ...(caCertificate !== undefined && { caCertificate }),
    groupsClaim: given.groupsClaim ?? "groups",
    scopes: given.scopes ?? ["groups"],
    secretVersion: given.secretVersion ?? 1,
    redirectUris: given.redirectUris ?? [PROGRAM, ...(page === undefined ? [] : [page])],
  };
}
