import {
  AppNamespace,
  AuthMethod,
  EnvSecretSet,
  KvMount,
  VaultConnection,
  VsoBinding,
  Workload,
  type IAuthMethod,
  type VsoBindingProps,
} from "../../constructs";
import { Duration } from "../../model";
import { manifest, only, resources, resourcesById, synthConstructs } from "../helpers/synth";

const binding = (changes: Partial<VsoBindingProps> = {}, type?: IAuthMethod["type"]) =>
  synthConstructs((stack) => {
    const namespace = AppNamespace.fromName(stack, "namespace", "apps");
    new VsoBinding(stack, "binding", {
      secretSet: EnvSecretSet.fromPath(stack, "secrets", {
        mount: KvMount.fromPath(stack, "kv", "kvv2"),
        path: "sample/shop/shop-dev",
        keys: ["USER", "PASSWORD"],
      }),
      workload: Workload.fromServiceAccount(stack, "workload", {
        name: "shop-dev",
        authMethod: AuthMethod.fromPath(stack, "login", "k8s", type),
        namespace: "apps",
        serviceAccount: "shop-sa",
      }),
      connection: new VaultConnection(stack, "connection", { namespace, address: "https://vault:8200" }),
      destination: "shop-secret",
      vaultAuth: "shop-auth",
      vaultStaticSecret: "shop-static",
      ...changes,
    });
  });
const spec = (...given: Parameters<typeof binding>) =>
  manifest(binding(...given), "VaultStaticSecret").spec as {
    readonly [field: string]: unknown;
    readonly destination: { readonly [field: string]: unknown };
  };

describe("the service account", () => {
  test("is the one that the role binds, and its pods get no token of the API by themselves", () => {
    expect(only(binding(), "kubernetes_service_account_v1")).toEqual({
      metadata: { name: "shop-sa", namespace: "apps" },
      automount_service_account_token: false,
      depends_on: [],
    });
  });
});

describe("the VaultAuth", () => {
  test("logs in by Kubernetes as one service account, for one audience, at one mount, with one role", () => {
    expect(manifest(binding(), "VaultAuth")).toEqual({
      apiVersion: "secrets.hashicorp.com/v1beta1",
      kind: "VaultAuth",
      metadata: { name: "shop-auth", namespace: "apps" },
      spec: {
        vaultConnectionRef: "vault",
        mount: "k8s",
        method: "kubernetes",
        kubernetes: { role: "shop-dev", serviceAccount: "shop-sa", audiences: ["vault"], tokenExpirationSeconds: 600 },
      },
    });
  });

  test("logs in by jwt where Vault checks tokens against the cluster's issuer", () => {
    expect(manifest(binding({}, "jwt"), "VaultAuth").spec).toEqual({
      vaultConnectionRef: "vault",
      mount: "k8s",
      method: "jwt",
      jwt: { role: "shop-dev", serviceAccount: "shop-sa", audiences: ["vault"], tokenExpirationSeconds: 600 },
    });
  });

  test("is for its own namespace alone", () => {
    expect(JSON.stringify(binding())).not.toContain("allowedNamespaces");
  });
});

