import { sealAttributes, type Vault } from "../../../model";
import { UsageError } from "../errors";
import type { Io } from "../io";

/** What an automatic seal adds to a throw-away server: a stanza of its configuration, and variables. */
export interface ThrowAwaySeal {
  readonly stanza: object;
  readonly env: Readonly<Record<string, string>>;
}

/** Variables by which the seals of clouds find who asks. Source: Vault's documentation, each seal's page. */
const CLOUD = /^(AWS|GOOGLE|AZURE|ARM|MSI|IDENTITY)_|^(HTTPS?|NO)_PROXY$|^VAULT_(AWSKMS|GCPCKMS|AZUREKEYVAULT)_/;

/**
 * The seal of the Vault that a snapshot is from, for a throw-away server; undefined where key shares unseal it. Where
 * it is comes from the config; what it is asked with comes from the environment: of a transit seal SEAL_VAULT_TOKEN,
 * and SEAL_VAULT_ADDR and SEAL_VAULT_CACERT (a file) where this machine has another way to it than the server.
 *
 * Throws a UsageError where the config has another seal, and where a transit seal's token is not given.
 */
export function sealOfThrowAway({ env }: Io, vault: Vault, type: string): ThrowAwaySeal | undefined {
  if (type === "shamir") return undefined;
  const seal = vault.installation?.seal;
  if (!seal || seal.type !== type)
    throw new UsageError(
      `the snapshot is of a Vault that unseals itself (seal ${type}); accepted: one of Vault ${vault.name}, whose ` +
        `seal is ${seal?.type ?? "shamir"} in the config.`,
    );
  if (seal.type !== "transit") {
    const known = Object.entries(env).filter(([name, value]) => CLOUD.test(name) && value !== undefined);
    return { stanza: { [type]: sealAttributes(seal) }, env: Object.fromEntries(known) as Record<string, string> };
  }
  if (!env.SEAL_VAULT_TOKEN)
    throw new UsageError(
      `SEAL_VAULT_TOKEN: given nothing; accepted: a token of the Vault at ${seal.address} that may encrypt and ` +
        `decrypt by its key ${seal.keyName}. SEAL_VAULT_ADDR and SEAL_VAULT_CACERT say another way to it, and its CA.`,
    );
  const own = { address: env.SEAL_VAULT_ADDR || seal.address, tls_ca_cert: env.SEAL_VAULT_CACERT };
  return {
    stanza: { transit: { ...sealAttributes(seal), ...own, disable_renewal: "true" } },
    env: { VAULT_TOKEN: env.SEAL_VAULT_TOKEN },
  };
}
