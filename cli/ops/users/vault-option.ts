import type { Command } from "commander";
import { loadPlatform } from "../../platform-file";
import type { Io } from "../io";
import { withSession, type Session, type SessionOptions } from "../session";
import type { Platform } from "../../../model";

/** What `--vault` gives. */
export interface VaultOption {
  readonly vault?: string;
}

/** Adds `--vault NAME`, needed where a platform has several. */
export function vaultOption(command: Command): Command {
  return command.option("--vault <name>", "the Vault, where the platform has several");
}

/**
 * Loads the platform that PLATFORM names and does `work` on the Vault that is meant. Throws what loading, connecting
 * and `work` throw.
 */
export function onVault<T>(
  io: Io,
  options: SessionOptions,
  work: (session: Session, platform: Platform) => Promise<T>,
): Promise<T> {
  const platform = loadPlatform(io.env.PLATFORM || undefined);
  return withSession(io, platform, options, (session) => work(session, platform));
}
