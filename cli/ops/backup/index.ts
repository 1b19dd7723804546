import type { Command } from "commander";
import type { Io } from "../io";
import { addVerify } from "./verify";

/** `ops backup`: snapshots of a Vault's storage. */
export function addBackup(program: Command, io: Io): void {
  const backup = program.command("backup").description("Snapshots of a Vault's storage: whether one can be restored");
  addVerify(backup, io);
}
