import { definePlatform } from "../model";

/**
 * The article's platform, complete: two apps in five environments, one Vault, the people who may read and change their
 * secrets.
 */
export default definePlatform({
  name: "sample",
  vaults: {
    // A Vault of one's own machine: one replica, file storage and no TLS, as in the article; one command takes it away
    // again.
    main: { cluster: "local", mode: "standalone", unsafeNoTls: true, unsafeDestroy: true, mount: "kvv2" },
  },
  clusters: {
    local: { context: "docker-desktop" },
  },
  environments: {
    local: { vault: "main", cluster: "local", namespace: "sample", refreshAfter: "30s" },
    // These have their Vault side; name a cluster, and they get their Kubernetes side.
    dev: { vault: "main" },
    qa: { vault: "main" },
    stg: { vault: "main" },
    prod: { vault: "main" },
  },
  apps: {
    "sample-node-api": {
      owner: "sample-node-api-admin",
      keys: ["PRIVATE_NODE_API_DB_USERNAME", "PRIVATE_NODE_API_DB_PASSWORD"],
      rotateEvery: "90d",
      kubernetes: { secret: "sample-app-node-api-{environment}-db-connection-secret" },
    },
    "sample-python-api": {
      owner: "sample-python-api-admin",
      keys: ["PRIVATE_PYTHON_API_DB_USERNAME", "PRIVATE_PYTHON_API_DB_PASSWORD"],
      rotateEvery: "90d",
      kubernetes: { secret: "sample-app-python-api-{environment}-db-connection-secret" },
    },
  },
  people: {
    groups: {
      "sample-admin": { grants: [{ access: "write", apps: "all" }] },
      "sample-node-api-admin": { grants: [{ access: "write", apps: ["sample-node-api"] }] },
      "sample-node-api-user": { grants: [{ access: "read", apps: ["sample-node-api"] }] },
      "sample-python-api-admin": { grants: [{ access: "write", apps: ["sample-python-api"] }] },
      "sample-python-api-user": { grants: [{ access: "read", apps: ["sample-python-api"] }] },
    },
    users: {
      "sample-admin": { groups: ["sample-admin"] },
      "sample-node-api-admin": { groups: ["sample-node-api-admin"] },
      "sample-node-api-user": { groups: ["sample-node-api-user"] },
      "sample-python-api-admin": { groups: ["sample-python-api-admin"] },
      "sample-python-api-user": { groups: ["sample-python-api-user"] },
    },
  },
});
