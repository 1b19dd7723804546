import {
  backupLabels,
  imageOf,
  secretFolder,
  tlsSecret,
  VERSIONS,
  type SecretKeyReference,
  type VolumeConfig,
} from "../model";
import { mergeValues } from "../model/chart-values";
import type { Values } from "./chart";
import { certificateReload } from "./vault-certificate-reload";
import { serverConfig, type Server } from "./vault-server-config";

/** Limits and requests of the server's container where the config gives none. */
const RESOURCES = { requests: { cpu: "250m", memory: "256Mi" }, limits: { memory: "512Mi" } };

/** The user and group that the image's own `vault` user has. Source: the chart's defaults. */
const USER = { runAsUser: 100, runAsGroup: 1000, fsGroup: 1000 };

/**
 * What a restricted namespace asks of a container. The root filesystem is not read-only: the chart's start script
 * writes to /tmp.
 */
const CONTAINER = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };

/**
 * Images whose program asks for IPC_LOCK by a file capability: without it, which a restricted namespace forbids, the
 * kernel does not start it. Source: Vault's documentation, "Important changes", "Docker image requires IPC_LOCK
 * capability".
 */
const NEEDS_IPC_LOCK: ReadonlySet<string> = new Set(["1.19.17", "1.20.11", "1.21.6", "2.0.1"]);

/**
 * A Secret's mode as the kubelet wants it, in decimal: 0440, so that the pod's group reads a key and nobody else does.
 */
const SECRET_MODE = 0o440;

/**
 * Values of the `vault` chart for a server: ours, and over them those of the config, key by key (a list replaces a
 * list). Throws when the configuration holds what Terraform or Helm would read as a template, and for an image that
 * cannot start in the namespace.
 */
export function vaultValues(installation: Server): Values {
  return mergeValues(
    {
      global: { tlsDisable: tlsSecret(installation) === undefined },
      injector: { enabled: false },
      csi: { enabled: false },
      ui: { enabled: installation.ui ?? false },
      server: server(installation),
    },
    installation.values,
  );
}

function server(installation: Server): Values {
  const { resources, storage, auditStorage, release, namespace } = installation;
  const certificate = tlsSecret(installation);
  const image = serverImage(installation);
  const { environment, secretEnvironment, secrets } = references(installation);
  return {
    image,
    resources: resources ?? RESOURCES,
    // A person restarts the pods one by one, the leader last, and unseals each.
    updateStrategyType: "OnDelete",
    // Marks the pods that still run an older configuration: nothing restarts them.
    includeConfigAnnotation: true,
    // The server reviews the tokens of its own cluster's workloads.
    authDelegator: { enabled: true },
    dataStorage: { enabled: true, ...volume(storage) },
    auditStorage: { enabled: true, ...volume(auditStorage) },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    extraEnvironmentVars: environment,
    extraSecretEnvironmentVars: secretEnvironment,
    extraVolumes: secrets.map((name) => ({ type: "secret", name, defaultMode: SECRET_MODE })),
    // Given at all, these replace the chart's: both are whole.
    statefulSet: {
      securityContext: {
        pod: { runAsNonRoot: true, ...USER, seccompProfile: { type: "RuntimeDefault" } },
        container: CONTAINER,
      },
    },
    networkPolicy: { enabled: true, ingress: ingress(installation) },
    ...(certificate !== undefined && certificateReload(certificate, secretFolder(certificate), image, CONTAINER)),
    ...mode(
      installation,
      `${certificate === undefined ? "http" : "https"}://` +
        `$(VAULT_K8S_POD_NAME).${release}-internal.${namespace}.svc:8200`,
    ),
  };
}

function serverImage({ image, release }: Server): { readonly repository: string; readonly tag: string } {
  const { tag = VERSIONS.images.vault.tag } = image ?? {};
  if (NEEDS_IPC_LOCK.has(tag))
    throw new Error(
      `${release}: image tag ${tag} starts only with the capability IPC_LOCK, which a restricted ` +
        `namespace forbids: take the patch release after it`,
    );
  return imageOf(VERSIONS.images.vault, image);
}

