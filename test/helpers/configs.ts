import production from "../../config/production";
import sample from "../../config/sample";
import type { PlatformConfig } from "../../model";

/** The configs of the repository, by the name of their file. */
export const CONFIGS: { readonly [name: string]: PlatformConfig } = { sample, production };

/** One app in one environment of one cluster, with what a case changes. */
export function smallConfig(changes: Partial<PlatformConfig> = {}): PlatformConfig {
  return {
    name: "small",
    vaults: { main: { cluster: "local", unsafeNoTls: true } },
    clusters: { local: { context: "local" } },
    environments: { dev: { vault: "main", cluster: "local" } },
    apps: { shop: { owner: "team-shop", keys: ["KEY"] } },
    ...changes,
  };
}
