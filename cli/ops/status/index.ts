import type { Command } from "commander";
import { boundSets, named, type SecretSet } from "../../../model";
import { textTable } from "../../table";
import { AS_IT_SAYS } from "../doctor/findings";
import { clusterFindings, vaultFindings } from "../doctor/servers";
import { EXIT } from "../errors";
import { print, type Io } from "../io";
import { present } from "../present";
import { platformOf } from "../session";
import { bindingStatus, readCluster, type BindingStatus, type ClusterStatus } from "./clusters";
import { deliveredDatabases } from "../../up/sync";
import { versionText } from "../secrets/pinned";
import { ageText } from "../secrets/status";
import { peopleLooks, peopleStatus, type PeopleStatus } from "./people";
import { readVersions, type Versions } from "./versions";
import { readVault, type ServerStatus, type VaultStatus } from "./vaults";

/** How many days before its end a certificate is something to look at. */
const CERTIFICATE_DAYS = 14;

/** A cluster as it is shown. */
type ClusterScreen = ClusterStatus & {
  readonly bindings: readonly BindingStatus[];
  /** Bindings of databases. */
  readonly databases: readonly BindingStatus[];
};

/** A Vault as it is shown. */
type VaultScreen = VaultStatus & { readonly people?: PeopleStatus };

/** `ops status`: one screen of how the platform is. */
export function addStatus(program: Command, io: Io): void {
  program
    .command("status")
    .option("--json", "as JSON")
    .description(
      "One screen: sealed or not, who leads, certificates, audit devices, rights that no stack gave, the operator, " +
        "every binding and its last sync, warnings in the apps' namespaces",
    )
    .addHelpText(
      "after",
      "\nAsks for nothing: what needs a login is shown with VAULT_TOKEN, or after vault login. Ends with 3 when " +
        "there is something to look at.\n\nExamples:\n  npm run ops -- status\n  npm run ops -- status --json",
    )
    .action(async ({ json }: { json?: boolean }) => {
      const platform = platformOf(io);
      const hosts = new Set(platform.vaults.map((vault) => vault.installation?.cluster));
      const delivered = deliveredDatabases(platform.tenants);
      const versions: Versions[] = [];
      const vaults = await Promise.all(
        platform.vaults.map(async (vault) => {
          const { status, serving } = await readVault(io, platform, vault);
          try {
            if (serving) versions.push(await readVersions(io, { ...serving, platform, vault }));
            return { ...status, people: serving && (await peopleStatus(io, { ...serving, platform, vault })) };
          } finally {
            await serving?.close();
          }
        }),
      );
      const metadataOf = ({ path }: SecretSet) =>
        versions.flatMap(({ metadata }) => metadata.get(path.toString()) ?? [])[0];
      const clusters = await Promise.all(
        platform.clusters
          .filter((cluster) => cluster.operator ?? hosts.has(cluster.name))
          .map(async (cluster) => {
            const sets = boundSets(platform.tenants);
            const { status, kubernetes, ...read } = await readCluster(io, sets, cluster, delivered);
            kubernetes?.close();
            const bindings = read.bindings.map((each) => bindingStatus(each, metadataOf(each.tenant)));
            return { ...status, ...read, bindings };
          }),
      );
      const findings = [
        ...vaults.flatMap(vaultFindings),
        ...clusters.flatMap((status) => clusterFindings(named(platform.clusters, status.name), status)),
      ];
      const toLookAt = [
        // The message of a failure says itself what to do.
        ...findings.map(({ where, seen, remedy }) =>
          [where, seen, ...(seen.includes(remedy) || remedy === AS_IT_SAYS ? [] : [remedy])].join(": "),
        ),
        ...vaults.flatMap(vaultLooks),
        ...vaults.flatMap(({ name, people }) => peopleLooks(name, people ?? {})),
        ...clusters
          .flatMap(({ bindings }) => bindings)
          .filter(({ ready, healthy, synced }) => [ready, healthy, synced].some((word) => word !== "yes"))
          .map(({ name }) => `${name}: not synced: npm run ops -- doctor`),
        ...clusters
          .flatMap(({ databases }) => databases)
          .filter(({ ready }) => ready !== "yes")
          .map(({ name, says = "the operator does not say why" }) => `${name}: no credentials: ${says}`),
        ...versions.flatMap(({ looks }) => looks),
      ];
      print(io, json, { vaults, clusters, toLookAt }, () => [screen(io, vaults, clusters, toLookAt)]);
      if (toLookAt.length > 0) io.exit(EXIT.findings);
    });
}

