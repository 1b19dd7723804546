import type { ChartValues } from "./config/cluster";
import type { CaConfig } from "./config/vault";

/** The mount of the transit engine, in each Vault that encrypts tokens of an operator. */
export const TRANSIT_MOUNT = "transit";

/** The Secret with the CA of the Vault that encrypts, in the operator's namespace. */
export const TOKEN_CACHE_CA = "token-cache-vault-ca";

/** Where an operator finds the Vault that encrypts its tokens, and how it logs in there. */
export interface TokenCacheSettings {
  /** Its key there, and the policy and role by which it has it used. */
  readonly name: string;
  /** Where it reaches that Vault. */
  readonly address: string;
  /**
   * Whom it trusts; a Secret that is named is in the operator's namespace.
   * @default the system's roots of the operator's image
   */
  readonly ca?: CaConfig;
  /** The auth mount. */
  readonly authMount: string;
  readonly type: "kubernetes" | "jwt";
  /** The operator's own. */
  readonly serviceAccount: string;
  readonly audience: string;
}

/**
 * Where an operator's tokens are encrypted before it keeps them in Secrets: without them it would log in anew at its
 * every start, and have new credentials for every dynamic secret, with a restart of whatever uses them. One a cluster,
 * as the operator takes no more.
 */
export interface TokenCache extends TokenCacheSettings {
  /** The Vault. */
  readonly vault: string;
  /** The operator's namespace. */
  readonly namespace: string;
}

/** What the operator may do with its key, and nothing else. Source: Vault's API documentation, "Transit". */
export function tokenCachePaths(key: string, mount: string = TRANSIT_MOUNT): readonly string[] {
  return ["decrypt", "encrypt"].map((what) => `${mount}/${what}/${key}`);
}

/** Values of the operator's chart for a token cache. */
export function tokenCacheValues(cache: TokenCacheSettings): ChartValues {
  const { name, address, ca, authMount, type, serviceAccount, audience } = cache;
  return {
    controller: {
      manager: {
        clientCache: {
          persistenceModel: "direct-encrypted",
          storageEncryption: {
            enabled: true,
            // The chart's own, below.
            vaultConnectionRef: "default",
            keyName: name,
            transitMount: TRANSIT_MOUNT,
            method: type,
            mount: authMount,
            [type]: { role: name, serviceAccount, tokenAudiences: [audience] },
          },
        },
      },
    },
    defaultVaultConnection: {
      enabled: true,
      address,
      skipTLSVerify: false,
      ...(ca && { caCertSecret: "secret" in ca ? ca.secret : TOKEN_CACHE_CA }),
    },
  };
}
