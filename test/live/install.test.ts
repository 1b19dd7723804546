import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import sample from "../../config/sample";
import { bringUp } from "../../cli/up/bring-up";
import { takeDown } from "../../cli/up/take-down";
import { resolvePlatform, type Platform, type PlatformConfig } from "../../model";
import { ops, type OpsWorld } from "../cli/ops/run-ops";
import { scriptedIo } from "../cli/up/scripted-io";
import {
  chartsFolder,
  describeLive,
  startKubernetes,
  startVault,
  temporaryFolder,
  type KubernetesCluster,
  type VaultServer,
} from "./servers";
import { clusterInventory, commandEnvironment, loginByKey } from "./up-helpers";

const charts = chartsFolder();
const TIMEOUT_MS = 120_000;
const PASSWORD = "correct-horse-battery-staple";

// kwok's pods have no container, so that no port of theirs can be forwarded: this stands in the place of kubectl, and
// leads to a Vault beside the cluster.
const KUBECTL = `#!${process.execPath}
const net = require("node:net");
const vaults = Object.keys(process.env).filter((name) => name.startsWith("VAULT_"));
const call = [process.pid, process.argv.slice(2).join(" "), vaults.join(" ")].join(" ");
require("node:fs").appendFileSync(process.env.FORWARDS, call + "\\n");
const server = net.createServer((from) => {
  const to = net.connect(Number(process.env.TARGET), "127.0.0.1");
  from.pipe(to).pipe(from);
  from.on("error", () => to.destroy());
  to.on("error", () => from.destroy());
});
server.listen(0, "127.0.0.1", () => console.log("Forwarding from 127.0.0.1:" + server.address().port + " -> 8200"));
process.on("SIGTERM", () => process.exit(0));
`;

