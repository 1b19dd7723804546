import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sample from "../../config/sample";
import type { PlatformConfig } from "../../model";
import { TestIssuer } from "./ci-tokens";
import { AccessLoader, stacksOf, vaultSide } from "./load-access";
import { describeLive, startKubernetes, startVault, type KubernetesCluster, type VaultServer } from "./servers";
import { SHARED_STATE, Workspace } from "./workspace";

const ACCESS = "sample-access-main";
const ENVIRONMENTS = ["dev", "prod"];
const set = (environment: string) => `kvv2/data/sample/sample-node-api/sample-node-api-${environment}`;

/** The sample on a Vault that is there, without clusters. */
function vaultOnly(
  ci: TestIssuer,
  address: string,
  authority: "environment" | "separate",
  change: Partial<PlatformConfig> = {},
): PlatformConfig {
  const apps = Object.fromEntries(
    Object.entries(sample.apps).map(([name, app]) => [name, { ...app, kubernetes: undefined }]),
  );
  return {
    ...sample,
    authority,
    vaults: { main: { address, unsafeNoTls: true } },
    clusters: {},
    environments: Object.fromEntries(ENVIRONMENTS.map((name) => [name, { vault: "main" }])),
    apps,
    backend: SHARED_STATE,
    pipelines: ci.pipelines(),
    ...change,
  };
}

describeLive(["vault"], "the calls of a plan and of an apply, with exactly their tokens", () => {
  const ci = new TestIssuer();

  test.each(["environment", "separate"] as const)(
    "authority %s: a person brings the access stack up, jobs apply every environment and the access stack again",
    async (authority) => {
      const server = await startVault({ storage: "dev" });
      const { [ACCESS]: access, ...environments } = vaultSide(stacksOf(vaultOnly(ci, server.address, authority)));
      await new AccessLoader(server).apply({ [ACCESS]: access! });
      for (const [name, json] of Object.entries(environments))
        await new AccessLoader(server, { token: await ci.job(server, `apply-${name}`) }).apply({ [name]: json });
      expect((await server.ok<{ data: { data: object } }>("GET", set("prod"))).data.data).toEqual({
        PRIVATE_NODE_API_DB_USERNAME: "TBD",
        PRIVATE_NODE_API_DB_PASSWORD: "TBD",
      });
      for (const name of Object.keys(environments)) {
        const token = await ci.job(server, `apply-${name}`);
        // The set is there: what was a create is an update now, and refused; so is every other environment's.
        await expect(new AccessLoader(server, { token }).apply({ [name]: environments[name]! })).rejects.toThrow("403");
        const other = Object.keys(environments).find((each) => each !== name)!;
        await expect(new AccessLoader(server, { token }).apply({ [other]: environments[other]! })).rejects.toThrow(
          "403",
        );
      }
      await server.stop();
    },
  );
});

