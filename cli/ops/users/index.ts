import type { Command } from "commander";
import type { Io } from "../io";
import { addAccept } from "./accept";
import { addInvite } from "./invite";
import { addList } from "./list";
import { addDisable, addEnable, addRevoke } from "./lock-out";
import { addPasswd } from "./passwd";

/**
 * `ops users`: people's passwords, who there is, and taking access away. Who may do what comes from the config alone.
 */
export function addUsers(program: Command, io: Io): void {
  const users = program.command("users").description("People: invite, list, change the own password, disable, revoke");
  for (const add of [addInvite, addAccept, addList, addPasswd, addDisable, addEnable, addRevoke]) add(users, io);
}
