import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import {
  describeLive,
  pause,
  startKubernetes,
  startVault,
  temporaryFolder,
  type KubernetesCluster,
  type VaultServer,
} from "./servers";

const atOnce = <T>(start: Promise<T>): Promise<{ value: T; ms: number }> => {
  const started = Date.now();
  return start.then((value) => ({ value, ms: Date.now() - started }));
};

describeLive(["vault"], "a Vault of the harness", () => {
  let vault: VaultServer;
  beforeAll(async () => {
    vault = await startVault({ storage: "dev" });
  });

  test("dev is ready in less than two seconds, and its log does not hold the root token", async () => {
    const { value, ms } = await atOnce(startVault({ storage: "dev" }));
    expect((await value.request("GET", "sys/health")).status).toBe(200);
    expect(value.logs()).not.toContain(value.rootToken);
    expect(ms).toBeLessThan(2000);
    await value.remove();
    expect(existsSync(value.folder)).toBe(false);
  });

  const kill = (server: VaultServer): Promise<void> => server.kill9().then(() => server.start());
  test.each<["file" | "raft", string, (server: VaultServer) => Promise<void>]>([
    ["file", "a restart", (server) => server.restart()],
    ["file", "a kill", kill],
    ["raft", "a kill", kill],
  ])("%s storage keeps its data over %s, and is sealed after it", async (storage, _, interrupt) => {
    const kept = await startVault({ storage });
    await kept.init(3, 2);
    await kept.unseal();
    await kept.ok("POST", "sys/mounts/kvv2", { body: { type: "kv-v2" } });
    const before = kept.pid;
    await interrupt(kept);
    expect(kept.pid).not.toBe(before);
    expect((await kept.request("GET", "sys/health")).status).toBe(503);
    await kept.unseal(kept.keys.slice(1));
    expect((await kept.request("GET", "sys/mounts/kvv2")).status).toBe(200);
    await kept.remove();
  });

  test("an audit file holds the requests, and no token in clear", async () => {
    const file = await vault.enableAudit();
    await vault.ok("GET", "sys/mounts");
    const audit = readFileSync(file, "utf8");
    expect(audit).toContain('"path":"sys/mounts"');
    expect(audit).not.toContain(vault.rootToken);
  });

  test("configuration is laid over the server's own", async () => {
    const other = await startVault({ storage: "dev", config: { default_lease_ttl: "30m", max_lease_ttl: "90m" } });
    const tune = await other.ok<{ data: { max_lease_ttl: number } }>("GET", "sys/mounts/cubbyhole/tune");
    expect(tune.data.max_lease_ttl).toBe(5400);
    await other.remove();
  });

  (existsSync("/proc/self/cmdline") ? test : test.skip)(
    "no token is an argument, and no variable of the caller's reaches the server",
    () => {
      expect(readFileSync(`/proc/${vault.pid}/cmdline`, "utf8")).not.toContain("hvs.");
      expect(
        readFileSync(`/proc/${vault.pid}/environ`, "utf8")
          .split("\0")
          .filter(Boolean)
          .map((entry) => entry.split("=")[0])
          .sort(),
      ).toEqual(["HOME", "PATH"]);
    },
  );
});

describeLive(["vault", "openssl"], "a Vault that another one unseals", () => {
  test("it comes up unsealed after each start", async () => {
    const other = await startVault({ storage: "dev", tls: true });
    const vault = await startVault({ storage: "file", seal: other, tls: true });
    const { keys } = await vault.init(3, 2);
    expect(keys).toHaveLength(3);
    await vault.restart();
    await vault.waitUntilActive();
    expect((await vault.ok<{ recovery_seal: boolean }>("GET", "sys/seal-status")).recovery_seal).toBe(true);
  });
});

