import { join } from "node:path";
import { bringUp } from "../../cli/up/bring-up";
import { takeDown } from "../../cli/up/take-down";
import { resolvePlatform, type Platform } from "../../model";
import { scriptedIo } from "../cli/up/scripted-io";
import { startOperator } from "./operator";
import {
  chartsFolder,
  describeLive,
  startKubernetes,
  startVault,
  temporaryFolder,
  type KubernetesCluster,
  type ServerProcess,
  type VaultServer,
} from "./servers";
import { clusterInventory, commandEnvironment, inventory, onExistingVault } from "./up-helpers";

const charts = chartsFolder();
const TIMEOUT_MS = 120_000;
const PASSWORD = "correct-horse-battery-staple";

describeLive(
  ["vault", "kubernetes", "nodes", "terraform-providers", "operator", "charts"],
  "with Terraform: up, down, and nothing left",
  () => {
    let cluster: KubernetesCluster;
    let server: VaultServer;
    let operator: ServerProcess | undefined;
    let platform: Platform;
    const home = temporaryFolder("home");
    const before: Record<string, Record<string, readonly string[]>> = {};

    const io = (given: { answer?: string; confirm?: boolean; token?: string } = {}) =>
      scriptedIo({
        env: commandEnvironment(home, given.token ? { VAULT_TOKEN: given.token } : {}),
        secret: () => PASSWORD,
        answer: () => given.answer ?? "",
        confirm: () => given.confirm ?? true,
      });
    const up = async (environments: string[] = [], token?: string) => {
      const world = io({ token });
      await inPlace(home, () =>
        bringUp(world, platform, {
          environments,
          shares: 5,
          threshold: 3,
          syncTimeoutMs: 30_000,
          keepRootToken: true,
          afterStep: async (title) => {
            if (title.startsWith("Cluster local: the operator")) operator ??= await startOperator(cluster);
          },
        }),
      );
      return world;
    };
    const down = async (environments: string[], deleteSecrets: boolean, given: Parameters<typeof io>[0] = {}) => {
      const world = io(given);
      await inPlace(home, () => takeDown(world, platform, { environments, deleteSecrets, yes: false }));
      return world;
    };
    const value = async () =>
      (
        await server.request<{ data: { data: Record<string, string> } }>(
          "GET",
          "kvv2/data/sample/sample-node-api/sample-node-api-local",
        )
      ).body.data?.data.PRIVATE_NODE_API_DB_PASSWORD;
    const secret = async () => {
      const { body } = await cluster.request<{ data?: Record<string, string> }>(
        "GET",
        "/api/v1/namespaces/sample/secrets/sample-app-node-api-local-db-connection-secret",
      );
      return Buffer.from(body.data?.PRIVATE_NODE_API_DB_PASSWORD ?? "", "base64").toString("utf8");
    };

    beforeAll(async () => {
      [cluster, server] = await Promise.all([
        startKubernetes({ scheduler: true, kwok: true }),
        startVault({ storage: "dev" }),
      ]);
      before.vault = await inventory(server);
      before.cluster = await clusterInventory(cluster);
      platform = resolvePlatform(onExistingVault(server, cluster, charts!));
    }, TIMEOUT_MS);

    test(
      "up, from a new Vault and an empty API server to synced secrets",
      async () => {
        const world = await up([], server.rootToken);
        expect(world.questions).toEqual(["New password of platform-admin", "The same once more"]);
        expect(
          world.errLines
            .filter((line) => /done|FAILED/.test(line))
            .map((line) => line.replace(/ \([^()]*s\)$/, "").trim()),
        ).toEqual([
          "done: a root token, revoked at the end",
          "done: 35 changes",
          "done: platform-admin can log in",
          "done: 4 changes",
          "done: 18 changes",
          "done: 6 changes",
          "done: 2 synced",
        ]);
        await server.ok("POST", "kvv2/data/sample/sample-node-api/sample-node-api-local", {
          body: { data: { PRIVATE_NODE_API_DB_USERNAME: "app", PRIVATE_NODE_API_DB_PASSWORD: "a-persons-own" } },
        });
        await cluster.until(async () => (await secret()) === "a-persons-own", "the Secret has the value");
      },
      TIMEOUT_MS,
    );

    test(
      "down of one environment leaves the other, and its own values",
      async () => {
        const world = await down(["local"], false);
        expect(world.outLines).toEqual([
          "left: the values in Vault main, mount kvv2. npm run up finds them again; npm run down -- " +
            "--delete-secrets takes them too.",
        ]);
        expect((await cluster.request("GET", "/api/v1/namespaces/sample")).status).toBe(404);
        expect(await value()).toBe("a-persons-own");
        expect((await inventory(server)).policies).not.toContain("sample-node-api-local");
        expect((await inventory(server)).policies).toContain("sample-node-api-dev");
      },
      TIMEOUT_MS,
    );

    test(
      "up brings it back, with the value that was there",
      async () => {
        await up(["local"]);
        expect(await secret()).toBe("a-persons-own");
        expect(await value()).toBe("a-persons-own");
      },
      TIMEOUT_MS,
    );

    test(
      "a name that is not typed in deletes nothing",
      async () => {
        await expect(down([], true, { answer: "smaple" })).rejects.toThrow(
          'the name: given "smaple"; accepted: sample. Nothing was changed.',
        );
        await expect(down([], false, { confirm: false })).rejects.toThrow("nothing was changed");
        expect(await value()).toBe("a-persons-own");
      },
      TIMEOUT_MS,
    );

    test(
      "down of everything with the values, as platform-admin and with the operator gone: nothing is " +
        "left in Vault or the cluster",
      async () => {
        await operator?.stop();
        const world = await down([], true, { answer: "sample" });
        expect(world.errLines.join("\n")).toContain("no operator answers; its finalizer is taken off");
        expect(world.outLines).toEqual(["nothing of it is left."]);
        expect(await inventory(server)).toEqual(before.vault);
        const after = await clusterInventory(cluster);
        // The operator under test has a namespace of its own, which no stack made.
        expect({
          ...after,
          namespaces: after.namespaces!.filter((name) => name !== "operator-under-test"),
          secrets: after.secrets!.filter((name) => !name.startsWith("operator-under-test/")),
        }).toEqual(before.cluster);
        const tokens = await server.ok<{ data: { keys: string[] } }>("LIST", "auth/token/accessors");
        expect(tokens.data.keys).toHaveLength(1);
      },
      TIMEOUT_MS,
    );
  },
);

/** Synthesis writes below CDKTF_OUTDIR of this process. */
async function inPlace<T>(home: string, work: () => Promise<T>): Promise<T> {
  process.env.CDKTF_OUTDIR = join(home, "cdktf.out");
  try {
    return await work();
  } finally {
    delete process.env.CDKTF_OUTDIR;
  }
}
