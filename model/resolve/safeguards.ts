import type { UnsafeWithout } from "../config/unsafe";
import type { Platform, Vault } from "../platform";
import type { Report } from "../problems";
import { step } from "../schema";

/** What a Vault lacks: where the config would say it, what is given there, and what is accepted. */
type Lack = readonly [field: "tls" | "address" | "audit" | "mode" | "backup", given: unknown, accepted: string];

/** What a Vault lacks of each; undefined where it has it, or where it is not known. */
function lacks({ installation, address, audit }: Vault): Record<keyof UnsafeWithout, Lack | undefined> {
  if (!installation)
    return {
      tls: address?.startsWith("http:") ? ["address", address, "an https URL"] : undefined,
      audit: undefined,
      ha: undefined,
      backup: undefined,
    };
  const { unsafeNoTls, mode, backup } = installation;
  return {
    tls: unsafeNoTls ? ["tls", undefined, "{ secret } or { certManager }"] : undefined,
    audit: audit.length === 0 ? ["audit", audit, "at least one audit device"] : undefined,
    ha: mode === "ha" ? undefined : ["mode", mode, '"ha"'],
    backup: backup ? undefined : ["backup", undefined, '{ to: { volume: {} } }, beside mode: "ha"'],
  };
}

/**
 * Reports what the Vault of a protected environment lacks without a reason, and reasons for what it does not lack: they
 * would stay when it does.
 */
export function checkSafeguards({ vaults, environments }: Platform, report: Report): void {
  for (const vault of vaults) {
    const at = step("vaults", vault.name);
    const served = environments.filter((each) => each.protected && each.vault === vault.name).map(({ name }) => name);
    for (const [what, lack] of Object.entries(lacks(vault)) as [keyof UnsafeWithout, Lack | undefined][]) {
      const reason = vault.unsafeWithout[what];
      if (lack && reason === undefined && served.length > 0) {
        const [field, given, accepted] = lack;
        report(
          step(at, field),
          given,
          `${accepted}, since it holds what is protected (${served.join(", ")})`,
          `unsafeWithout: { ${what}: "why" } does without.`,
        );
      }
      if (!lack && reason !== undefined)
        report(
          step(at, "unsafeWithout", what),
          reason,
          "a reason only for what the Vault is known to lack",
          vault.installation ? "Take it out." : "It exists already: of its own, TLS alone is known here. Take it out.",
        );
    }
  }
}
