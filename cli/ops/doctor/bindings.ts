import { named, type BoundSet, type Platform } from "../../../model";
import { KvClient, VaultError, type VaultClient } from "../../vault";
import type { Kubernetes } from "../../kubernetes";
import { complaint, isSynced } from "../../up/sync";
import type { Io } from "../io";
import { pinnedFinding } from "../secrets/pinned";
import { inOneLine, type Binding } from "../status/clusters";
import { absentFrom, reportTo, type Finding, type Report } from "./findings";
import { tryLogin } from "./login";
import { isTls } from "./servers";

/**
 * What keeps a tenant's values from its Secret. What the operator says is set beside a login of our own: where that
 * works and the operator's does not, its token is old. Without a `client` (its Vault does not serve) nothing is tried
 * there; one without a token reads no roles and metadata.
 */
export async function bindingFindings(
  io: Io,
  platform: Platform,
  { tenant, object }: Binding,
  kubernetes: Kubernetes,
  client: VaultClient | undefined,
): Promise<Finding[]> {
  const { namespace, secret, vaultStaticSecret } = tenant.delivery!;
  const findings: Finding[] = [];
  const report = reportTo(findings, tenant.name);
  const absent = absentFrom(report, tenant);
  if (!object) {
    absent("binding-missing", `VaultStaticSecret ${vaultStaticSecret}`);
    return findings;
  }
  const [delivers, wanted] = [object.spec?.version, tenant.pinned?.version].map(versionInWords);
  if (delivers !== wanted)
    report(
      "version-not-applied",
      `VaultStaticSecret ${vaultStaticSecret} delivers ${delivers}, and the config says ${wanted}`,
      "the config was not applied since it was changed, or somebody changed the object by hand",
      `npm run deploy, with the stack of environment ${tenant.environment}, its operator's before it`,
      "warning",
    );
  const before = findings.length;
  const reads = client && (await tryLogin(report, kubernetes, client, tenant));
  // The cause in Vault explains what the operator says; both would be one thing said twice.
  if (findings.length === before && !isSynced(object))
    reportOperator(report, tenant, inOneLine(complaint(object)), reads);
  const path = `/api/v1/namespaces/${namespace}/secrets/${secret}`;
  if ((await kubernetes.get(path).catch(() => true)) === undefined)
    absent(
      "secret-missing",
      `Secret ${secret}`,
      "somebody deleted it; the operator fills a Secret that Terraform made, and does not make it",
    );
  if (client?.token) await reportVersions(io, platform, report, tenant, client);
  return findings;
}

function versionInWords(version: number | undefined): string {
  return version ? `version ${version}` : "the newest version";
}

function reportOperator(
  report: Report,
  { environment, vault }: BoundSet,
  says: string,
  reads: boolean | undefined,
): void {
  if (/Vault is sealed/i.test(says)) return; // said of the Vault already
  if (reads === undefined && says === "") return;
  const seen = says ? `the operator says: ${says}` : "the values are not in the Secret yet";
  if (isTls(says))
    report(
      "operator-tls",
      seen,
      "the operator does not trust the Vault's certificate, or one of them speaks TLS and the other does not",
      `set vaults.${vault}.ca in the config to the CA that signed it, and apply environment ` +
        `${environment}; the address in VaultConnection must have http or https as the server has`,
    );
  else if (/connection refused|no such host|i\/o timeout|deadline exceeded|no route/i.test(says))
    report(
      "operator-cannot-reach-vault",
      seen,
      "the operator does not reach the Vault's address from inside its cluster: the address, a " +
        "network policy, or a server that is down",
      "compare spec.address of VaultConnection with the server's service, and the network policy " +
        "of the Vault's namespace",
    );
  else if (reads && /permission denied|Code: 403/i.test(says))
    report(
      "stale-token",
      `${seen}; a new login may read the values`,
      "the operator still has a token from before the role or policy was changed, and keeps it " +
        "until it ends (10 minutes by the role's default, an hour at the most)",
      "wait for that, or restart the operator: kubectl rollout restart deployment in its namespace",
    );
  else
    report(
      "not-synced",
      seen,
      "the operator has not come to it, or tries again later",
      "npm run ops -- status shows the events; run this again in a minute",
      "warning",
    );
}

/**
 * What the versions of the set tell. A first version is the placeholder: whoever sets a value makes a second. Reads
 * metadata, and no value.
 */
async function reportVersions(
  io: Io,
  { vaults }: Platform,
  report: Report,
  tenant: BoundSet,
  client: VaultClient,
): Promise<void> {
  const metadata = await new KvClient(client).metadata(tenant.path).catch((error: unknown) => {
    if (!(error instanceof VaultError) || error.kind !== "forbidden") throw error;
    return undefined;
  });
  const found = pinnedFinding(tenant, metadata, named(vaults, tenant.vault).maxVersions, io.now());
  if (found) report(found.id, found.seen, found.cause, found.remedy, found.severity);
  if (!metadata || tenant.secretSet !== "managed") return;
  const [newest, pinned] = [metadata.current_version, tenant.pinned];
  if (newest === 1)
    report(
      "placeholder",
      `${tenant.path.data()} has one version, from ${metadata.created_time.slice(0, 10)}`,
      "nobody has set the values: the app gets the placeholder",
      `npm run ops -- secrets set ${tenant.app} ${tenant.environment}`,
      "warning",
    );
  else if (pinned?.version === 1)
    report(
      "placeholder",
      `version 1 is pinned, and the newest is ${newest}`,
      "the first version is what the stack placed: the app gets the placeholder",
      `set ${pinned.at} to a version that somebody has set, and apply`,
      "warning",
    );
}
