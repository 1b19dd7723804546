import type { Command } from "commander";
import type { Io } from "../io";
import { vaultCommand, type Session, type VaultOptions } from "../session";
import { existingEntity, existingUser, type Entity } from "./people";

/** A person whom Vault has. */
export interface Person extends Session {
  readonly name: string;
  readonly entity: Entity;
}

/** Adds a command about one person, by name, who must be in Vault. */
export function personCommand<Options extends object>(
  users: Command,
  io: Io,
  name: string,
  work: (person: Person, options: Options & VaultOptions) => Promise<void>,
): Command {
  return vaultCommand<Options>(users, io, name, async (session, options, given) => {
    const user = await existingUser(session, given);
    await work({ ...session, name: user, entity: await existingEntity(session, user) }, options);
  }).argument("<name>", "the person, as in people.users of the config");
}
