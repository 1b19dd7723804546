import { OPERATOR_RELEASE, OperatorInstall, type OperatorInstallProps } from "../../constructs/operator-install";
import { VERSIONS } from "../../model";
import { only, resourcesById, synthConstructs } from "../helpers/synth";
import { constructPaths, releaseValues } from "./vault-helpers";

const made = (props: OperatorInstallProps = {}) =>
  synthConstructs((stack) => void new OperatorInstall(stack, "operator", { namespace: "vso", ...props }));
const release = (operator?: OperatorInstallProps) => only(made(operator), "helm_release");
const controller = (operator?: OperatorInstallProps) =>
  releaseValues(made(operator)).controller as { readonly [key: string]: unknown };

test("an operator is a namespace and a release, and nothing else", () => {
  expect(constructPaths(made())).toEqual(["test/operator/namespace", "test/operator/release"]);
});

test("the namespace refuses pods that are not restricted, whatever other labels it has", () => {
  const labels = { team: "platform", "pod-security.kubernetes.io/enforce": "privileged" };
  expect(only(made({ labels }), "kubernetes_namespace_v1").metadata).toMatchObject({
    name: "vso",
    labels: {
      team: "platform",
      "pod-security.kubernetes.io/enforce": "restricted",
      "pod-security.kubernetes.io/enforce-version": VERSIONS.podSecurity,
    },
  });
});

test("the namespace holds nothing that cannot be made again, and may be destroyed", () => {
  expect(only(made(), "kubernetes_namespace_v1")).not.toHaveProperty("lifecycle");
});

test("the release waits: environments need its CRDs", () => {
  expect(release()).toMatchObject({
    namespace: "vso",
    create_namespace: false,
    wait: true,
    max_history: 10,
    depends_on: [expect.stringMatching(/^kubernetes_namespace_v1\./)],
  });
  expect(release()).not.toHaveProperty("skip_crds");
});

test.each(["vso", "platform-vault-secrets-operator"])(
  "a cluster has one operator: the release in %s has the one name",
  (namespace) => {
    expect(release({ namespace }).name).toBe(OPERATOR_RELEASE);
  },
);

test("the chart is the pinned one", () => {
  const { repository, name, version } = VERSIONS.charts.operator;
  expect(release()).toMatchObject({ repository, chart: name, version });
});

test("the chart can come from an internal registry", () => {
  expect(release({ chart: { repository: "oci://registry.acme.example/charts" } })).toMatchObject({
    repository: "oci://registry.acme.example/charts",
    chart: "vault-secrets-operator",
  });
});

test("one replica has no disruption budget: it would stop every drain", () => {
  expect(controller()).toMatchObject({ replicas: 1, podDisruptionBudget: { enabled: false } });
});

test.each([2, 3] as const)(
  "%i replicas may lose one at a time, and the chart's second bound is taken away",
  (replicas) => {
    expect(controller({ replicas })).toMatchObject({
      replicas,
      podDisruptionBudget: { enabled: true, maxUnavailable: "1", minAvailable: "" },
    });
  },
);

test.each([
  [undefined, "512Mi"],
  ["1Gi", "1Gi"],
])("a memory limit of %j is %s", (memoryLimit, memory) => {
  expect(controller({ memoryLimit })).toMatchObject({ manager: { resources: { limits: { memory } } } });
});

test.each([
  ["no Secret holds the whole response", { globalTransformationOptions: { excludeRaw: true } }],
  ["no VaultAuth takes another namespace's default", { globalVaultAuthOptions: { allowDefaultGlobals: false } }],
  ["no token is stored", { clientCache: { persistenceModel: "none" } }],
  ["a Vault that was sealed for long is found again", { backoffOnSecretSourceError: { maxElapsedTime: "0s" } }],
  ["a hundred bindings are worked on at a time", { maxConcurrentReconciles: 100 }],
])("%s", (_, manager) => {
  expect(controller()).toMatchObject({ manager });
});

describe("default globals", () => {
  const args = (own: object = {}) =>
    (controller({ values: { controller: { manager: own } } }).manager as { extraArgs?: string[] }).extraArgs;

  test("are off by the operator's own flag: the chart's value alone leaves its default, which is on", () => {
    expect(args()).toEqual(["--global-vault-auth-options="]);
  });

  test("are off beside other arguments of one's own", () => {
    expect(args({ extraArgs: ["--zap-log-level=debug"] })).toEqual([
      "--zap-log-level=debug",
      "--global-vault-auth-options=",
    ]);
  });

  test("are on where the config's values say so", () => {
    expect(args({ globalVaultAuthOptions: { allowDefaultGlobals: true } })).toBeUndefined();
  });
});

