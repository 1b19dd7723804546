import type { Installation, Vault } from "./platform";

/** Where a server that we install is reached from inside its cluster: its service on Vault's API port, 8200. */
export function inClusterAddress({
  release,
  namespace,
  unsafeNoTls,
}: Pick<Installation, "release" | "namespace" | "unsafeNoTls">): string {
  return `${unsafeNoTls ? "http" : "https"}://${release}.${namespace}.svc:8200`;
}

/** Where the leader of an `ha` server is reached from inside its cluster: a service of the chart. */
export function activeAddress({
  release,
  namespace,
  unsafeNoTls,
}: Pick<Installation, "release" | "namespace" | "unsafeNoTls">): string {
  return inClusterAddress({ release: `${release}-active`, namespace, unsafeNoTls });
}

/**
 * Where a cluster's operator reaches a Vault: inside the Vault's own cluster by its service; from any other by its
 * address, which the model has checked is there.
 */
export function vaultAddressIn(
  cluster: string,
  { installation, address }: Pick<Vault, "installation" | "address">,
): string {
  return installation?.cluster === cluster ? inClusterAddress(installation) : address!;
}

/**
 * The Terraform variable of a Vault's address, which `TF_VAR_<it>` overrides for one run: one a Vault, or an override
 * meant for one would reach all.
 */
export function addressVariable(vault: string): string {
  return `vault_address_${vault.replaceAll("-", "_")}`;
}

/**
 * Name of the Helm release of a server in `namespace`, and so of its StatefulSet, services and cluster role binding.
 * The chart calls them after the release only if that has the chart's name in it.
 */
export function serverRelease(namespace: string): string {
  return namespace.includes("vault") ? namespace : `${namespace}-vault`;
}

/** A StatefulSet's name is part of a label of its pods (63 characters), before a dash and a hash of ten. */
export const LONGEST_RELEASE = 52;