describe("the VaultStaticSecret", () => {
  test("names its secret set, its auth and its Secret, and lets the operator keep a digest of the values", () => {
    expect(spec()).toMatchObject({
      vaultAuthRef: "shop-auth",
      mount: "kvv2",
      type: "kv-v2",
      path: "sample/shop/shop-dev",
      hmacSecretData: true,
      destination: { name: "shop-secret" },
    });
  });

  test("lets the declared keys through, whole names alone, and never the whole response", () => {
    expect(spec().destination.transformation).toEqual({ excludeRaw: true, includes: ["^PASSWORD$", "^USER$"] });
  });

  test.each(["PASSWORD_OLD", "MY_PASSWORD", "password", "_raw", "PASSWORD\nX", ""])(
    "does not let %j through",
    (key) => {
      const { includes } = spec().destination.transformation as { includes: string[] };
      expect(includes.some((each) => new RegExp(each).test(key))).toBe(false);
    },
  );

  test.each([
    ["30s", "30s"],
    ["90s", "90s"],
    ["120s", "2m"],
    ["90m", "90m"],
    ["60m", "1h"],
    ["2d", "48h"],
  ] as const)("is refreshed after %s, which the operator takes as %s: one unit, of those it knows", (given, taken) => {
    expect(spec({ refreshAfter: Duration.of(given) }).refreshAfter).toBe(taken);
    expect(taken).toMatch(/^([0-9]+(\.[0-9]+)?(s|m|h))$/);
  });

  test("delivers the newest version, or the one that it is pinned to", () => {
    expect(spec()).not.toHaveProperty("version");
    expect(spec({ pinnedVersion: 3 }).version).toBe(3);
  });

  test.each([0, -1, 1.5, Number.NaN])("is refused version %s, which the operator would not hold it to", (version) => {
    expect(() => binding({ pinnedVersion: version })).toThrow(/pinnedVersion: given .*; accepted: a whole number of 1/);
  });

  test("restarts nothing unless asked", () => {
    expect(spec()).not.toHaveProperty("rolloutRestartTargets");
  });

  test("restarts what is asked for, and nothing else", () => {
    const restart = [
      { kind: "Deployment", name: "shop" },
      { kind: "StatefulSet", name: "queue" },
    ] as const;
    expect(spec({ restartTargets: restart }).rolloutRestartTargets).toEqual(restart);
  });

  test("comes after the auth, and the auth after its account and connection", () => {
    const byId = resourcesById(binding(), "kubernetes_manifest");
    const id = (kind: string) =>
      Object.keys(byId).find((each) => (byId[each]!.manifest as { kind: string }).kind === kind)!;
    const account = Object.keys(resourcesById(binding(), "kubernetes_service_account_v1"))[0];
    expect(byId[id("VaultAuth")]!.depends_on).toEqual([
      `kubernetes_service_account_v1.${account}`,
      `kubernetes_manifest.${id("VaultConnection")}`,
    ]);
    expect(byId[id("VaultStaticSecret")]!.depends_on).toEqual([`kubernetes_manifest.${id("VaultAuth")}`]);
  });
});

describe("the Secret", () => {
  const labels = { "app.kubernetes.io/name": "shop" };

  test("is the operator's: Terraform does not know it", () => {
    const json = binding({ secretOwner: "operator", labels });
    expect(resources(json, "kubernetes_secret_v1")).toEqual([]);
    expect(JSON.stringify(json)).not.toContain("TBD");
    expect(spec({ secretOwner: "operator", labels }).destination).toMatchObject({ create: true, labels });
  });

  test("is Terraform's, with the placeholder, write-only, and the operator fills it", () => {
    const json = binding({ secretOwner: "terraform", labels });
    expect(only(json, "kubernetes_secret_v1")).toEqual({
      metadata: { name: "shop-secret", namespace: "apps", labels },
      type: "Opaque",
      data_wo: { PASSWORD: "TBD", USER: "TBD" },
      data_wo_revision: 1,
      depends_on: [],
    });
    // With create: false the operator ignores labels, so none are asked for.
    expect(spec({ secretOwner: "terraform", labels }).destination).toEqual({
      name: "shop-secret",
      create: false,
      transformation: { excludeRaw: true, includes: ["^PASSWORD$", "^USER$"] },
    });
  });

  test("that Terraform makes is there before the operator is told to fill it", () => {
    const json = binding({ secretOwner: "terraform" });
    const [secret] = Object.keys(resourcesById(json, "kubernetes_secret_v1"));
    const statics = resources(json, "kubernetes_manifest").find(
      (each) => (each.manifest as { kind: string }).kind === "VaultStaticSecret",
    )!;
    expect(statics.depends_on).toContain(`kubernetes_secret_v1.${secret}`);
  });

  test("has no placeholder under a key that a command makes: no pod begins with what everybody knows", () => {
    const json = binding({ secretOwner: "terraform", generated: ["PASSWORD"] });
    expect(only(json, "kubernetes_secret_v1")).toMatchObject({ data_wo: { USER: "TBD" } });
  });

  test.each(["terraform", "operator"] as const)(
    "is never read: no argument of it is one that state keeps, with secretOwner: %s",
    (secretOwner) => {
      for (const block of resources(binding({ secretOwner }), "kubernetes_secret_v1"))
        for (const kept of ["data", "binary_data", "string_data"]) expect(block).not.toHaveProperty(kept);
    },
  );
});

test("labels are on everything that a binding makes, and on nothing when there are none", () => {
  const labels = { "app.kubernetes.io/name": "shop" };
  const metadata = (json: ReturnType<typeof binding>) =>
    [
      ...resources(json, "kubernetes_service_account_v1"),
      ...resources(json, "kubernetes_secret_v1"),
      { metadata: manifest(json, "VaultAuth").metadata },
      { metadata: manifest(json, "VaultStaticSecret").metadata },
    ].map((each) => (each.metadata as { labels?: object }).labels);
  expect(metadata(binding({ secretOwner: "terraform", labels }))).toEqual([labels, labels, labels, labels]);
  expect(metadata(binding({ secretOwner: "terraform" }))).toEqual([undefined, undefined, undefined, undefined]);
});
