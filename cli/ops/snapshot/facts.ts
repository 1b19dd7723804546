import type { Platform, Vault } from "../../../model";
import { VaultError, type KvVersion, type VaultClient } from "../../vault";
import type { Io } from "../io";
import { failIfDenied, readFacts, type SetFacts } from "../secrets/facts";

/**
 * What a Vault holds of the sets that the config has there, without a value; `client` has a token.
 * @param leaving those too that are `retired`: their values stay until a person deletes them
 *
 * Where the mount is not there, no set is. Throws VaultErrors, and an OpsError for sets that it may not look at.
 */
export async function setsOf(
  io: Io,
  client: VaultClient,
  platform: Platform,
  vault: Vault,
  leaving = false,
): Promise<readonly SetFacts[]> {
  const tenants = platform.sets.filter(
    ({ vault: on, secretSet }) => on === vault.name && (leaving || secretSet !== "retired"),
  );
  try {
    const { facts, denied } = await readFacts(io, client, tenants, { keys: true });
    failIfDenied(denied);
    return facts;
  } catch (error) {
    if (!(error instanceof VaultError) || error.kind !== "notFound") throw error;
    return tenants.map((tenant) => ({ tenant, metadata: undefined, subkeys: undefined }));
  }
}

/** A set's current version; undefined where there is none. */
export function currentOf({ metadata }: SetFacts): KvVersion | undefined {
  return metadata?.versions.find(({ version }) => version === metadata.current_version);
}
