import {
  DATABASE_MOUNT,
  databasePaths,
  named,
  type BoundDatabase,
  type DatabaseConnection,
  type Platform,
  type Tenant,
} from "../../../model";
import { VaultError, type VaultClient } from "../../vault";

/** A database in an environment, and the roles of apps that use it. */
export interface Rotated {
  readonly connection: DatabaseConnection;
  readonly roles: readonly RotatedRole[];
}

/** A role of an app at a database. */
interface RotatedRole extends BoundDatabase {
  /** What has the operator look at a static password that changed out of turn; absent where it delivers none. */
  readonly deliver?: string;
}

/** Of which databases and apps the credentials are meant. */
export interface DatabaseFilter {
  readonly vault: string;
  /** @default every database */
  readonly database?: string;
  /** @default every environment */
  readonly environment?: string;
  /** @default every app */
  readonly app?: string;
}

/** What a filter leaves: databases with the roles of its apps. */
export function rotatedBy(platform: Platform, { vault, database, environment, app }: DatabaseFilter): Rotated[] {
  return platform.databases
    .filter(
      (each) =>
        each.vault === vault &&
        (database === undefined || each.called === database) &&
        (environment === undefined || each.environment === environment),
    )
    .map((connection) => ({
      connection,
      roles: platform.tenants
        .filter((tenant) => app === undefined || tenant.app === app)
        .flatMap((tenant) =>
          tenant.databases
            .filter((role) => role.connection === connection.name)
            .map((role) => ({ ...role, ...deliveryOf(platform, tenant, role) })),
        ),
    }))
    .filter(({ roles }) => app === undefined || roles.length > 0);
}

/** Where the Secret is gone, the operator looks at Vault at once, and makes it again. */
function deliveryOf(
  { clusters }: Platform,
  { delivery }: Tenant,
  { access, delivery: names }: BoundDatabase,
): Pick<RotatedRole, "deliver"> {
  if (!delivery || !names || access.type === "dynamic") return {};
  const { context } = named(clusters, delivery.cluster);
  return { deliver: `kubectl --context ${context} -n ${delivery.namespace} delete secret ${names.secret}` };
}

/** Has Vault change the administrator's password, which Vault alone then knows. Throws VaultErrors. */
export async function rotateRoot(client: VaultClient, connection: Pick<DatabaseConnection, "name">): Promise<void> {
  await client.write(`${DATABASE_MOUNT}/rotate-root/${connection.name}`);
}

/** When Vault changed a static role's password last; undefined: never, or the role is not there. Throws VaultErrors. */
export async function lastRotation(client: VaultClient, role: string): Promise<Date | undefined> {
  const found = await client.readIfPresent<{ last_vault_rotation?: string }>(databasePaths(role, "static").role);
  const time = new Date(found?.last_vault_rotation ?? NaN);
  return time.getFullYear() > 1 ? time : undefined;
}

/** Has Vault change a static role's password, unless it did since some time. Returns whether. Throws VaultErrors. */
export async function rotateStatic(client: VaultClient, role: string, since: Date): Promise<boolean> {
  const last = await lastRotation(client, role);
  if (last && last >= since) return false;
  await client.write(`${DATABASE_MOUNT}/rotate-role/${role}`);
  return true;
}

/**
 * Ends the leases of a dynamic role that were given before some time, with the sessions that use them. Those since
 * stay. Returns how many. Throws VaultErrors.
 */
export async function revokeLeases(client: VaultClient, role: string, since: Date): Promise<number> {
  const prefix = databasePaths(role, "dynamic").credentials;
  let count = 0;
  for (const key of await client.list(`sys/leases/lookup/${prefix}`)) {
    const lease = `${prefix}/${key}`;
    const before = await issuedBefore(client, lease, since);
    if (!before) continue;
    // Synchronously: an answer means that the database has taken them away.
    await client.write("sys/leases/revoke", { lease_id: lease, sync: true });
    count++;
  }
  return count;
}

async function issuedBefore(client: VaultClient, lease: string, since: Date): Promise<boolean> {
  try {
    const { data } = await client.write<{ issue_time: string }>("sys/leases/lookup", { lease_id: lease });
    return new Date(data.issue_time) < since;
  } catch (error) {
    // It ended in between: Vault calls that an invalid request.
    if (error instanceof VaultError && error.kind === "badRequest") return false;
    throw error;
  }
}
