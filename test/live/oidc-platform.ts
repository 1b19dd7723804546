import type { PlatformConfig } from "../../model";
import type { IdentityProvider } from "./oidc-provider";
import type { VaultServer } from "./servers";

/** The provider's groups, as it writes them. */
export const WRITERS = "acme-shop-writers";
export const READERS = "ACME Everything Readers";

/** Two apps on a Vault that is there, people whom a provider knows, and one with a password; `more` of the login. */
export function oidcPlatform(
  server: VaultServer,
  idp: IdentityProvider,
  clientId: string,
  more: object = {},
): PlatformConfig {
  const oidc = { issuer: idp.issuer, clientId, caCertificate: idp.server.ca!, ...more };
  return {
    name: "acme",
    vaults: {
      main: { address: server.address, unsafeNoTls: true, tokenTtl: "10m", tokenMaxTtl: "1h", login: { oidc } },
    },
    clusters: {},
    environments: { dev: { vault: "main" } },
    apps: { shop: { owner: "team-shop", keys: ["KEY"] }, billing: { owner: "team-billing", keys: ["KEY"] } },
    people: {
      groups: {
        "shop-writers": { oidc: WRITERS, grants: [{ access: "write", apps: ["shop"] }] },
        readers: { oidc: READERS, grants: [{ access: "read", apps: "all" }] },
        "billing-writers": { grants: [{ access: "write", apps: ["billing"] }] },
      },
      users: { ann: { groups: ["billing-writers"] } },
    },
  };
}
