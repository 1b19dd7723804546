import type { Cluster } from "../../../model";
import { VaultError } from "../../vault";
import type { ClusterStatus } from "../status/clusters";
import type { VaultStatus } from "../status/vaults";
import { AS_IT_SAYS, reportTo, type Finding } from "./findings";

const TLS =
  /certificate|x509|self.signed|unable to verify|altnames|wrong version number|EPROTO|HTTP re\w+ to (an )?HTTPS/i;

/** Whether a message is about TLS. */
export function isTls(message: string): boolean {
  return TLS.test(message);
}

/** What is wrong with a Vault, seen from here. */
export function vaultFindings({ name, servers, failure }: VaultStatus): Finding[] {
  const findings: Finding[] = [];
  const report = reportTo(findings, `Vault ${name}`);
  for (const { name: server, initialized, sealed, seal } of servers)
    if (initialized === false)
      report(
        "vault-new",
        `${server} is not initialised`,
        "the server is new: nobody has made its keys yet",
        "npm run up, or npm run ops -- init",
      );
    else if (sealed && seal === "shamir")
      report(
        "vault-sealed",
        `${server} is sealed`,
        "it has restarted, or somebody sealed it; until it is unsealed no value reaches a " +
          "Secret, and those that are there stay",
        "npm run ops -- unseal",
      );
    else if (sealed)
      report(
        "vault-sealed",
        `${server} is sealed, with seal ${seal}`,
        "it cannot reach what unseals it (network, credentials, or a key that was disabled)",
        "see the server's log; it tries again by itself",
      );
  if (failure instanceof VaultError && isTls(failure.message))
    report(
      "vault-tls",
      failure.message,
      "this machine does not trust the server's certificate, or one side speaks TLS and the other does not",
      failure.nextStep,
    );
  else if (failure)
    report(
      "vault-unreachable",
      failure.message,
      "the server does not run, the address is wrong, or a network is in between",
      failure instanceof VaultError ? failure.nextStep : AS_IT_SAYS,
    );
  return findings;
}

/** What is wrong with a cluster as a whole. */
export function clusterFindings({ name, operator }: Cluster, status: ClusterStatus): Finding[] {
  const findings: Finding[] = [];
  const report = reportTo(findings, `cluster ${name}`);
  if (status.failure)
    report(
      "cluster-unreachable",
      status.failure.message,
      "the cluster does not run, the context is another's, or its credentials are over",
      `kubectl --context ${status.context} get ns tries it`,
    );
  if (status.failure || !operator) return findings;
  const deploy = `npm run deploy -- ${operator.stack}`;
  if (!status.crds)
    report(
      "crd-missing",
      "the API server does not know VaultStaticSecret",
      "the operator's CRDs are not installed: its stack was never applied here, or somebody deleted them",
      deploy,
    );
  const none = status.operator === "none";
  if (none || status.operator?.startsWith("0 of"))
    report(
      "operator-down",
      none ? `no operator in namespace ${operator.namespace}` : `the operator has ${status.operator}`,
      "nobody carries values into Secrets; those that are there stay as they are",
      none ? deploy : `kubectl --context ${status.context} -n ${operator.namespace} describe pods`,
      "warning",
    );
  return findings;
}
