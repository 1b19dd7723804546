import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { inFlux, type Binding, type inArgo } from "../helpers/binding-health";
import { startOperator } from "./operator";
import {
  chartsFolder,
  describeLive,
  startKubernetes,
  startVault,
  type KubernetesCluster,
  type ServerProcess,
  type VaultServer,
} from "./servers";
import { onExistingVault } from "./up-helpers";
import { Workspace } from "./workspace";

const charts = chartsFolder();
jest.setTimeout(120_000);
const APP = "sample-node-api";
const VSS = `/apis/secrets.hashicorp.com/v1beta1/namespaces/sample/vaultstaticsecrets/${APP}-vault-static-secret`;
const SET = `kvv2/metadata/sample/${APP}/${APP}-local`;

describeLive(
  ["vault", "kubernetes", "kubectl", "terraform-providers", "operator", "charts"],
  "with the operator: the health of a binding, as docs/backup.md gives it to Argo CD and Flux",
  () => {
    let server: VaultServer;
    let cluster: KubernetesCluster;
    let operator: ServerProcess;

    const health = async () => {
      const binding = await cluster.ok<Binding>("GET", VSS);
      const child = ["--import", "tsx", join(__dirname, "argo-child.ts")];
      const said = execFileSync(process.execPath, child, { input: JSON.stringify(binding), encoding: "utf8" });
      const argo = JSON.parse(said) as Awaited<ReturnType<typeof inArgo>>;
      return { is: `${argo.status} ${inFlux(binding)}`, message: argo.message };
    };
    const becomes = (words: string) => cluster.until(async () => (await health()).is === words, words, 40_000);
    /** Another specification, which nobody has looked at yet. */
    const change = (refreshAfter: string) => cluster.ok("PATCH", VSS, { spec: { refreshAfter } });

    beforeAll(async () => {
      [cluster, server] = await Promise.all([startKubernetes(), startVault({ storage: "dev" })]);
      await cluster.kubectl("apply", "--server-side", "-f", join(charts!, "vault-secrets-operator", "crds"));
      const config = onExistingVault(server, cluster, charts!, {
        environments: { local: { vault: "main", cluster: "local", namespace: "sample", refreshAfter: "2s" } },
        apps: { [APP]: { owner: "team", keys: ["DB_PASSWORD"], environments: ["local"] } },
        people: { groups: {}, users: {} },
      });
      const workspace = new Workspace(config, { VAULT_TOKEN: server.rootToken });
      await workspace.apply("sample-access-main");
      await workspace.apply("sample-local");
    }, 120_000);

    test("without an operator nobody knows", async () => {
      expect(await health()).toEqual({ is: "Progressing Unknown", message: "not synced yet" });
    });

    test("synced", async () => {
      operator = await startOperator(cluster);
      await becomes("Healthy Current");
    });

    test("changed, and not looked at: what was said of the binding before holds no longer", async () => {
      await operator.stop();
      await change("3s");
      expect(await health()).toEqual({ is: "Progressing InProgress", message: "not synced yet" });
      operator = await startOperator(cluster);
      await becomes("Healthy Current");
    });

    test("its value is gone: it is not healthy; there again, it is", async () => {
      await server.ok("DELETE", SET);
      await becomes("Degraded Failed");
      expect((await health()).message).toMatch(/^Failed to sync .*empty response from Vault, path=/);
      await server.ok("POST", SET.replace("metadata", "data"), { body: { data: { DB_PASSWORD: "again" } } });
      await becomes("Healthy Current");
    });
  },
);
