import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { only, type StackJson } from "../helpers/synth";
import { chartsFolder, findBinary } from "./servers";

/**
 * The helm program (`HELM_BIN`, else on PATH) and the folder with the charts `vault` and `vault-secrets-operator`
 * (`CHARTS_DIR`).
 */
export interface Charts {
  readonly helm: string;
  readonly folder: string;
}

/** Helm and the charts; undefined where the needs `helm` and `charts` are not met. */
export function findCharts(): Charts | undefined {
  const [helm, folder] = [findBinary("helm"), chartsFolder()];
  return helm !== undefined && folder !== undefined ? { helm, folder } : undefined;
}

/** The only release of a synthesized stack. */
export interface SynthesizedRelease {
  readonly name: string;
  readonly chart: string;
  readonly namespace: string;
  readonly values: readonly string[];
  readonly set?: readonly { readonly name: string; readonly value: string }[];
  readonly set_list?: readonly { readonly name: string; readonly value: readonly string[] }[];
}

/** The release and the namespace's labels that a stack synthesized to. */
export function releaseOf(synthesized: StackJson): {
  readonly release: SynthesizedRelease;
  readonly labels: { readonly [name: string]: string };
} {
  const { metadata } = only(synthesized, "kubernetes_namespace_v1") as {
    metadata: { labels: { [name: string]: string } };
  };
  return { release: only(synthesized, "helm_release") as unknown as SynthesizedRelease, labels: metadata.labels };
}

/**
 * Renders a release as the provider does, with the chart of the same name in `charts.folder`, hooks and CRDs with it,
 * into a file; but without the pods of `helm test`, which an install does not make. Helm checks the values against the
 * chart's schema where it has one. Returns the file. Throws with helm's words.
 */
export async function render(
  { helm, folder }: Charts,
  release: SynthesizedRelease,
  into: string,
  kubeVersion: string,
): Promise<string> {
  const files = release.values.map((text, index) => {
    const file = join(into, `values-${index}.json`);
    writeFileSync(file, text);
    return file;
  });
  const set = (release.set ?? []).flatMap(({ name, value }) => ["--set", `${name}=${value}`]);
  const setList = (release.set_list ?? []).flatMap(({ name, value }) => ["--set", `${name}={${value.join(",")}}`]);
  const words = [
    "template",
    release.name,
    join(folder, release.chart),
    "--namespace",
    release.namespace,
    "--include-crds",
    "--skip-tests",
    "--kube-version",
    kubeVersion,
  ];
  const output = await new Promise<string>((resolve, reject) => {
    const env = { PATH: process.env.PATH, HOME: into };
    execFile(
      helm,
      [...words, ...files.flatMap((file) => ["--values", file]), ...set, ...setList],
      { env, encoding: "utf8", maxBuffer: 64 << 20 },
      (error, stdout, stderr) =>
        error ? reject(new Error(`helm ${words.join(" ")}: ${stderr.trim() || error.message}`)) : resolve(stdout),
    );
  });
  const rendered = join(into, "rendered.yaml");
  writeFileSync(rendered, output);
  return rendered;
}

/** An object of the API, as far as these tests look into it. */
export interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly ownerReferences?: readonly object[] };
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: {
      readonly metadata?: { readonly labels?: object; readonly annotations?: object };
      readonly spec: PodSpec;
    };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}

/** A pod's spec, as far as these tests look into it. */
export interface PodSpec {
  readonly serviceAccountName?: string;
  readonly securityContext?: { readonly seccompProfile?: object };
  readonly containers: readonly { readonly name: string; readonly args?: readonly string[] }[];
  readonly volumes?: readonly object[];
}

/**
 * The pod that a controller makes from an object's template; undefined if it has none. A StatefulSet's claims become
 * volumes.
 */
export function podOf({
  kind,
  metadata,
  spec,
}: Rendered): { readonly metadata: object; readonly spec: PodSpec } | undefined {
  if (!spec?.template) return undefined;
  const claims = (spec.volumeClaimTemplates ?? []).map(({ metadata: { name } }) => ({
    name,
    persistentVolumeClaim: { claimName: `${name}-${metadata.name}-0` },
  }));
  const { labels, annotations } = spec.template.metadata ?? {};
  return {
    metadata: { name: `${kind.toLowerCase()}-${metadata.name}`.slice(0, 63), labels, annotations },
    spec: { ...spec.template.spec, volumes: [...(spec.template.spec.volumes ?? []), ...claims] },
  };
}
