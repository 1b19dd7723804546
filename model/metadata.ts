import type { SecretSetState } from "./config/app";
import type { WaiverConfig } from "./config/waivers";
import { named, type Platform, type StackSpec, type StackKind } from "./platform";

/** A secret set, as the stack of its environment says it beside its resources. */
export interface SecretSetMetadata {
  readonly app: string;
  readonly mount: string;
  /** Inside the mount. */
  readonly path: string;
  readonly state: SecretSetState;
}

/**
 * What a stack says of itself in its JSON, as the local value {@link METADATA}: nothing else in it tells which Vault
 * its resources are in, and whose. Terraform makes nothing of it; a reviewer and the access report read it. Absent
 * fields do not apply to the stack.
 */
export interface StackMetadata {
  readonly platform: string;
  readonly kind: StackKind;
  readonly vault?: string;
  readonly cluster?: string;
  readonly environment?: string;
  readonly protected?: boolean;
  /** Of an environment's stack: its secret sets, also those that it does not place. */
  readonly secretSets?: readonly SecretSetMetadata[];
  /** Of an access stack: its auth mounts of workloads, and the cluster whose service accounts log in at each. */
  readonly logins?: { readonly [mount: string]: string };
  /** Of an access stack: what the config says is meant in its Vault. */
  readonly waivers?: readonly WaiverConfig[];
}

/** Name of the local value; no construct of ours is called so. */
export const METADATA = "metadata";

/** What a stack of a platform says of itself. */
export function metadataOf(platform: Platform, stack: StackSpec): StackMetadata {
  const { kind, vault, cluster, environment } = stack;
  return {
    platform: platform.name,
    kind,
    ...(environment !== undefined && { environment }),
    ...(vault !== undefined && { vault }),
    ...(cluster !== undefined && { cluster }),
    ...(kind === "environment" && environmentMetadata(platform, environment!)),
    ...(kind === "access" && accessMetadata(platform, vault!)),
  };
}

function environmentMetadata(
  { environments, tenants }: Platform,
  name: string,
): Pick<StackMetadata, "protected" | "secretSets"> {
  return {
    protected: named(environments, name).protected,
    secretSets: tenants
      .filter(({ environment }) => environment === name)
      .map(({ app, path, secretSet }) => ({ app, mount: path.mount, path: path.path, state: secretSet })),
  };
}

function accessMetadata({ vaults, waivers }: Platform, name: string): Pick<StackMetadata, "logins" | "waivers"> {
  const { authMounts } = named(vaults, name);
  return {
    logins: Object.fromEntries(authMounts.flatMap(({ path, cluster }) => (cluster ? [[path, cluster]] : []))),
    waivers: waivers.filter(({ vault = name }) => vault === name),
  };
}
