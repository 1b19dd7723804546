import type { Command } from "commander";
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
    .option("--json", "print { vault, users: [{ name, groups, state, declared, extraGroups, missingGroups }] }")
    .description(
      "Who exists, in which groups, disabled or not, in the config or not (exit code 3 where Vault and config differ)",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  npm run ops -- users list\n  npm run ops -- users list --json | jq '.users[] " +
        "| select(.declared | not)'",
    );
}

/** What to do about a person of whom the config and Vault say different things; undefined where they agree. */
export function remedy(
  { name, state, declared, extraGroups, missingGroups }: PersonRow,
  accessStack: string,
): string | undefined {
  if (!declared)
    return (
      `not in the config. If they have left: npm run ops -- users disable ${name}, then delete ` +
      `user, alias and entity; else add them to people.users`
    );
  const parts = present(
    state !== "active" && state !== "disabled" && state,
    extraGroups.length > 0 && `in Vault also in ${extraGroups.join(", ")}`,
    missingGroups.length > 0 && `in the config also in ${missingGroups.join(", ")}`,
  );
  return parts.length > 0 ? `${parts.join("; ")}; apply the stack ${accessStack}` : undefined;
}
