import type { DatabaseMetadata, SecretSetMetadata, StackMetadata } from "../model";
import { objectIn, typesOf } from "../resource-types";
import { cached, compare, groupBy, unique } from "./collections";
import { DELIVERS, WRITES } from "./kubernetes-rights";
import type { KubernetesObject } from "./kubernetes-object";
import type { KubernetesSide } from "./kubernetes-side";
import { resourcesOf, textOf, type Resource } from "./read-stacks";
import type { VaultSide } from "./vault-side";

/** Where the values of a secret set land in Kubernetes. */
export interface Destination {
  readonly cluster: string;
  readonly namespace: string;
  readonly secret: string;
  readonly binding: KubernetesObject;
  /** Other apps with service accounts in that namespace: their pods can mount the Secret too. */
  readonly neighbours: readonly string[];
  /** Who may read it by a role of Kubernetes' own that the stacks make. */
  readonly readers: readonly string[];
}

/** What a set is that Vault makes the values of: credentials of a database. */
export interface DatabaseSet extends Pick<DatabaseMetadata, "type" | "connection" | "role"> {
  readonly mount: string;
}

/** A secret set, as the stacks place it, deliver it or grant it. */
export interface SecretSet {
  /** As people write it: `kvv2/sample/…`. */
  readonly name: string;
  readonly vault: string;
  readonly mount: string;
  /** Inside the mount. */
  readonly path: string;
  /** The folder that it lies in, without a slash at its end. */
  readonly folder: string;
  /** Whose it is: an app's, or a shared set's own name. */
  readonly app: string;
  /** The apps that read it by right: its own one, or those that a shared set lists. */
  readonly readers: readonly string[];
  readonly shared: boolean;
  /** Of credentials of a database, which Vault makes; absent of a set of kv-v2. */
  readonly database?: DatabaseSet;
  readonly environment: string;
  readonly protected: boolean;
  /** What Terraform does with it: `placed`, or nothing (`existing`: made by someone else, or forgotten). */
  readonly state: "placed" | "existing";
  readonly destinations: readonly Destination[];
  /** Where it is named: the placeholder, the binding or the policy. */
  readonly resource: Resource;
}

type Named = Pick<SecretSet, "mount" | "path" | "app" | "state"> & Pick<SecretSetMetadata, "readBy">;

/**
 * The secret sets of a platform, sorted by environment (protected last) and app: those that the stacks of environments
 * say they have, and every other placeholder and everything else that a binding delivers.
 */
export function readSecretSets(vaults: readonly VaultSide[], kubernetes: KubernetesSide): SecretSet[] {
  const named = resourcesBySet(vaults, kubernetes);
  const sets = new Map<string, SecretSet>();
  const add = (
    vault: string,
    { mount, path, app, state, readBy }: Named,
    { environment, protected: isProtected }: StackMetadata,
    resource: Resource | undefined,
  ): void => {
    const key = `${vault} ${mount}/${path}`;
    if (sets.has(key) || environment === undefined || resource === undefined) return;
    sets.set(key, {
      name: `${mount}/${path}`,
      vault,
      mount,
      path,
      folder: path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "",
      app,
      readers: readBy ?? [app],
      shared: readBy !== undefined,
      environment,
      protected: isProtected === true,
      state,
      destinations: destinationsOf(vault, `${mount}/${path}`, kubernetes),
      resource,
    });
  };
  for (const { name: vault, stacks, mounts } of vaults)
    for (const { metadata } of stacks)
      for (const { state, ...set } of metadata.secretSets ?? []) {
        const { mount, path } = set;
        add(
          vault,
          { ...set, state: state === "managed" ? "placed" : "existing" },
          metadata,
          // A set that no resource names is still reached by whoever reaches the mount.
          named.get(`${vault} ${mount}/${path}`) ?? mounts.get(mount),
        );
      }
  for (const { name: vault, stacks } of vaults)
    for (const resource of resourcesOf(stacks, ...typesOf("secret set")))
      for (const [mount, path] of pathOf(resource))
        add(vault, { mount, path, app: path, state: "placed" }, resource.stack.metadata, resource);
  for (const { vault, spec, resource, app } of kubernetes.staticSecrets)
    if (vault !== undefined && typeof spec.mount === "string" && typeof spec.path === "string")
      add(
        vault,
        { mount: spec.mount, path: spec.path, app: app ?? spec.path, state: "existing" },
        resource.stack.metadata,
        resource,
      );
  return [...sets.values()];
}

