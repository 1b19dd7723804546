import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { OperatorInstall } from "../../constructs/operator-install";
import { synthConstructs } from "../helpers/synth";
import {
  describeLive,
  findOperator,
  ServerProcess,
  startKubernetes,
  temporaryFolder,
  type KubernetesCluster,
} from "./servers";
import { findCharts, releaseOf, render, type Rendered, type SynthesizedRelease } from "./vault-charts";

const charts = findCharts();

const OPERATOR_NAMESPACE = "vso";

describeLive(
  ["kubernetes", "kubectl", "operator", "charts", "helm"],
  "with the operator: the arguments that the chart makes of our values",
  () => {
    let cluster: KubernetesCluster;
    let version: string;
    const { release } = releaseOf(
      synthConstructs((stack) => void new OperatorInstall(stack, "operator", { namespace: OPERATOR_NAMESPACE })),
    );

    beforeAll(async () => {
      cluster = await startKubernetes();
      version = (await cluster.ok<{ gitVersion: string }>("GET", "/version")).gitVersion;
      await cluster.kubectl(
        "apply",
        "--server-side",
        "--filename",
        join(charts!.folder, "vault-secrets-operator", "crds"),
      );
      for (const namespace of [OPERATOR_NAMESPACE, "app"]) await cluster.createNamespace(namespace);
      await cluster.until(
        async () =>
          (await cluster.request("GET", "/apis/secrets.hashicorp.com/v1beta1/vaultauthglobals")).status === 200,
        "the CRDs are served",
      );
      // Only there: without it the operator looks for half a minute before it says anything.
      await create("app", "VaultConnection", "vault", { address: "http://127.0.0.1:1" });
      await create(OPERATOR_NAMESPACE, "VaultAuthGlobal", "default", {
        defaultAuthMethod: "kubernetes",
        allowedNamespaces: ["*"],
        kubernetes: { role: "anyone", serviceAccount: "default", mount: "kubernetes" },
      });
    });

    const create = async (namespace: string, kind: string, name: string, spec: object) =>
      cluster.ok("POST", `/apis/secrets.hashicorp.com/v1beta1/namespaces/${namespace}/${kind.toLowerCase()}s`, {
        apiVersion: "secrets.hashicorp.com/v1beta1",
        kind,
        metadata: { name, namespace },
        spec,
      });

    /**
     * The operator's own program with the arguments of the rendered Deployment; as the admin, and without what only a
     * pod has.
     */
    async function started(name: string, of: SynthesizedRelease): Promise<ServerProcess> {
      const folder = join(cluster.folder, name);
      mkdirSync(folder);
      const file = await render(charts!, of, folder, version);
      const output = await cluster.kubectl(
        "apply",
        "--server-side",
        "--dry-run=server",
        "--output=json",
        `--filename=${file}`,
      );
      const deployment = (JSON.parse(output) as { items: Rendered[] }).items.find(({ kind }) => kind === "Deployment")!;
      const { args = [] } = deployment.spec!.template!.spec.containers.find(
        (container) => container.name === "manager",
      )!;
      const local = ["--leader-elect=false", "--metrics-bind-address=0", "--health-probe-bind-address=0"];
      const operator = new ServerProcess({
        name,
        command: findOperator()!,
        args: [...args, ...local],
        folder: temporaryFolder(name),
        env: { OPERATOR_NAMESPACE, KUBECONFIG: cluster.kubeconfig },
      });
      await operator.waitUntil(async () => operator.logs().includes("Starting workers"));
      return operator;
    }

    /** What the operator says of a VaultAuth that asks for the default of another namespace. */
    async function judged(name: string): Promise<{ readonly status: string; readonly message: string }> {
      await create("app", "VaultAuth", name, {
        vaultConnectionRef: "vault",
        vaultAuthGlobalRef: { allowDefault: true },
      });
      type Auth = { status?: { conditions?: { type: string; reason: string; status: string; message: string }[] } };
      const condition = async () => {
        const { status } = await cluster.ok<Auth>(
          "GET",
          `/apis/secrets.hashicorp.com/v1beta1/namespaces/app/vaultauths/${name}`,
        );
        return status?.conditions?.find(({ reason }) => reason === "VaultAuthGlobalRef");
      };
      await cluster.until(async () => (await condition()) !== undefined, `${name} is judged`);
      return (await condition())!;
    }

    test("keep a namespace from logging in by another one's default", async () => {
      const operator = await started("ours", release);
      expect(await judged("ours")).toMatchObject({ status: "False", message: expect.stringContaining("not allowed") });
      await operator.stop();
    });

    test("would not, by the chart's value alone: the operator's own default allows it", async () => {
      const values = JSON.parse(release.values[0]!) as {
        controller: { manager: { extraArgs?: string[]; globalVaultAuthOptions: object } };
      };
      expect(values.controller.manager.globalVaultAuthOptions).toEqual({ allowDefaultGlobals: false });
      delete values.controller.manager.extraArgs;
      const operator = await started("charts", { ...release, values: [JSON.stringify(values)] });
      expect(await judged("charts")).toMatchObject({
        status: "True",
        message: expect.stringContaining("successfully merged"),
      });
      await operator.stop();
    });

    test(
      "the hook that the chart runs before it goes leaves bindings outside its namespace " +
        "unfinished: environments go first",
      async () => {
        const finalizers = async () =>
          (
            await cluster.ok<{ metadata: { finalizers?: string[] } }>(
              "GET",
              "/apis/secrets.hashicorp.com/v1beta1/namespaces/app/vaultauths/ours",
            )
          ).metadata.finalizers ?? [];
        expect(await finalizers()).toHaveLength(1);
        const hook = new ServerProcess({
          name: "uninstall",
          command: findOperator()!,
          args: ["--uninstall", "--pre-delete-hook-timeout-seconds=10"],
          folder: temporaryFolder("uninstall"),
          env: { OPERATOR_NAMESPACE, KUBECONFIG: cluster.kubeconfig },
        });
        await hook.ended;
        expect(hook.logs()).toContain("deleting finalizers");
        expect(await finalizers()).toHaveLength(1);
      },
    );
  },
);
