import type { Command } from "commander";
import { boundSets, type Platform } from "../../../model";
import { counted } from "../../counted";
import { KubernetesError } from "../../kubernetes";
import { VaultError } from "../../vault";
import { oneOf } from "../arguments";
import { EXIT } from "../errors";
import { print, type Io } from "../io";
import { eachInParallel } from "../parallel";
import { setNames } from "../secrets/select";
import { platformOf } from "../session";
import { readCluster } from "../status/clusters";
import { readVault } from "../status/vaults";
import type { Connection } from "../way";
import { bindingFindings } from "./bindings";
import type { Finding } from "./findings";
import { clusterFindings, vaultFindings } from "./servers";

/** What an examination came to. */
export interface Diagnosis {
  readonly findings: readonly Finding[];
  /** What was not looked at, and why. */
  readonly notes: readonly string[];
}

/** `ops doctor`: names the likely cause of what does not work. */
export function addDoctor(program: Command, io: Io): void {
  program
    .command("doctor")
    .argument("[app]", "an app, or a shared set; none means all")
    .option("--json", "as JSON")
    .description(
      "Name the likely cause where values do not reach their Secrets: logs in as each workload, and " +
        "compares what its token says with what Vault expects",
    )
    .addHelpText(
      "after",
      `
Reads no value, and shows no token: of a service account's token only its claims. With VAULT_TOKEN, or after vault
login, it also reads roles and metadata, and says more. It needs the right to make tokens of the workloads' service
accounts. Ends with 3 when it found something.

Examples:
  npm run ops -- doctor
  npm run ops -- doctor sample-node-api
  npm run ops -- doctor --json`,
    )
    .action(async (app: string | undefined, { json }: { json?: boolean }) => {
      const platform = platformOf(io);
      if (app !== undefined) oneOf("app", app, setNames(platform));
      const diagnosis = await examine(io, platform, app);
      print(io, json, diagnosis, () => inWords(diagnosis));
      if (diagnosis.findings.length > 0) io.exit(EXIT.findings);
    });
}

/**
 * Examines every Vault and cluster of a platform, and every binding of an app, or of all. Throws only what is a mistake
 * in this code.
 */
async function examine(io: Io, platform: Platform, app?: string): Promise<Diagnosis> {
  const notes: string[] = [];
  const findings: Finding[] = [];
  const serving = new Map<string, Connection | undefined>();
  const sets = platform.tenants.flatMap((tenant) =>
    boundSets([tenant]).filter((set) => app === undefined || tenant.app === app || set.app === app),
  );
  try {
    for (const vault of platform.vaults) {
      const read = await readVault(io, platform, vault);
      findings.push(...vaultFindings(read.status));
      serving.set(vault.name, read.serving);
      if (read.serving && !read.serving.client.token)
        notes.push(
          `Vault ${vault.name}: roles and metadata were not read, since nobody is logged in (VAULT_TOKEN, or ` +
            "vault login)",
        );
    }
    for (const cluster of platform.clusters) {
      const { status, bindings, kubernetes } = await readCluster(io, sets, cluster);
      findings.push(...clusterFindings(cluster, status));
      if (!kubernetes) continue;
      const found = await eachInParallel(io, bindings, "looking at bindings", (binding) =>
        bindingFindings(io, platform, binding, kubernetes, serving.get(binding.tenant.vault)?.client).catch(
          (error: unknown) => {
            if (!(error instanceof KubernetesError || error instanceof VaultError)) throw error;
            notes.push(`${binding.tenant.name}: ${error.message}`);
            return [];
          },
        ),
      ).finally(() => kubernetes.close());
      findings.push(...found.flat());
    }
  } finally {
    for (const connection of serving.values()) await connection?.close();
  }
  return { findings, notes };
}

function inWords({ findings, notes }: Diagnosis): string[] {
  return [
    ...findings.flatMap(({ severity, where, id, seen, cause, remedy }) => [
      `${severity === "error" ? "ERROR" : "warning"} ${where}: ${id}`,
      `  seen:   ${seen}`,
      `  likely: ${cause}`,
      `  do:     ${remedy}`,
      "",
    ]),
    ...notes.map((note) => `note: ${note}`),
    findings.length === 0 ? "Nothing found that is wrong." : `${counted(findings.length, "finding")}.`,
  ];
}
