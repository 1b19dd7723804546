import { databasePaths, type RestartTarget } from "../model";
import type { IDatabaseRole } from "./database-role";

/** What a database's binding is called. */
export interface DatabaseBindingNames {
  /**
   * Name of the Kubernetes Secret with `username` and `password`, which the operator makes.
   * @default "<workload's name>-<the database's name>-credentials"
   */
  readonly destination?: string;
  /**
   * Name of the VaultDynamicSecret.
   * @default the Secret's name
   */
  readonly vaultDynamicSecret?: string;
}

/** Credentials of a database that a binding's workload gets, in a Secret of its own. */
export interface BoundDatabaseRole extends DatabaseBindingNames {
  /** The role, whose credentials the workload may get: `role.grantRead(workload)`. */
  readonly role: IDatabaseRole;
}

/** What a VaultDynamicSecret says beside its role. */
interface DynamicSecretOptions {
  readonly destination: string;
  readonly vaultAuth: string;
  /** @default none */
  readonly labels?: { readonly [name: string]: string };
  readonly restartTargets: readonly RestartTarget[];
}

/**
 * The `spec` of a VaultDynamicSecret for a role. The operator makes the Secret whoever makes others: there is nothing
 * to put into it before. It does not revoke the lease when the object goes (`revoke`): it would need the right to end
 * everybody's leases, and without it the lease ends when nobody renews it. Source: the operator's API reference.
 */
export function dynamicSecretSpec(
  { name, type, mount }: IDatabaseRole,
  { destination, vaultAuth, labels, restartTargets }: DynamicSecretOptions,
): object {
  const { credentials } = databasePaths(name, type, mount.path);
  return {
    vaultAuthRef: vaultAuth,
    mount: mount.path,
    path: credentials.slice(mount.path.length + 1),
    ...(type === "static" && { allowStaticCreds: true }),
    destination: {
      name: destination,
      create: true,
      ...(labels && { labels }),
      transformation: { excludeRaw: true, includes: ["^username$", "^password$"] },
    },
    ...(restartTargets.length > 0 && {
      rolloutRestartTargets: restartTargets.map(({ kind, name: target }) => ({ kind, name: target })),
    }),
  };
}
