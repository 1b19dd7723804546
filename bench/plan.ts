import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { DeliveryMethod, PlatformConfig } from "../model";
import { chartsFolder, startKubernetes, startVault, stopEverything, temporaryFolder } from "../test/live/servers";
import { loginByKey } from "../test/live/up-helpers";
import { Workspace } from "../test/live/workspace";

const STACK = "large-prod";
/** Milliseconds between two looks at the memory. */
const LOOK_MS = 200;

/** Megabytes that Terraform and its providers hold in all. */
function megabytes(): number {
  const kilobytes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        if (!/^[^\0]*terraform/.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"))) return 0;
        return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
      } catch {
        return 0; // It ended meanwhile.
      }
    });
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1024;
}

async function measured<T>(what: string, work: () => Promise<T>): Promise<T> {
  let most = 0;
  const timer = setInterval(() => (most = Math.max(most, megabytes())), LOOK_MS);
  const start = Date.now();
  try {
    return await work();
  } finally {
    clearInterval(timer);
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    console.log(`${what}: ${seconds} s, Terraform and its providers ${Math.round(most)} MB`);
  }
}

/**
 * Keeps a state as a server of a team does; returns its address. Terraform writes a local file anew after each
 * resource, which is most of an apply of thousands.
 */
async function keepState(): Promise<string> {
  let state = "";
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      if (request.method === "POST") state = Buffer.concat(parts).toString("utf8");
      response.writeHead(request.method === "GET" && !state ? 404 : 200).end(state);
    });
  }).unref();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/**
 * Applies and plans one environment on a Vault, an API server and the real providers, and prints times, memory and
 * requests at Vault. Usage: npm run bench:plan -- [apps] [chart|manifests] [one|each]; the last says whether the apps
 * share a namespace. Needs what test/live/README.md says, with the charts.
 */
async function main(count: number, delivery: DeliveryMethod, namespaces: "one" | "each"): Promise<void> {
  const [server, cluster] = await Promise.all([startVault({ storage: "dev" }), startKubernetes()]);
  const crds = join(chartsFolder() ?? "", "vault-secrets-operator", "crds");
  await cluster.kubectl("apply", "--server-side", "-f", crds);
  await server.ok("POST", "sys/mounts/kvv2", { body: { type: "kv", options: { version: "2" } } });
  const namespace = namespaces === "one" ? "large" : "{app}";
  const login = loginByKey(cluster);
  const config: PlatformConfig = {
    name: "large",
    authority: "separate",
    secretOwner: "operator",
    vaults: { main: { address: server.address, unsafeNoTls: true } },
    clusters: { main: { context: "live", kubeconfig: cluster.kubeconfig, login } },
    environments: { prod: { vault: "main", cluster: "main", namespace, delivery } },
    apps: Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`app-${i}`, { owner: "team", keys: ["DB_USERNAME", "DB_PASSWORD"] }]),
    ),
  };
  const workspace = new Workspace(config, { VAULT_TOKEN: server.rootToken });
  const http = { address: await keepState() };
  workspace.write(
    join("cdktf.out", "stacks", STACK, "backend_override.tf.json"),
    JSON.stringify({ terraform: { backend: { http } } }),
  );
  await measured(`${count} apps, ${delivery}, namespaces: ${namespaces}; apply`, () => workspace.apply(STACK));
  const log = join(temporaryFolder("audit"), "audit.log");
  await server.ok("PUT", "sys/audit/file", { body: { type: "file", options: { file_path: log } } });
  const changes = await measured("a plan with no change", () => workspace.changes(STACK));
  const requests = readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line.includes('"type":"request"')).length;
  console.log(`${changes.length} changes, ${requests} requests at Vault: ${(requests / count).toFixed(2)} an app`);
}

const [count = "1000", delivery = "chart", namespaces = "each"] = process.argv.slice(2);
main(Number(count), delivery as DeliveryMethod, namespaces as "one" | "each")
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  })
  .finally(stopEverything);
