import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { abilitiesOf, Access, changesBetween, check, diffComment } from "../access";
import { synthesize } from "../cli/synth";
import { resolvePlatform, type PlatformConfig } from "../model";

/** The size: `npm run bench:access -- 1000 5 2000` is 1,000 apps in 5 environments, 2,000 people. */
const [apps = 1000, environments = 5, people = 2000] = process.argv.slice(2).map(Number);

/**
 * Two protected environments of five; a group of writers and one of readers an app, and one that reads every app's
 * unprotected ones.
 */
function config(more = 0): PlatformConfig {
  const name = (i: number) => `app-${String(i).padStart(4, "0")}`;
  const numbers = Array.from({ length: apps + more }, (_, i) => i);
  const isProtected = (i: number) => i >= Math.ceil(environments * 0.6);
  const unsafeWithout = { backup: "nobody ever applies it" };
  const names = Array.from({ length: environments }, (_, i) => (isProtected(i) ? `prod-${i}` : `dev-${i}`));
  return {
    name: "large",
    vaults: { main: { cluster: "main", mode: "ha", tls: { certManager: { issuer: "internal" } }, unsafeWithout } },
    clusters: { main: { context: "main" } },
    authority: "separate",
    secretOwner: "operator",
    environments: Object.fromEntries(
      names.map((each, i) => [
        each,
        { vault: "main", cluster: "main", namespace: `{app}-${each}`, protected: isProtected(i) },
      ]),
    ),
    apps: Object.fromEntries(numbers.map((i) => [name(i), { owner: "team", keys: ["DB_USERNAME", "DB_PASSWORD"] }])),
    people: {
      groups: {
        readers: { grants: [{ access: "read", apps: "all" }] },
        ...Object.fromEntries(
          numbers.flatMap((i) => [
            [`${name(i)}-writers`, { grants: [{ access: "write", apps: [name(i)], environments: names }] }],
            [`${name(i)}-readers`, { grants: [{ access: "read", apps: [name(i)] }] }],
          ]),
        ),
      },
      users: Object.fromEntries(
        Array.from({ length: people }, (_, i) => [
          `person-${i}`,
          {
            groups: [
              i % 500 === 1
                ? "platform-admin"
                : i % 100 === 0
                  ? "readers"
                  : `${name(i % apps)}-${i % 2 ? "readers" : "writers"}`,
            ],
          },
        ]),
      ),
    },
  } as PlatformConfig;
}

function timed<T>(words: string, work: () => T): T {
  const start = performance.now();
  const made = work();
  const { rss } = process.memoryUsage();
  console.log(
    `${words.padEnd(28)} ${((performance.now() - start) / 1000).toFixed(2)} s, ` +
      `${Math.round(rss / 2 ** 20)} MiB resident`,
  );
  return made;
}

/** The comment of a pull request that adds ten apps, with the groups of each. */
function comment(before: Access): void {
  const outdir = mkdtempSync(join(tmpdir(), "bench-access-"));
  timed("synthesis with ten apps more", () => void synthesize(resolvePlatform(config(10)), { outdir }));
  const after = timed("read the stacks", () => Access.fromFolder(outdir));
  const text = timed("comment", () =>
    diffComment(after.platform, changesBetween(before, after), check(before), check(after)),
  );
  console.log(`${Buffer.byteLength(text)} bytes of comment`);
  rmSync(outdir, { recursive: true });
}

/** Synthesizes in a process of its own way (its memory is not the matrix's), then reads, computes and proves. */
function main(): void {
  const outdir = process.env.BENCH_OUTDIR ?? mkdtempSync(join(tmpdir(), "bench-access-"));
  mkdirSync(outdir, { recursive: true });
  if (process.env.BENCH_READ !== "1")
    timed("synthesis (not counted)", () => void synthesize(resolvePlatform(config()), { outdir }));
  if (process.env.BENCH_READ !== "0") {
    const access = timed("read the stacks", () => Access.fromFolder(outdir));
    const cells = timed("matrix", () =>
      access.identities.reduce(
        (sum, identity) =>
          sum + [...access.reach(identity).values()].filter((bits) => abilitiesOf(bits).length > 0).length,
        0,
      ),
    );
    const { failures } = timed("proofs", () => check(access));
    comment(access);
    console.log(
      `${access.identities.length} identities × ${access.sets.length} secret sets, ${cells} cells ` +
        `not empty; ${failures.length} findings`,
    );
    console.log(
      `peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB; ${cpus().length} cores, ` +
        `${cpus()[0]?.model ?? "?"}, node ${process.version}`,
    );
  }
  if (process.env.BENCH_OUTDIR === undefined) rmSync(outdir, { recursive: true });
}

main();
