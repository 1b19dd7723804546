import { OperatorInstall, VaultInstall } from "../../constructs";
import { serverConfig } from "../../constructs/vault-server-config";
import { resources, synthConstructs, type Block, type StackJson } from "../helpers/synth";
import { constructPaths, highlyAvailable, installation, server } from "./vault-helpers";

const alerts = { prometheus: "monitoring", labels: { release: "prometheus" } };
const made = (changes: object = {}) =>
  synthConstructs((stack) => void new VaultInstall(stack, "vault", highlyAvailable({ alerts, ...changes })));
const manifests = (json: StackJson) =>
  resources(json, "kubernetes_manifest").map(({ manifest }) => manifest as Block & { spec: Block; metadata: Block });
const ofKind = (json: StackJson, kind: string) => manifests(json).find((each) => each.kind === kind)!;

test("ids are a contract: they are addresses in people's state", () => {
  expect(constructPaths(made())).toEqual([
    "test/vault/alerts",
    "test/vault/monitor",
    "test/vault/namespace",
    "test/vault/release",
  ]);
});

test("there are none unless the config says so: the cluster may not know their kinds", () => {
  expect(manifests(made({ alerts: undefined }))).toEqual([]);
  expect(serverConfig(highlyAvailable())).not.toContain("telemetry");
});

test("rules and monitor are in the server's namespace, with the labels that Prometheus looks for", () => {
  for (const kind of ["PrometheusRule", "PodMonitor"])
    expect(ofKind(made(), kind).metadata).toEqual({
      name: "sample-vault",
      namespace: "sample-vault",
      labels: { release: "prometheus" },
    });
});

test("pods are scraped by TLS, each by the name that every certificate of the server has", () => {
  expect(ofKind(made(), "PodMonitor").spec.podMetricsEndpoints).toEqual([
    {
      port: "https",
      scheme: "https",
      path: "/v1/sys/metrics",
      params: { format: ["prometheus"] },
      tlsConfig: {
        ca: { secret: { name: "server-tls", key: "ca.crt" } },
        serverName: "sample-vault.sample-vault.svc",
      },
    },
  ]);
  const plain = ofKind(made({ tls: undefined, unsafeNoTls: true }), "PodMonitor").spec;
  expect(plain.podMetricsEndpoints).toMatchObject([{ port: "http", scheme: "http" }]);
});

test("the server gives its metrics, and its network policy lets Prometheus' namespace in", () => {
  expect(serverConfig(highlyAvailable({ alerts }))).toMatch(/telemetry \{\n +unauthenticated_metrics_access = true/);
  const peers = JSON.stringify(server(installation({ alerts })).networkPolicy);
  expect(peers).toContain('{"kubernetes.io/metadata.name":"monitoring"}');
});

test("the operator's rules are in its namespace", () => {
  const rule = ofKind(
    synthConstructs((stack) => void new OperatorInstall(stack, "operator", { alerts: {} })),
    "PrometheusRule",
  );
  expect(rule.metadata).toEqual({ name: "vault-secrets-operator", namespace: "vault-secrets-operator" });
});
