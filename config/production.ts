import { definePlatform, type ClusterPipelinesConfig, type PinnedName } from "../model";
import { CERTIFICATES } from "./certificates";
import { DIGESTS } from "./digests";

/** How the CI's jobs reach a cluster's API server: it takes their tokens for an audience of its own. */
const jobs = (cluster: string, caCertificate: string): ClusterPipelinesConfig => ({
  userPrefix: "ci:",
  host: `https://api.${cluster}.acme.example:6443`,
  caCertificate,
  audience: `https://${cluster}.acme.example`,
});

/** Held to its digest, where config/digests.json has that. */
const held = (name: PinnedName) => (DIGESTS[name] === undefined ? undefined : { digest: DIGESTS[name] });

const server = { image: held("image vault"), chart: held("chart vault") };
const operator = {
  image: held("image operator"),
  proxyImage: held("image operatorProxy"),
  chart: held("chart operator"),
};

/**
 * A company: two Vaults that know nothing of one another, three clusters, five environments, and nobody in production
 * by accident.
 */
export default definePlatform({
  name: "acme",
  // Whoever applies an environment cannot change who may read what, and whoever plans can read no Secret.
  authority: "separate",
  secretOwner: "operator",
  backend: {
    type: "s3",
    bucket: "acme-terraform-state",
    region: "eu-central-1",
    prefix: "vault-tenancy",
    kmsKeyId: "alias/acme-terraform-state",
  },
  // Jobs of GitHub Actions plan and apply; no secret of theirs is stored anywhere.
  pipelines: {
    issuer: "https://token.actions.githubusercontent.com",
    audience: "https://vault.acme.example",
    repository: "acme/vault-tenancy",
    require: { repository_id: "730112358" },
  },
  waivers: ["nonprod", "prod"].map((vault) => ({
    proof: "privilege-escalation" as const,
    subject: `pipeline ${vault}/jwt-ci/apply-acme-access-${vault}`,
    vault,
    reason: "It writes who may read what. Its deployment environment asks two of platform-admin.",
  })),
  vaults: {
    nonprod: {
      cluster: "nonprod",
      namespace: "vault",
      ...server,
      address: "https://vault.nonprod.acme.example",
      mode: "ha",
      replicas: 3,
      tls: { certManager: { issuer: "acme-internal" } },
      ca: { secret: "acme-internal-ca", certificate: CERTIFICATES.internal },
      seal: { type: "awskms", region: "eu-central-1", kmsKeyId: "alias/acme-vault-nonprod" },
      storage: { size: "20Gi", storageClass: "gp3" },
      auditStorage: { size: "20Gi", storageClass: "gp3" },
      backup: { to: { volume: { size: "20Gi", storageClass: "gp3" } } },
      mount: "apps",
      login: { secondFactor: "required" },
    },
    prod: {
      cluster: "prod-eu",
      namespace: "vault",
      ...server,
      address: "https://vault.prod.acme.example",
      mode: "ha",
      replicas: 5,
      tls: { certManager: { issuer: "acme-internal" } },
      ca: { secret: "acme-internal-ca", certificate: CERTIFICATES.internal },
      seal: { type: "awskms", region: "eu-central-1", kmsKeyId: "alias/acme-vault-prod" },
      storage: { size: "50Gi", storageClass: "gp3" },
      auditStorage: { size: "100Gi", storageClass: "gp3" },
      backup: {
        schedule: "0 * * * *",
        // Its disks are copied to another region.
        to: { volume: { size: "200Gi", storageClass: "gp3-replicated" } },
        keep: "30d",
      },
      alerts: { prometheus: "monitoring", labels: { release: "prometheus" }, backupAge: "3h" },
      resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } },
      // The ingress of the other cluster's operator.
      networkPolicy: { cidrs: ["10.40.0.0/16"] },
      mount: "apps",
      maxVersions: 30,
      tokenTtl: "30m",
      tokenMaxTtl: "4h",
      login: { secondFactor: "required" },
    },
  },
  clusters: {
    nonprod: { context: "acme-nonprod", operator, pipelines: jobs("nonprod", CERTIFICATES.nonprod) },
    "prod-eu": {
      context: "acme-prod-eu",
      operator: { ...operator, replicas: 2, alerts: { labels: { release: "prometheus" } } },
      pipelines: jobs("prod-eu", CERTIFICATES.prodEu),
    },
    // Vault checks its tokens by the cluster's public issuer: no secret crosses between clusters.
    "prod-us": {
      context: "acme-prod-us",
      operator: { ...operator, replicas: 2 },
      pipelines: jobs("prod-us", CERTIFICATES.prodUs),
      login: { type: "jwt", issuer: "https://oidc.prod-us.acme.example" },
    },
  },
  environments: {
    dev: { vault: "nonprod", cluster: "nonprod", namespace: "{app}-{environment}", restarts: "automatic" },
    qa: {
      vault: "nonprod",
      cluster: "nonprod",
      namespace: "{app}-{environment}",
      restarts: "automatic",
      // Before the environments with more apps: each plan of it asks for one release a namespace.
      delivery: "chart",
    },
    stg: { vault: "nonprod", cluster: "nonprod", namespace: "{app}-{environment}", protected: true },
    "prod-eu": { vault: "prod", cluster: "prod-eu", namespace: "{app}", protected: true, refreshAfter: "5m" },
    "prod-us": { vault: "prod", cluster: "prod-us", namespace: "{app}", protected: true, refreshAfter: "5m" },
  },
  apps: {
    storefront: {
      owner: "team-storefront",
      keys: ["DB_USERNAME", "DB_PASSWORD", "SESSION_KEY"],
      generated: { SESSION_KEY: { length: 64 } },
      rotateEvery: "90d",
      restartTargets: [{ kind: "Deployment", name: "storefront" }],
    },
    payments: {
      owner: "team-payments",
      keys: ["DB_USERNAME", "DB_PASSWORD", "ACQUIRER_API_KEY", "WEBHOOK_SIGNING_KEY"],
      rotateEvery: "30d",
      // Development uses the acquirer's simulator, which signs nothing.
      environments: {
        dev: { keys: ["DB_USERNAME", "DB_PASSWORD", "ACQUIRER_API_KEY"] },
        qa: {},
        stg: {},
        "prod-eu": {},
        "prod-us": {},
      },
      restartTargets: [
        { kind: "Deployment", name: "payments-api" },
        { kind: "StatefulSet", name: "payments-worker" },
      ],
    },
    reporting: {
      owner: "team-data",
      keys: ["WAREHOUSE_URL", "WAREHOUSE_PASSWORD"],
      environments: ["dev", "prod-eu"],
    },
  },
  sharedSets: {
    // The message broker has one login for both.
    broker: {
      owner: "team-messaging",
      keys: ["BROKER_USERNAME", "BROKER_PASSWORD"],
      readBy: ["storefront", "payments"],
      rotateEvery: "90d",
    },
  },
  people: {
    groups: {
      "storefront-developers": { grants: [{ access: "write", apps: ["storefront"] }] },
      "storefront-on-call": {
        grants: [
          { access: "write", apps: ["storefront"], environments: ["stg"] },
          { access: "read", apps: ["storefront"], environments: ["prod-eu", "prod-us"] },
        ],
      },
      "payments-developers": { grants: [{ access: "write", apps: ["payments"], environments: ["dev", "qa"] }] },
      "payments-custodians": {
        grants: [
          { access: "write", apps: ["payments"], environments: ["stg"] },
          // They bring the acquirer's keys, and read none back.
          { access: "write-only", apps: ["payments"], environments: ["prod-eu", "prod-us"] },
        ],
      },
      "broker-keepers": {
        grants: [
          { access: "write", sharedSets: ["broker"], environments: ["dev", "qa"] },
          { access: "write-only", sharedSets: ["broker"], environments: ["stg", "prod-eu", "prod-us"] },
        ],
      },
      "data-engineers": { grants: [{ access: "write", apps: ["reporting"], environments: ["dev", "prod-eu"] }] },
      "support-readers": { grants: [{ access: "read", apps: "all" }] },
    },
    users: {
      "amara.okafor": { groups: ["platform-admin"] },
      "jonas.weber": { groups: ["storefront-developers", "storefront-on-call"] },
      "lucia.romero": { groups: ["storefront-developers"] },
      "mei.tanaka": { groups: ["payments-developers", "payments-custodians"] },
      "noah.lindqvist": { groups: ["payments-developers"] },
      "priya.raman": { groups: ["broker-keepers", "payments-custodians"] },
      "tomas.novak": { groups: ["data-engineers", "support-readers"] },
    },
  },
});
