import { Duration, named } from "../../model";
import { platform, type Change } from "./support";

const web = (change: Change = {}) => platform(change).tenants.filter((tenant) => tenant.app === "web");

describe("where an app runs", () => {
  it("is every environment, when it names none", () => {
    expect(web().map((t) => t.environment)).toEqual(["dev", "prod"]);
  });

  it("is the environments of its list alone", () => {
    expect(web({ "apps/web/environments": ["prod"] }).map((t) => t.name)).toEqual(["web-prod"]);
  });

  it("is the environments that it says something of, alone", () => {
    expect(web({ "apps/web/environments": { prod: {} } }).map((t) => t.name)).toEqual(["web-prod"]);
  });

  it("has its Kubernetes side only where the environment has a cluster", () => {
    expect(web().map((t) => [t.name, t.delivery?.namespace])).toEqual([
      ["web-dev", "shop-dev"],
      ["web-prod", undefined],
    ]);
  });
});

describe("a secret set", () => {
  it("lies under platform, app and app-environment, in its Vault's mount", () => {
    expect(web({ "vaults/main/mount": "apps" }).map((t) => [t.path.data(), t.vault])).toEqual([
      ["apps/data/shop/web/web-dev", "main"],
      ["apps/data/shop/web/web-prod", "main"],
    ]);
  });

  it("has the app's keys, or those of them that the environment names", () => {
    expect(web({ "apps/web/environments": { dev: { keys: ["DB_PASSWORD"] }, prod: {} } }).map((t) => t.keys)).toEqual([
      ["DB_PASSWORD"],
      ["DB_USER", "DB_PASSWORD"],
    ]);
  });

  it("has the app's owner and rotation period", () => {
    expect(web({ "apps/web/rotateEvery": "90d" })[0]).toMatchObject({
      owner: "team-web",
      rotateEvery: Duration.of("90d"),
    });
    expect(web()[0]!.rotateEvery).toBeUndefined();
  });

  it.each(["managed", "existing"] as const)("that is %s reaches the app's pods", (secretSet) => {
    expect(web({ "apps/web/environments": { dev: { secretSet } } })[0]).toMatchObject({
      secretSet,
      delivery: { namespace: "shop-dev" },
    });
  });

  it("that is retired has no Kubernetes side any more: no identity reads it", () => {
    const [tenant] = web({ "apps/web/environments": { dev: { secretSet: "retired" } } });
    expect([tenant!.secretSet, tenant!.delivery]).toEqual(["retired", undefined]);
  });

  it("that is retired keeps its name, so that nothing else takes its policy's", () => {
    expect(() =>
      platform({
        "apps/web/environments": { dev: { secretSet: "retired" } },
        "people/groups/web-dev": { grants: [{ access: "read", apps: "all" }] },
      }),
    ).toThrow(/a policy name of its own/);
  });
});

describe("the Kubernetes names of an app", () => {
  it("are made from its own name, and its environment's for the Secret", () => {
    expect(web()[0]!.delivery).toEqual({
      cluster: "home",
      namespace: "shop-dev",
      serviceAccount: "web-vault-operator-sa",
      vaultAuth: "web-vault-auth-static",
      vaultStaticSecret: "web-vault-static-secret",
      secret: "web-dev-secrets",
      authMount: "kubernetes",
      login: "vault",
      workloads: [],
      restartTargets: [],
    });
  });

  it("are what its templates say, each word as often as it stands there", () => {
    const template = "{platform}-{app}-{environment}-{app}";
    const names = {
      serviceAccount: template,
      vaultAuth: "a-{app}",
      vaultStaticSecret: "fixed",
      secret: "{environment}",
    };
    expect(web({ "apps/web/kubernetes": names })[0]!.delivery).toMatchObject({
      serviceAccount: "shop-web-dev-web",
      vaultAuth: "a-web",
      vaultStaticSecret: "fixed",
      secret: "dev",
    });
  });

  it("take a name with a word in it for that name, not for the word", () => {
    expect(web({ "apps/web/kubernetes": { secret: "app-environment" } })[0]!.delivery!.secret).toBe("app-environment");
  });

  it("are taken at 63 characters and not at 64", () => {
    const secret = (length: number) => ({ "apps/web/kubernetes": { secret: `{app}-${"x".repeat(length - 4)}` } });
    expect(web(secret(63))[0]!.delivery!.secret).toHaveLength(63);
    expect(() => web(secret(64))).toThrow(/at most 63 characters/);
  });

  it("put each app into a namespace of its own, where the environment says so", () => {
    const { tenants } = platform({ "environments/dev/namespace": "{app}-{environment}" });
    expect(tenants.flatMap((t) => t.delivery?.namespace ?? [])).toEqual(["web-dev", "web-api-dev"]);
  });

  it("may be another app's in another namespace", () => {
    const names = { serviceAccount: "app", vaultAuth: "app", vaultStaticSecret: "app", secret: "app" };
    const { tenants } = platform({
      "environments/dev/namespace": "{app}",
      "apps/web/kubernetes": names,
      "apps/web-api/kubernetes": names,
    });
    expect(tenants.flatMap((t) => (t.delivery ? `${t.delivery.namespace}/${t.delivery.serviceAccount}` : []))).toEqual([
      "web/app",
      "web-api/app",
    ]);
  });

  it("may be the same in two clusters", () => {
    const login = { type: "jwt", issuer: "https://issuer" };
    const { tenants } = platform({
      "vaults/main/address": "http://main",
      "clusters/east": { context: "east", login },
      "environments/dev/namespace": "shop",
      "environments/qa": { vault: "main", cluster: "east", namespace: "shop" },
    });
    const identity = (name: string) => named(tenants, name).delivery!;
    expect([identity("web-dev").serviceAccount, identity("web-dev").namespace]).toEqual([
      identity("web-qa").serviceAccount,
      identity("web-qa").namespace,
    ]);
    expect([identity("web-dev").authMount, identity("web-qa").authMount]).toEqual(["kubernetes", "kubernetes-east"]);
  });
});

describe("restart targets", () => {
  const restart = [{ kind: "Deployment", name: "web" }];

  it("hold where the environment allows restarts", () => {
    expect(
      web({
        "apps/web/restartTargets": restart,
        "environments/dev/restarts": "automatic",
        "environments/dev/secretOwner": "operator",
      })[0]!.delivery!.restartTargets,
    ).toEqual(restart);
  });

  it("need a Secret that the operator makes: of Terraform's it never knows that it is as it left it", () => {
    expect(() => web({ "apps/web/restartTargets": restart, "environments/dev/restarts": "automatic" })).toThrow(
      'environments.dev.restarts: given "automatic"; accepted: beside secretOwner: "operator". A Secret that ' +
        "Terraform made looks changed to the operator each time: it would restart at every refreshAfter.",
    );
  });

  it("hold nowhere else", () => {
    expect(web({ "apps/web/restartTargets": restart })[0]!.delivery).toMatchObject({
      workloads: restart,
      restartTargets: [],
    });
  });
});
