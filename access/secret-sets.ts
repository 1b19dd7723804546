import type { KubernetesObject, KubernetesSide } from "./kubernetes-side";
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
  readonly app: string;
  readonly environment: string;
  readonly protected: boolean;
  /** What Terraform does with it: `placed`, or nothing (`existing`: made by someone else, or forgotten). */
  readonly state: "placed" | "existing";
  readonly destinations: readonly Destination[];
  /** Where it is named: the placeholder, the binding or the policy. */
  readonly resource: Resource;
}

/**
 * The secret sets of a platform, sorted by environment (protected last, as stacks are named) and app: every
 * placeholder, everything that a binding delivers, and every set of the tree's layout
 * `<platform>/<app>/<app>-<environment>` that a policy names exactly.
 */
export function readSecretSets(vaults: readonly VaultSide[], kubernetes: KubernetesSide): SecretSet[] {
  const environments = new Map(
    vaults.flatMap(({ stacks }) =>
      stacks.flatMap(({ metadata: belongs }) =>
        belongs.kind === "environment" ? [[belongs.environment!, belongs] as const] : [],
      ),
    ),
  );
  const sets = new Map<string, SecretSet>();
  const add = (
    vault: string,
    mount: string,
    path: string,
    state: SecretSet["state"],
    resource: Resource,
    fallback?: { readonly app?: string; readonly environment?: string },
  ): void => {
    const key = `${vault} ${mount}/${path}`;
    if (sets.has(key)) return;
    const platform = resource.stack.metadata.platform;
    const [root, app, leaf = "", ...more] = path.split("/");
    const laidOut =
      root === platform && app !== undefined && more.length === 0 && leaf.startsWith(`${app}-`)
        ? { app, environment: leaf.slice(app.length + 1) }
        : undefined;
    const known = laidOut && environments.get(laidOut.environment)?.vault === vault ? laidOut : undefined;
    const environment = known?.environment ?? fallback?.environment;
    if (environment === undefined) return;
    const destinations = destinationsOf(vault, mount, path, kubernetes);
    const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
    const isProtected = environments.get(environment)?.protected === true;
    sets.set(key, {
      name: `${mount}/${path}`,
      vault,
      mount,
      path,
      folder,
      app: known?.app ?? fallback?.app ?? path,
      environment,
      protected: isProtected,
      state,
      destinations,
      resource,
    });
  };
  for (const { name, stacks } of vaults)
    for (const resource of resourcesOf(stacks, "vault_kv_secret_v2")) {
      const [mount, path] = [
        textOf(resource.stack, resource.values.mount),
        textOf(resource.stack, resource.values.name),
      ];
      if (mount !== undefined && path !== undefined)
        add(name, mount, path, "placed", resource, { environment: resource.stack.metadata.environment });
    }
  for (const { vault, spec, resource, app, environment } of kubernetes.staticSecrets)
    if (vault !== undefined && typeof spec.mount === "string" && typeof spec.path === "string")
      add(vault, spec.mount, spec.path, "existing", resource, { app, environment });
  for (const { name, policies, mounts } of vaults)
    for (const { parsed, resource } of policies.values())
      for (const { path } of parsed.rules) {
        const [mount = "", api, ...rest] = path.split("/");
        if (mounts.has(mount) && api === "data" && !/[*+{]/.test(path))
          add(name, mount, rest.join("/"), "existing", resource);
      }
  // A retired set is forgotten by Terraform; its values stay, and whoever reaches the tree reaches them.
  for (const { name, stacks, mounts } of vaults)
    for (const { metadata: belongs, removed } of stacks)
      for (const app of removed.flatMap(
        (address) => /^vault_kv_secret_v2\.(.+)_secrets_data$/.exec(address)?.[1] ?? [],
      ))
        for (const [mount, resource] of mounts)
          add(name, mount, `${belongs.platform}/${app}/${app}-${belongs.environment}`, "existing", resource);
  return [...sets.values()].sort(
    (a, b) =>
      Number(a.protected) - Number(b.protected) || compare(a.environment, b.environment) || compare(a.name, b.name),
  );
}

/** Orders texts by code unit: the same on every machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const landingIndex = new WeakMap<
  KubernetesSide,
  {
    readonly bindings: ReadonlyMap<string, readonly KubernetesObject[]>;
    readonly apps: ReadonlyMap<string, ReadonlySet<string>>;
  }
>();

/** Bindings by what they carry, and apps by namespace: looked up for every set. */
function indexed(kubernetes: KubernetesSide) {
  const known = landingIndex.get(kubernetes);
  if (known) return known;
  const bindings = new Map<string, KubernetesObject[]>();
  const apps = new Map<string, Set<string>>();
  for (const binding of kubernetes.staticSecrets) {
    const key = `${binding.vault} ${String(binding.spec.mount)}/${String(binding.spec.path)}`;
    bindings.set(key, [...(bindings.get(key) ?? []), binding]);
  }
  for (const { cluster, namespace, app, name } of kubernetes.tenants) {
    const key = `${cluster}/${namespace}`;
    apps.set(key, (apps.get(key) ?? new Set()).add(app ?? name));
  }
  const made = { bindings, apps };
  landingIndex.set(kubernetes, made);
  return made;
}

function destinationsOf(vault: string, mount: string, path: string, kubernetes: KubernetesSide): Destination[] {
  const { bindings, apps } = indexed(kubernetes);
  return (bindings.get(`${vault} ${mount}/${path}`) ?? []).map((binding) => {
    const { cluster, namespace } = binding;
    const destination = binding.spec.destination as { readonly name?: string } | undefined;
    const secret = String(destination?.name ?? binding.name);
    const neighbours = [...(apps.get(`${cluster}/${namespace}`) ?? [])].filter((app) => app !== binding.app).sort();
    const readers = kubernetes.readers
      .filter(
        (each) =>
          each.cluster === cluster &&
          (each.namespace === undefined || each.namespace === namespace) &&
          (each.names.length === 0 || each.names.includes(secret)),
      )
      .flatMap((each) => each.subjects)
      .sort();
    return { cluster, namespace, secret, binding, neighbours, readers: [...new Set(readers)] };
  });
}
