import sample from "../../config/sample";
import { inClusterAddress, named, resolvePlatform } from "../../model";
import { platform, PEM } from "./support";

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

  it("two environments in one cluster log in each at its own Vault: at kubernetes where it runs there", () => {
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
      workloads: [],
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
