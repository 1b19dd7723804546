import type { VaultClient } from "../../vault";
import type { Io } from "../io";
import { lockOut } from "../users/lock-out";
import { generatePassword, setPassword } from "../users/password";
import { revokeTokens } from "../users/tokens";
import { tokensOfRoles, type RoleFacts, type UserFindings } from "./vault-facts";

/**
 * Cuts a person off: entity disabled, tokens revoked, password replaced by one that nobody knows. Each step may be done
 * again: a second run finishes what a failed one left. Returns how many tokens there were. Throws VaultErrors, and an
 * OpsError when the person is who runs this.
 */
export async function cutUser(
  io: Io,
  client: VaultClient,
  name: string,
  { entity, exists, tokens }: UserFindings,
): Promise<number> {
  if (!entity) await revokeTokens(io, client, tokens);
  const count = entity ? await lockOut(io, client, entity) : tokens.length;
  if (exists) await setPassword(client, name, generatePassword());
  return count;
}

/**
 * Cuts workloads off: roles deleted, then the tokens of these roles revoked. Each step may be done again. Returns how
 * many tokens there were. Throws VaultErrors.
 */
export async function cutWorkloads(io: Io, client: VaultClient, roles: readonly RoleFacts[]): Promise<number> {
  for (const { path, exists } of roles) if (exists) await client.delete(path);
  // Looked for once more: a token may have been made between the first look and the closing of the door.
  const tokens = await tokensOfRoles(io, client, roles);
  await revokeTokens(io, client, tokens);
  return tokens.length;
}
