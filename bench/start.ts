import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Times `npm start` on the sample against an empty cdktf app that tsx runs as it comes, by turns, and prints the
 * medians in seconds (docs/decisions/0019-node-loads-cdktf.md). Usage: npm run bench:start -- [runs]
 */
function main(runs: number): void {
  const outdir = mkdtempSync(join(tmpdir(), "bench-start-"));
  const time = (program: string): number => {
    const start = process.hrtime.bigint();
    const { status, stderr } = spawnSync("npm", ["run", "--silent", program], {
      env: { ...process.env, CDKTF_OUTDIR: outdir },
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`${program}: ${stderr}`);
    return Number(process.hrtime.bigint() - start) / 1e9;
  };
  const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
  const [empty, sample]: [number[], number[]] = [[], []];
  // The first of each fills the caches, and is not counted.
  for (let run = 0; run <= runs; run++) {
    empty.push(time("bench:empty"));
    sample.push(time("start"));
  }
  rmSync(outdir, { recursive: true });
  const [e, s] = [median(empty.slice(1)), median(sample.slice(1))];
  console.log(
    `empty cdktf app ${e.toFixed(2)} s, npm start on the sample ${s.toFixed(2)} s: ` +
      `${(s / e).toFixed(2)} times (medians of ${runs})`,
  );
}

main(Number(process.argv[2] ?? 9));
