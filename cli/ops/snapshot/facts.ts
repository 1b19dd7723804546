import type { Platform, Vault } from "../../../model";
import type { KvVersion, VaultClient } from "../../vault";
import type { Io } from "../io";
import { readFacts, type SetFacts } from "../secrets/facts";

/**
 * What a Vault holds of the sets that the config has there (but for those that leave), without a value; `client` has a
 * token. Throws VaultErrors.
 */
export async function setsOf(
  io: Io,
  client: VaultClient,
  platform: Platform,
  vault: Vault,
): Promise<readonly SetFacts[]> {
  const tenants = platform.tenants.filter(({ vault: on, secretSet }) => on === vault.name && secretSet !== "retired");
  return (await readFacts(io, client, tenants, { keys: true })).facts;
}

/** A set's current version; undefined where there is none. */
export function currentOf({ metadata }: SetFacts): KvVersion | undefined {
  return metadata?.versions.find(({ version }) => version === metadata.current_version);
}
