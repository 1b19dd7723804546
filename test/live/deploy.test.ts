import { readFileSync } from "node:fs";
import { join } from "node:path";
import sample from "../../config/sample";
import type { ClusterLogin, PlatformConfig, SecretOwner } from "../../model";
import { startOperator } from "./operator";
import {
  Canary,
  describeLive,
  startKubernetes,
  startVault,
  temporaryFolder,
  testWith,
  type KubernetesCluster,
} from "./servers";
import { reviewerToken } from "./reviewer-token";
import { Workspace } from "./workspace";
import { loginByKey } from "./up-helpers";

const chartsDir = process.env.CHARTS_DIR ?? "";
const charts = { vault: join(chartsDir, "vault"), operator: join(chartsDir, "vault-secrets-operator") };

/** The sample in the test's cluster, with charts from folders, since a test has no way to a chart repository. */
function sampleIn(cluster: KubernetesCluster, auditFile: string): PlatformConfig {
  const main = sample.vaults.main!;
  return {
    ...sample,
    vaults: {
      main: {
        ...main,
        chart: { repository: "", name: charts.vault },
        audit: [
          { type: "file", path: auditFile },
          { type: "file", path: "stdout" },
        ],
      },
    },
    clusters: {
      local: {
        context: "live",
        kubeconfig: cluster.kubeconfig,
        operator: { chart: { repository: "", name: charts.operator } },
      },
    },
  };
}

/** The sample's local environment on a Vault outside the cluster, where a test's operator can reach it. */
function outside(
  address: string,
  cluster: KubernetesCluster,
  secret: SecretOwner,
  login: ClusterLogin,
): PlatformConfig {
  return {
    ...sample,
    secretOwner: secret,
    vaults: { main: { address, unsafeNoTls: true } },
    clusters: { local: { context: "live", kubeconfig: cluster.kubeconfig, login } },
    environments: { local: { vault: "main", cluster: "local", namespace: `sample-${secret}`, refreshAfter: "2s" } },
  };
}

describeLive(
  ["vault", "kubernetes", "nodes", "kubectl", "terraform-providers", "charts"],
  "with Terraform: the whole sample",
  () => {
    let cluster: KubernetesCluster;

    beforeAll(async () => {
      cluster = await startKubernetes({ scheduler: true, kwok: true });
      // As Helm does, which leaves CRDs that are there alone: a binding plans only where they are.
      await cluster.kubectl("apply", "--server-side", "-f", join(charts.operator, "crds"));
    }, 60_000);

    test("every stack applies in order, and then every plan is empty", async () => {
      const server = await startVault({ storage: "file" });
      await server.init(5, 3);
      await server.unseal();
      const workspace = new Workspace(sampleIn(cluster, join(temporaryFolder("audit"), "audit.log")), {
        VAULT_TOKEN: server.rootToken,
        VAULT_ADDR: server.address,
      });
      // In its pod Vault reads the cluster's CA and reviews with its own account; this Vault has no pod, and is given
      // the CA.
      const file = join("cdktf.out", "stacks", "sample-access-main", "cdk.tf.json");
      const json = workspace.read(file) as {
        resource: { vault_kubernetes_auth_backend_config: Record<string, object> };
      };
      const configs = json.resource.vault_kubernetes_auth_backend_config;
      for (const id of Object.keys(configs))
        configs[id] = { ...configs[id], kubernetes_ca_cert: cluster.ca.trimEnd(), disable_local_ca_jwt: true };
      workspace.write(file, JSON.stringify(json));
      for (const stack of workspace.names) await workspace.apply(stack);
      for (const stack of workspace.names) expect([stack, await workspace.changes(stack)]).toEqual([stack, []]);
      await server.stop();
    }, 180_000);

    /**
     * Both ways in which a Vault outside a cluster checks its tokens, and both ways in which the Secret comes to be.
     */
    const ways: [SecretOwner, ClusterLogin["type"], () => ClusterLogin][] = [
      ["terraform", "jwt", () => loginByKey(cluster)],
      ["operator", "token", () => ({ type: "token", host: cluster.address, caCertificate: cluster.ca })],
    ];
    describe.each(ways)("a Secret by way of %s, logins by way of %s", (secret, _, login) => {
      testWith(
        "operator",
        "a value that a person sets reaches the Secret, the declared keys alone; it is in no JSON, " +
          "state, plan and log; and the plan stays empty",
        async () => {
          const server = await startVault({ storage: "dev" });
          const canary = new Canary();
          const [username, password, undeclared] = ["username", "password", "undeclared"].map((label) =>
            canary.value(label),
          );
          canary.watch("root token", server.rootToken);
          const reviewer = await reviewerToken(cluster);
          canary.watch("reviewer's token", reviewer);
          const workspace = new Workspace(outside(server.address, cluster, secret, login()), {
            VAULT_TOKEN: server.rootToken,
            TF_VAR_reviewer_jwt_local: reviewer,
          });
          let log = await workspace.apply("sample-access-main");
          log += await workspace.apply("sample-local");
          await server.ok("POST", "kvv2/data/sample/sample-node-api/sample-node-api-local", {
            body: {
              data: {
                PRIVATE_NODE_API_DB_USERNAME: username,
                PRIVATE_NODE_API_DB_PASSWORD: password,
                NOT_DECLARED: undeclared,
              },
            },
          });
          const personal = canary.value("a person's password");
          await server.ok("POST", "auth/userpass/users/sample-node-api-user/password", {
            body: { password: personal },
          });
          const operator = await startOperator(cluster);
          const name = "sample-app-node-api-local-db-connection-secret";
          const secretPath = `/api/v1/namespaces/sample-${secret}/secrets/${name}`;
          const data = async () =>
            (await cluster.request<{ data?: Record<string, string> }>("GET", secretPath)).body.data ?? {};
          await cluster.until(
            async () => (await data()).PRIVATE_NODE_API_DB_PASSWORD === Buffer.from(password!).toString("base64"),
            "the Secret has the person's value",
          );
          expect(Object.keys(await data()).sort()).toEqual([
            "PRIVATE_NODE_API_DB_PASSWORD",
            "PRIVATE_NODE_API_DB_USERNAME",
          ]);

          for (const stack of ["sample-access-main", "sample-local"]) {
            expect([stack, await workspace.changes(stack)]).toEqual([stack, []]);
            const again = await workspace.tryApply(stack);
            const text = await workspace.terraform(stack, ["plan", "-no-color"]);
            const plan = await workspace.terraform(stack, ["show", "-json", "check.tfplan"]);
            const state = await workspace.terraform(stack, ["show", "-json"]);
            log +=
              again.output +
              text.output +
              plan.output +
              state.output +
              readFileSync(join(workspace.folder, "state", `${stack}.tfstate`), "utf8");
          }
          const signedIn = await server.request("POST", "auth/userpass/login/sample-node-api-user", {
            token: "",
            body: { password: personal },
          });
          expect(signedIn.status).toBe(200);
          expect(canary.searchText("output, plan and state", log)).toEqual([]);
          expect(
            canary.searchFiles(
              join(workspace.folder, "cdktf.out", "stacks", "sample-local", "cdk.tf.json"),
              join(workspace.folder, "state"),
            ),
          ).toEqual([]);
          await operator.stop();
          await server.stop();
        },
        120_000,
      );
    });
  },
);
