import type { Command } from "commander";
import { newProgram } from "../run-program";
import { addBackup } from "./backup";
import { addBreach } from "./breach";
import { addDatabases } from "./databases";
import { addDoctor } from "./doctor";
import { EXIT } from "./errors";
import { addInit } from "./init";
import type { Io } from "./io";
import { addRestart } from "./restart";
import { addRestore } from "./restore";
import { addRootToken } from "./root-token";
import { addSecrets } from "./secrets";
import { addStatus } from "./status";
import { addUnseal } from "./unseal";
import { addUsers } from "./users";

/**
 * `npm run ops`: the operations on a live Vault. Unknown commands and options are errors that suggest the nearest right
 * one.
 */
export function opsProgram(io: Io): Command {
  const program = newProgram("ops", io)
    .description(
      "Operations on the Vaults of a platform (config.platform in package.json; PLATFORM=<file> picks another)",
    )
    .hook("preAction", () => io.exit(EXIT.ok)); // a command that finds something says so itself
  for (const add of [
    addUsers,
    addSecrets,
    addBreach,
    addDatabases,
    addInit,
    addUnseal,
    addRootToken,
    addBackup,
    addRestart,
    addRestore,
    addStatus,
    addDoctor,
  ])
    add(program, io);
  return program;
}
