import { Duration, KvPath, resolvePlatform } from "../../model";
import { platform } from "./support";

describe("what a config leaves out", () => {
  const least = resolvePlatform({
    name: "shop",
    vaults: { main: { cluster: "home", unsafeNoTls: true } },
    clusters: { home: { context: "home" } },
    environments: { dev: { vault: "main", cluster: "home" } },
    apps: { web: { owner: "team-web", keys: ["A"] } },
  });

  it("of a platform: TBD as placeholder, local state, nobody but platform-admin, no waivers", () => {
    expect(least).toMatchObject({
      placeholder: "TBD",
      backend: { type: "local" },
      groups: [{ name: "platform-admin", admin: true, grants: [], vaults: ["main"] }],
      users: [{ name: "platform-admin", groups: ["platform-admin"], vaults: ["main"] }],
      waivers: [],
    });
    expect([least.groups.length, least.users.length]).toEqual([1, 1]);
  });

  it("of a Vault: kvv2, ten versions, tokens of an hour and eight at the most, two audit devices", () => {
    const [vault] = least.vaults;
    expect(vault).toMatchObject({
      mount: "kvv2",
      maxVersions: 10,
      stack: "shop-vault-main",
      accessStack: "shop-access-main",
      root: new KvPath("kvv2", "shop"),
      audit: [
        { type: "file", path: "/vault/audit/audit.log" },
        { type: "file", path: "stdout" },
      ],
    });
    expect([vault!.tokenTtl, vault!.tokenMaxTtl].map(String)).toEqual(["1h", "8h"]);
    expect([vault!.address, vault!.ca]).toEqual([undefined, undefined]);
  });

  it("of a server: one replica in <platform>-vault, reached by the operator of the same cluster", () => {
    expect(least.vaults[0]!.installation).toMatchObject({
      cluster: "home",
      namespace: "shop-vault",
      release: "shop-vault",
      mode: "standalone",
      replicas: 1,
      operatorNamespaces: ["shop-vault-secrets-operator"],
    });
  });

  it(
    "of a cluster: the user's kubeconfig, an operator in <platform>-vault-secrets-operator, " +
      "Vault's own account for its tokens",
    () => {
      expect(least.clusters).toEqual([
        {
          name: "home",
          context: "home",
          kubeconfig: "~/.kube/config",
          auths: [{ vault: "main", cluster: "home", mount: "kubernetes", login: { type: "vault" } }],
          operator: { namespace: "shop-vault-secrets-operator", stack: "shop-operator-home" },
        },
      ]);
    },
  );

  it("of an environment: open, a minute, no restarts, its own authority, a placeholder", () => {
    expect(least.environments).toEqual([
      {
        name: "dev",
        stack: "shop-dev",
        vault: "main",
        cluster: "home",
        createNamespace: true,
        protected: false,
        refreshAfter: Duration.of("1m"),
        restarts: "manual",
        pinnedVersions: "optional",
        delivery: "manifests",
        movesDelivery: false,
        authority: "environment",
        secretOwner: "terraform",
        backend: { type: "local" },
      },
    ]);
  });
});

describe("what a config says", () => {
  it("of the platform holds for an environment, unless that says otherwise", () => {
    const s3 = { type: "s3", bucket: "b", region: "r" };
    const { environments, backend } = platform({
      authority: "separate",
      secretOwner: "operator",
      backend: s3,
      "environments/dev/authority": "environment",
      "environments/dev/secretOwner": "terraform",
      "environments/dev/backend": { type: "pg" },
    });
    expect(backend).toEqual(s3);
    expect(environments.map(({ authority, secretOwner, backend }) => [authority, secretOwner, backend])).toEqual([
      ["environment", "terraform", { type: "pg" }],
      ["separate", "operator", s3],
    ]);
  });

  it("of a Vault replaces each default", () => {
    const { vaults } = platform({
      "vaults/main": {
        cluster: "home",
        tls: { secret: "t" },
        mode: "ha",
        replicas: 5,
        namespace: "store",
        mount: "apps",
        maxVersions: 3,
        tokenTtl: "5m",
        tokenMaxTtl: "5m",
        audit: [],
        unsafeWithout: { audit: "it writes its own log", backup: "its disks are copied" },
        ca: { secret: "ca" },
        address: "https://v",
      },
      "clusters/home/operator": { namespace: "op", replicas: 2 },
    });
    expect(vaults[0]).toMatchObject({
      mount: "apps",
      maxVersions: 3,
      audit: [],
      unsafeWithout: { audit: "it writes its own log", backup: "its disks are copied" },
      ca: { secret: "ca" },
      address: "https://v",
      root: { mount: "apps", path: "shop" },
    });
    expect(vaults[0]!.installation).toMatchObject({
      namespace: "store",
      release: "store-vault",
      mode: "ha",
      replicas: 5,
      tls: { secret: "t" },
      operatorNamespaces: ["op"],
    });
  });

  it("of people and of the mount is no setting of the server", () => {
    const fields = Object.keys(
      platform({ "vaults/main/tokenTtl": "5m", "vaults/main/mount": "apps" }).vaults[0]!.installation!,
    );
    expect(
      fields.filter((field) =>
        ["address", "ca", "mount", "maxVersions", "tokenTtl", "tokenMaxTtl", "audit"].includes(field),
      ),
    ).toEqual([]);
  });

  it("keeps its order in every list", () => {
    const { vaults, environments, apps, tenants } = platform({
      "environments/a": { vault: "main" },
      "apps/a": { owner: "o", keys: ["Z", "A"] },
    });
    expect(vaults.map((v) => v.name)).toEqual(["main"]);
    expect(environments.map((e) => e.name)).toEqual(["dev", "prod", "a"]);
    expect(apps.map((a) => a.name)).toEqual(["web", "web-api", "a"]);
    expect(tenants.slice(0, 4).map((t) => [t.name, ...t.keys])).toEqual([
      ["web-dev", "DB_USER", "DB_PASSWORD"],
      ["web-prod", "DB_USER", "DB_PASSWORD"],
      ["web-a", "DB_USER", "DB_PASSWORD"],
      ["web-api-dev", "TOKEN"],
    ]);
    expect(tenants.at(-1)!.keys).toEqual(["Z", "A"]);
  });
});

describe("a Vault that exists already", () => {
  const { vaults, clusters } = platform({
    "vaults/main": { address: "https://vault.example", tokenTtl: "2h" },
    "clusters/home/login": { type: "jwt", issuer: "https://issuer" },
  });

  it("has no server, no vault stack and no audit device of ours", () => {
    expect(vaults[0]).toMatchObject({ address: "https://vault.example", accessStack: "shop-access-main", audit: [] });
    expect([vaults[0]!.installation, vaults[0]!.stack]).toEqual([undefined, undefined]);
  });

  it("checks a cluster's tokens at a mount with the cluster's name", () => {
    expect(clusters[0]!.auths).toEqual([
      { vault: "main", cluster: "home", mount: "kubernetes-home", login: { type: "jwt", issuer: "https://issuer" } },
    ]);
  });
});
