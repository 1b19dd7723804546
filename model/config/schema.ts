import type { ChartConfig } from "./cluster";
import { PROOFS } from "./waivers";
import * as rules from "../rules";
import {
  duration,
  either,
  flag,
  json,
  list,
  listOr,
  object,
  oneOf,
  optional,
  record,
  renamed,
  step,
  text,
  variant,
  wholeNumber,
  type Schema,
} from "../schema";

/** A template is checked after it is filled in (resolve/tenants.ts); here only that it is one line. */
const template = text(rules.LINE);
const reference = text(rules.REFERENCE);
const quantity = text(rules.QUANTITY);
const namespace = text(rules.NAMESPACE);

const backend = variant({
  local: { folder: optional(text(rules.FOLDER)) },
  s3: { bucket: reference, region: reference, prefix: optional(text(rules.FILE_PATH)), kmsKeyId: optional(reference) },
  gcs: { bucket: reference, prefix: optional(text(rules.FILE_PATH)) },
  azurerm: { resourceGroup: reference, storageAccount: reference, container: reference },
  kubernetes: { namespace: text(rules.DNS_LABEL), context: reference, kubeconfig: optional(text(rules.FILE_PATH)) },
  pg: {},
  http: { address: text(rules.HTTPS_URL) },
});

const chartFields = object({
  repository: optional((value, at, report) => value === "" || text(rules.CHART_URL)(value, at, report)),
  name: optional(text(rules.FILE_PATH)),
  version: optional(text(rules.VERSION)),
  digest: optional(text(rules.DIGEST)),
});
const chart: Schema = (value, at, report) => {
  if (!chartFields(value, at, report)) return false;
  const { repository, digest } = value as ChartConfig;
  return (
    repository !== "" ||
    digest === undefined ||
    report(step(at, "digest"), digest, "only of a chart from a repository", "A folder is what is committed.")
  );
};

const image = object({
  repository: optional(reference),
  tag: optional(text(rules.VERSION)),
  digest: optional(text(rules.DIGEST)),
});
const values = record(rules.VALUE_NAME, json);
const secretKey = object({ secret: text(rules.DNS_LABEL), key: text(rules.SECRET_KEY) });
const credentials = optional(record(rules.VARIABLE, secretKey, { empty: false }));
const volume = object({ size: optional(quantity), storageClass: optional(text(rules.DNS_LABEL)) });
const amounts = object({ cpu: optional(quantity), memory: optional(quantity) });

const login = variant({
  vault: {},
  token: {
    host: text(rules.HTTPS_URL),
    caCertificate: text(rules.PUBLIC_PEM),
    tokenVersion: optional(wholeNumber(1, 1_000_000)),
  },
  jwt: {
    issuer: text(rules.HTTPS_URL),
    publicKeys: optional(list(text(rules.PUBLIC_PEM))),
    caCertificate: optional(text(rules.PUBLIC_PEM)),
  },
});

const labels = optional(record(rules.LABEL_NAME, text(rules.LABEL_VALUE)));

const cluster = object({
  context: reference,
  kubeconfig: optional(text(rules.FILE_PATH)),
  login: optional(login),
  operator: optional(
    object({
      namespace: optional(namespace),
      replicas: optional(oneOf(1, 2, 3)),
      memoryLimit: optional(quantity),
      image: optional(image),
      proxyImage: optional(image),
      alerts: optional(object({ labels })),
      chart: optional(chart),
      values: optional(values),
    }),
  ),
  pipelines: optional(
    object({
      userPrefix: text(rules.USER_PREFIX),
      host: text(rules.HTTPS_URL),
      caCertificate: text(rules.CERTIFICATES),
      audience: optional(text(rules.CLAIM)),
    }),
  ),
});

const seal = variant({
  shamir: {},
  awskms: { region: reference, kmsKeyId: reference, credentials },
  gcpckms: { project: reference, region: reference, keyRing: reference, cryptoKey: reference, credentials },
  azurekeyvault: { tenantId: reference, vaultName: reference, keyName: reference, credentials },
  transit: {
    address: text(rules.HTTPS_URL),
    mountPath: optional(text(rules.FILE_PATH)),
    keyName: reference,
    ca: optional(text(rules.DNS_LABEL)),
    credentials: object({ VAULT_TOKEN: secretKey }),
  },
});

