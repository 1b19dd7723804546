import { join } from "node:path";
import { inTurn, ops } from "./ops";
import { startOperator } from "./operator";
import {
  chartsFolder,
  describeLive,
  startKubernetes,
  startVault,
  type KubernetesCluster,
  type VaultServer,
} from "./servers";
import { onExistingVault } from "./up-helpers";
import { Workspace } from "./workspace";

const charts = chartsFolder();
const TIMEOUT_MS = 60_000;
const PATH = "kvv2/data/sample/sample-node-api/sample-node-api-local";

describeLive(
  ["vault", "kubernetes", "kubectl", "terraform-providers", "operator", "charts"],
  "with the operator: both Vaults killed, and back",
  () => {
    // `seal` is unsealed by people; `server` by the transit engine of `seal`.
    let seal: VaultServer;
    let server: VaultServer;
    let cluster: KubernetesCluster;
    let workspace: Workspace;

    const set = (password: string) =>
      server.ok("POST", PATH, {
        body: { data: { PRIVATE_NODE_API_DB_USERNAME: "app", PRIVATE_NODE_API_DB_PASSWORD: password } },
      });
    const arrives = (password: string) =>
      cluster.until(
        async () => {
          const { body } = await cluster.request<{ data?: Record<string, string> }>(
            "GET",
            "/api/v1/namespaces/sample/secrets/sample-app-node-api-local-db-connection-secret",
          );
          return Buffer.from(body.data?.PRIVATE_NODE_API_DB_PASSWORD ?? "", "base64").toString("utf8") === password;
        },
        `the Secret has ${password}`,
        40_000,
      );

    beforeAll(async () => {
      [cluster, seal] = await Promise.all([startKubernetes(), startVault({ storage: "file" })]);
      await seal.init(5, 3);
      await seal.unseal();
      server = await startVault({ storage: "file", seal });
      await server.init(5, 3);
      await cluster.kubectl("apply", "--server-side", "-f", join(charts!, "vault-secrets-operator", "crds"));
      workspace = new Workspace(
        onExistingVault(server, cluster, charts!, {
          environments: { local: { vault: "main", cluster: "local", namespace: "sample", refreshAfter: "2s" } },
        }),
        { VAULT_TOKEN: server.rootToken },
      );
      await workspace.apply("sample-access-main");
      await workspace.apply("sample-local");
      await startOperator(cluster);
      await set("before");
      await arrives("before");
    }, 120_000);

    test(
      "the sealed one is unsealed by people, and the other then comes back by itself",
      async () => {
        await server.kill9();
        await seal.kill9();
        await seal.start();
        const io = await ops(seal, ["unseal"], { secret: inTurn([seal.keys[4]!, seal.keys[0]!, seal.keys[2]!]) });
        expect(io.outLines).toEqual([`${seal.address}: unsealed`]);
        await server.start();
        await server.waitUntilActive();
        const { type, sealed } = await server.ok<{ type: string; sealed: boolean }>("GET", "sys/seal-status", {
          token: "",
        });
        expect([type, sealed]).toEqual(["transit", false]);
        const asked = await ops(server, ["unseal"]);
        expect([asked.outLines, asked.questions]).toEqual([[`${server.address}: was unsealed`], []]);
      },
      TIMEOUT_MS,
    );

    test(
      "the operator goes on: a value set after the restart reaches its Secret",
      async () => {
        await set("after");
        await arrives("after");
      },
      TIMEOUT_MS,
    );

    test(
      "no plan shows a difference",
      async () => {
        for (const stack of workspace.names)
          if (stack !== "sample-operator-local") expect([stack, await workspace.changes(stack)]).toEqual([stack, []]);
      },
      TIMEOUT_MS,
    );
  },
);
