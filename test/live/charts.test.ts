import { mkdirSync } from "node:fs";
import { join } from "node:path";
import production from "../../config/production";
import sample from "../../config/sample";
import { OperatorInstall, type OperatorInstallProps } from "../../constructs/operator-install";
import { VaultInstall } from "../../constructs/vault-install";
import { resolvePlatform, type Installation, type SealConfig } from "../../model";
import { highlyAvailable, installation } from "../constructs/vault-helpers";
import { synthConstructs, type StackJson } from "../helpers/synth";
import { describeLive, startKubernetes, type KubernetesCluster } from "./servers";
import { findCharts, podOf, releaseOf, render, type Rendered } from "./vault-charts";

const server = (of: Installation): StackJson => synthConstructs((stack) => void new VaultInstall(stack, "vault", of));
const operator = (of: OperatorInstallProps): StackJson =>
  synthConstructs((stack) => void new OperatorInstall(stack, "operator", of));

const SEALS: readonly SealConfig[] = [
  {
    type: "awskms",
    region: "eu-central-1",
    kmsKeyId: "alias/vault",
    credentials: {
      AWS_ACCESS_KEY_ID: { secret: "unseal", key: "id" },
      AWS_SECRET_ACCESS_KEY: { secret: "unseal", key: "secret" },
    },
  },
  {
    type: "gcpckms",
    project: "acme",
    region: "europe-west3",
    keyRing: "vault",
    cryptoKey: "unseal",
    credentials: { GOOGLE_CREDENTIALS: { secret: "gcp", key: "key.json" } },
  },
  {
    type: "azurekeyvault",
    tenantId: "0000",
    vaultName: "acme",
    keyName: "unseal",
    credentials: { AZURE_CLIENT_SECRET: { secret: "azure", key: "secret" } },
  },
  {
    type: "transit",
    address: "https://vault.acme.example",
    keyName: "unseal",
    ca: "other-ca",
    credentials: { VAULT_TOKEN: { secret: "seal", key: "token" } },
  },
];

/** Every server and operator of the two configs, and each mode and seal. */
const CASES: readonly (readonly [string, StackJson])[] = [
  ...[sample, production]
    .map((config) => resolvePlatform(config))
    .flatMap(({ name, vaults, clusters }) => [
      ...vaults.flatMap((vault) =>
        vault.installation ? [[`the server ${vault.name} of ${name}`, server(vault.installation)] as const] : [],
      ),
      ...clusters.flatMap((cluster) =>
        cluster.operator ? [[`the operator of ${name} in ${cluster.name}`, operator(cluster.operator)] as const] : [],
      ),
    ]),
  ["a standalone server with TLS and UI", server(installation({ tls: { secret: "server-tls" }, ui: true }))],
  ["a server with raft and no TLS", server(highlyAvailable({ tls: undefined, unsafeNoTls: true }))],
  [
    "a server whose network policy has everything",
    server(highlyAvailable({ networkPolicy: { namespaces: ["ingress"], cidrs: ["10.0.0.0/8", "fd00::/8"] } })),
  ],
  ...SEALS.map(
    (seal) => [`a server of five unsealed by ${seal.type}`, server(highlyAvailable({ replicas: 5, seal }))] as const,
  ),
  ["an operator of three replicas", operator({ namespace: "vso", replicas: 3, memoryLimit: "1Gi" })],
];

const charts = findCharts();

