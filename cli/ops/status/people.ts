import { counted } from "../../counted";
import { VaultError } from "../../vault";
import type { Io } from "../io";
import type { Session } from "../session";
import { noStackGave } from "../users/list";
import { listPeople } from "../users/people";

/** People of a Vault, as `status` shows them. */
export interface PeopleStatus {
  /** Names of those who have rights that no stack gave; undefined where that was not looked at. */
  readonly beyondStacks?: readonly string[];
  /** Why it was not. */
  readonly note?: string;
}

/** Who has rights in a Vault that no stack gave. Throws nothing that Vault answers: that is in the note. */
export async function peopleStatus(io: Io, session: Session): Promise<PeopleStatus> {
  if (!session.client.token) return { note: "people: not looked at, since nobody is logged in" };
  try {
    const people = await listPeople(io, session);
    const beyond = people.filter(
      (each) => !each.declared || each.extraGroups.length > 0 || noStackGave(each).length > 0,
    );
    return { beyondStacks: beyond.map(({ name }) => name) };
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    const why = error.kind === "forbidden" ? "the token at hand may not look" : error.message;
    return { note: `people: not known who has rights that no stack gave: ${why}` };
  }
}

/** What a person must look at. */
export function peopleLooks(vault: string, { beyondStacks = [] }: PeopleStatus): string[] {
  if (beyondStacks.length === 0) return [];
  const shown = beyondStacks.slice(0, 5).join(", ");
  return [
    `Vault ${vault}: ${counted(beyondStacks.length, "user")} with rights that no stack gave (${shown}` +
      `${beyondStacks.length > 5 ? ", …" : ""}): npm run ops -- users list --vault ${vault}`,
  ];
}
