import { VaultError, type VaultClient } from "../../vault";
import type { Io } from "../io";
import { eachInParallel } from "../parallel";

/** A token as an operator may see it: everything but the token. Source: `auth/token/lookup-accessor` of Vault 1.21. */
export interface TokenFacts {
  readonly accessor: string;
  /** Empty for root tokens and others without an identity. */
  readonly entity_id: string;
  /** Where it was made: `auth/userpass/login/amara.okafor`, `auth/kubernetes/login`. */
  readonly path: string;
  /** What the auth method noted, e.g. `username` or `role`. */
  readonly meta: Readonly<Record<string, string>> | null;
  readonly policies: readonly string[];
  /** Those of its entity and groups, as they are now. */
  readonly identity_policies?: readonly string[] | null;
}

/**
 * The tokens for which `belongs` says yes. Vault has no index of them by identity: each accessor is looked up. Batch
 * tokens have no accessor and are not found; none of this platform's auth methods makes them. Throws VaultErrors.
 */
export async function findTokens(
  io: Io,
  client: VaultClient,
  belongs: (token: TokenFacts) => boolean,
): Promise<TokenFacts[]> {
  const accessors = await client.list("auth/token/accessors");
  const found = await eachInParallel(io, accessors, "looking at tokens", async (accessor) => {
    const answer = await client.write<TokenFacts>("auth/token/lookup-accessor", { accessor }).catch(undefinedIfGone);
    return answer?.data;
  });
  return found.filter((token) => token !== undefined).filter(belongs);
}

/**
 * Revokes tokens by their accessors, and with them the leases and tokens made by them. The token of this run comes
 * last, so that it can finish. Tokens that have gone meanwhile are no failure. Throws VaultErrors; what was revoked
 * stays so, and a second run does the rest.
 */
export async function revokeTokens(io: Io, client: VaultClient, tokens: readonly TokenFacts[]): Promise<void> {
  if (tokens.length === 0) return;
  const { accessor: own } = await client.read<{ accessor: string }>("auth/token/lookup-self");
  for (const last of [false, true])
    await eachInParallel(
      io,
      tokens.filter(({ accessor }) => (accessor === own) === last),
      "revoking tokens",
      ({ accessor }) => client.write("auth/token/revoke-accessor", { accessor }).catch(undefinedIfGone),
    );
}

/** Finds tokens anew, as {@link findTokens}, and revokes them; returns how many. Throws VaultErrors. */
export async function revokeFound(
  io: Io,
  client: VaultClient,
  belongs: (token: TokenFacts) => boolean,
): Promise<number> {
  const tokens = await findTokens(io, client, belongs);
  await revokeTokens(io, client, tokens);
  return tokens.length;
}

/** For `catch`: a token that expired between the listing and now. */
function undefinedIfGone(error: unknown): undefined {
  if (error instanceof VaultError && /invalid accessor|bad token/i.test(error.errors.join(" "))) return undefined;
  throw error;
}