describe("a token cache", () => {
  const tokenCache = {
    name: "vso.prod",
    address: "https://vault.example:8200",
    authMount: "kubernetes-prod",
    type: "jwt",
    serviceAccount: "vso",
    audience: "vault",
  } as const;

  test("has the operator's tokens encrypted by a Vault, where it logs in by a role of its own", () => {
    expect(releaseValues(made({ tokenCache }))).toMatchObject({
      controller: {
        manager: {
          clientCache: {
            persistenceModel: "direct-encrypted",
            storageEncryption: {
              keyName: "vso.prod",
              transitMount: "transit",
              method: "jwt",
              mount: "kubernetes-prod",
              jwt: { role: "vso.prod", serviceAccount: "vso", tokenAudiences: ["vault"] },
            },
          },
        },
      },
      defaultVaultConnection: { enabled: true, address: "https://vault.example:8200", skipTLSVerify: false },
    });
  });

  test("has that Vault's CA in the operator's namespace, write-only, before the release", () => {
    const stack = made({ tokenCache: { ...tokenCache, ca: { certificate: "PEM" } } });
    expect(only(stack, "kubernetes_secret_v1")).toMatchObject({
      metadata: { name: "token-cache-vault-ca", namespace: "vso" },
      data_wo: { "ca.crt": "PEM" },
    });
    expect(only(stack, "helm_release").depends_on).toContainEqual(expect.stringMatching(/^kubernetes_secret_v1\./));
    expect(releaseValues(stack).defaultVaultConnection).toMatchObject({ caCertSecret: "token-cache-vault-ca" });
  });

  test("takes a CA that is in a Secret of that namespace already", () => {
    const stack = made({ tokenCache: { ...tokenCache, ca: { secret: "vault-ca" } } });
    expect(releaseValues(stack).defaultVaultConnection).toMatchObject({ caCertSecret: "vault-ca" });
    expect(resourcesById(stack, "kubernetes_secret_v1")).toEqual({});
  });
});

test("pods are held to what a restricted namespace asks", () => {
  expect(controller()).toMatchObject({
    podSecurityContext: { runAsNonRoot: true },
    securityContext: { allowPrivilegeEscalation: false },
  });
  expect(release()).toMatchObject({
    set: [{ name: "controller.podSecurityContext.seccompProfile.type", value: "RuntimeDefault" }],
    set_list: [{ name: "controller.securityContext.capabilities.drop", value: ["ALL"] }],
  });
});

test.each([
  [{ podSecurityContext: { seccompProfile: { type: "Localhost", localhostProfile: "vso.json" } } }, ["set_list"]],
  [{ securityContext: { capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } } }, ["set"]],
  [{ podSecurityContext: { runAsUser: 1000 } }, ["set", "set_list"]],
  [{ securityContext: { readOnlyRootFilesystem: true } }, ["set", "set_list"]],
])("settings over which Helm would lay ours are left to %j", (own, ours) => {
  const given = release({ values: { controller: own } });
  expect(["set", "set_list"].filter((argument) => given[argument] !== undefined)).toEqual(ours);
  expect(controller({ values: { controller: own } })).toMatchObject(own);
});

test("there is no connection, no auth, no CSI driver and no test pod that nobody asked for", () => {
  expect(releaseValues(made())).toMatchObject({
    defaultVaultConnection: { enabled: false, skipTLSVerify: false },
    defaultAuthMethod: { enabled: false },
    csi: { enabled: false },
    telemetry: { serviceMonitor: { enabled: false } },
    tests: { enabled: false },
  });
});

test("an upgrade brings its CRDs", () => {
  expect(releaseValues(made()).hooks).toEqual({ upgradeCRDs: { enabled: true } });
});

test("the config's own values are laid over ours, key by key", () => {
  const values = {
    controller: { manager: { logging: { level: "debug" }, maxConcurrentReconciles: 20 } },
    telemetry: { serviceMonitor: { enabled: true } },
  };
  expect(releaseValues(made({ values }))).toMatchObject(values);
  expect(controller({ values })).toMatchObject({ manager: { clientCache: { persistenceModel: "none" } } });
});
