import type { VaultClient } from "../../vault";
import { OpsError } from "../errors";
import type { Entity } from "./people";

/**
 * Throws an OpsError if the token of this run is the entity's own: its work would stop half done, with nobody left
 * inside to finish it.
 */
export async function refuseOwn(client: VaultClient, { id, name }: Entity): Promise<void> {
  const { data } = await client.read<{ entity_id: string }>("auth/token/lookup-self");
  if (data.entity_id === id)
    throw new OpsError(
      `user ${name} is who runs this, and would be locked out halfway: run it as somebody else in ` +
        `the group platform-admin, or with a root token.`,
    );
}
