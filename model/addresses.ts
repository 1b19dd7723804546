import type { Installation } from "./platform";

/** Where a server that we install is reached from inside its cluster: its service on Vault's API port, 8200. */
export function inClusterAddress({ release, namespace, unsafeNoTls }: Pick<Installation, "release" | "namespace" | "unsafeNoTls">): string {
  return `${unsafeNoTls ? "http" : "https"}://${release}.${namespace}.svc:8200`;
}
