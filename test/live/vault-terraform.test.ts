import { join } from "node:path";
import sample from "../../config/sample";
import type { OperatorConfig, PlatformConfig, VaultConfig } from "../../model";
import { describeLive, pause, startKubernetes, type KubernetesCluster } from "./servers";
import { CERTIFICATES } from "./cert-manager-crd";
import { findCharts } from "./vault-charts";
import { Workspace } from "./workspace";

const charts = findCharts();

const TIMEOUT_MS = 180_000;

interface CronJob {
  readonly spec: { readonly jobTemplate: { readonly spec: { readonly template: { readonly spec: object } } } };
}

describeLive(
  ["nodes", "kubernetes", "terraform-providers", "charts", "helm"],
  "with Terraform: server and operator in a cluster",
  () => {
    let cluster: KubernetesCluster;
    let workspace: Workspace;

    const chart = (name: string) => ({ repository: "", name: join(charts!.folder, name) });
    const platform = (vault: Partial<VaultConfig>, operator: OperatorConfig = {}): PlatformConfig => ({
      ...sample,
      vaults: { main: { cluster: "local", unsafeNoTls: true, chart: chart("vault"), ...vault } },
      clusters: {
        local: {
          context: "live",
          kubeconfig: cluster.kubeconfig,
          operator: { replicas: 2, chart: chart("vault-secrets-operator"), ...operator },
        },
      },
    });
    const destroy = (stack: string) =>
      workspace.terraform(stack, ["destroy", "-auto-approve", "-input=false", "-no-color"]);
    const exists = async (path: string) => (await cluster.request("GET", path)).status === 200;

    beforeAll(async () => {
      cluster = await startKubernetes({ scheduler: true, kwok: true, nodes: 2 });
      workspace = new Workspace(platform({}), {});
    }, TIMEOUT_MS);

    test(
      "the server comes up, and the next plan is empty though its pods are not ready",
      async () => {
        await workspace.apply("sample-vault-main");
        expect(await workspace.changes("sample-vault-main")).toEqual([]);
        const { status } = await cluster.ok<{ status: { readyReplicas?: number } }>(
          "GET",
          "/apis/apps/v1/namespaces/sample-vault/statefulsets/sample-vault",
        );
        expect(status.readyReplicas ?? 0).toBe(0);
      },
      TIMEOUT_MS,
    );

    test(
      "a changed setting changes the release alone, and restarts no pod",
      async () => {
        const pod = async () =>
          (
            await cluster.ok<{ metadata: { uid: string } }>(
              "GET",
              "/api/v1/namespaces/sample-vault/pods/sample-vault-0",
            )
          ).metadata.uid;
        await cluster.until(
          () => exists("/api/v1/namespaces/sample-vault/pods/sample-vault-0"),
          "the server has its pod",
        );
        const before = await pod();
        workspace.synthesize(platform({ ui: true }));
        expect(await workspace.changes("sample-vault-main")).toEqual([
          { address: "helm_release.vault_release", actions: ["update"] },
        ]);
        await workspace.apply("sample-vault-main");
        expect(await workspace.changes("sample-vault-main")).toEqual([]);
        await pause(1000);
        expect(await pod()).toBe(before);
        workspace.synthesize(platform({}));
        await workspace.apply("sample-vault-main");
      },
      TIMEOUT_MS,
    );

    test(
      "the server cannot be destroyed, and nothing of it goes when someone tries",
      async () => {
        const { code, output } = await destroy("sample-vault-main");
        expect(code).toBe(1);
        expect(output).toMatch(
          new RegExp(
            /Error: Instance cannot be destroyed[^]*/.source +
              /Resource kubernetes_namespace_v1\.vault_namespace has\s+lifecycle\.prevent_destroy set/.source,
          ),
        );
        expect(await workspace.changes("sample-vault-main")).toEqual([]);
      },
      TIMEOUT_MS,
    );

    test(
      "another namespace is another server: that plan is refused too",
      async () => {
        workspace.synthesize(platform({ namespace: "other-vault" }));
        await expect(workspace.changes("sample-vault-main")).rejects.toThrow("Instance cannot be destroyed");
      },
      TIMEOUT_MS,
    );

    test(
      "labels of pod security are changed in place",
      async () => {
        await cluster.ok("PATCH", "/api/v1/namespaces/sample-vault", {
          metadata: { labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
        });
        workspace.synthesize(platform({}));
        expect(await workspace.changes("sample-vault-main")).toEqual([
          { address: "kubernetes_namespace_v1.vault_namespace", actions: ["update"] },
        ]);
        await workspace.apply("sample-vault-main");
      },
      TIMEOUT_MS,
    );

    test(
      "a server that the config calls destroyable is destroyed, without a change before",
      async () => {
        workspace.synthesize(platform({ unsafeDestroy: true }));
        expect(await workspace.changes("sample-vault-main")).toEqual([]);
        expect((await destroy("sample-vault-main")).output).toContain("Destroy complete! Resources: 2 destroyed.");
        expect(await exists("/api/v1/namespaces/sample-vault")).toBe(false);
      },
      TIMEOUT_MS,
    );

    test(
      "a certificate is planned in one go with the namespace that it is for",
      async () => {
        await cluster.ok("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", CERTIFICATES);
        await cluster.until(() => exists("/apis/cert-manager.io/v1/certificates"), "certificates are served");
        workspace.synthesize(
          platform({
            namespace: "tls-vault",
            unsafeNoTls: undefined,
            unsafeDestroy: true,
            mode: "ha",
            tls: { certManager: { issuer: "acme" } },
          }),
        );
        await workspace.apply("sample-vault-main");
        expect(await workspace.changes("sample-vault-main")).toEqual([]);
        expect(await exists("/apis/cert-manager.io/v1/namespaces/tls-vault/certificates/tls-vault")).toBe(true);
        expect(await exists("/apis/apps/v1/namespaces/tls-vault/statefulsets/tls-vault")).toBe(true);
      },
      TIMEOUT_MS,
    );

    test(
      "a backup's pod is one that the namespace takes, and the next plan is empty",
      async () => {
        const vault = { namespace: "tls-vault", unsafeDestroy: true, mode: "ha" } as const;
        workspace.synthesize(platform({ ...vault, backup: { to: { volume: { size: "1Gi" } } } }));
        await workspace.apply("sample-vault-main");
        expect(await workspace.changes("sample-vault-main")).toEqual([]);
        const at = "/apis/batch/v1/namespaces/tls-vault/cronjobs/backup";
        const { spec } = await cluster.ok<CronJob>("GET", at);
        const pod = { ...spec.jobTemplate.spec.template, metadata: { name: "by-hand" } };
        const made = (change: object) => {
          const body = { ...pod, spec: { ...pod.spec, ...change } };
          return cluster.request("POST", "/api/v1/namespaces/tls-vault/pods?dryRun=All", body);
        };
        expect(await made({})).toMatchObject({ status: 201 });
        // The namespace does refuse pods that may do more.
        expect((await made({ hostNetwork: true })).text).toContain('violates PodSecurity \\"restricted:');
      },
      TIMEOUT_MS,
    );

    test(
      "the operator comes up ready, with its CRDs, and the next plan is empty",
      async () => {
        await workspace.apply("sample-operator-local");
        expect(await workspace.changes("sample-operator-local")).toEqual([]);
        const { status } = await cluster.ok<{ status: { readyReplicas?: number } }>(
          "GET",
          "/apis/apps/v1/namespaces/sample-vault-secrets-operator/deployments/" +
            "vault-secrets-operator-controller-manager",
        );
        expect(status.readyReplicas).toBe(2);
        // The API server takes a moment from accepting a CRD to serving it.
        await cluster.until(
          () => exists("/apis/secrets.hashicorp.com/v1beta1/vaultstaticsecrets"),
          "bindings are served",
        );
      },
      TIMEOUT_MS,
    );

    test(
      "an upgrade's jobs run where only restricted pods may",
      async () => {
        workspace.synthesize(platform({ namespace: "tls-vault", unsafeDestroy: true }, { memoryLimit: "1Gi" }));
        expect(await workspace.changes("sample-operator-local")).toEqual([
          { address: "helm_release.operator_release", actions: ["update"] },
        ]);
        await workspace.apply("sample-operator-local");
        expect(await workspace.changes("sample-operator-local")).toEqual([]);
      },
      TIMEOUT_MS,
    );

    test(
      "a second operator in the cluster is refused",
      async () => {
        const second = new Workspace({ ...platform({}), name: "second" }, {});
        const { code, output } = await second.tryApply("second-operator-local");
        expect(code).toBe(1);
        expect(output).toContain("invalid ownership metadata");
      },
      TIMEOUT_MS,
    );

    test("releases are kept in ConfigMaps: no Secret holds one", async () => {
      const { items } = await cluster.ok<{ items: { type: string }[] }>("GET", "/api/v1/secrets");
      expect(items.filter(({ type }) => type.startsWith("helm.sh/"))).toEqual([]);
    });

    test(
      "the operator goes by one command, its CRDs stay",
      async () => {
        expect((await destroy("sample-operator-local")).output).toContain("Destroy complete! Resources: 4 destroyed.");
        expect(await exists("/apis/secrets.hashicorp.com/v1beta1/vaultstaticsecrets")).toBe(true);
      },
      TIMEOUT_MS,
    );
  },
);
