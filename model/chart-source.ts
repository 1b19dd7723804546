import type { ChartConfig } from "./config/cluster";

/** A chart that this project pins: where it comes from and which version. */
export type PinnedChart = Required<ChartConfig>;

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
 */
export function chartSource(pinned: PinnedChart, chart: ChartConfig = {}): ChartSource {
  const { repository = pinned.repository, name = pinned.name } = chart;
  if (repository === "")
    return { chart: name.startsWith("/") ? name : `../../../${name.replace(/^(\.\/)+/, "")}`, version: chart.version };
  return { repository, chart: name, version: chart.version ?? pinned.version };
}
