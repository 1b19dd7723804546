import { join } from "node:path";
import sample from "../../config/sample";
import { JOBS } from "../helpers/configs";
import { TestIssuer } from "./ci-tokens";
import { jobKubeconfig, jobUser } from "./job-kubeconfig";
import { describeLive, startKubernetes, startVault, type KubernetesCluster, type VaultServer } from "./servers";
import { SHARED_STATE, Workspace } from "./workspace";

const ACCESS = "sample-access-main";
const chartsDir = process.env.CHARTS_DIR ?? "";
const charts = { vault: join(chartsDir, "vault"), operator: join(chartsDir, "vault-secrets-operator") };

describeLive(
  ["vault", "kubernetes", "nodes", "terraform-providers", "charts"],
  "with Terraform: least identities in a cluster",
  () => {
    const ci = new TestIssuer();

    // The operator's has its bindings as a release, Terraform's as manifests.
    describe.each(["operator", "terraform"] as const)("the Secret by way of %s", (secret) => {
      let cluster: KubernetesCluster;
      let server: VaultServer;
      let workspace: Workspace;
      const namespace = `sample-${secret}`;
      const delivery = secret === "operator" ? "chart" : "manifests";

      const job = async (role: string, vault = true) => ({
        TF_VAR_kubeconfig_local: jobKubeconfig(cluster, workspace, role),
        ...(vault && { VAULT_TOKEN: await ci.job(server, role) }),
      });

      beforeAll(async () => {
        cluster = await startKubernetes({ scheduler: true, kwok: true });
        server = await startVault({ storage: "dev" });
        workspace = new Workspace(
          {
            ...sample,
            secretOwner: secret,
            authority: secret === "operator" ? "separate" : "environment",
            vaults: {
              main: {
                ...sample.vaults.main!,
                namespace: `vault-${secret}`,
                chart: { repository: "", name: charts.vault },
                audit: [],
              },
            },
            clusters: {
              local: {
                context: "live",
                kubeconfig: cluster.kubeconfig,
                operator: { namespace: "operator-home", chart: { repository: "", name: charts.operator } },
                pipelines: { ...JOBS, host: cluster.address, caCertificate: cluster.ca },
              },
            },
            environments: {
              local: { vault: "main", cluster: "local", namespace, delivery },
              dev: { vault: "main" },
            },
            backend: SHARED_STATE,
            pipelines: ci.pipelines(),
          },
          { VAULT_ADDR: server.address },
        );
        // In its pod Vault reads the cluster's CA; this Vault has no pod, and is given it.
        const file = join("cdktf.out", "stacks", ACCESS, "cdk.tf.json");
        const json = workspace.read(file) as {
          resource: { vault_kubernetes_auth_backend_config: Record<string, object> };
        };
        const configs = json.resource.vault_kubernetes_auth_backend_config;
        for (const id of Object.keys(configs))
          configs[id] = { ...configs[id], kubernetes_ca_cert: cluster.ca.trimEnd(), disable_local_ca_jwt: true };
        workspace.write(file, JSON.stringify(json));
        await workspace.apply("sample-vault-main");
        await workspace.apply(ACCESS, { VAULT_TOKEN: server.rootToken });
        await workspace.apply("sample-operator-local");
      }, 120_000);

      afterAll(() => Promise.all([server.stop(), cluster.stop()]));

      test(
        "the server's and the operator's stack are planned by their jobs, and watched by others, " +
          "and nothing has changed",
        async () => {
          for (const role of ["sample-vault-main", "sample-operator-local"].flatMap((stack) => [
            `plan-${stack}`,
            `watch-${stack}`,
          ]))
            expect([role, await workspace.changes(role.replace(/^[a-z]+-/, ""), await job(role, false))]).toEqual([
              role,
              [],
            ]);
        },
        60_000,
      );

      test("the environment is planned and applied by its jobs, and the plan after is empty", async () => {
        expect((await workspace.changes("sample-local", await job("plan-sample-local"))).length).toBeGreaterThan(4);
        await workspace.apply("sample-local", await job("apply-sample-local"));
        expect(await workspace.changes("sample-local", await job("watch-sample-local"))).toEqual([]);
      }, 90_000);

      test("each right of a plan is needed: without one it fails, or sees what is there as gone", async () => {
        type Rule = { readonly resources: readonly string[]; readonly verbs: readonly string[] };
        const unneeded: string[] = [];
        for (const stack of ["sample-local", ...(secret === "operator" ? ["sample-operator-local"] : [])]) {
          const env = await job(`plan-${stack}`, stack === "sample-local");
          for (const name of [`plan-${stack}`, `plan-${stack}-everywhere`]) {
            const path = `/apis/rbac.authorization.k8s.io/v1/clusterroles/${name}`;
            const { rules } = await cluster.ok<{ rules: readonly Rule[] | null }>("GET", path);
            for (const [i, { resources, verbs }] of (rules ?? []).entries())
              for (const verb of verbs) {
                const less = rules!.flatMap((rule, j) =>
                  i !== j
                    ? [rule]
                    : verbs.length > 1
                      ? [{ ...rule, verbs: verbs.filter((each) => each !== verb) }]
                      : [],
                );
                await cluster.ok("PATCH", path, { rules: less });
                const { code } = await workspace.terraform(
                  stack,
                  ["plan", "-detailed-exitcode", "-input=false", "-no-color"],
                  env,
                );
                if (code === 0) unneeded.push(`${name}: ${verb} ${resources.join()}`);
              }
            await cluster.ok("PATCH", path, { rules });
          }
        }
        expect(unneeded).toEqual([]);
      }, 120_000);

      test("who plans or watches reads no Secret but Terraform's own, and changes nothing", async () => {
        const ask = async (method: string, path: string, role: string, body?: unknown) =>
          (await cluster.request(method, path, body, { headers: { "Impersonate-User": jobUser(role) } })).status;
        await cluster.ok("POST", `/api/v1/namespaces/${namespace}/secrets`, {
          metadata: { name: "other" },
          stringData: { KEY: "value" },
        });
        const made = `/api/v1/namespaces/${namespace}/secrets/sample-app-node-api-local-db-connection-secret`;
        for (const role of [
          "plan-sample-local",
          "watch-sample-local",
          "plan-sample-operator-local",
          "watch-sample-operator-local",
          "plan-sample-vault-main",
          "watch-sample-vault-main",
        ]) {
          expect([role, await ask("GET", made, role)]).toEqual([
            role,
            secret === "terraform" && role.endsWith("-sample-local") ? 200 : 403,
          ]);
          for (const path of [
            `/api/v1/namespaces/${namespace}/secrets/other`,
            `/api/v1/namespaces/${namespace}/secrets`,
            "/api/v1/secrets",
            "/api/v1/namespaces/operator-home/secrets",
          ])
            expect([role, path, await ask("GET", path, role)]).toEqual([role, path, 403]);
          for (const [method, path, body] of [
            ["DELETE", made],
            ["PATCH", made, { data: {} }],
            [
              "POST",
              `/api/v1/namespaces/${namespace}/pods`,
              { metadata: { name: "x" }, spec: { containers: [{ name: "x", image: "x" }] } },
            ],
            [
              "POST",
              `/api/v1/namespaces/${namespace}/serviceaccounts/sample-node-api-vault-operator-sa/token`,
              { spec: {} },
            ],
            [
              "PATCH",
              `/apis/secrets.hashicorp.com/v1beta1/namespaces/${namespace}/vaultauths/` +
                `sample-node-api-vault-auth-static`,
              { spec: {} },
            ],
            ["POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles", { metadata: { name: "x" }, rules: [] }],
          ] as [string, string, unknown?][])
            expect([role, method, path, await ask(method, path, role, body)]).toEqual([role, method, path, 403]);
        }
      });

      test(
        "who applies an environment is held to its namespaces, takes no service account's token, " +
          "runs no pod and grants nobody anything",
        async () => {
          const ask = async (method: string, path: string, body?: unknown) =>
            (
              await cluster.request(method, path, body, {
                headers: { "Impersonate-User": jobUser("apply-sample-local") },
              })
            ).status;
          const account = { metadata: { name: "x" } };
          const pod = { metadata: { name: "x" }, spec: { containers: [{ name: "x", image: "x" }] } };
          const role = {
            metadata: { name: "x" },
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "apply-sample-local" },
            subjects: [],
          };
          for (const [method, path, body] of [
            ["POST", "/api/v1/namespaces/default/serviceaccounts", account],
            ["POST", "/api/v1/namespaces/default/secrets", account],
            [
              "POST",
              "/apis/secrets.hashicorp.com/v1beta1/namespaces/default/vaultauths",
              { apiVersion: "secrets.hashicorp.com/v1beta1", kind: "VaultAuth", ...account },
            ],
            ["POST", `/api/v1/namespaces/${namespace}/pods`, pod],
            [
              "POST",
              `/api/v1/namespaces/${namespace}/serviceaccounts/sample-node-api-vault-operator-sa/token`,
              { spec: {} },
            ],
            ["POST", `/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings`, role],
            ["POST", `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`, role],
            ["DELETE", `/api/v1/namespaces/${namespace}`],
            ["POST", "/api/v1/namespaces", { metadata: { name: "x" } }],
            ["GET", `/api/v1/namespaces/${namespace}/secrets`],
            ["GET", `/api/v1/namespaces/${namespace}/secrets/other`],
          ] as [string, string, unknown?][])
            expect([method, path, await ask(method, path, body)]).toEqual([method, path, 403]);
        },
      );
    });
  },
);
