import type { ChartConfig, ImageConfig } from "./config/cluster";

/** A chart that this project pins: where it comes from and which version. */
export type PinnedChart = Required<Omit<ChartConfig, "digest">>;

/** Where a release takes its chart from, in the words of the Helm provider's arguments. */
export interface ChartSource {
  /** Absent where the chart is a folder on disk. */
  readonly repository?: string;
  readonly chart: string;
  readonly version?: string;
}

/**
 * Where a release takes its chart from: `pinned`, with what `chart` says instead.
 *
 * With `repository: ""` the name is a folder on disk, and its own Chart.yaml says the version: none is given unless
 * `chart` gives one. A relative folder is meant from the project's root, but Terraform runs in
 * `cdktf.out/stacks/<stack>`, three levels down.
 *
 * With a digest the archive is in the project. Helm cannot be held to one: of `oci://…:version@digest` the Helm of the
 * provider's version drops the digest, and of a repository's index it checks none
 * (docs/decisions/0021-charts-by-digest.md).
 */
export function chartSource(pinned: PinnedChart, chart: ChartConfig = {}): ChartSource {
  const { repository = pinned.repository, name = pinned.name } = chart;
  if (repository === "")
    return { chart: name.startsWith("/") ? name : `../../../${name.replace(/^(\.\/)+/, "")}`, version: chart.version };
  const version = chart.version ?? pinned.version;
  if (chart.digest !== undefined) return { chart: `../../../${chartArchive(name, version, chart.digest)}` };
  return { repository, chart: name, version };
}

/** Where the archive of a chart of this digest is, from the project's root. */
export function chartArchive(name: string, version: string, digest: string): string {
  return `charts/${name.split("/").at(-1)}-${version}.${digest.replace(":", "-")}.tgz`;
}

/** The image that runs, in the words of charts' values: `pinned`, with what `image` says instead. */
export function imageOf(
  pinned: Required<Omit<ImageConfig, "digest">>,
  { repository = pinned.repository, tag = pinned.tag, digest }: ImageConfig = {},
): { readonly repository: string; readonly tag: string } {
  return { repository, tag: digest === undefined ? tag : `${tag}@${digest}` };
}