describeLive(["kubernetes", "kubectl", "charts", "helm"], "the charts, rendered with our values", () => {
  let cluster: KubernetesCluster;
  let version: string;
  const counts = { objects: 0, pods: 0 };

  beforeAll(async () => {
    cluster = await startKubernetes();
    version = (await cluster.ok<{ gitVersion: string }>("GET", "/version")).gitVersion;
  });
  afterAll(() =>
    process.stdout.write(
      `charts: ${counts.objects} objects and ${counts.pods} pods accepted by Kubernetes ${version}\n`,
    ),
  );

  /** The rendered objects, as the API server would store them, in a namespace of their own with our labels. */
  async function accepted(
    synthesized: StackJson,
  ): Promise<{ readonly namespace: string; readonly objects: readonly Rendered[]; readonly file: string }> {
    const { release, labels } = releaseOf(synthesized);
    const namespace = `case-${Object.keys(namespaces).length}`;
    namespaces[namespace] = true;
    const folder = join(cluster.folder, namespace);
    mkdirSync(folder);
    await cluster.createNamespace(namespace, labels);
    const file = await render(charts!, { ...release, namespace }, folder, version);
    // A warning is an error: by it the API server says that a template's pods would be refused, or that a field is
    // unknown.
    const output = await cluster.kubectl(
      "--warnings-as-errors",
      "apply",
      "--server-side",
      "--dry-run=server",
      "--output=json",
      `--namespace=${namespace}`,
      `--filename=${file}`,
    );
    return { namespace, objects: (JSON.parse(output) as { items: Rendered[] }).items, file };
  }
  const namespaces: { [name: string]: true } = {};

  const createPod = (namespace: string, pod: object) =>
    cluster.request<{ message?: string }>("POST", `/api/v1/namespaces/${namespace}/pods?dryRun=All`, {
      apiVersion: "v1",
      kind: "Pod",
      ...pod,
    });

  async function accounts(namespace: string, objects: readonly Rendered[]): Promise<void> {
    for (const { kind, metadata } of objects)
      if (kind === "ServiceAccount") await cluster.createServiceAccount(namespace, metadata.name);
  }

  test.each(CASES)(
    "every object of %s is accepted, and its pods are allowed where they run",
    async (_, synthesized) => {
      const { namespace, objects } = await accepted(synthesized);
      await accounts(namespace, objects);
      const pods = objects.map(podOf).filter((pod) => pod !== undefined);
      expect(pods.length).toBeGreaterThan(0);
      for (const pod of pods) {
        const { status, text } = await createPod(namespace, pod);
        expect([status, text]).toEqual([201, expect.anything()]);
      }
      counts.objects += objects.length;
      counts.pods += pods.length;
    },
  );

  test.each([
    ["the server's", server(highlyAvailable())],
    ["the operator's", operator({ namespace: "vso" })],
  ])("without its seccomp profile %s pod is refused: the namespace does enforce", async (_, synthesized) => {
    const { namespace, objects } = await accepted(synthesized);
    await accounts(namespace, objects);
    for (const pod of objects.map(podOf).filter((each) => each !== undefined)) {
      const { status, body } = await createPod(namespace, {
        ...pod,
        spec: { ...pod.spec, securityContext: { ...pod.spec.securityContext, seccompProfile: undefined } },
      });
      expect([status, body.message]).toEqual([
        403,
        expect.stringMatching(/violates PodSecurity "restricted:v1\.34": seccompProfile/),
      ]);
    }
  });

  test("values that the chart's schema does not know the type of are refused by helm", async () => {
    await expect(
      accepted(server(installation({ values: { server: { networkPolicy: { ingress: "all" } } } }))),
    ).rejects.toThrow("/server/networkPolicy/ingress");
  });

  describe("a server of three, applied", () => {
    let namespace: string;
    const list = async (kind: "pods" | "persistentvolumeclaims") =>
      (await cluster.ok<{ items: Rendered[] }>("GET", `/api/v1/namespaces/${namespace}/${kind}`)).items;
    const names = async (kind: "pods" | "persistentvolumeclaims") =>
      (await list(kind)).map(({ metadata }) => metadata.name).sort();
    const claims = ["audit", "data"].flatMap((volume) => [0, 1, 2].map((index) => `${volume}-sample-vault-${index}`));

    beforeAll(async () => {
      const made = await accepted(server(highlyAvailable()));
      namespace = made.namespace;
      await cluster.kubectl("apply", "--server-side", `--namespace=${namespace}`, `--filename=${made.file}`);
    });

    test("has its pods and volumes, called as its configuration calls them", async () => {
      await cluster.until(async () => (await names("pods")).length === 3, "three pods");
      expect(await names("pods")).toEqual(["sample-vault-0", "sample-vault-1", "sample-vault-2"]);
      expect(await names("persistentvolumeclaims")).toEqual(claims);
    });

    test("leaves its volumes behind when the release goes: nothing owns them", async () => {
      expect((await list("persistentvolumeclaims")).filter(({ metadata }) => metadata.ownerReferences)).toEqual([]);
      await cluster.kubectl("delete", "statefulset", "sample-vault", `--namespace=${namespace}`, "--wait=true");
      await cluster.until(async () => (await names("pods")).length === 0, "no pod");
      expect(await names("persistentvolumeclaims")).toEqual(claims);
    });

    test("loses its volumes when the namespace goes: Terraform is kept from that", async () => {
      await cluster.ok("DELETE", `/api/v1/namespaces/${namespace}`);
      await cluster.until(async () => (await names("persistentvolumeclaims")).length === 0, "no claim");
    });
  });
});
