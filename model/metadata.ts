import type { WaiverConfig } from "./config/waivers";
import { named, type Platform } from "./platform";

/**
 * What a stack says of itself in its JSON, as the local value {@link METADATA}: nothing else in it tells which Vault
 * its resources are in. Terraform makes nothing of it; a reviewer and the access report read it. Absent fields do not
 * apply to the stack.
 */
export interface StackMetadata {
  readonly platform: string;
  readonly kind: "vault" | "access" | "operator" | "environment";
  readonly vault?: string;
  readonly cluster?: string;
  readonly environment?: string;
  readonly protected?: boolean;
  /** Of an access stack: its auth mounts of workloads, and the cluster whose service accounts log in at each. */
  readonly logins?: { readonly [mount: string]: string };
  /** Of an access stack: what the config says is meant. */
  readonly waivers?: readonly WaiverConfig[];
}

/** Name of the local value; no construct of ours has an underscore in its id. */
export const METADATA = "metadata";

/** What the stack called `name` says of itself. Throws where the platform has no such stack. */
export function metadataOf(platform: Platform, name: string): StackMetadata {
  const of = { platform: platform.name };
  const environment = platform.environments.find((each) => each.stack === name);
  if (environment) {
    const { vault, cluster, protected: isProtected } = environment;
    return {
      ...of,
      kind: "environment",
      environment: environment.name,
      vault,
      ...(cluster && { cluster }),
      protected: isProtected,
    };
  }
  const access = platform.vaults.find((each) => each.accessStack === name);
  if (access)
    return {
      ...of,
      kind: "access",
      vault: access.name,
      logins: logins(platform, access.name),
      waivers: platform.waivers,
    };
  const cluster = platform.clusters.find((each) => each.operator?.stack === name);
  if (cluster) return { ...of, kind: "operator", cluster: cluster.name };
  const server = platform.vaults.find((each) => each.stack === name) ?? named(platform.vaults, name);
  return {
    ...of,
    kind: "vault",
    vault: server.name,
    ...(server.installation && { cluster: server.installation.cluster }),
  };
}

function logins(platform: Platform, vault: string): { readonly [mount: string]: string } {
  return Object.fromEntries(
    platform.clusters.flatMap(({ name, auths }) =>
      auths.filter((auth) => auth.vault === vault).map(({ mount }) => [mount, name]),
    ),
  );
}
