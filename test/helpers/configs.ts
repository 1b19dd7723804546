import production from "../../config/production";
import sample from "../../config/sample";
import type { PlatformConfig } from "../../model";

/** The configs of the repository, by the name of their file. */
export const CONFIGS: { readonly [name: string]: PlatformConfig } = { sample, production };

/** What a config needs for a CI: whom its jobs log in as, and a state that they share. */
export const CI = {
  backend: { type: "gcs", bucket: "acme-state" },
  pipelines: {
    issuer: "https://token.actions.githubusercontent.com",
    audience: "https://vault.example",
    repository: "acme/vault-tenancy",
    require: { repository_id: "730112358" },
  },
} as const satisfies Partial<PlatformConfig>;

/** How the jobs of a small config know a cluster. */
export const JOBS = production.clusters["nonprod"]!.pipelines!;

const SMALL = "a test on one machine";

/** Why a Vault of a test may hold what is protected: it is of one server, without TLS and without a backup. */
export const UNSAFE = { tls: SMALL, ha: SMALL, backup: SMALL };

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
