import type { Command } from "commander";
import type { Io } from "../io";
import { addChanges } from "./changes-command";
import { addGenerate, addRotate } from "./generate";
import { addRecover } from "./recover";
import { addSet } from "./set";
import { addStatus } from "./status";
import { addSync } from "./sync";

/** `ops secrets`: values are set by people; all else looks at key names and version facts alone. */
export function addSecrets(program: Command, io: Io): void {
  const secrets = program
    .command("secrets")
    .description("Secret sets: set or make a value, see their state, add missing keys, see what changed, recover");
  for (const add of [addSet, addGenerate, addRotate, addStatus, addSync, addChanges, addRecover]) add(secrets, io);
}
