import { vaultValues } from "../../constructs/vault-values";
import { highlyAvailable, installation, server } from "./vault-helpers";

describe("network policy", () => {
  const own = {
    from: [
      {
        podSelector: {
          matchLabels: { "app.kubernetes.io/name": "vault", "app.kubernetes.io/instance": "sample-vault" },
        },
      },
    ],
    ports: [
      { port: 8200, protocol: "TCP" },
      { port: 8201, protocol: "TCP" },
    ],
  };
  const api = [{ port: 8200, protocol: "TCP" }];
  const namespace = (name: string) => ({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } });

  test("the operator that logs in reaches the API, and only that; the server's pods reach one another", () => {
    expect(server(installation()).networkPolicy).toEqual({
      enabled: true,
      ingress: [own, { from: [namespace("sample-vault-secrets-operator")], ports: api }],
    });
  });

  test("named namespaces and address blocks reach the API too, each namespace once and in order", () => {
    const of = installation({
      networkPolicy: { namespaces: ["monitoring", "sample-vault-secrets-operator", "ingress"], cidrs: ["10.0.0.0/8"] },
    });
    expect(server(of).networkPolicy).toEqual({
      enabled: true,
      ingress: [
        own,
        {
          from: [
            namespace("ingress"),
            namespace("monitoring"),
            namespace("sample-vault-secrets-operator"),
            { ipBlock: { cidr: "10.0.0.0/8" } },
          ],
          ports: api,
        },
      ],
    });
  });

  test("where nobody is named nobody is let in, rather than everybody", () => {
    expect(server(installation({ operatorNamespaces: [] })).networkPolicy).toEqual({ enabled: true, ingress: [own] });
  });
});

describe("Secrets", () => {
  test("a server without any has no mount, no variable and no second container", () => {
    expect(server(installation())).toMatchObject({
      extraVolumes: [],
      extraEnvironmentVars: {},
      extraSecretEnvironmentVars: [],
    });
    expect(server(installation())).not.toHaveProperty("extraContainers");
    expect(server(installation())).not.toHaveProperty("shareProcessNamespace");
  });

  test("the certificate is mounted for the pod's group alone, and trusted by the vault program in the pod", () => {
    expect(server(installation({ tls: { secret: "server-tls" } }))).toMatchObject({
      extraVolumes: [{ type: "secret", name: "server-tls", defaultMode: 0o440 }],
      extraEnvironmentVars: {
        VAULT_CACERT: "/vault/userconfig/server-tls/ca.crt",
        VAULT_TLS_SERVER_NAME: "sample-vault.sample-vault.svc",
      },
    });
  });

  test("a seal's credentials are references, in the order of their names", () => {
    const credentials = {
      AWS_SECRET_ACCESS_KEY: { secret: "unseal", key: "secret" },
      AWS_ACCESS_KEY_ID: { secret: "unseal", key: "id" },
    };
    const values = server(highlyAvailable({ seal: { type: "awskms", region: "r", kmsKeyId: "k", credentials } }));
    expect(values.extraSecretEnvironmentVars).toEqual([
      { envName: "AWS_ACCESS_KEY_ID", secretName: "unseal", secretKey: "id" },
      { envName: "AWS_SECRET_ACCESS_KEY", secretName: "unseal", secretKey: "secret" },
    ]);
  });

  test.each([
    { type: "awskms", region: "r", kmsKeyId: "k" },
    { type: "gcpckms", project: "p", region: "r", keyRing: "k", cryptoKey: "c" },
    { type: "azurekeyvault", tenantId: "t", vaultName: "v", keyName: "k" },
  ] as const)("without credentials the pod's own identity unseals: $type", (seal) => {
    expect(server(highlyAvailable({ seal })).extraSecretEnvironmentVars).toEqual([]);
  });

  test.each(["GOOGLE_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS"])(
    "%s names a file, so its Secret is mounted",
    (variable) => {
      const values = server(
        highlyAvailable({
          seal: {
            type: "gcpckms",
            project: "p",
            region: "r",
            keyRing: "k",
            cryptoKey: "c",
            credentials: { [variable]: { secret: "gcp", key: "key.json" } },
          },
        }),
      );
      expect(values.extraVolumes).toEqual(
        ["server-tls", "gcp"].map((name) => ({ type: "secret", name, defaultMode: 0o440 })),
      );
      expect(values.extraEnvironmentVars).toMatchObject({ [variable]: "/vault/userconfig/gcp/key.json" });
      expect(values.extraSecretEnvironmentVars).toEqual([]);
    },
  );

  const transit = {
    type: "transit",
    address: "https://other.example",
    keyName: "k",
    credentials: { VAULT_TOKEN: { secret: "seal", key: "token" } },
  } as const;

  test("a transit seal without a CA of its own does not get this server's", () => {
    const values = server(highlyAvailable({ seal: transit }));
    expect(values.extraEnvironmentVars).toEqual({});
    expect(values.extraSecretEnvironmentVars).toEqual([
      { envName: "VAULT_TOKEN", secretName: "seal", secretKey: "token" },
    ]);
  });

  test.each([
    ["other-ca", ["server-tls", "other-ca"]],
    ["server-tls", ["server-tls"]],
  ])("a transit seal's CA %s is mounted, once", (ca, mounted) => {
    const values = server(highlyAvailable({ seal: { ...transit, ca } }));
    expect((values.extraVolumes as { name: string }[]).map(({ name }) => name)).toEqual(mounted);
    expect(values.extraEnvironmentVars).toMatchObject({ VAULT_CACERT: "/vault/userconfig/server-tls/ca.crt" });
  });

  test("a second container watches the certificate, in the server's image and no less restricted", () => {
    const values = server(highlyAvailable({ image: { repository: "registry.acme.example/vault", tag: "2.0.4" } }));
    expect(values).toMatchObject({
      shareProcessNamespace: true,
      extraContainers: [
        {
          image: "registry.acme.example/vault:2.0.4",
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          volumeMounts: [{ name: "userconfig-server-tls", mountPath: "/vault/userconfig/server-tls", readOnly: true }],
          resources: { limits: { memory: "32Mi" } },
        },
      ],
    });
  });
});

describe("the config's own values", () => {
  test("are laid over ours, key by key", () => {
    const values = vaultValues(
      installation({
        values: {
          server: { logFormat: "json", updateStrategyType: "RollingUpdate" },
          serverTelemetry: { serviceMonitor: { enabled: true } },
        },
      }),
    );
    expect(values.server).toMatchObject({
      logFormat: "json",
      updateStrategyType: "RollingUpdate",
      authDelegator: { enabled: true },
    });
    expect(values.serverTelemetry).toEqual({ serviceMonitor: { enabled: true } });
  });

  test("replace a list whole", () => {
    expect(server(installation({ values: { server: { networkPolicy: { ingress: [] } } } })).networkPolicy).toEqual({
      enabled: true,
      ingress: [],
    });
  });
});
