import type { Command } from "commander";
import { textTable } from "../../table";
import { EXIT } from "../errors";
import type { Io } from "../io";
import { isFinding, listPeople, type PersonRow } from "./people";
import { onVault, vaultOption, type VaultOption } from "./vault-option";

/** `ops users list`. */
export function addList(users: Command, io: Io): void {
  vaultOption(users.command("list"))
    .option("--json", "print { vault, users: [{ name, groups, state, declared, extraGroups, missingGroups }] }")
    .description(
      "Who exists, in which groups, disabled or not, in the config or not (exit code 3 where Vault and config differ)",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  npm run ops -- users list\n  npm run ops -- users list --json | jq '.users[] " +
        "| select(.declared | not)'",
    )
    .action(async ({ vault: vaultName, json }: VaultOption & { json?: boolean }) => {
      await onVault(io, { vault: vaultName }, async ({ client, vault }, platform) => {
        const people = await listPeople(io, client, platform, vault);
        if (json) io.out(JSON.stringify({ vault: vault.name, users: people }, null, 2));
        else {
          io.out(
            textTable([
              ["user", "groups", "state", "in the config"],
              ...people.map(({ name, groups, state, declared }) => [
                name,
                groups.join(", ") || "–",
                state,
                declared ? "yes" : "no",
              ]),
            ]),
          );
          for (const person of people.filter(isFinding))
            io.out(`look at ${person.name}: ${remedy(person, vault.accessStack)}`);
        }
        io.exit(people.some(isFinding) ? EXIT.findings : EXIT.ok);
      });
    });
}

function remedy({ name, state, declared, extraGroups, missingGroups }: PersonRow, accessStack: string): string {
  if (!declared)
    return (
      `not in the config. If they have left: npm run ops -- users disable ${name}, then delete ` +
      `user, alias and entity; else add them to people.users`
    );
  if (state !== "active" && state !== "disabled") return `${state}; apply the stack ${accessStack}`;
  const parts = [
    extraGroups.length > 0 && `in Vault also in ${extraGroups.join(", ")}`,
    missingGroups.length > 0 && `in the config also in ${missingGroups.join(", ")}`,
  ];
  return `${parts.filter(Boolean).join("; ")}; apply the stack ${accessStack}`;
}