describeLive(["vault", "kubernetes", "nodes"], "a Kubernetes API of the harness", () => {
  let cluster: KubernetesCluster;
  let startMs = 0;
  beforeAll(async () => {
    ({ value: cluster, ms: startMs } = await atOnce(startKubernetes({ nodes: 2, scheduler: true, kwok: true })));
    await cluster.createNamespace("sample");
    await cluster.createServiceAccount("sample", "app");
  });

  test("it is ready, with two nodes, in less than twelve seconds", async () => {
    const { items } = await cluster.ok<{ items: unknown[] }>("GET", "/api/v1/nodes");
    expect(items).toHaveLength(2);
    expect(startMs).toBeLessThan(12_000);
  });

  test("a service account's token has the audience asked for, and RBAC decides what it may do", async () => {
    const token = await cluster.token("sample", "app", "vault");
    const review = await cluster.ok<{ status: { authenticated: boolean; user: { username: string } } }>(
      "POST",
      "/apis/authentication.k8s.io/v1/tokenreviews",
      { spec: { token, audiences: ["vault"] } },
    );
    expect(review.status).toMatchObject({
      authenticated: true,
      user: { username: "system:serviceaccount:sample:app" },
    });
    expect((await cluster.request("GET", "/api/v1/secrets", undefined, { token })).status).toBe(401);
    expect(
      (await cluster.request("GET", "/api/v1/secrets", undefined, { token: await cluster.token("sample", "app") }))
        .status,
    ).toBe(403);
    expect(JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"))).toMatchObject({
      iss: cluster.issuer,
      aud: ["vault"],
    });
  });

  test("a deployment's pods are given a node and run", async () => {
    const labels = { app: "a" };
    const spec = {
      replicas: 3,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "a", image: "a" }] } },
    };
    await cluster.ok("POST", "/apis/apps/v1/namespaces/sample/deployments", { metadata: { name: "a" }, spec });
    const ready = async (): Promise<boolean> =>
      (await cluster.ok<{ status: { readyReplicas?: number } }>("GET", "/apis/apps/v1/namespaces/sample/deployments/a"))
        .status.readyReplicas === 3;
    await cluster.until(ready, "three pods are ready");
  });

  test("CRDs of a folder are served when applyCrds returns", async () => {
    const schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
    const crd = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "things.example.com" },
      spec: {
        group: "example.com",
        scope: "Namespaced",
        names: { plural: "things", kind: "Thing" },
        versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } }],
      },
    };
    const folder = join(cluster.folder, "crds");
    mkdirSync(folder);
    writeFileSync(join(folder, "things.json"), JSON.stringify(crd));
    await cluster.applyCrds(folder);
    await cluster.ok("POST", "/apis/example.com/v1/namespaces/sample/things", {
      apiVersion: "example.com/v1",
      kind: "Thing",
      metadata: { name: "one" },
    });
  });

  test("a service account logs in by token review, with the audience of the role alone", async () => {
    const vault = await startVault({ storage: "dev" });
    await cluster.createServiceAccount("sample", "reviewer");
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" };
    const subjects = [{ kind: "ServiceAccount", namespace: "sample", name: "reviewer" }];
    await cluster.ok("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
      metadata: { name: "reviewer" },
      roleRef,
      subjects,
    });
    const reviewer = await cluster.token("sample", "reviewer");
    await vault.ok("POST", "sys/auth/kubernetes", { body: { type: "kubernetes" } });
    await vault.ok("POST", "auth/kubernetes/config", {
      body: { kubernetes_host: cluster.address, kubernetes_ca_cert: cluster.ca, token_reviewer_jwt: reviewer },
    });
    await vault.ok("POST", "auth/kubernetes/role/app", {
      body: { bound_service_account_names: "app", bound_service_account_namespaces: "sample", audience: "vault" },
    });
    const login = async (audience?: string): Promise<number> =>
      (
        await vault.request("POST", "auth/kubernetes/login", {
          token: "",
          body: { role: "app", jwt: await cluster.token("sample", "app", audience) },
        })
      ).status;
    expect([await login("vault"), await login()]).toEqual([200, 403]);
  });

  test("stop ends every server", async () => {
    const pids = cluster.processes.map(({ pid }) => pid);
    expect(pids).toHaveLength(5);
    await cluster.stop();
    expect(pids.filter(isRunning)).toEqual([]);
  });
});

describeLive(["vault", "kubernetes"], "nothing is left behind", () => {
  // A process of its own, without jest: it starts servers, prints their ids and waits to be ended.
  const source = `
    const { startVault, startKubernetes } = require(${JSON.stringify(join(__dirname, "servers", "index.ts"))});
    const others = process.argv[2] === "with Kubernetes" ? startKubernetes() : { processes: [] };
    Promise.all([startVault({ storage: "file" }), others]).then(([vault, cluster]) => {
      vault.pause();
      const pids = [vault, ...cluster.processes].map((server) => server.pid);
      const folders = [vault, cluster].flatMap((server) => server.folder ?? []);
      process.stdout.write(JSON.stringify({ pids, folders }) + "\\n");
      process.on("message", () => { throw new Error("crash"); });
      setInterval(() => undefined, 1000);
    });`;
  const tsx = createRequire(__filename).resolve("tsx/package.json");

  test.each<[string, string, (child: ChildProcess) => void]>([
    ["an uncaught error", "alone", (child) => void child.send("crash")],
    ["an interrupt", "alone", (child) => void child.kill("SIGINT")],
    ["SIGTERM", "alone", (child) => void child.kill("SIGTERM")],
    ["SIGKILL", "with Kubernetes", (child) => void child.kill("SIGKILL")],
  ])("after %s a paused Vault, %s, is gone, and so are the folders", async (_, which, end) => {
    const program = join(temporaryFolder("program"), "program.cjs");
    writeFileSync(program, source);
    const child = spawn(
      process.execPath,
      ["--import", `file://${join(dirname(tsx), "dist", "loader.mjs")}`, program, which],
      {
        env: { ...process.env, KEEP_LIVE: "" },
        stdio: ["ignore", "pipe", "ignore", "ipc"],
      },
    );
    const ended = new Promise((resolve) => child.once("exit", resolve));
    const line = await new Promise<string>((resolve, reject) => {
      child.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString()));
      child.once("exit", () => reject(new Error("the program ended by itself")));
    });
    const { pids, folders } = JSON.parse(line) as { pids: number[]; folders: string[] };
    expect(pids.filter(isRunning)).toEqual(pids);
    end(child);
    await ended;
    const deadline = Date.now() + 10_000;
    while ((pids.some(isRunning) || folders.some((folder) => existsSync(folder))) && Date.now() < deadline)
      await pause(20);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
  });
});

// A process that ended and that nobody has asked about yet (a container without an init) still takes signals: Linux
// calls it Z.
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync("/proc/self/stat") || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
