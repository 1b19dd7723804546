import { databasePaths, DATABASE_MOUNT, type DatabaseMetadata, type StackMetadata } from "../model";
import { typesOf } from "../resource-types";
import type { KubernetesSide } from "./kubernetes-side";
import { resourcesOf, textOf, type Resource } from "./read-stacks";
import { destinationsOf, type SecretSet } from "./secret-sets";
import type { VaultSide } from "./vault-side";

/**
 * The database roles of a platform, as sets: what is read is credentials, and what is changed is what they are. Their
 * names are the paths that credentials are read at.
 */
export function readDatabaseSets(vaults: readonly VaultSide[], kubernetes: KubernetesSide): SecretSet[] {
  return vaults.flatMap((vault) => {
    const resources = rolesIn(vault);
    return vault.stacks.flatMap(({ metadata }) =>
      (metadata.databases ?? []).flatMap((said) => {
        const resource = resources.get(said.role) ?? vault.databaseMounts.get(DATABASE_MOUNT);
        return resource ? [databaseSet(vault.name, said, metadata, resource, kubernetes)] : [];
      }),
    );
  });
}

function databaseSet(
  vault: string,
  { app, called, type, role, connection }: DatabaseMetadata,
  { environment = "", protected: isProtected }: StackMetadata,
  resource: Resource,
  kubernetes: KubernetesSide,
): SecretSet {
  const mount = DATABASE_MOUNT;
  const { credentials } = databasePaths(role, type, mount);
  return {
    name: credentials,
    vault,
    mount,
    path: credentials.slice(mount.length + 1),
    folder: "",
    // A cell of its own, beside the one of the app's set.
    app: `${app}/${called}`,
    readers: [app],
    shared: false,
    database: { type, connection, role, mount },
    environment,
    protected: isProtected === true,
    state: "placed",
    destinations: destinationsOf(vault, credentials, kubernetes),
    resource,
  };
}

/** The resources of a Vault's database roles, by name. */
function rolesIn({ stacks }: VaultSide): Map<string, Resource> {
  return new Map(
    resourcesOf(stacks, ...typesOf("database role")).map((resource) => [
      textOf(resource.stack, resource.values.name) ?? "?",
      resource,
    ]),
  );
}