/** Unprotected environments first, then by environment and name. */
export function inOrder(a: SecretSet, b: SecretSet): number {
  return Number(a.protected) - Number(b.protected) || compare(a.environment, b.environment) || compare(a.name, b.name);
}

function pathOf({ stack, values }: Resource): [mount: string, path: string][] {
  const [mount, path] = [textOf(stack, values.mount), textOf(stack, values.name)];
  return mount !== undefined && path !== undefined ? [[mount, path]] : [];
}

/** The resource that names a set, by Vault and path: its placeholder, else its binding, else a policy. */
function resourcesBySet(vaults: readonly VaultSide[], kubernetes: KubernetesSide): Map<string, Resource> {
  const found = new Map<string, Resource>();
  for (const { name, policies } of vaults)
    for (const { parsed, resource } of policies.values())
      for (const { path } of parsed.rules) {
        const [mount, api, ...rest] = path.split("/");
        const key = `${name} ${mount}/${rest.join("/")}`;
        if (api === "data" && !/[*+{]/.test(path) && !found.has(key)) found.set(key, resource);
      }
  for (const binding of kubernetes.staticSecrets) found.set(carried(binding), binding.resource);
  for (const { name, stacks } of vaults)
    for (const resource of resourcesOf(stacks, ...typesOf("secret set")))
      for (const [mount, path] of pathOf(resource)) found.set(`${name} ${mount}/${path}`, resource);
  return found;
}

interface Deliveries {
  /** By what they carry. */
  readonly bindings: ReadonlyMap<string, readonly KubernetesObject[]>;
  /** What has service accounts or bindings in a namespace, sorted. */
  readonly apps: ReadonlyMap<string, readonly string[]>;
}

const deliveries = new WeakMap<KubernetesSide, Deliveries>();

/** Where what is read at a path, with its mount, lands. */
export function destinationsOf(vault: string, path: string, kubernetes: KubernetesSide): Destination[] {
  const { bindings, apps } = cached(deliveries, kubernetes, () => {
    const tenants = groupBy(kubernetes.tenants, ({ cluster, namespace }) => `${cluster}/${namespace}`);
    return {
      bindings: groupBy([...kubernetes.staticSecrets, ...kubernetes.dynamicSecrets], carried),
      apps: new Map([...tenants].map(([key, all]) => [key, unique(all.map(({ app, name }) => app ?? name)).sort()])),
    };
  });
  return (bindings.get(`${vault} ${path}`) ?? []).map((binding) => {
    const { cluster, namespace } = binding;
    const secret = String(objectIn(binding.spec.destination).name ?? binding.name);
    const readers = kubernetes.rights
      .filter(
        (each) =>
          each.does !== DELIVERS &&
          each.does !== WRITES &&
          each.cluster === cluster &&
          (each.namespace === undefined || each.namespace === namespace) &&
          (each.names.length === 0 || each.names.includes(secret)),
      )
      .flatMap(({ subjects }) => subjects);
    return {
      cluster,
      namespace,
      secret,
      binding,
      neighbours: apps.get(`${cluster}/${namespace}`)!.filter((app) => app !== binding.app),
      readers: unique(readers).sort(),
    };
  });
}

/** The Vault and path of the set that a binding carries. */
function carried({ vault, spec }: KubernetesObject): string {
  return `${vault} ${String(spec.mount)}/${String(spec.path)}`;
}
