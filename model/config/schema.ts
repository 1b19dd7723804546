import { PROOFS } from "./waivers";
import { vault } from "./vault-schema";
import * as rules from "../rules";
import { chart, image, labels, namespace, quantity, reference, values } from "./schema-parts";
import {
  duration,
  either,
  flag,
  list,
  listOr,
  object,
  oneOf,
  optional,
  record,
  renamed,
  text,
  variant,
  wholeNumber,
  type Schema,
} from "../schema";

/** A template is checked after it is filled in (resolve/tenants.ts); here only that it is one line. */
const template = text(rules.LINE);
const backend = variant({
  local: { folder: optional(text(rules.FOLDER)) },
  s3: { bucket: reference, region: reference, prefix: optional(text(rules.FILE_PATH)), kmsKeyId: optional(reference) },
  gcs: { bucket: reference, prefix: optional(text(rules.FILE_PATH)) },
  azurerm: { resourceGroup: reference, storageAccount: reference, container: reference },
  kubernetes: { namespace: text(rules.DNS_LABEL), context: reference, kubeconfig: optional(text(rules.FILE_PATH)) },
  pg: {},
  http: { address: text(rules.HTTPS_URL) },
});

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

const secretOwner = renamed(oneOf("terraform", "operator"), { placeholder: "terraform" });

const restarts = either(
  "windows",
  object({
    windows: list(
      object({
        days: optional(list(oneOf("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))),
        from: text(rules.TIME_OF_DAY),
        to: text(rules.TIME_OF_DAY),
      }),
    ),
  }),
  renamed(oneOf("manual", "automatic"), { true: "automatic", false: "manual" }),
);

const environment = object(
  {
    vault: reference,
    cluster: optional(reference),
    namespace: optional(template),
    createNamespace: optional(flag),
    protected: optional(flag),
    refreshAfter: optional(duration),
    restarts: optional(restarts),
    pinnedVersions: optional(oneOf("optional", "required")),
    delivery: optional(oneOf("manifests", "chart")),
    movesDelivery: optional(flag),
    authority: optional(oneOf("environment", "separate")),
    secretOwner: optional(secretOwner),
    backend: optional(backend),
  },
  { secret: "secretOwner" },
);

const keys = list(text(rules.KEY));

/** What an app and a shared set have alike. */
const secretSet = {
  owner: text(rules.LINE),
  keys,
  generated: optional(
    record(rules.KEY, object({ length: optional(wholeNumber(16, 256)), alphabet: optional(text(rules.ALPHABET)) }), {
      empty: false,
    }),
  ),
  rotateEvery: optional(duration),
  environments: optional(
    listOr(
      list(reference),
      record(
        rules.ENVIRONMENT_NAME,
        object(
          {
            secretSet: optional(oneOf("managed", "existing", "retired")),
            keys: optional(keys),
            pinnedVersion: optional(wholeNumber(1, 1_000_000)),
          },
          { secrets: "secretSet" },
        ),
        { empty: false },
      ),
    ),
  ),
};

const databases = record(
  rules.NAME,
  object({
    engine: oneOf("postgresql"),
    servers: record(
      rules.ENVIRONMENT_NAME,
      object({
        host: text(rules.HOST),
        port: optional(wholeNumber(1, 65_535)),
        database: text(rules.DATABASE_NAME),
        adminUsername: text(rules.DATABASE_NAME),
        caCertificate: optional(text(rules.CERTIFICATES)),
        unsafeNoTls: optional(oneOf(true)),
      }),
      { empty: false },
    ),
  }),
);

const databaseKubernetes = optional(object({ vaultDynamicSecret: optional(template), secret: optional(template) }));

const appDatabases = record(
  rules.NAME,
  variant(
    {
      dynamic: {
        memberOf: template,
        ttl: optional(duration),
        maxTtl: optional(duration),
        kubernetes: databaseKubernetes,
      },
      static: { username: template, rotateEvery: optional(duration), kubernetes: databaseKubernetes },
    },
    "access",
  ),
);

const app = object(
  {
    ...secretSet,
    databases: optional(appDatabases),
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

const sharedSet = object({
  ...secretSet,
  readBy: list(reference),
  kubernetes: optional(object({ vaultStaticSecret: optional(template), secret: optional(template) })),
});

const grant = object({
  access: oneOf("read", "write", "write-only"),
  apps: optional(listOr(list(reference), oneOf("all"))),
  sharedSets: optional(list(reference)),
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
    sharedSets: optional(record(rules.NAME, sharedSet)),
    databases: optional(databases),
    people: optional(
      object({
        groups: optional(
          record(rules.GROUP_NAME, object({ oidc: optional(text(rules.OIDC_GROUP)), grants: list(grant) })),
        ),
        users: optional(record(rules.USER_NAME, object({ groups: list(reference) }))),
      }),
    ),
  },
  { exceptions: "waivers", secret: "secretOwner" },
);
