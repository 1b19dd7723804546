import type { ChartValues } from "../config/cluster";
import type { UnsafeWithout } from "../config/unsafe";
import type { Platform, Vault } from "../platform";
import type { Report } from "../problems";
import { isRecord } from "../record";
import { step } from "../schema";

/** What a Vault lacks: where the config would say it (dots between keys), what is given there, and what is accepted. */
type Lack = readonly [field: string, given: unknown, accepted: string];

/** A value of the chart that takes a safeguard away: whether it does, and what is accepted. */
type TakenAway = readonly [path: string, takes: (value: unknown) => boolean, accepted: string];

const isNot = (accepted: boolean) => (value: unknown) => value !== accepted;
const disablesTls = (value: unknown) =>
  typeof value === "string" && /^\s*tls_disable\s*=\s*"?(true|1|on)\b/im.test(value);
const LISTENS_WITH_TLS = "a listener without tls_disable";

/** By which values the chart (vault-helm 0.34) serves without TLS, or one server, whatever `mode` and `tls` say. */
const TAKEN_AWAY: { readonly [what in "tls" | "ha"]: readonly TakenAway[] } = {
  tls: [
    ["global.tlsDisable", isNot(false), "false"],
    ["server.ha.raft.config", disablesTls, LISTENS_WITH_TLS],
    ["server.ha.config", disablesTls, LISTENS_WITH_TLS],
    ["server.standalone.config", disablesTls, LISTENS_WITH_TLS],
  ],
  ha: [
    ["server.enabled", isNot(true), "true"],
    ["server.dev.enabled", isNot(false), "false"],
    ["server.ha.enabled", isNot(true), "true"],
    ["server.ha.raft.enabled", isNot(true), "true"],
    ["server.ha.replicas", (value) => !(typeof value === "number" && value > 1), "more servers than one"],
  ],
};

/** The value at a path, or what stands in the place of an object on the way to it; undefined where it is not given. */
function valueAt(values: unknown, path: string): unknown {
  return path.split(".").reduce((at, key) => (isRecord(at) ? at[key] : at), values);
}

/** What the config's values for the chart take away of one; undefined where they leave it. */
function takenAway(what: "tls" | "ha", values: ChartValues | undefined): Lack | undefined {
  const found = TAKEN_AWAY[what].find(([path, takes]) => {
    const value = valueAt(values, path);
    return value !== undefined && takes(value);
  });
  return found && [`values.${found[0]}`, valueAt(values, found[0]), found[2]];
}

/** What a Vault lacks of each; undefined where it has it, or where it is not known. */
function lacks({ installation, address, audit }: Vault): Record<keyof UnsafeWithout, Lack | undefined> {
  if (!installation)
    return {
      tls: address?.startsWith("http:") ? ["address", address, "an https URL"] : undefined,
      audit: undefined,
      ha: undefined,
      backup: undefined,
    };
  const { unsafeNoTls, mode, backup, values } = installation;
  return {
    tls: unsafeNoTls ? ["tls", undefined, "{ secret } or { certManager }"] : takenAway("tls", values),
    audit: audit.length === 0 ? ["audit", audit, "at least one audit device"] : undefined,
    ha: mode === "ha" ? takenAway("ha", values) : ["mode", mode, '"ha"'],
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
          step(at, ...field.split(".")),
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
