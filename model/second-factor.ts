import { named, type Platform } from "./platform";

/** Name of what has logins ask for a second factor. */
export const SECOND_FACTOR = "second-factor";

/**
 * A Vault's second factor, under Terraform's names: codes as every authenticator app has them, since many take no
 * others. Five wrong ones within a period lock the factor for its rest. Source: Vault's API documentation, "TOTP MFA".
 */
export function totpMethod(issuer: string) {
  return { issuer, algorithm: "SHA1", digits: 6, period: 30, skew: 1, max_validation_attempts: 5 };
}

/** What an authenticator app calls an account on a Vault. */
export function issuerOf(platform: string, vault: string): string {
  return `${platform}-${vault}`;
}

/**
 * Names of the groups whose people a Vault asks for a second factor where it is required, sorted: those who run it, and
 * those who may write to what is protected. Who is in an identity provider's groups has the provider's.
 */
export function guardedGroups({ environments, groups, sets }: Platform, vault: string): string[] {
  const guarded = new Set(
    sets
      .filter((set) => set.vault === vault && named(environments, set.environment).protected)
      .map(({ path }) => path.toString()),
  );
  return groups
    .filter(({ vaults, oidc }) => oidc === undefined && vaults.includes(vault))
    .filter(
      ({ admin, grants }) =>
        admin ||
        grants.some(
          ({ access, scope }) =>
            access !== "read" && "sets" in scope && scope.sets.some((set) => guarded.has(set.toString())),
        ),
    )
    .map(({ name }) => name)
    .sort();
}
