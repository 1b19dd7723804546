import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { BINDINGS_CHART, type DurationText, type PlatformConfig } from "../model";
import { AccessLoader, stacksOf, vaultSide, type StackJson } from "../test/live/load-access";
import { startOperator } from "../test/live/operator";
import {
  chartsFolder,
  pause,
  startKubernetes,
  startVault,
  stopEverything,
  temporaryFolder,
  type KubernetesCluster,
  type VaultServer,
} from "../test/live/servers";
import { loginByKey } from "../test/live/up-helpers";

const NAMESPACE = "large";
/** Requests to an API at once, where objects are made. */
const AT_ONCE = 16;
/** Seconds that the operator is left alone, and is changed under. */
const REST_SECONDS = 120;
/** Values that are changed. */
const CHANGES = 600;

interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

function config(server: VaultServer, cluster: KubernetesCluster, count: number, refreshAfter: string): PlatformConfig {
  const login = loginByKey(cluster);
  const prod = { vault: "main", cluster: "main", namespace: NAMESPACE, refreshAfter: refreshAfter as DurationText };
  return {
    name: "large",
    secretOwner: "operator",
    vaults: { main: { address: server.address, unsafeNoTls: true } },
    clusters: { main: { context: "live", kubeconfig: cluster.kubeconfig, login } },
    environments: { prod: { ...prod, delivery: "chart" } },
    apps: Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`app-${i}`, { owner: "team", keys: ["DB_PASSWORD"] }]),
    ),
  };
}

/** The objects of an environment's release, the accounts and the connection first. */
function released({ resource }: StackJson): readonly ApiObject[] {
  const releases = Object.values(resource!.helm_release!) as unknown as { chart: string; values: [string] }[];
  const { values } = releases.find(({ chart }) => chart === BINDINGS_CHART.path)!;
  const { objects } = JSON.parse(values[0]) as { objects: { [key: string]: ApiObject } };
  const order = BINDINGS_CHART.kinds as readonly string[];
  return Object.values(objects).sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

function pathOf({ apiVersion, kind }: ApiObject): string {
  const root = apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`;
  return `${root}/namespaces/${NAMESPACE}/${kind.toLowerCase()}s`;
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const left = [...items].reverse();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item);
    }),
  );
}

/** Seconds of processor and megabytes of a process. */
function usage(pid: number): { readonly processor: number; readonly megabytes: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1];
  const hertz = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  return { processor: (Number(fields[11]) + Number(fields[12])) / hertz, megabytes: Number(rss) / 1024 };
}

/** How often each operation was asked of a Vault, by its audit log. */
function requests(log: string): { readonly [operation: string]: number } {
  const counts: { [operation: string]: number } = {};
  for (const line of readFileSync(log, "utf8").split("\n").filter(Boolean)) {
    const { type, request } = JSON.parse(line) as { type: string; request: { operation: string; path: string } };
    const what = `${request.operation} ${request.path.split("/").slice(0, 2).join("/")}`;
    if (type === "request") counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}

/** Changes values, evenly over the time, and waits for each Secret to change; the delays in seconds, sorted. */
async function delays(server: VaultServer, cluster: KubernetesCluster, count: number): Promise<readonly number[]> {
  const template = '{.metadata.name} {.metadata.resourceVersion}{"\\n"}';
  const words = ["-n", NAMESPACE, "get", "secrets", "--watch-only", "-o", `jsonpath=${template}`];
  const watcher = spawn("kubectl", ["--kubeconfig", cluster.kubeconfig, ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const waiting = new Map<string, number>();
  const seen: number[] = [];
  createInterface(watcher.stdout).on("line", (line) => {
    const name = line.split(" ")[0]!;
    const since = waiting.get(name);
    if (since === undefined) return;
    seen.push((Date.now() - since) / 1000);
    waiting.delete(name);
  });
  await pause(3_000);
  for (let i = 0; i < CHANGES; i++) {
    const app = `app-${Math.floor((i * count) / CHANGES)}`;
    const body = { data: { DB_PASSWORD: `value-${Date.now()}` } };
    waiting.set(`${app}-prod-secrets`, Date.now());
    await server.ok("POST", `kvv2/data/large/${app}/${app}-prod`, { body });
    await pause((REST_SECONDS * 1000) / CHANGES);
  }
  for (let i = 0; waiting.size > 0 && i < 600; i++) await pause(1_000);
  watcher.kill();
  if (waiting.size > 0) console.log(`${waiting.size} changes did not arrive in ten minutes`);
  return seen.sort((a, b) => a - b);
}

/**
 * Measures the operator with many bindings: how long until all Secrets are there, what it asks of Vault at rest, its
 * memory, and how long a changed value takes. Usage: npm run bench:operator -- [bindings] [refreshAfter] [flags of the
 * operator…]. Needs what test/live/README.md says, with the operator and the charts.
 */
async function main(count: number, refreshAfter: string, flags: readonly string[]): Promise<void> {
  const [server, cluster] = await Promise.all([startVault({ storage: "dev" }), startKubernetes()]);
  const crds = join(chartsFolder() ?? "", "vault-secrets-operator", "crds");
  await cluster.kubectl("apply", "--server-side", "-f", crds);
  await cluster.createNamespace(NAMESPACE);
  const stacks = stacksOf(config(server, cluster, count, refreshAfter));
  await new AccessLoader(server).apply(vaultSide(stacks));
  const objects = released(stacks["large-prod"]!);
  for (const kind of BINDINGS_CHART.kinds)
    await inParallel(
      objects.filter((each) => each.kind === kind),
      (object) => cluster.ok("POST", pathOf(object), object),
    );
  console.log(`${count} bindings, refreshAfter ${refreshAfter}, ${flags.join(" ") || "the operator's own flags"}`);

  let start = Date.now();
  const operator = await startOperator(cluster, flags);
  const list = pathOf({ apiVersion: "v1", kind: "Secret", metadata: { name: "" } });
  const secrets = async () => (await cluster.ok<{ items: readonly object[] }>("GET", list)).items.length;
  while ((await secrets()) < count) await pause(2_000);
  console.log(`all Secrets there: after ${Math.round((Date.now() - start) / 1000)} s`);

  await pause(60_000);
  const log = join(temporaryFolder("audit"), "audit.log");
  await server.ok("PUT", "sys/audit/file", { body: { type: "file", options: { file_path: log } } });
  const before = usage(operator.pid);
  start = Date.now();
  await pause(REST_SECONDS * 1000);
  const [after, seconds] = [usage(operator.pid), (Date.now() - start) / 1000];
  await server.ok("DELETE", "sys/audit/file");
  for (const [what, asked] of Object.entries(requests(log)))
    if (asked > 2) console.log(`at rest: ${(asked / seconds).toFixed(1)} requests a second: ${what}`);
  const share = ((after.processor - before.processor) / seconds) * 100;
  console.log(`at rest: ${Math.round(after.megabytes)} MB, ${share.toFixed(0)} % of a processor`);

  const took = await delays(server, cluster, count);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))]!.toFixed(1);
  console.log(`${took.length} changes arrived: median ${at(0.5)} s, 99th percentile ${at(0.99)} s, last ${at(1)} s`);
  console.log(`then: ${Math.round(usage(operator.pid).megabytes)} MB`);
}

const [count = "2000", refreshAfter = "1m", ...flags] = process.argv.slice(2);
main(Number(count), refreshAfter, flags)
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  })
  .finally(stopEverything);
