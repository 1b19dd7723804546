import type { Tenant } from "../../../model";
import { KvClient, VaultError, type SecretValue, type VaultClient } from "../../vault";
import type { Kubernetes } from "../../kubernetes";
import { complaint, isSynced, staticSecretPath, type StaticSecret } from "../../up/sync";
import { inOneLine } from "../status/clusters";
import { finding, type Finding } from "./findings";
import { tryLogin } from "./login";
import { isTls } from "./servers";

/** What is looked at with. */
export interface Instruments {
  readonly kubernetes: Kubernetes;
  /** Undefined where the Vault does not serve: nothing is tried on it then. */
  readonly client?: VaultClient;
  /** A token that may read roles and metadata; undefined where nobody is logged in. */
  readonly reader?: SecretValue;
}

/**
 * What keeps a tenant's values from its Secret. What the operator says is set beside a login of our own: where that
 * works and the operator's does not, its token is old.
 */
export async function bindingFindings(tenant: Tenant, { kubernetes, client, reader }: Instruments): Promise<Finding[]> {
  const delivery = tenant.delivery!;
  const secret = await kubernetes.get<StaticSecret>(staticSecretPath(delivery));
  const again = `npm run deploy, with the stack of environment ${tenant.environment}`;
  if (!secret)
    return [
      finding(
        "binding-missing",
        tenant.name,
        `there is no VaultStaticSecret ${delivery.vaultStaticSecret} in namespace ${delivery.namespace}`,
        "the environment's stack was not applied, or somebody deleted it",
        again,
      ),
    ];
  const login = client ? await tryLogin(kubernetes, client, tenant, reader) : { findings: [], reads: undefined };
  const synced = isSynced(secret);
  const says = inOneLine(complaint(secret));
  const operator = synced ? [] : operatorFindings(tenant, says, login.reads);
  // The cause in Vault explains what the operator says; both would be one thing said twice.
  const explained = login.findings.length > 0 ? login.findings : operator;
  const there =
    (await kubernetes.get(`/api/v1/namespaces/${delivery.namespace}/secrets/${delivery.secret}`).catch(() => true)) !==
    undefined;
  return [
    ...explained,
    ...(there
      ? []
      : [
          finding(
            "secret-missing",
            tenant.name,
            `there is no Secret ${delivery.secret} in namespace ${delivery.namespace}`,
            "somebody deleted it; the operator fills a Secret that Terraform made, and does not make it",
            again,
          ),
        ]),
    ...(client && reader ? await placeholderFindings(tenant, client, reader) : []),
  ];
}

function operatorFindings({ name, environment, vault }: Tenant, says: string, reads: boolean | undefined): Finding[] {
  const seen = `the operator says: ${says}`;
  if (/Vault is sealed/i.test(says)) return []; // said of the Vault already
  if (isTls(says))
    return [
      finding(
        "operator-tls",
        name,
        seen,
        "the operator does not trust the Vault's certificate, or one of them speaks TLS and the other does not",
        `set vaults.${vault}.ca in the config to the CA that signed it, and apply environment ` +
          `${environment}; the address in VaultConnection must have http or https as the server has`,
      ),
    ];
  if (/connection refused|no such host|i\/o timeout|deadline exceeded|no route/i.test(says))
    return [
      finding(
        "operator-cannot-reach-vault",
        name,
        seen,
        "the operator does not reach the Vault's address from inside its cluster: the address, a " +
          "network policy, or a server that is down",
        "compare spec.address of VaultConnection with the server's service, and the network policy " +
          "of the Vault's namespace",
      ),
    ];
  if (reads && /permission denied|Code: 403/i.test(says))
    return [
      finding(
        "stale-token",
        name,
        `${seen}; a new login may read the values`,
        "the operator still has a token from before the role or policy was changed, and keeps it " +
          "until it ends (10 minutes by the role's default, an hour at the most)",
        "wait for that, or restart the operator: kubectl rollout restart deployment in its namespace",
      ),
    ];
  if (reads === undefined && says === "") return [];
  return [
    finding(
      "not-synced",
      name,
      says ? seen : "the values are not in the Secret yet",
      "the operator has not come to it, or tries again later",
      "npm run ops -- status shows the events; run this again in a minute",
      "warning",
    ),
  ];
}

/** A first version alone is the placeholder: whoever sets a value makes a second. Reads metadata, and no value. */
async function placeholderFindings(tenant: Tenant, client: VaultClient, reader: SecretValue): Promise<Finding[]> {
  try {
    const metadata = await new KvClient(withToken(client, reader)).metadata(tenant.path);
    if (!metadata || metadata.current_version !== 1 || tenant.secretSet !== "managed") return [];
    return [
      finding(
        "placeholder",
        tenant.name,
        `${tenant.path.data()} has one version, from ${metadata.created_time.slice(0, 10)}`,
        "nobody has set the values: the app gets the placeholder",
        `npm run ops -- secrets set ${tenant.app} ${tenant.environment}`,
        "warning",
      ),
    ];
  } catch (error) {
    if (error instanceof VaultError && error.kind === "forbidden") return [];
    throw error;
  }
}

/** The same client, with a token for reads that name none. */
function withToken(client: VaultClient, token: SecretValue): VaultClient {
  const read: VaultClient["readIfPresent"] = (path, options = {}) => client.readIfPresent(path, { ...options, token });
  return Object.assign(Object.create(client) as VaultClient, { readIfPresent: read });
}