/** What a person must look at in a Vault that serves. */
function vaultLooks({ name, servers, audit }: VaultStatus): string[] {
  return [
    ...servers
      .filter(({ certificate }) => certificate && certificate.days < CERTIFICATE_DAYS)
      .map((server) => `${server.name}: its certificate expires in ${server.certificate!.days} days`),
    ...present(
      audit?.length === 0 && `Vault ${name}: no audit device; nobody could say later who read what`,
      audit?.length === 1 && `Vault ${name}: one audit device; when it cannot write, Vault stops. Two is safe`,
    ),
  ];
}

function screen(
  io: Io,
  vaults: readonly VaultScreen[],
  clusters: readonly ClusterScreen[],
  toLookAt: readonly string[],
): string {
  const bindings = clusters.flatMap((cluster) => [...cluster.bindings, ...cluster.databases]);
  const events = clusters.flatMap((cluster) => cluster.events);
  return [
    ...vaults.flatMap(({ name, servers, audit, notes, people }) => [
      `Vault ${name}`,
      ...table([["server", "state", "role", "seal", "version", "certificate until"], ...servers.map(serverRow)]),
      ...present(
        audit && `  audit devices: ${audit.join(", ") || "none"}`,
        ...notes.map((note) => `  ${note}`),
        people?.note && `  ${people.note}`,
        "",
      ),
    ]),
    ...clusters.map(
      ({ name, context, operator, crds, failure }) =>
        `Cluster ${name} (context ${context}): ` +
        `${failure ? "not reached" : `operator ${operator}, CRDs ${crds ? "there" : "MISSING"}`}`,
    ),
    "",
    ...table([
      ["binding", "namespace", "ready", "healthy", "synced", "last sync", "version"],
      ...bindings.map((each) => [
        each.name,
        each.namespace,
        each.ready,
        each.healthy,
        each.synced,
        each.lastSync ? ago(io, each.lastSync) : "–",
        versionText(each.newestVersion, each.pinnedVersion),
      ]),
    ]),
    ...(events.length ? ["", "Warnings in the apps' namespaces, the newest first"] : []),
    ...table([
      ["when", "namespace", "object", "what"],
      ...events
        .slice(0, 10)
        .map(({ last, namespace, object, reason, message, count }) => [
          ago(io, last),
          namespace,
          object,
          `${reason}: ${message.slice(0, 100)}${count > 1 ? ` (${count} times)` : ""}`,
        ]),
    ]),
    "",
    ...(toLookAt.length ? ["To look at:", ...toLookAt.map((look) => `- ${look}`)] : ["All is well."]),
  ].join("\n");
}

/** A table with its head; nothing where it has no rows. */
function table(rows: readonly (readonly string[])[]): string[] {
  return rows.length > 1 ? [textTable(rows, "  ")] : [];
}

function serverRow({
  name,
  problem,
  initialized,
  sealed,
  seal = "–",
  progress,
  version = "–",
  role = "–",
  certificate,
}: ServerStatus): string[] {
  const given = progress ? `, ${progress} shares given` : "";
  const state = problem ? "not reached" : !initialized ? "not initialised" : sealed ? `SEALED${given}` : "unsealed";
  const until = certificate ? `${certificate.expires.slice(0, 10)} (${certificate.days} days)` : "–";
  return [name, state, role, seal, version, until];
}

/** How long ago, in one unit. */
function ago(io: Io, time: string): string {
  return `${ageText(Math.max(0, Math.round((io.now().getTime() - Date.parse(time)) / 1000)))} ago`;
}
