import type { Command } from "commander";
import { USERPASS_MOUNT } from "../../../model";
import { textTable } from "../../table";
import { EXIT } from "../errors";
import { print, type Io } from "../io";
import { present } from "../present";
import { vaultCommand } from "../session";
import { listPeople, type PersonRow } from "./people";

/** `ops users list`. */
export function addList(users: Command, io: Io): void {
  vaultCommand<{ json?: boolean }>(users, io, "list", async (session, { json }) => {
    const people = await listPeople(io, session);
    const { name, accessStack } = session.vault;
    const looks = people.flatMap((person) => {
      const what = remedy(person, accessStack);
      return what ? [`look at ${person.name}: ${what}`] : [];
    });
    print(io, json, { vault: name, users: people }, () => [
      textTable([
        ["user", "groups", "state", "in the config"],
        ...people.map((each) => [each.name, each.groups.join(", ") || "–", each.state, each.declared ? "yes" : "no"]),
      ]),
      ...looks,
    ]);
    if (looks.length > 0) io.exit(EXIT.findings);
  })
    .option("--json", "print { vault, users: [{ name, groups, state, declared, … }] }; docs/secrets.md has all fields")
    .description(
      "Who exists, in which groups, disabled or not, in the config or not, and what they have that no stack gave " +
        "(exit code 3 where Vault and config differ)",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  npm run ops -- users list\n  npm run ops -- users list --json | jq '.users[] " +
        "| select(.declared | not)'",
    );
}

/**
 * What to do about a person of whom the config and Vault say different things, or who has what no stack gave; undefined
 * where there is nothing.
 */
export function remedy(person: PersonRow, accessStack: string): string | undefined {
  const { name, state, declared, extraGroups, missingGroups } = person;
  const parts = present(
    state !== "active" && state !== "disabled" && state,
    extraGroups.length > 0 && `in Vault also in ${extraGroups.join(", ")}`,
    missingGroups.length > 0 && `in the config also in ${missingGroups.join(", ")}`,
  );
  const all = present(
    !declared &&
      `not in the config. If they have left: npm run ops -- users disable ${name}, then delete ` +
        `user, alias and entity; else add them to people.users`,
    declared && parts.length > 0 && `${parts.join("; ")}; apply the stack ${accessStack}`,
    ...noStackGave(person),
  );
  return all.length > 0 ? all.join(". ") : undefined;
}

/** What somebody gave a person by hand, and how it is taken away. */
export function noStackGave({ name, userPolicies, entityPolicies, becomes, otherLogins }: PersonRow): string[] {
  return present(
    userPolicies.length > 0 &&
      `its user has the policies ${userPolicies.join(", ")}, which no stack gave and no plan shows: ` +
        `vault write auth/${USERPASS_MOUNT}/users/${name}/policies token_policies="" takes them away`,
    entityPolicies.length > 0 &&
      `its entity has the policies ${entityPolicies.join(", ")}, which no stack gave: apply the access stack`,
    becomes !== null && `its login becomes the entity ${becomes}, another's: apply the access stack`,
    otherLogins.length > 0 &&
      `its entity is also who logs in as ${otherLogins.join(", ")}, which no stack gave: delete that alias ` +
        "(vault list identity/entity-alias/id)",
  );
}
