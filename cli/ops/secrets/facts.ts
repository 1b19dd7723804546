import type { SecretSet } from "../../../model";
import { KvClient, VaultError, type KvMetadata, type KvSubkeys, type VaultClient } from "../../vault";
import { OpsError } from "../errors";
import type { Io } from "../io";
import { eachInParallel } from "../parallel";

/** What is known of a secret set without reading a value. */
export interface SetFacts {
  readonly tenant: SecretSet;
  /** Undefined: there is no such set. */
  readonly metadata: KvMetadata | undefined;
  /** Undefined: there is no such set, or keys were not asked for. */
  readonly subkeys: KvSubkeys | undefined;
  /** Those of the version that pods get; undefined where that is the newest, is not there, or was not asked for. */
  readonly pinnedSubkeys?: KvSubkeys | undefined;
}

/** The sets that could be looked at, and those that the token may not look at. */
interface Seen {
  readonly facts: readonly SetFacts[];
  readonly denied: readonly SecretSet[];
}

/**
 * Looks at secret sets: `metadata` and, if `keys` says so, `subkeys`; never `data`. A set that the token may not look
 * at is no failure here: others may be seen. Throws VaultErrors of every other kind.
 */
export async function readFacts(
  io: Io,
  client: VaultClient,
  tenants: readonly SecretSet[],
  { keys }: { readonly keys: boolean },
): Promise<Seen> {
  const kv = new KvClient(client);
  const denied: SecretSet[] = [];
  const facts = await eachInParallel(io, tenants, "looking at secret sets", async (tenant) => {
    try {
      const metadata = await kv.metadata(tenant.path);
      if (!metadata || !keys) return { tenant, metadata, subkeys: undefined };
      const { path, pinned } = tenant;
      const pinnedSubkeys = pinned && (await kv.subkeys(path, pinned.version));
      return { tenant, metadata, subkeys: await kv.subkeys(path), pinnedSubkeys };
    } catch (error) {
      if (!(error instanceof VaultError) || !error.isDenied) throw error;
      return void denied.push(tenant);
    }
  });
  return { facts: facts.filter((each) => each !== undefined), denied };
}

/**
 * Throws an OpsError that names the sets that could not be looked at, if there are any: what was printed is not the
 * whole.
 */
export function failIfDenied(denied: readonly SecretSet[]): void {
  if (denied.length === 0) return;
  const names = denied.map((tenant) => tenant.path.toString()).join(", ");
  throw new OpsError(
    `${denied.length} of the secret sets could not be looked at (permission denied): ${names}. Use ` +
      `a token that may read their metadata and key names, or leave them out by --app and --environment.`,
  );
}

/** What a set is called in what these commands print. */
export interface SetNames {
  readonly app: string;
  readonly environment: string;
  /** With the mount, without an API prefix. */
  readonly path: string;
}

/** A set's names. */
export function names(tenant: SecretSet): SetNames {
  return { app: tenant.app, environment: tenant.environment, path: tenant.path.toString() };
}
