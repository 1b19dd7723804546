import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { StackJson } from "../helpers/synth";
import { findOperator, ServerProcess, temporaryFolder, type KubernetesCluster } from "./servers";
import { findCharts, releaseOf, render, type Rendered } from "./vault-charts";
import type { Workspace } from "./workspace";

/** Objects of a release beside its pods: whom the operator is, and where its tokens are encrypted. */
const BESIDE = ["ServiceAccount", "VaultConnection", "VaultAuth"];

/** An operator as its stack's release has it: the same arguments, beside the cluster. */
export class ReleasedOperator {
  private process?: ServerProcess;
  private starts = 0;

  private constructor(
    private readonly cluster: KubernetesCluster,
    readonly namespace: string,
    private readonly args: readonly string[],
  ) {}

  /**
   * Applies the CRDs and the operator's stack without its release, and what the release has beside its pods. Nothing
   * runs yet.
   */
  static async install(cluster: KubernetesCluster, workspace: Workspace, stack: string): Promise<ReleasedOperator> {
    const charts = findCharts()!;
    const crds = join(charts.folder, "vault-secrets-operator", "crds");
    await cluster.kubectl("apply", "--server-side", "--filename", crds);
    const file = join("cdktf.out", "stacks", stack, "cdk.tf.json");
    const whole = workspace.read(file) as StackJson & { readonly resource: Readonly<Record<string, object>> };
    const { release } = releaseOf(whole);
    const { helm_release: _, ...resource } = whole.resource;
    workspace.write(file, JSON.stringify({ ...whole, resource }));
    await workspace.apply(stack);
    const folder = temporaryFolder("release");
    mkdirSync(folder, { recursive: true });
    const { gitVersion } = await cluster.ok<{ gitVersion: string }>("GET", "/version");
    const rendered = await render(charts, { ...release, chart: "vault-secrets-operator" }, folder, gitVersion);
    const list = await cluster.kubectl("create", "--dry-run=client", "--output=json", `--filename=${rendered}`);
    const objects = list
      .split(/\n(?=\{)/)
      .flatMap((text) => (JSON.parse(text) as { items?: Rendered[] }).items ?? [JSON.parse(text) as Rendered]);
    const beside = objects.filter(({ kind }) => BESIDE.includes(kind));
    const manifest = workspace.write("beside.json", JSON.stringify({ apiVersion: "v1", kind: "List", items: beside }));
    // As Helm does: the chart writes fields without a value, which an apply by the server would refuse.
    await cluster.kubectl("create", `--filename=${manifest}`);
    const { containers } = objects.find(({ kind }) => kind === "Deployment")!.spec!.template!.spec;
    const { args = [] } = containers.find(({ name }) => name === "manager")!;
    return new ReleasedOperator(cluster, release.namespace, args);
  }

  /** Starts it as a pod of its own. `more`: laid over its arguments. Ready means that it watches. */
  async start(...more: readonly string[]): Promise<void> {
    const name = `operator-${++this.starts}`;
    const local = ["--leader-elect=false", "--metrics-bind-address=0", "--health-probe-bind-address=0"];
    const quick = ["--backoff-initial-interval=1s", "--backoff-max-interval=3s"];
    this.process = new ServerProcess({
      name,
      command: findOperator()!,
      args: [...this.args, ...local, ...quick, ...more],
      folder: temporaryFolder(name),
      env: {
        OPERATOR_NAMESPACE: this.namespace,
        OPERATOR_POD_UID: `00000000-0000-0000-0000-00000000000${this.starts}`,
        KUBECONFIG: this.cluster.kubeconfig,
      },
    });
    await this.process.waitUntil(async () => this.logs().includes("Starting workers"));
  }

  /** What it said since it was started last. */
  logs(): string {
    return this.process?.logs() ?? "";
  }

  /** Stops it. */
  async stop(): Promise<void> {
    await this.process?.stop();
  }
}