describeLive(["vault", "terraform-providers"], "with Terraform: least tokens on a Vault", () => {
  const ci = new TestIssuer();

  describe.each(["environment", "separate"] as const)("authority %s", (authority) => {
    let server: VaultServer;
    let workspace: Workspace;
    const job = async (role: string) => ({ VAULT_TOKEN: await ci.job(server, role) });
    const synthesize = (change?: Partial<PlatformConfig>) =>
      workspace.synthesize(vaultOnly(ci, server.address, authority, change));

    beforeAll(async () => {
      server = await startVault({ storage: "dev" });
      workspace = new Workspace(vaultOnly(ci, server.address, authority), {});
      await workspace.apply(ACCESS, { VAULT_TOKEN: server.rootToken });
    }, 60_000);

    afterAll(() => server.stop());

    test("every stack is planned and applied by its own jobs, and then every plan is empty", async () => {
      for (const stack of workspace.names) {
        expect((await workspace.changes(stack, await job(`plan-${stack}`))).length > 0).toBe(stack !== ACCESS);
        await workspace.apply(stack, await job(`apply-${stack}`));
      }
      for (const stack of workspace.names)
        expect([stack, await workspace.changes(stack, await job(`watch-${stack}`))]).toEqual([stack, []]);
    }, 120_000);

    test(
      "what is new, a person, a group, an app and an environment, is applied by the access " +
        "stack's job and then the environment's",
      async () => {
        const more: Partial<PlatformConfig> = {
          apps: {
            ...vaultOnly(ci, server.address, authority).apps,
            "sample-new": { owner: "team-new", keys: ["KEY"], environments: ["dev", "extra"] },
          },
          environments: { ...Object.fromEntries([...ENVIRONMENTS, "extra"].map((name) => [name, { vault: "main" }])) },
          people: {
            groups: { ...sample.people!.groups, newcomers: { grants: [{ access: "read", apps: ["sample-new"] }] } },
            users: { ...sample.people!.users, newcomer: { groups: ["newcomers"] } },
          },
        };
        synthesize(more);
        expect((await workspace.changes(ACCESS, await job(`plan-${ACCESS}`))).length).toBeGreaterThan(5);
        await workspace.apply(ACCESS, await job(`apply-${ACCESS}`));
        for (const stack of ["sample-dev", "sample-extra"]) await workspace.apply(stack, await job(`apply-${stack}`));
        for (const stack of [ACCESS, "sample-dev", "sample-extra"])
          expect([stack, await workspace.changes(stack, await job(`plan-${stack}`))]).toEqual([stack, []]);
      },
      120_000,
    );

    test("what leaves: the app by way of `retired`, the person and the group at once; the values stay", async () => {
      const { apps } = vaultOnly(ci, server.address, authority);
      synthesize({
        apps: {
          ...apps,
          "sample-new": { owner: "team-new", keys: ["KEY"], environments: { dev: { secretSet: "retired" } } },
        },
      });
      expect(
        (await workspace.changes("sample-dev", await job("plan-sample-dev")))
          .map(({ actions }) => actions.join())
          .sort(),
      ).toEqual(authority === "environment" ? ["delete", "forget", "forget"] : ["forget", "forget"]);
      await workspace.apply(ACCESS, await job(`apply-${ACCESS}`));
      await workspace.apply("sample-dev", await job("apply-sample-dev"));
      for (const stack of [ACCESS, "sample-dev"])
        expect([stack, await workspace.changes(stack, await job(`plan-${stack}`))]).toEqual([stack, []]);
      expect((await server.request("GET", "sys/policies/acl/sample-new-dev")).status).toBe(404);
      expect((await server.request("GET", "kvv2/data/sample/sample-new/sample-new-dev")).status).toBe(200);
      expect((await server.request("GET", "auth/userpass/users/newcomer")).status).toBe(404);
    }, 120_000);

    test("a set that is taken out at once is not deleted: the applying job has no right to", async () => {
      synthesize({
        apps: { "sample-node-api": vaultOnly(ci, server.address, authority).apps["sample-node-api"]! },
        people: undefined,
      });
      const run = await workspace.tryApply("sample-prod", await job("apply-sample-prod"));
      expect([run.code !== 0, run.output.includes("permission denied") || run.output.includes("403")]).toEqual([
        true,
        true,
      ]);
      expect((await server.request("GET", "kvv2/data/sample/sample-python-api/sample-python-api-prod")).status).toBe(
        200,
      );
    }, 60_000);
  });
});

const chartsDir = process.env.CHARTS_DIR ?? "";
const charts = { vault: join(chartsDir, "vault"), operator: join(chartsDir, "vault-secrets-operator") };
const haveCharts = Object.values(charts).every((folder) => existsSync(join(folder, "Chart.yaml")));
if (!haveCharts)
  process.stderr.write(
    'live tests: "with Terraform: least identities in a cluster" is skipped: CHARTS_DIR has no ' +
      "folders vault and vault-secrets-operator\n",
  );

(haveCharts ? describeLive : (_: unknown, name: string, body: () => void) => describe.skip(name, body))(
  ["vault", "kubernetes", "nodes", "terraform-providers"],
  "with Terraform: least identities in a cluster",
  () => {
    const ci = new TestIssuer();
    const user = (role: string) => `ci:repo:acme/vault-tenancy:environment:${role}`;

    describe.each(["operator", "terraform"] as const)("the Secret by way of %s", (secret) => {
      let cluster: KubernetesCluster;
      let server: VaultServer;
      let workspace: Workspace;
      const namespace = `sample-${secret}`;

      /** The job's kubeconfig: the admin's, in the job's name. */
      const as = (role: string): Record<string, string> => {
        const text = readFileSync(cluster.kubeconfig, "utf8");
        const json = JSON.parse(text) as { users: { user: object }[] };
        return {
          TF_VAR_kubeconfig_local: workspace.write(
            `kubeconfig-${role}`,
            JSON.stringify({
              ...json,
              users: json.users.map((each) => ({ ...each, user: { ...each.user, as: user(role) } })),
            }),
          ),
        };
      };
      const job = async (role: string, vault = true) => ({
        ...as(role),
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
                pipelines: { userPrefix: "ci:" },
              },
            },
            environments: { local: { vault: "main", cluster: "local", namespace }, dev: { vault: "main" } },
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
        expect((await workspace.changes("sample-local", await job("plan-sample-local"))).length).toBeGreaterThan(5);
        await workspace.apply("sample-local", await job("apply-sample-local"));
        expect(await workspace.changes("sample-local", await job("watch-sample-local"))).toEqual([]);
      }, 90_000);

      test("each right of a plan is needed: without any one of them it fails, or sees what is there as gone", async () => {
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

      test("who plans or watches reads no Secret but those that Terraform itself makes, and changes nothing", async () => {
        const ask = async (method: string, path: string, role: string, body?: unknown) =>
          (await cluster.request(method, path, body, { headers: { "Impersonate-User": user(role) } })).status;
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
              `/apis/secrets.hashicorp.com/v1beta1/namespaces/${namespace}/vaultauths/sample-node-api-vault-auth-static`,
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
            (await cluster.request(method, path, body, { headers: { "Impersonate-User": user("apply-sample-local") } }))
              .status;
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
