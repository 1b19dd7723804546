import sample from "../../config/sample";
import { Duration, inClusterAddress, KvPath, named, resolvePlatform } from "../../model";
import { platform } from "./support";

const PEM = "-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----\n";

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
        ca: { secret: "ca" },
        address: "https://v",
      },
      "clusters/home/operator": { namespace: "op", replicas: 2 },
    });
    expect(vaults[0]).toMatchObject({
      mount: "apps",
      maxVersions: 3,
      audit: [],
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
    expect(apps.map((a) => [a.name, ...a.keys])).toEqual([
      ["web", "DB_USER", "DB_PASSWORD"],
      ["web-api", "TOKEN"],
      ["a", "Z", "A"],
    ]);
    expect(tenants.slice(0, 4).map((t) => t.name)).toEqual(["web-dev", "web-prod", "web-a", "web-api-dev"]);
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

describe("several Vaults and clusters", () => {
  const login = { type: "token", host: "https://api.east", caCertificate: PEM };
  const { vaults, clusters, environments, tenants } = platform({
    "vaults/main/address": "http://main",
    "vaults/other": { cluster: "east", unsafeNoTls: true, address: "http://other" },
    "clusters/east": { context: "east", login },
    "clusters/idle": { context: "idle" },
    "environments/qa": { vault: "main", cluster: "east" },
    "environments/stg": { vault: "other", cluster: "east", namespace: "stg" },
  });

  it("two environments in one cluster log in each at its own Vault: at kubernetes where it runs in their cluster", () => {
    expect(named(clusters, "east").auths).toEqual([
      { vault: "main", cluster: "east", mount: "kubernetes-east", login },
      { vault: "other", cluster: "east", mount: "kubernetes", login: { type: "vault" } },
    ]);
    const mounts = tenants
      .filter((t) => t.app === "web" && t.delivery)
      .map((t) => [t.name, t.vault, t.delivery!.namespace, t.delivery!.authMount, t.delivery!.login]);
    expect(mounts).toEqual([
      ["web-dev", "main", "shop-dev", "kubernetes", "vault"],
      ["web-qa", "main", "shop-qa", "kubernetes-east", "token"],
      ["web-stg", "other", "stg", "kubernetes", "vault"],
    ]);
  });

  it("a cluster where no environment runs has neither an operator nor a login", () => {
    expect(named(clusters, "idle")).toMatchObject({ auths: [] });
    expect(named(clusters, "idle").operator).toBeUndefined();
  });

  it("a server is reached by its own cluster's operator only if that carries its secrets", () => {
    expect(vaults.map((v) => [v.name, v.installation?.operatorNamespaces])).toEqual([
      ["main", ["shop-vault-secrets-operator"]],
      ["other", ["shop-vault-secrets-operator"]],
    ]);
    const apart = platform({
      "vaults/main/address": "http://main",
      "vaults/other": { address: "https://other" },
      "clusters/home/login": login,
      "environments/dev/vault": "other",
    });
    expect(apart.vaults[0]!.installation?.operatorNamespaces).toEqual([]);
  });

  it("no stack is made twice", () => {
    const stacks = [
      ...vaults.flatMap((v) => [v.stack, v.accessStack]),
      ...clusters.map((c) => c.operator?.stack),
      ...environments.map((e) => e.stack),
    ].filter(Boolean);
    expect(stacks).toEqual([
      ...[
        "shop-vault-main",
        "shop-access-main",
        "shop-vault-other",
        "shop-access-other",
        "shop-operator-home",
        "shop-operator-east",
      ],
      ...["shop-dev", "shop-prod", "shop-qa", "shop-stg"],
    ]);
  });

  it("clusters whose issuers have one name are told apart by their keys", () => {
    const jwt = (key: string) => ({
      type: "jwt",
      issuer: "https://kubernetes.default.svc",
      publicKeys: [`-----BEGIN PUBLIC KEY-----\n${key}\n-----END PUBLIC KEY-----\n`],
    });
    const two = {
      "clusters/east": { context: "east", login: jwt("QUFB") },
      "clusters/west": { context: "west", login: jwt("QkJC") },
    };
    const { clusters } = platform({
      ...two,
      "vaults/main/address": "http://main",
      "environments/qa": { vault: "main", cluster: "east" },
      "environments/stg": { vault: "main", cluster: "west" },
    });
    expect(clusters.map((c) => c.auths[0]?.mount)).toEqual(["kubernetes", "kubernetes-east", "kubernetes-west"]);
  });

  it("one context in two kubeconfigs is two clusters", () => {
    expect(
      platform({ "clusters/other": { context: "home", kubeconfig: "~/.kube/other" } }).clusters.map(
        (c) => c.kubeconfig,
      ),
    ).toEqual(["~/.kube/config", "~/.kube/other"]);
  });
});

describe("the sample has the article's names", () => {
  const { vaults, environments, tenants, groups, users } = resolvePlatform(sample);

  it("of stacks", () => {
    expect([vaults[0]!.stack, vaults[0]!.accessStack, ...environments.map((e) => e.stack)]).toEqual(
      ["vault-main", "access-main", "local", "dev", "qa", "stg", "prod"].map((name) => `sample-${name}`),
    );
  });

  it("of the server", () => {
    expect(vaults[0]!.installation).toMatchObject({ namespace: "sample-vault", release: "sample-vault" });
    expect(inClusterAddress(vaults[0]!.installation!)).toBe("http://sample-vault.sample-vault.svc:8200");
  });

  it("of secret sets", () => {
    expect(tenants).toHaveLength(10);
    expect(tenants.slice(0, 6).map((t) => t.path.toString())).toEqual([
      ...["local", "dev", "qa", "stg", "prod"].map(
        (environment) => `kvv2/sample/sample-node-api/sample-node-api-${environment}`,
      ),
      "kvv2/sample/sample-python-api/sample-python-api-local",
    ]);
  });

  it("of a Kubernetes side", () => {
    expect(named(tenants, "sample-node-api-local").delivery).toEqual({
      cluster: "local",
      namespace: "sample",
      serviceAccount: "sample-node-api-vault-operator-sa",
      vaultAuth: "sample-node-api-vault-auth-static",
      vaultStaticSecret: "sample-node-api-vault-static-secret",
      secret: "sample-app-node-api-local-db-connection-secret",
      authMount: "kubernetes",
      login: "vault",
      audience: "vault",
      restartTargets: [],
    });
  });

  it("of people", () => {
    const people = [
      "platform-admin",
      "sample-admin",
      "sample-node-api-admin",
      "sample-node-api-user",
      "sample-python-api-admin",
      "sample-python-api-user",
    ];
    expect(groups.map((g) => g.name)).toEqual(people);
    expect(users.map((u) => u.name)).toEqual(people);
  });
});

describe("a server's names and address", () => {
  it.each([
    ["vault", "vault"],
    ["shop-vault", "shop-vault"],
    ["vaulted", "vaulted"],
    ["store", "store-vault"],
  ])("in namespace %s the release is %s", (namespace, release) => {
    expect(platform({ "vaults/main/namespace": namespace }).vaults[0]!.installation).toMatchObject({
      namespace,
      release,
    });
  });

  it("is https unless it says that there is no TLS", () => {
    const at = { release: "r", namespace: "n" };
    expect([
      inClusterAddress(at),
      inClusterAddress({ ...at, unsafeNoTls: false }),
      inClusterAddress({ ...at, unsafeNoTls: true }),
    ]).toEqual([...["https://r.n.svc:8200", "https://r.n.svc:8200", "http://r.n.svc:8200"]]);
  });
});

it("a name that a resolved platform does not have is a mistake of ours, with the names that it has", () => {
  expect(() => named(platform().clusters, "hom")).toThrow('nothing is called "hom"; there are: home');
});
