import { definePlatform, resolvePlatform, type PlatformConfig } from "../../model";
import { message, refusal, TYPED } from "./support";

/**
 * What the compiler refuses (`npm run types` holds each `@ts-expect-error`: an unused one is an error), and that the
 * resolver refuses the same where the compiler did not look.
 */
const { vaults, clusters, environments, apps } = TYPED;

describe("a field that there is not does not compile", () => {
  it.each<{ what: string; config: PlatformConfig; line: string }>([
    {
      what: "of the platform",
      // @ts-expect-error there is no such field
      config: definePlatform({ name: "shop", vaults, clusters, environments, apps, app: {} }),
      line:
        'app: given "app"; accepted: no field of this name, only name, authority, secretOwner, ' +
        "backend, placeholder, waivers, pipelines, vaults, clusters, environments, apps, sharedSets, databases, " +
        'people. Did you mean "apps"?',
    },
    {
      what: "of a cluster",
      config: definePlatform({
        name: "shop",
        vaults,
        // @ts-expect-error there is no such field
        clusters: { home: { context: "home", kubecfg: "x" } },
        environments,
        apps,
      }),
      line:
        'clusters.home.kubecfg: given "kubecfg"; accepted: no field of this name, only context, ' +
        'kubeconfig, login, operator, pipelines. Did you mean "kubeconfig"?',
    },
    {
      what: "of an environment",
      config: definePlatform({
        name: "shop",
        vaults,
        clusters,
        // @ts-expect-error there is no such field
        environments: { dev: { vault: "main", protect: true } },
        apps,
      }),
      line:
        'environments.dev.protect: given "protect"; accepted: no field of this name, only ' +
        "vault, cluster, namespace, createNamespace, protected, refreshAfter, restarts, pinnedVersions, delivery, " +
        'movesDelivery, authority, secretOwner, backend. Did you mean "protected"?',
    },
    {
      what: "of an app",
      config: definePlatform({
        name: "shop",
        vaults,
        clusters,
        environments,
        // @ts-expect-error there is no such field
        apps: { web: { owner: "o", keys: ["A"], values: { A: "x" } } },
      }),
      line:
        'apps.web.values: given "values"; accepted: no field of this name, only owner, keys, ' +
        "generated, rotateEvery, environments, databases, restartTargets, kubernetes.",
    },
    {
      what: "of an app in an environment",
      config: definePlatform({
        name: "shop",
        vaults,
        clusters,
        environments,
        // @ts-expect-error there is no such field
        apps: { web: { owner: "o", keys: ["A"], environments: { dev: { secrt: "existing" } } } },
      }),
      line:
        'apps.web.environments.dev.secrt: given "secrt"; accepted: no field of this name, only secretSet, keys, ' +
        "pinnedVersion.",
    },
    {
      what: "of a grant",
      config: definePlatform({
        name: "shop",
        vaults,
        clusters,
        environments,
        apps,
        // @ts-expect-error there is no such field
        people: { groups: { g: { grants: [{ access: "read", apps: "all", path: "*" }] } } },
      }),
      line:
        'people.groups.g.grants[0].path: given "path"; accepted: no field of this name, only ' +
        "access, apps, sharedSets, environments.",
    },
    {
      what: "of a user",
      config: definePlatform({
        name: "shop",
        vaults,
        clusters,
        environments,
        apps,
        // @ts-expect-error there is no such field
        people: { users: { jane: { groups: ["platform-admin"], password: "x" } } },
      }),
      line: 'people.users.jane.password: given "password"; accepted: no field of this name, only groups.',
    },
    {
      what: "of a backend",
      config: definePlatform({
        name: "shop",
        vaults,
        clusters,
        environments,
        apps,
        // @ts-expect-error there is no such field
        backend: { type: "s3", bucket: "b", region: "r", secretKey: "x" },
      }),
      line:
        'backend.secretKey: given "secretKey"; accepted: no field of this name, only type, ' +
        "bucket, region, prefix, kmsKeyId.",
    },
  ])("$what", ({ config, line }) => {
    expect(refusal(config)).toBe(message(line));
  });
});

describe("a value of another type does not compile", () => {
  it.each<{ what: string; config: PlatformConfig; line: string }>([
    {
      what: "values in place of keys",
      config: definePlatform({
        name: "shop",
        vaults,
        clusters,
        environments,
        // @ts-expect-error keys are a list of names
        apps: { web: { owner: "o", keys: { A: "a value" } } },
      }),
      line: "apps.web.keys: given an object of A; accepted: a list of at least one.",
    },
    {
      what: "a duration in words",
      config: definePlatform({
        name: "shop",
        vaults,
        clusters,
        // @ts-expect-error a duration is a number and a unit
        environments: { dev: { vault: "main", cluster: "home", refreshAfter: "1 minute" } },
        apps,
      }),
      line:
        'environments.dev.refreshAfter: given "1 minute"; accepted: a whole number above 0 and ' +
        "one unit of s, m, h, d, e.g. 30s or 90d, at most 36500d.",
    },
    {
      what: "an even number of raft servers",
      config: definePlatform({
        name: "shop",
        // @ts-expect-error 3 or 5
        vaults: { main: { cluster: "home", unsafeNoTls: true, mode: "ha", replicas: 4 } },
        clusters,
        environments,
        apps,
      }),
      line: "vaults.main.replicas: given 4; accepted: 3, 5.",
    },
    {
      what: "a token in place of a reference to a Secret",
      config: definePlatform({
        name: "shop",
        vaults: {
          main: {
            cluster: "home",
            unsafeNoTls: true,
            // @ts-expect-error credentials come by reference
            seal: { type: "transit", address: "https://seal", keyName: "k", credentials: { VAULT_TOKEN: "hvs.x" } },
          },
        },
        clusters,
        environments,
        apps,
      }),
      line: "vaults.main.seal.credentials.VAULT_TOKEN: given a text; accepted: an object of secret, key.",
    },
  ])("$what", ({ config, line }) => {
    expect(refusal(config)).toBe(message(line));
  });
});

it("a config in which everything is declared compiles and resolves", () => {
  const config = definePlatform({
    name: "shop",
    vaults,
    clusters,
    environments,
    apps: {
      web: { owner: "o", keys: ["A", "B"], environments: { dev: { secretSet: "existing", keys: ["A"] }, prod: {} } },
      api: { owner: "o", keys: ["C"], environments: ["dev"] },
    },
    people: {
      groups: { g: { grants: [{ access: "write", apps: ["web"], environments: ["prod"] }] } },
      users: { jane: { groups: ["g"] }, root: { groups: ["platform-admin"] } },
    },
  });
  expect(resolvePlatform(config).tenants.map((tenant) => tenant.name)).toEqual(["web-dev", "web-prod", "api-dev"]);
});
