import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { chartArchive, VERSIONS, type ChartConfig, type Platform } from "../model";
import { UsageError } from "./ops/errors";
import { digestOfBytes } from "./registry";

/** What a platform's releases run, as far as it may be held to a digest. */
function releases({ vaults, clusters }: Platform) {
  return [
    ...vaults.flatMap(({ installation }) =>
      installation ? { pinned: VERSIONS.charts.vault, chart: installation.chart, images: [installation.image] } : [],
    ),
    ...clusters.flatMap(({ operator }) =>
      operator
        ? { pinned: VERSIONS.charts.operator, chart: operator.chart, images: [operator.image, operator.proxyImage] }
        : [],
    ),
  ];
}

/**
 * Looks whether the archives of charts that are given by digest are there, and are these.
 * @param root the project's folder
 * @throws UsageError for one that is missing, or is another
 */
export function checkArchives(platform: Platform, root = "."): void {
  for (const { pinned, chart = {} } of releases(platform)) {
    const { name = pinned.name, version = pinned.version, digest }: ChartConfig = chart;
    if (digest === undefined) continue;
    const file = chartArchive(name, version, digest);
    const place = resolve(root, file);
    const found = existsSync(place) ? digestOfBytes(readFileSync(place)) : undefined;
    if (found !== digest)
      throw new UsageError(
        `${file}: given ${found === undefined ? "no such file" : `a file of the digest ${found}`}; accepted: the ` +
          `chart's archive whose digest the config has. npm run digests brings those of ` +
          `model/versions.ts; put one of ` +
          "your own repository there yourself.",
      );
  }
}

/** Whether each release of a platform, chart and images, is held to a digest. */
export function allByDigest(platform: Platform): boolean {
  return releases(platform).every(({ chart, images }) =>
    [chart, ...images].every((each) => each?.digest !== undefined),
  );
}
