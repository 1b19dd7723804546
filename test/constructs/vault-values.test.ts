import { vaultValues } from "../../constructs/vault-values";
import { VERSIONS } from "../../model";
import { highlyAvailable, installation, server } from "./vault-helpers";

test("only the server is installed: no injector, no CSI provider, no UI service", () => {
  expect(vaultValues(installation())).toMatchObject({
    injector: { enabled: false },
    csi: { enabled: false },
    ui: { enabled: false },
  });
});

test("the UI has its service where it is asked for", () => {
  expect(vaultValues(installation({ ui: true })).ui).toEqual({ enabled: true });
});

test.each([
  [installation(), true],
  [installation({ tls: { secret: "server-tls" } }), false],
  [highlyAvailable(), false],
])("probes and services speak the listener's scheme (%#)", (of, tlsDisable) => {
  expect(vaultValues(of).global).toEqual({ tlsDisable });
});

test("a standalone server has no replicas", () => {
  expect(server(installation())).toMatchObject({
    standalone: { enabled: true, config: expect.stringContaining('storage "file"') },
    ha: { enabled: false },
  });
});

test.each([3, 5] as const)("a server of %i replicas has raft, and each node its pod's name", (replicas) => {
  expect(server(highlyAvailable({ replicas }))).toMatchObject({
    standalone: { enabled: false },
    service: { publishNotReadyAddresses: false },
    ha: {
      enabled: true,
      replicas,
      raft: { enabled: true, setNodeId: true, config: expect.stringContaining('storage "raft"') },
    },
  });
});

test.each([
  [highlyAvailable(), "https://$(VAULT_K8S_POD_NAME).sample-vault-internal.sample-vault.svc:8200"],
  [installation(), "http://$(VAULT_K8S_POD_NAME).sample-vault-internal.sample-vault.svc:8200"],
])("a standby sends clients on by a name that a certificate can have (%#)", (of, apiAddr) => {
  expect(server(of).ha).toMatchObject({ apiAddr });
});

test("pods are restarted by people, one by one", () => {
  expect(server(installation()).updateStrategyType).toBe("OnDelete");
});

test("a changed configuration shows at the pods that do not have it yet", () => {
  expect(server(installation()).includeConfigAnnotation).toBe(true);
});

test("the server may review the tokens of its cluster's workloads", () => {
  expect(server(installation()).authDelegator).toEqual({ enabled: true });
});

test("the image is the pinned one", () => {
  expect(server(installation()).image).toEqual({ ...VERSIONS.images.vault });
});

test.each([
  [{ tag: "1.21.1" }, { repository: "hashicorp/vault", tag: "1.21.1" }],
  [
    { repository: "registry.acme.example/vault" },
    { repository: "registry.acme.example/vault", tag: VERSIONS.images.vault.tag },
  ],
  [
    { repository: "registry.acme.example/vault", tag: "1.17.2" },
    { repository: "registry.acme.example/vault", tag: "1.17.2" },
  ],
])("the image %j stands in for the pinned one", (image, whole) => {
  expect(server(installation({ image })).image).toEqual(whole);
});

test.each(["1.19.17", "1.20.11", "1.21.6", "2.0.1"])(
  "image %s is refused: it cannot start without a capability that the namespace forbids",
  (tag) => {
    expect(() => vaultValues(installation({ image: { tag } }))).toThrow(
      `sample-vault: image tag ${tag} starts only with the capability IPC_LOCK`,
    );
  },
);

test.each(["1.21.5", "1.21.7", "2.0.0", "2.0.2"])("image %s is taken", (tag) => {
  expect(() => vaultValues(installation({ image: { tag } }))).not.toThrow();
});

test("memory is bounded, and asked for", () => {
  expect(server(installation()).resources).toEqual({
    requests: { cpu: "250m", memory: "256Mi" },
    limits: { memory: "512Mi" },
  });
});

test("the config's resources replace the defaults whole", () => {
  expect(server(installation({ resources: { limits: { memory: "2Gi" } } })).resources).toEqual({
    limits: { memory: "2Gi" },
  });
});

test("data and audit have their own volumes from the first day", () => {
  expect(server(installation())).toMatchObject({
    dataStorage: { enabled: true, size: "10Gi" },
    auditStorage: { enabled: true, size: "10Gi" },
  });
});

test.each(["dataStorage", "auditStorage"] as const)(
  "the config says size and class of %s, and of that alone",
  (volume) => {
    const field = volume === "dataStorage" ? "storage" : "auditStorage";
    const other = volume === "dataStorage" ? "auditStorage" : "dataStorage";
    const values = server(installation({ [field]: { size: "50Gi", storageClass: "gp3" } }));
    expect(values[volume]).toEqual({ enabled: true, size: "50Gi", storageClass: "gp3" });
    expect(values[other]).toEqual({ enabled: true, size: "10Gi" });
  },
);

test("volumes stay when the server goes, or shrinks", () => {
  expect(server(installation()).persistentVolumeClaimRetentionPolicy).toEqual({
    whenDeleted: "Retain",
    whenScaled: "Retain",
  });
});

test("pods are held to what a restricted namespace asks, stated whole since the chart's own is replaced", () => {
  expect(server(installation()).statefulSet).toEqual({
    securityContext: {
      pod: {
        runAsNonRoot: true,
        runAsUser: 100,
        runAsGroup: 1000,
        fsGroup: 1000,
        seccompProfile: { type: "RuntimeDefault" },
      },
      container: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    },
  });
});
