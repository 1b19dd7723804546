import { USERPASS_MOUNT } from "../../../model";
import type { VaultClient } from "../../vault";
import type { Io } from "../io";
import { generatePassword } from "../users/password";
import { refuseOwn } from "../users/own";
import { findTokens, revokeTokens } from "../users/tokens";
import type { RoleFacts, UserFindings } from "./vault-facts";

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
  if (entity) await refuseOwn(client, entity);
  if (entity && !entity.disabled) await client.write(`identity/entity/id/${entity.id}`, { disabled: true });
  // Looked for once more: a token may have been made between the first look and the closing of the door.
  const now = entity ? await findTokens(io, client, (token) => token.entity_id === entity.id) : tokens;
  await revokeTokens(io, client, now);
  if (exists) await client.write(`auth/${USERPASS_MOUNT}/users/${name}/password`, { password: generatePassword() });
  return now.length;
}

/**
 * Cuts workloads off: roles deleted, then the tokens of these roles revoked. Each step may be done again. Returns how
 * many tokens there were. Throws VaultErrors.
 */
export async function cutWorkloads(io: Io, client: VaultClient, roles: readonly RoleFacts[]): Promise<number> {
  for (const { path, exists } of roles) if (exists) await client.delete(path);
  const logins = new Set(roles.map(({ tenant }) => `auth/${tenant.delivery!.authMount}/login ${tenant.name}`));
  const tokens = await findTokens(io, client, (token) => logins.has(`${token.path} ${token.meta?.role ?? ""}`));
  await revokeTokens(io, client, tokens);
  return tokens.length;
}
