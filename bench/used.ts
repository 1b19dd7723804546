import { once } from "node:events";
import { createWriteStream, linkSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { readLogs } from "../cli/audit-log";

/** The size: `npm run bench:used -- 10` is ten times a file of a million lines, about 16 GB. */
const [times = 10, lines = 1_000_000] = process.argv.slice(2).map(Number);

const DAYS = 90;
const PEOPLE = 2000;
const SETS = 500;
const HASH = `hmac-sha256:${"bfc32f3edfb97834015595989f0d2466".repeat(2)}`;

/** Lines as Vault 1.21 writes them, of the size that its own have: 1.2 kB a request, 2 kB an answer. */
function line(i: number): string {
  const request = i >> 1;
  const [user, set] = [`user-${request % PEOPLE}`, `app-${request % SETS}`];
  const path = `kvv2/data/bench/${set}/${set}-dev`;
  const time = new Date(Date.now() - DAYS * 86_400_000 * (1 - i / lines)).toISOString();
  const facts = { mount_class: "secret", mount_point: "kvv2/", mount_type: "kv" };
  return JSON.stringify({
    auth: {
      accessor: HASH,
      client_token: HASH,
      display_name: `userpass-${user}`,
      entity_id: `499dac5c-67f9-ad5b-ff0d-${String(request % PEOPLE).padStart(12, "0")}`,
      metadata: { username: user },
      policies: ["default", "readers"],
      policy_results: {
        allowed: true,
        granting_policies: [{ type: "" }, { name: "readers", namespace_id: "root", type: "acl" }],
      },
      token_policies: ["default"],
      token_issue_time: "2026-11-29T00:31:05Z",
      token_ttl: 2764800,
      token_type: "service",
    },
    request: {
      client_id: HASH,
      client_token: HASH,
      client_token_accessor: HASH,
      headers: { "user-agent": ["Go-http-client/1.1"] },
      id: `d1b28bdf-1dc3-4115-8920-${String(request).padStart(12, "0")}`,
      ...facts,
      mount_running_version: "v0.25.0+builtin",
      namespace: { id: "root" },
      operation: "read",
      path,
      remote_address: `10.0.${request % 7}.${request % 251}`,
      remote_port: 33578,
    },
    ...(i % 2 === 1 && {
      response: {
        data: {
          data: { DB_USERNAME: HASH, DB_PASSWORD: HASH, API_KEY: HASH, SESSION_KEY: HASH },
          metadata: { created_time: HASH, custom_metadata: null, deletion_time: HASH, destroyed: false, version: 1 },
        },
        ...facts,
        mount_running_plugin_version: "v0.25.0+builtin",
      },
    }),
    time: time.replace("Z", "123456Z"),
    type: i % 2 === 1 ? "response" : "request",
  });
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-used-"));
  const file = join(folder, "audit.log");
  const out = createWriteStream(file);
  for (let i = 0; i < lines; i++) if (!out.write(`${line(i)}\n`)) await once(out, "drain");
  out.end();
  await finished(out);
  const bytes = out.bytesWritten;
  const files = Array.from({ length: times }, (_, i) => join(folder, `audit.log.${i}`));
  for (const each of files) linkSync(file, each);
  const paths = new Set(Array.from({ length: SETS }, (_, i) => `bench/app-${i}/app-${i}-dev`));
  const [start, before] = [performance.now(), process.cpuUsage()];
  const { facts, lines: read, damages } = await readLogs(files, { mount: "kvv2", paths, now: Date.now() });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  rmSync(folder, { recursive: true });
  console.log(
    `${read} lines, ${((bytes * times) / 2 ** 30).toFixed(1)} GiB (a file of ${lines}, ${times} times): ` +
      `${seconds.toFixed(1)} s, ${Math.round(read / seconds)} lines/s; ` +
      `${((user + system) / 1e6).toFixed(1)} s of cores`,
  );
  console.log(`${facts.deeds.size} identities, ${damages.length} damages`);
  console.log(
    `peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB; ${cpus().length} cores, ` +
      `${cpus()[0]?.model ?? "?"}, load ${loadavg()[0]!.toFixed(1)}, node ${process.version}`,
  );
}

void main();
