import type { Command } from "commander";
import { loadPlatform } from "../../platform-file";
import { textTable } from "../../table";
import { EXIT } from "../errors";
import type { Io } from "../io";
import { clusterStatus, type ClusterStatus } from "./clusters";
import { vaultStatus, type ServerStatus, type VaultStatus } from "./vaults";

/** How many days before its end a certificate is something to look at. */
export const CERTIFICATE_DAYS = 14;

/** `ops status`: one screen of how the platform is. */
export function addStatus(program: Command, io: Io): void {
  program
    .command("status")
    .option("--json", "as JSON")
    .description(
      "One screen: sealed or not, who leads, certificates, audit devices, the operator, every " +
        "binding and its last sync, warnings in the apps' namespaces",
    )
    .addHelpText(
      "after",
      "\nAsks for nothing: what needs a login is shown with VAULT_TOKEN, or after vault login. Ends " +
        "with 3 when there is something to look at.\n\nExamples:\n  npm run ops -- status\n  npm " +
        "run ops -- status --json",
    )
    .action(async ({ json }: { json?: boolean }) => {
      const platform = loadPlatform(io.env.PLATFORM || undefined);
      const [vaults, clusters] = await Promise.all([
        Promise.all(platform.vaults.map((vault) => vaultStatus(io, platform, vault))),
        Promise.all(
          platform.clusters
            .filter(
              (cluster) =>
                cluster.operator ?? platform.vaults.some((vault) => vault.installation?.cluster === cluster.name),
            )
            .map((cluster) => clusterStatus(io, platform, cluster)),
        ),
      ]);
      const looks = toLookAt(vaults, clusters);
      if (json)
        io.out(JSON.stringify({ vaults: vaults.map(plain), clusters: clusters.map(plain), toLookAt: looks }, null, 2));
      else io.out(screen(io, vaults, clusters, looks));
      io.exit(looks.length > 0 ? EXIT.findings : EXIT.ok);
    });
}

/** In words, what a person must look at; empty if all is well. */
export function toLookAt(vaults: readonly VaultStatus[], clusters: readonly ClusterStatus[]): string[] {
  return [
    ...vaults.flatMap(({ name, servers, failure, audit }) => [
      ...(failure ? [`Vault ${name}: ${failure.message}`] : []),
      ...servers
        .filter((server) => server.initialized === false)
        .map((server) => `${server.name}: not initialised: npm run up, or npm run ops -- init`),
      ...servers
        .filter((server) => server.initialized && server.sealed)
        .map((server) => `${server.name}: sealed: npm run ops -- unseal`),
      ...servers
        .filter((server) => server.certificate && server.certificate.days < CERTIFICATE_DAYS)
        .map(
          (server) =>
            `${server.name}: its certificate ` +
            `${server.certificate!.days < 0 ? "has expired" : `expires in ${server.certificate!.days} days`}`,
        ),
      ...(audit?.length === 0 ? [`Vault ${name}: no audit device; nobody could say later who read what`] : []),
      ...(audit?.length === 1
        ? [`Vault ${name}: one audit device; when it cannot write, Vault stops. Two is safe`]
        : []),
    ]),
    ...clusters.flatMap(({ name, failure, crds, operator, bindings }) => [
      ...(failure ? [failure.message] : []),
      ...(crds === false ? [`cluster ${name}: the operator's CRDs are missing: npm run up`] : []),
      ...(operator === "none" && crds !== undefined
        ? [`cluster ${name}: no operator is installed in its namespace`]
        : []),
      ...(operator?.startsWith("0 of") ? [`cluster ${name}: no operator runs`] : []),
      ...bindings
        .filter(({ ready, healthy, synced }) => [ready, healthy, synced].some((word) => word !== "yes"))
        .map((binding) => `${binding.name}: not synced: npm run ops -- doctor`),
    ]),
  ];
}

/** Failures as text, for JSON. */
function plain<T extends { readonly failure?: Error }>({ failure, ...rest }: T): object {
  return { ...rest, ...(failure && { failure: failure.message }) };
}

function screen(
  io: Io,
  vaults: readonly VaultStatus[],
  clusters: readonly ClusterStatus[],
  looks: readonly string[],
): string {
  const server = ({
    name,
    problem,
    initialized,
    sealed,
    seal,
    progress,
    version,
    role,
    certificate,
  }: ServerStatus): string[] => [
    name,
    problem
      ? "not reached"
      : !initialized
        ? "not initialised"
        : sealed
          ? `SEALED${progress ? `, ${progress} shares given` : ""}`
          : "unsealed",
    role ?? "–",
    seal ?? "–",
    version ?? "–",
    certificate ? `${certificate.expires.slice(0, 10)} (${certificate.days} days)` : "–",
  ];
  const bindings = clusters.flatMap((cluster) => cluster.bindings);
  const events = clusters.flatMap((cluster) => cluster.events);
  return [
    ...vaults.flatMap(({ name, servers, audit, notes }) => [
      `Vault ${name}`,
      ...(servers.length
        ? [
            textTable(
              [["server", "state", "role", "seal", "version", "certificate until"], ...servers.map(server)],
              "  ",
            ),
          ]
        : []),
      ...(audit ? [`  audit devices: ${audit.join(", ") || "none"}`] : []),
      ...notes.map((note) => `  ${note}`),
      "",
    ]),
    ...clusters.flatMap(({ name, context, operator, crds, failure }) => [
      `Cluster ${name} (context ${context}): ` +
        `${failure ? "not reached" : `operator ${operator}, CRDs ${crds ? "there" : "MISSING"}`}`,
    ]),
    ...(bindings.length
      ? [
          "",
          textTable(
            [
              ["binding", "namespace", "ready", "healthy", "synced", "last sync"],
              ...bindings.map((b) => [
                b.name,
                b.namespace,
                b.ready,
                b.healthy,
                b.synced,
                b.lastSync ? ago(io, b.lastSync) : "–",
              ]),
            ],
            "  ",
          ),
        ]
      : []),
    ...(events.length
      ? [
          "",
          "Warnings in the apps' namespaces, the newest first",
          textTable(
            events
              .slice(0, 10)
              .map((event) => [
                ago(io, event.last),
                event.namespace,
                event.object,
                `${event.reason}: ${event.message.slice(0, 100)}${event.count > 1 ? ` (${event.count} times)` : ""}`,
              ]),
            "  ",
          ),
        ]
      : []),
    "",
    ...(looks.length ? ["To look at:", ...looks.map((look) => `- ${look}`)] : ["All is well."]),
  ].join("\n");
}

/** How long ago, in one unit. */
export function ago(io: Io, time: string): string {
  const seconds = Math.max(0, Math.round((io.now().getTime() - Date.parse(time)) / 1000));
  if (seconds < 120) return `${seconds} s ago`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h ago` : `${Math.round(seconds / 86_400)} days ago`;
}
