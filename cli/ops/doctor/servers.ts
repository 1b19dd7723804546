import type { Cluster, Vault } from "../../../model";
import { VaultError } from "../../vault";
import type { ClusterStatus } from "../status/clusters";
import type { VaultStatus } from "../status/vaults";
import { finding, type Finding } from "./findings";

const TLS =
  /certificate|x509|self.signed|unable to verify|altnames|wrong version number|EPROTO|HTTP request to an HTTPS|HTTP response to HTTPS/i;

/** Whether a message is about TLS. */
export function isTls(message: string): boolean {
  return TLS.test(message);
}

/** What is wrong with a Vault, seen from here. */
export function vaultFindings({ name }: Vault, { servers, failure }: VaultStatus): Finding[] {
  const where = `Vault ${name}`;
  return [
    ...servers
      .filter((server) => server.initialized === false)
      .map((server) =>
        finding(
          "vault-new",
          where,
          `${server.name} is not initialised`,
          "the server is new: nobody has made its keys yet",
          "npm run up, or npm run ops -- init",
        ),
      ),
    ...servers
      .filter((server) => server.initialized && server.sealed)
      .map((server) =>
        server.seal === "shamir"
          ? finding(
              "vault-sealed",
              where,
              `${server.name} is sealed`,
              "it has restarted, or somebody sealed it; until it is unsealed no value reaches a " +
                "Secret, and those that are there stay",
              "npm run ops -- unseal",
            )
          : finding(
              "vault-sealed",
              where,
              `${server.name} is sealed, with seal ${server.seal}`,
              "it cannot reach what unseals it (network, credentials, or a key that was disabled)",
              "see the server's log; it tries again by itself",
            ),
      ),
    ...(failure ? [unreachable(where, failure)] : []),
  ];
}

function unreachable(where: string, failure: Error): Finding {
  if (failure instanceof VaultError && isTls(failure.message))
    return finding(
      "vault-tls",
      where,
      failure.message,
      "this machine does not trust the server's certificate, or one side speaks TLS and the other does not",
      failure.nextStep,
    );
  const remedy = failure instanceof VaultError ? failure.nextStep : "what the message says";
  return finding(
    "vault-unreachable",
    where,
    failure.message,
    "the server does not run, the address is wrong, or a network is in between",
    remedy,
  );
}

/** What is wrong with a cluster as a whole. `hasOperator`: whether the config puts one there. */
export function clusterFindings({ name, operator }: Cluster, status: ClusterStatus): Finding[] {
  const where = `cluster ${name}`;
  if (status.failure)
    return [
      finding(
        "cluster-unreachable",
        where,
        status.failure.message,
        "the cluster does not run, the context is another's, or its credentials are over",
        `kubectl --context ${status.context} get ns tries it`,
      ),
    ];
  if (!operator) return [];
  return [
    ...(status.crds === false
      ? [
          finding(
            "crd-missing",
            where,
            "the API server does not know VaultStaticSecret",
            "the operator's CRDs are not installed: its stack was never applied here, or somebody deleted them",
            `npm run deploy -- ${operator.stack}`,
          ),
        ]
      : []),
    ...(status.operator === "none" || status.operator?.startsWith("0 of")
      ? [
          finding(
            "operator-down",
            where,
            status.operator === "none"
              ? `no operator in namespace ${operator.namespace}`
              : `the operator has ${status.operator}`,
            "nobody carries values into Secrets; those that are there stay as they are",
            status.operator === "none"
              ? `npm run deploy -- ${operator.stack}`
              : `kubectl --context ${status.context} -n ${operator.namespace} describe pods`,
            "warning",
          ),
        ]
      : []),
  ];
}
