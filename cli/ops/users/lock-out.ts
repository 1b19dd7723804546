import type { Command } from "commander";
import { counted } from "../../counted";
import type { VaultClient } from "../../vault";
import { OpsError } from "../errors";
import type { Io } from "../io";
import type { Entity } from "./entity";
import { personCommand } from "./people";
import { revokeFound } from "./tokens";

/** People of an identity provider are locked out in the same way: by their entity. */
const EXTERNAL = { external: true };

/** `ops users disable NAME`. */
export function addDisable(users: Command, io: Io): void {
  personCommand(
    users,
    io,
    "disable",
    async ({ client, vault, name, entity }) => {
      await disable(client, [entity]);
      const count = await revokeFound(io, client, (token) => token.entity_id === entity.id);
      io.out(
        `${name} is disabled in Vault ${vault.name}${entity.disabled ? " (was before)" : ""}; ` +
          `${counted(count, "token")} revoked.`,
      );
    },
    EXTERNAL,
  )
    .description("Lock a person out: no login, no token; the password stays (enable takes it back)")
    .addHelpText(
      "after",
      "\nFor good: take the person out of people.users and apply the access stack.\n\nExample:\n  " +
        "npm run ops -- users disable mei.tanaka",
    );
}

/** `ops users enable NAME`. */
export function addEnable(users: Command, io: Io): void {
  personCommand(
    users,
    io,
    "enable",
    async ({ client, vault, name, entity }) => {
      if (entity.disabled) await setDisabled(client, entity, false);
      io.out(
        `${name} is enabled in Vault ${vault.name}${entity.disabled ? "" : " (was before)"}. If ` +
          `the password may be known to others: npm run ops -- users invite ${name}`,
      );
    },
    EXTERNAL,
  )
    .description("Let a disabled person in again, with the old password")
    .addHelpText("after", "\nExample:\n  npm run ops -- users enable mei.tanaka");
}

/** `ops users revoke NAME`. */
export function addRevoke(users: Command, io: Io): void {
  personCommand(
    users,
    io,
    "revoke",
    async ({ client, vault, name, entity }) => {
      const count = await revokeFound(io, client, (token) => token.entity_id === entity.id);
      io.out(
        `${counted(count, "token")} of ${name} in Vault ${vault.name} revoked, with all leases and tokens made by ` +
          "them.",
      );
    },
    EXTERNAL,
  )
    .description("End all logins of a person; they can log in again (disable prevents that)")
    .addHelpText("after", "\nExample:\n  npm run ops -- users revoke mei.tanaka");
}

/**
 * Disables entities, so that no new token is made while the old ones are revoked; may be done again. Throws
 * VaultErrors, and an OpsError, before anything is changed, if the token of this run is one's own: the work would stop
 * half done, with nobody left inside to finish it.
 */
export async function disable(client: VaultClient, entities: readonly Entity[]): Promise<void> {
  const { entity_id: own } = await client.read<{ entity_id: string }>("auth/token/lookup-self");
  const self = entities.find(({ id }) => id === own);
  if (self)
    throw new OpsError(
      `user ${self.name} is who runs this, and would be locked out halfway: run it as somebody else in ` +
        `the group platform-admin, or with a root token.`,
    );
  for (const entity of entities) if (!entity.disabled) await setDisabled(client, entity, true);
}

async function setDisabled(client: VaultClient, { id }: Entity, disabled: boolean): Promise<void> {
  await client.write(`identity/entity/id/${id}`, { disabled });
}
