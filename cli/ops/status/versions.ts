import { VaultError, type KvMetadata } from "../../vault";
import type { Io } from "../io";
import { readFacts } from "../secrets/facts";
import { pinnedFinding } from "../secrets/pinned";
import type { Session } from "../session";

/** Which versions the sets of a Vault have that are delivered, as far as that could be looked at. */
export interface Versions {
  /** By the set's path. */
  readonly metadata: ReadonlyMap<string, KvMetadata>;
  /** What a person must look at: pinned versions that are gone, or about to go. */
  readonly looks: readonly string[];
}

/** Reads the metadata of the versions, and no value. Throws nothing that Vault answers: what is denied is left out. */
export async function readVersions(io: Io, { client, platform, vault }: Session): Promise<Versions> {
  const delivered = new Set(platform.environments.filter(({ cluster }) => cluster).map(({ name }) => name));
  const sets = platform.sets.filter(
    (set) => set.vault === vault.name && delivered.has(set.environment) && set.secretSet !== "retired",
  );
  try {
    const { facts } = client.token ? await readFacts(io, client, sets, { keys: false }) : { facts: [] };
    return {
      metadata: new Map(
        facts.flatMap(({ tenant, metadata }) => (metadata ? [[tenant.path.toString(), metadata]] : [])),
      ),
      looks: facts.flatMap(({ tenant, metadata }) => {
        const found = pinnedFinding(tenant, metadata, vault.maxVersions, io.now());
        return found ? `${tenant.name}: ${found.seen}: ${found.remedy}` : [];
      }),
    };
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    return { metadata: new Map(), looks: [] };
  }
}