const vault = object({
  cluster: optional(reference),
  namespace: optional(text(rules.SERVER_NAMESPACE)),
  mode: optional(oneOf("standalone", "ha")),
  replicas: optional(oneOf(3, 5)),
  tls: optional(
    either(
      "certManager",
      object({
        certManager: object({ issuer: text(rules.DNS_LABEL), kind: optional(oneOf("Issuer", "ClusterIssuer")) }),
      }),
      object({ secret: text(rules.DNS_LABEL) }),
    ),
  ),
  unsafeNoTls: optional(flag),
  unsafeDestroy: optional(flag),
  seal: optional(seal),
  storage: optional(volume),
  auditStorage: optional(volume),
  backup: optional(
    object({
      schedule: optional(text(rules.CRON)),
      to: object({ volume }),
      keep: optional(duration),
    }),
  ),
  alerts: optional(object({ prometheus: text(rules.DNS_LABEL), labels, backupAge: optional(duration) })),
  resources: optional(object({ requests: optional(amounts), limits: optional(amounts) })),
  networkPolicy: optional(
    object({ namespaces: optional(list(text(rules.DNS_LABEL))), cidrs: optional(list(text(rules.CIDR))) }),
  ),
  ui: optional(flag),
  image: optional(image),
  chart: optional(chart),
  values: optional(values),
  address: optional(text(rules.URL_TEXT)),
  version: optional(text(rules.SERVER)),
  unsafeWithout: optional(
    object({
      tls: optional(text(rules.REASON)),
      audit: optional(text(rules.REASON)),
      ha: optional(text(rules.REASON)),
      backup: optional(text(rules.REASON)),
    }),
  ),
  ca: optional(
    either(
      "secret",
      object({ secret: text(rules.DNS_LABEL), certificate: optional(text(rules.CERTIFICATES)) }),
      object({ certificate: text(rules.PUBLIC_PEM) }),
    ),
  ),
  mount: optional(text(rules.MOUNT)),
  maxVersions: optional(wholeNumber(1, 100)),
  tokenTtl: optional(duration),
  tokenMaxTtl: optional(duration),
  audit: optional(
    list(
      variant({
        file: { path: text(rules.AUDIT_PATH) },
        socket: { address: reference, socketType: optional(oneOf("tcp", "udp")) },
        syslog: { tag: optional(reference) },
      }),
      { empty: true },
    ),
  ),
});

const secretOwner = renamed(oneOf("terraform", "operator"), { placeholder: "terraform" });

const environment = object(
  {
    vault: reference,
    cluster: optional(reference),
    namespace: optional(template),
    createNamespace: optional(flag),
    protected: optional(flag),
    refreshAfter: optional(duration),
    restarts: optional(renamed(oneOf("manual", "automatic"), { true: "automatic", false: "manual" })),
    authority: optional(oneOf("environment", "separate")),
    secretOwner: optional(secretOwner),
    backend: optional(backend),
  },
  { secret: "secretOwner" },
);

const keys = list(text(rules.KEY));

const app = object(
  {
    owner: text(rules.LINE),
    keys,
    rotateEvery: optional(duration),
    environments: optional(
      listOr(
        list(reference),
        record(
          rules.ENVIRONMENT_NAME,
          object(
            { secretSet: optional(oneOf("managed", "existing", "retired")), keys: optional(keys) },
            { secrets: "secretSet" },
          ),
          { empty: false },
        ),
      ),
    ),
    restartTargets: optional(
      list(object({ kind: oneOf("Deployment", "StatefulSet", "DaemonSet"), name: text(rules.DNS_LABEL) })),
    ),
    kubernetes: optional(
      object({
        serviceAccount: optional(template),
        vaultAuth: optional(template),
        vaultStaticSecret: optional(template),
        secret: optional(template),
      }),
    ),
  },
  { restart: "restartTargets" },
);

const grant = object({
  access: oneOf("read", "write", "write-only"),
  apps: listOr(list(reference), oneOf("all")),
  environments: optional(list(reference)),
});

const claim = text(rules.CLAIM);
const event = list(text(rules.CLAIM_NAME));

const pipelines = object({
  issuer: text(rules.HTTPS_URL),
  audience: claim,
  repository: text(rules.REPOSITORY),
  ref: optional(text(rules.REF)),
  require: optional(record(rules.CLAIM_NAME, claim, { empty: false })),
  claims: optional(
    object({
      repository: text(rules.CLAIM_NAME),
      ref: text(rules.CLAIM_NAME),
      environment: text(rules.CLAIM_NAME),
      event: optional(text(rules.CLAIM_NAME)),
    }),
  ),
  events: optional(object({ plan: optional(event), watch: optional(event), apply: optional(event) })),
  publicKeys: optional(list(text(rules.PUBLIC_PEM))),
  caCertificate: optional(text(rules.PUBLIC_PEM)),
  mount: optional(text(rules.MOUNT)),
  tokenTtl: optional(duration),
  subject: optional(text(rules.SUBJECT)),
});

/** The schema of a whole config: fields, types and texts; what refers to what is checked in resolve/. */
export const platformSchema: Schema = object(
  {
    name: text(rules.PLATFORM_NAME),
    authority: optional(oneOf("environment", "separate")),
    secretOwner: optional(secretOwner),
    backend: optional(backend),
    placeholder: optional(text(rules.LINE)),
    waivers: optional(
      list(
        object({
          proof: renamed(oneOf(...PROOFS), {
            least: "least-privilege",
            authority: "privilege-escalation",
            judged: "supported",
          }),
          subject: text(rules.LINE),
          object: optional(text(rules.LINE)),
          vault: optional(reference),
          reason: text(rules.REASON),
        }),
      ),
    ),
    pipelines: optional(pipelines),
    vaults: record(rules.NAME, vault, { empty: false }),
    clusters: record(rules.NAME, cluster),
    environments: record(rules.ENVIRONMENT_NAME, environment, { empty: false }),
    apps: record(rules.NAME, app, { empty: false }),
    people: optional(
      object({
        groups: optional(record(rules.GROUP_NAME, object({ grants: list(grant) }))),
        users: optional(record(rules.USER_NAME, object({ groups: list(reference) }))),
      }),
    ),
  },
  { exceptions: "waivers", secret: "secretOwner" },
);
