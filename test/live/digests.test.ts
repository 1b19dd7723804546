import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOfBytes } from "../../cli/registry";
import sample from "../../config/sample";
import { chartArchive, VERSIONS, type PlatformConfig } from "../../model";
import { describeLive, startKubernetes, temporaryFolder, type KubernetesCluster } from "./servers";
import { type releaseOf, findCharts, render } from "./vault-charts";
import { Workspace } from "./workspace";
import type { StackJson } from "../helpers/synth";

const OPERATOR = "sample-operator-local";
const HELD = { digest: `sha256:${"b".repeat(64)}` };

const charts = findCharts();

describeLive(["kubernetes", "terraform", "charts", "helm"], "charts and images by digest", () => {
  let cluster: KubernetesCluster;
  let workspace: Workspace;
  let archive: string;
  let config: PlatformConfig;

  beforeAll(async () => {
    cluster = await startKubernetes();
    workspace = new Workspace(undefined, {});
    const packed = temporaryFolder("chart");
    const { name, version } = VERSIONS.charts.operator;
    execFileSync(charts!.helm, ["package", join(charts!.folder, name), "--destination", packed], {
      env: { PATH: process.env.PATH, HOME: packed },
      stdio: "pipe",
    });
    const made = join(packed, `${name}-${version}.tgz`);
    const digest = digestOfBytes(readFileSync(made));
    archive = join(workspace.folder, chartArchive(name, version, digest));
    mkdirSync(join(workspace.folder, "charts"));
    cpSync(made, archive);
    config = {
      ...sample,
      clusters: {
        local: {
          context: "live",
          kubeconfig: cluster.kubeconfig,
          operator: { chart: { digest }, image: HELD, proxyImage: HELD },
        },
      },
    };
  }, 60_000);

  test("the provider plans a release of the archive, and asks no repository", async () => {
    workspace.synthesize(config);
    // No address is reached through it: whoever asks for a chart is refused.
    const env = { HTTPS_PROXY: "http://127.0.0.1:1", NO_PROXY: "127.0.0.1,localhost" };
    const changes = await workspace.changes(OPERATOR, env);
    expect(changes.filter(({ address }) => address.startsWith("helm_release.")).map(({ actions }) => actions)).toEqual([
      ["create"],
    ]);
  }, 60_000);

  test("every container of the chart runs an image of the digests that the config gives", async () => {
    const synthesized = workspace.read(join("cdktf.out", "stacks", OPERATOR, "cdk.tf.json")) as StackJson;
    const [values] = Object.values(synthesized.resource!.helm_release!) as unknown as [
      ReturnType<typeof releaseOf>["release"],
    ];
    const release = { ...values, chart: VERSIONS.charts.operator.name };
    const into = temporaryFolder("rendered");
    const text = readFileSync(await render(charts!, release, into, "v1.34.0"), "utf8");
    const images = [...text.matchAll(/^\s*(?:- )?image: "?([^"\n]+)"?$/gm)].map(([, image]) => image!);
    expect(images.length).toBeGreaterThan(2);
    expect(images.filter((image) => !image.endsWith(`@${HELD.digest}`))).toEqual([]);
  });

  test("an archive of other bytes is not synthesized", () => {
    writeFileSync(archive, "another");
    expect(() => workspace.synthesize(config)).toThrow("accepted: the chart's archive whose digest the config has");
  });
});