describeLive(
  ["vault", "kubernetes", "nodes", "kubectl", "terraform-providers", "charts"],
  "with Terraform: up installs the server, and reaches it through a port-forward of its own",
  () => {
    let cluster: KubernetesCluster;
    let server: VaultServer;
    let platform: Platform;
    let before: Record<string, readonly string[]>;
    const home = temporaryFolder("home");
    const forwards = join(home, "forwards");

    const environment = () => ({
      ...commandEnvironment(home, { FORWARDS: forwards, TARGET: new URL(server.address).port }),
      PATH: [home, process.env.PATH].join(delimiter),
      PLATFORM: join(home, "platform.ts"),
    });
    const io = (answer = "") => scriptedIo({ env: environment(), secret: () => PASSWORD, answer: () => answer });
    /** A command of `npm run ops`, with nothing but a home and the config to find the Vault by. */
    const run = async (words: string, answers: OpsWorld["answers"]) => {
      const ended = await ops(words, { env: environment() as Record<string, string>, answers });
      expect([ended.code, ended.err]).toEqual([0, expect.stringContaining("pod sample-vault-0 in cluster local")]);
      return ended.out;
    };
    const at = async <T>(work: () => Promise<T>): Promise<T> => {
      process.env.CDKTF_OUTDIR = join(home, "cdktf.out");
      return work().finally(() => delete process.env.CDKTF_OUTDIR);
    };
    const up = async (name = "local") => {
      const world = io();
      await at(() =>
        bringUp(world, platform, {
          environments: [name],
          shares: 3,
          threshold: 2,
          outDir: join(home, `shares`),
          syncTimeoutMs: 0,
        }),
      );
      return world;
    };
    const exists = async (path: string) => (await cluster.request("GET", path)).status === 200;

    beforeAll(async () => {
      [cluster, server] = await Promise.all([
        startKubernetes({ scheduler: true, kwok: true }),
        startVault({ storage: "file" }),
      ]);
      writeFileSync(join(home, "kubectl"), KUBECTL);
      chmodSync(join(home, "kubectl"), 0o755);
      const audit = join(temporaryFolder("audit"), "audit.log");
      const config: PlatformConfig = {
        ...sample,
        vaults: {
          main: {
            ...sample.vaults.main!,
            chart: { repository: "", name: join(charts!, "vault") },
            audit: [
              { type: "file", path: audit },
              { type: "file", path: "stdout" },
            ],
          },
        },
        clusters: {
          local: {
            context: "live",
            kubeconfig: cluster.kubeconfig,
            operator: { chart: { repository: "", name: join(charts!, "vault-secrets-operator") } },
          },
        },
        environments: { local: sample.environments.local!, dev: { vault: "main" } },
      };
      writeFileSync(join(home, "platform.ts"), `export default ${JSON.stringify(config)};\n`);
      const resolved = resolvePlatform(config);
      // In its pod Vault reviews tokens with its own service account, which this one has not: it is given the cluster's
      // public key.
      const login = loginByKey(cluster);
      platform = {
        ...resolved,
        clusters: resolved.clusters.map((each) => ({ ...each, auths: each.auths.map((auth) => ({ ...auth, login })) })),
        tenants: resolved.tenants.map((tenant) => ({
          ...tenant,
          delivery: tenant.delivery && { ...tenant.delivery, login: "jwt" as const },
        })),
      };
    }, TIMEOUT_MS);

    test(
      "a cluster without a storage class is refused before anything is made, with the remedy",
      async () => {
        await expect(up()).rejects.toThrow(
          /nothing was changed:\n- cluster local: has no default storage class.*make one the default/,
        );
        expect(await exists("/api/v1/namespaces/sample-vault")).toBe(false);
      },
      TIMEOUT_MS,
    );

    test(
      "from an empty cluster to an environment, through a port-forward that ends with the run",
      async () => {
        for (const name of ["data", "audit"])
          await cluster.ok("POST", "/api/v1/persistentvolumes", {
            metadata: { name },
            spec: {
              capacity: { storage: "10Gi" },
              accessModes: ["ReadWriteOnce"],
              hostPath: { path: `/nowhere/${name}` },
              persistentVolumeReclaimPolicy: "Retain",
            },
          });
        before = await clusterInventory(cluster);
        const world = await up();
        expect(world.questions).toEqual(["New password of platform-admin", "The same once more"]);
        expect(world.errLines.map((line) => line.trim().replace(/ \([^()]*s\)$/, ""))).toEqual(
          expect.arrayContaining([
            "done: sample-vault-0 runs",
            "done: 3 key shares, any 2 of which are enough",
            "done: 1 root token",
          ]),
        );
        const [line = ""] = readFileSync(forwards, "utf8").split("\n");
        // No variable of Vault's in its environment, no secret in its arguments; and it is gone.
        expect(line).toMatch(
          new RegExp(
            /^\d+ --kubeconfig \S+ --context live --namespace sample-vault /.source +
              /port-forward --address 127\.0\.0\.1 pod\/sample-vault-0 :8200 $/.source,
          ),
        );
        expect(existsSync(`/proc/${line.split(" ")[0]}`)).toBe(false);
      },
      TIMEOUT_MS,
    );

    test(
      "then the README's path as it is written, without VAULT_ADDR: invite, accept, and the first value",
      async () => {
        expect(Object.keys(environment()).filter((name) => name.startsWith("VAULT_"))).toEqual([]);
        const owner = "sample-node-api-admin";
        const own = "an-own-battery-of-9-horses";
        const invited = await run(`users invite ${owner}`, [
          [/User name in Vault main/, "platform-admin"],
          [/Password of platform-admin/, PASSWORD],
        ]);
        await run(`users accept ${owner}`, [
          [/Token of the invitation/, /hvs\.[\w-]+/.exec(invited)![0]],
          [/New password/, own],
          [/once more/, own],
        ]);
        const out = await run("secrets set sample-node-api local PRIVATE_NODE_API_DB_PASSWORD", [
          [/User name in Vault main/, owner],
          [/Password of sample-node-api-admin/, own],
          [/Value of PRIVATE_NODE_API_DB_PASSWORD/, "a value of a person's"],
        ]);
        expect(out).toContain("is set: version 2 of kvv2/sample/sample-node-api/sample-node-api-local");
        const all = readFileSync(forwards, "utf8").trim().split("\n");
        expect(all.length).toBeGreaterThan(3);
        for (const line of all) expect(existsSync(`/proc/${line.split(" ")[0]}`)).toBe(false);
      },
      TIMEOUT_MS,
    );

    test(
      "down keeps the volumes, without a login; up finds everything again",
      async () => {
        const world = io();
        await at(() => takeDown(world, platform, { environments: [], deleteSecrets: false, yes: false }));
        expect(world.questions).toHaveLength(1);
        expect(world.outLines[0]).toContain("left: the volumes of Vault main, in namespace sample-vault, sealed");
        expect(await exists("/apis/apps/v1/namespaces/sample-vault/statefulsets/sample-vault")).toBe(false);
        expect((await clusterInventory(cluster)).claims).toEqual([
          "sample-vault/audit-sample-vault-0",
          "sample-vault/data-sample-vault-0",
        ]);
        expect(await exists("/api/v1/namespaces/sample")).toBe(false);
        // Another environment this time, which has no cluster: what is tried is the server.
        const again = await up("dev");
        expect(again.questions).toEqual([expect.stringContaining("Password of platform-admin")]);
        expect(again.errLines.join("\n")).toMatch(/sample-access-main\)\n\s+done: as it should be/);
      },
      TIMEOUT_MS,
    );

    test(
      "down with the values takes the server with all that is in it: nothing is left in the cluster",
      async () => {
        const world = io("sample");
        await at(() => takeDown(world, platform, { environments: [], deleteSecrets: true, yes: false }));
        expect(world.outLines).toEqual(["nothing of it is left."]);
        expect(await clusterInventory(cluster)).toEqual(before);
      },
      TIMEOUT_MS,
    );
  },
);
