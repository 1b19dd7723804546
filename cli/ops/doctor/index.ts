import type { Command } from "commander";
import type { Platform } from "../../../model";
import { loadPlatform } from "../../platform-file";
import { KubernetesError, Kubernetes } from "../../kubernetes";
import { VaultError, type VaultClient } from "../../vault";
import { oneOf } from "../arguments";
import { EXIT } from "../errors";
import type { Io } from "../io";
import { eachInParallel } from "../parallel";
import { clusterStatus } from "../status/clusters";
import { tokenAtHand } from "../session";
import { vaultStatus } from "../status/vaults";
import { serversOf } from "../unseal/servers";
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
    .argument("[app]", "an app; none means all")
    .option("--json", "as JSON")
    .description(
      "Name the likely cause where values do not reach their Secrets: logs in as each workload, and " +
        "compares what its token says with what Vault expects",
    )
    .addHelpText(
      "after",
      `
Reads no value, and shows no token: of a service account's token only its claims. With VAULT_TOKEN, or after vault login, it also reads roles and
metadata, and says more. It needs the right to make tokens of the workloads' service accounts. Ends with 3 when it found something.

Examples:
  npm run ops -- doctor
  npm run ops -- doctor sample-node-api
  npm run ops -- doctor --json`,
    )
    .action(async (app: string | undefined, { json }: { json?: boolean }) => {
      const platform = loadPlatform(io.env.PLATFORM || undefined);
      if (app !== undefined)
        oneOf(
          "app",
          app,
          platform.apps.map(({ name }) => name),
        );
      const diagnosis = await examine(io, platform, app);
      if (json) io.out(JSON.stringify(diagnosis, null, 2));
      else io.out(inWords(diagnosis));
      io.exit(diagnosis.findings.length > 0 ? EXIT.findings : EXIT.ok);
    });
}

/**
 * Examines every Vault and cluster of a platform, and every binding of an app, or of all. Throws only what is a mistake
 * in this code.
 */
export async function examine(io: Io, platform: Platform, app?: string): Promise<Diagnosis> {
  const notes: string[] = [];
  const findings: Finding[] = [];
  const reader = tokenAtHand(io);
  if (!reader) notes.push("roles and metadata were not read, since nobody is logged in (VAULT_TOKEN, or vault login)");
  const clients = new Map<string, { readonly client: VaultClient; close(): Promise<void> }>();
  try {
    for (const vault of platform.vaults) {
      const status = await vaultStatus(io, platform, vault);
      findings.push(...vaultFindings(vault, status));
      const serves = status.servers.findIndex(({ initialized, sealed }) => initialized && sealed === false);
      if (serves >= 0) clients.set(vault.name, await (await serversOf(io, platform, vault))[serves]!.open());
    }
    for (const cluster of platform.clusters) {
      const tenants = platform.tenants.filter(
        (tenant) => tenant.delivery?.cluster === cluster.name && (app === undefined || tenant.app === app),
      );
      const status = await clusterStatus(io, platform, cluster);
      findings.push(...clusterFindings(cluster, status));
      if (status.failure || !status.crds) continue;
      const kubernetes = await Kubernetes.open(cluster, io.env);
      try {
        const found = await eachInParallel(io, tenants, { doing: "looking at bindings" }, (tenant) =>
          bindingFindings(tenant, { kubernetes, client: clients.get(tenant.vault)?.client, reader }).catch(
            (error: unknown) => {
              if (!(error instanceof KubernetesError || error instanceof VaultError)) throw error;
              notes.push(`${tenant.name}: ${error.message}`);
              return [];
            },
          ),
        );
        findings.push(...found.flat());
      } finally {
        kubernetes.close();
      }
    }
  } finally {
    for (const { close } of clients.values()) await close();
  }
  return { findings, notes };
}

function inWords({ findings, notes }: Diagnosis): string {
  const lines = findings.flatMap(({ level, where, id, seen, cause, remedy }) => [
    `${level === "error" ? "ERROR" : "warning"} ${where}: ${id}`,
    `  seen:   ${seen}`,
    `  likely: ${cause}`,
    `  do:     ${remedy}`,
    "",
  ]);
  return [
    ...lines,
    ...notes.map((note) => `note: ${note}`),
    findings.length === 0
      ? "Nothing found that is wrong."
      : `${findings.length} ${findings.length === 1 ? "finding" : "findings"}.`,
  ].join("\n");
}