/**
 * `apiAddr` is where a standby sends a client on to the leader: a name that a certificate can have, not the pod's
 * address.
 */
function mode(installation: Server, apiAddr: string): Values {
  const config = serverConfig(installation);
  if (installation.mode === "standalone")
    return { standalone: { enabled: true, config }, ha: { enabled: false, apiAddr } };
  return {
    standalone: { enabled: false },
    ha: { enabled: true, replicas: installation.replicas, apiAddr, raft: { enabled: true, setNodeId: true, config } },
    // The chart's default sends a third of all connections to a server that is sealed, or on a node that is gone.
    // Servers find one another by the headless service, which knows all of them.
    service: { publishNotReadyAddresses: false },
  };
}

function volume({ size, storageClass }: VolumeConfig = {}): Values {
  return { size: size ?? "10Gi", ...(storageClass !== undefined && { storageClass }) };
}

/**
 * What the server takes from Secrets: its certificate, and the seal's credentials. `secrets` are mounted as folders of
 * files.
 */
function references(installation: Server) {
  const { seal, release, namespace } = installation;
  const certificate = tlsSecret(installation);
  const credentials = Object.entries((seal && "credentials" in seal && seal.credentials) || {}).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const ca = seal?.type === "transit" ? seal.ca : undefined;
  // Google's variables name a file; everyone else's hold the value.
  const asFile = ([variable]: readonly [string, SecretKeyReference]) =>
    seal?.type === "gcpckms" && /^GOOGLE_(APPLICATION_)?CREDENTIALS$/.test(variable);
  const files = credentials.filter(asFile);
  return {
    environment: {
      // For the vault program inside the pod. A transit seal without a CA of its own would take it for the other
      // Vault's.
      ...(certificate !== undefined &&
        (seal?.type !== "transit" || ca !== undefined) && {
          VAULT_CACERT: `${secretFolder(certificate)}/ca.crt`,
          VAULT_TLS_SERVER_NAME: `${release}.${namespace}.svc`,
        }),
      ...Object.fromEntries(files.map(([variable, { secret, key }]) => [variable, `${secretFolder(secret)}/${key}`])),
    },
    secretEnvironment: credentials
      .filter((each) => !asFile(each))
      .map(([envName, { secret, key }]) => ({ envName, secretName: secret, secretKey: key })),
    secrets: [...new Set([certificate, ca, ...files.map(([, { secret }]) => secret)])].filter(
      (secret) => secret !== undefined,
    ),
  };
}

/**
 * Who may reach the server's pods: the API from the backup, Prometheus, the operators that log in here and what the
 * config names, both ports from the server's own pods. A port-forward comes from within the pod and passes. Some
 * network plugins ignore network policies.
 */
function ingress({ release, operatorNamespaces, networkPolicy, backup, alerts }: Server): Values[] {
  const port = (number: number) => ({ port: number, protocol: "TCP" });
  const namespaces = [
    ...new Set([...operatorNamespaces, ...(alerts ? [alerts.prometheus] : []), ...(networkPolicy?.namespaces ?? [])]),
  ].sort();
  const clients = [
    ...(backup ? [{ podSelector: { matchLabels: backupLabels(release) } }] : []),
    ...namespaces.map((name) => ({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } })),
    ...(networkPolicy?.cidrs ?? []).map((cidr) => ({ ipBlock: { cidr } })),
  ];
  const own = {
    podSelector: { matchLabels: { "app.kubernetes.io/name": "vault", "app.kubernetes.io/instance": release } },
  };
  return [
    { from: [own], ports: [port(8200), port(8201)] },
    // Without anyone named there is no rule: an empty `from` would let everyone in.
    ...(clients.length ? [{ from: clients, ports: [port(8200)] }] : []),
  ];
}
