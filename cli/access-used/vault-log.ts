import { named, type Platform } from "../../model";
import { readLogs, type LogReading } from "../audit-log";
import { everybody, pathsOf, type Deeds } from "./who";

/** Everybody whom a Vault's audit logs name, and what the logs themselves are like. */
export interface VaultLog extends LogReading {
  readonly everyone: readonly Deeds[];
}

/**
 * Reads the audit logs of a Vault. What was done is told apart by the sets of the config.
 * @param sure see {@link everybody}
 *
 * Throws a UsageError for a file that cannot be read.
 */
export async function readVaultLogs(
  platform: Platform,
  vault: string,
  files: readonly string[],
  now: Date,
  sure?: Parameters<typeof everybody>[3],
): Promise<VaultLog> {
  const sets = platform.sets.filter((set) => set.vault === vault).map(({ path }) => pathsOf(path));
  const { mount } = named(platform.vaults, vault);
  const paths = new Set(sets.flatMap(({ set, folder }) => [set, folder]));
  const reading = await readLogs(files, { mount, paths, now: now.getTime() });
  return { ...reading, everyone: everybody(reading.facts, platform, vault, sure) };
}
