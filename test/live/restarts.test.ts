import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Seen } from "../../cli/ops/restart/look";
import type { EnvironmentConfig } from "../../model";
import { ops } from "./ops";
import { startOperator } from "./operator";
import {
  chartsFolder,
  describeLive,
  pause,
  startKubernetes,
  startVault,
  temporaryFolder,
  type KubernetesCluster,
  type VaultServer,
} from "./servers";
import { jobKubeconfig, jobUser } from "./job-kubeconfig";
import { onExistingVault } from "./up-helpers";
import { Workspace } from "./workspace";

const charts = chartsFolder();
jest.setTimeout(90_000);
const APP = "sample-node-api";
const KEYS = ["DB_USERNAME", "DB_PASSWORD", "MAIL_PASSWORD", "SESSION_KEY", "SIGNING_KEY"];
const PATH = `kvv2/data/sample/${APP}/${APP}-local`;
/** Longer than it is from one look of the operator to the next: refreshAfter and its jitter. */
const LOOK_MS = 7_500;
const TARGETS = [
  { kind: "Deployment", name: "api" },
  { kind: "StatefulSet", name: "store" },
  { kind: "DaemonSet", name: "agent" },
] as const;

describeLive(
  ["vault", "kubernetes", "kubectl", "terraform-providers", "operator", "charts"],
  "with the operator: pods with older values",
  () => {
    let server: VaultServer;
    let cluster: KubernetesCluster;
    let workspace: Workspace;

    const platform = (environment: Partial<EnvironmentConfig>) =>
      onExistingVault(server, cluster, charts!, {
        environments: {
          local: {
            vault: "main",
            cluster: "local",
            namespace: "sample",
            refreshAfter: "5s",
            secretOwner: "operator",
            ...environment,
          },
        },
        apps: {
          [APP]: { owner: "team", keys: KEYS, environments: ["local"], restartTargets: TARGETS, kubernetes: {} },
        },
        people: { groups: {}, users: {} },
      });
    const run = async (
      words: string,
      environment: Partial<EnvironmentConfig> = {},
      { kubeconfig = cluster.kubeconfig, confirm = true, secret = "" } = {},
    ) => {
      const file = join(temporaryFolder("platform"), "platform.ts");
      writeFileSync(file, `export default ${JSON.stringify(platform(environment))};\n`);
      return ops(server, words.split(" "), {
        env: { PLATFORM: file, VAULT_TOKEN: server.rootToken, TF_VAR_kubeconfig_local: kubeconfig },
        confirm: () => confirm,
        secret: () => secret,
      });
    };
    const look = async (kubeconfig?: string) => {
      const io = await run(`restart ${APP} --environment local --check --json`, {}, { kubeconfig });
      const { workloads } = JSON.parse(io.outLines.join("\n")) as { workloads: Seen[] };
      return { code: io.code, workloads, older: workloads.map(({ name, older }) => `${name}: ${older.length}`) };
    };
    const at = (kind: string) => `/apis/apps/v1/namespaces/sample/${kind.toLowerCase()}s`;
    const generation = async () => {
      const { metadata } = await cluster.ok<{ metadata: { generation: number } }>("GET", `${at("Deployment")}/api`);
      return metadata.generation;
    };
    const valueOf = async (key: string) => {
      const path = `/api/v1/namespaces/sample/secrets/${APP}-local-secrets`;
      const { body } = await cluster.request<{ data?: Record<string, string> }>("GET", path);
      return Buffer.from(body.data?.[key] ?? "", "base64").toString("utf8");
    };
    /** Writes one key as a version of its own. */
    const set = (key: string, value: string) =>
      server.ok("PATCH", PATH, {
        body: { data: { [key]: value } },
        headers: { "content-type": "application/merge-patch+json" },
      });
    const arrives = (key: string, value: string) =>
      cluster.until(async () => (await valueOf(key)) === value, `the Secret has ${key} ${value}`, 40_000);
    /** A value that pods do not have: they began at least a second before, which is how exact Kubernetes' times are. */
    const change = async (value: string) => {
      await pause(1_100);
      await set("DB_PASSWORD", value);
      await arrives("DB_PASSWORD", value);
    };

    beforeAll(async () => {
      [cluster, server] = await Promise.all([
        startKubernetes({ scheduler: true, kwok: true }),
        startVault({ storage: "dev" }),
      ]);
      await cluster.kubectl("apply", "--server-side", "-f", join(charts!, "vault-secrets-operator", "crds"));
      workspace = new Workspace(platform({}), { VAULT_TOKEN: server.rootToken });
      await workspace.apply("sample-access-main");
      await workspace.apply("sample-local");
      await startOperator(cluster);
      await set("DB_PASSWORD", "first");
      await arrives("DB_PASSWORD", "first");
      await pause(1_100);
      const labels = { app: "x" };
      for (const { kind, name } of [...TARGETS, { kind: "Deployment", name: "bystander" }])
        await cluster.ok("POST", at(kind), {
          metadata: { name },
          spec: {
            ...(kind !== "DaemonSet" && { replicas: kind === "Deployment" ? 3 : 2 }),
            ...(kind === "StatefulSet" && { serviceName: name }),
            selector: { matchLabels: { ...labels, name } },
            template: {
              metadata: { labels: { ...labels, name } },
              spec: { containers: [{ name: "app", image: "app" }] },
            },
          },
        });
      await cluster.kubectl("-n", "sample", "rollout", "status", "statefulset/store", "--timeout=30s");
      await cluster.kubectl("-n", "sample", "rollout", "status", "deployment/api", "--timeout=30s");
      await cluster.kubectl("-n", "sample", "rollout", "status", "daemonset/agent", "--timeout=30s");
    }, 120_000);

    test("pods that began after the last change are not older", async () => {
      expect(await look()).toMatchObject({ code: 0, older: ["api: 0", "store: 0", "agent: 0"] });
    });

    test("after a change all are, by the Secret's metadata and by the operator's word alike", async () => {
      await change("second");
      const { code, older, workloads } = await look();
      expect([code, older]).toEqual([3, ["api: 3", "store: 2", "agent: 1"]]);
      expect(workloads.every(({ pods, older: names }) => pods === names.length)).toBe(true);
      // Somebody who may not read the Secret.
      const kinds = "pods,deployments.apps,statefulsets.apps,daemonsets.apps,vaultstaticsecrets.secrets.hashicorp.com";
      await cluster.kubectl("-n", "sample", "create", "role", "r", "--verb=get,list,patch", `--resource=${kinds}`);
      await cluster.kubectl("-n", "sample", "create", "rolebinding", "r", "--role=r", `--user=${jobUser("restarter")}`);
      const theirs = await look(jobKubeconfig(cluster, workspace, "restarter"));
      expect(theirs.older).toEqual(older);
      const [one, other] = [workloads, theirs.workloads].map(([first]) => Date.parse(first!.changed!));
      expect(Math.abs(one! - other!)).toBeLessThanOrEqual(2_000);
    });

    test("outside the windows nothing is restarted; who says no restarts nothing", async () => {
      const before = await generation();
      const hours = new Date().getUTCHours();
      const window = {
        from: `${String((hours + 5) % 24).padStart(2, "0")}:00`,
        to: `${String((hours + 6) % 24).padStart(2, "0")}:00`,
      };
      const closed = await run(`restart ${APP} --environment local --yes`, { restarts: { windows: [window] } });
      expect([closed.code, closed.errLines.at(-1)]).toEqual([
        3,
        expect.stringMatching(
          `no window is open, so nothing is restarted; the next opens .* ${window.from} UTC`,
        ) as string,
      ]);
      const refused = await run(`restart ${APP} --environment local`, {}, { confirm: false });
      expect([refused.code, refused.questions]).toEqual([3, ["Restart 3 workloads in local, for 6 older pods?"]]);
      expect(await generation()).toBe(before);
    });

    test("restarts one workload after another until no pod is older, and touches no other", async () => {
      // A pod that begins in the second of the change counts as older: times are in whole seconds.
      await pause(1_100);
      const io = await run(`restart ${APP} --environment local --yes`);
      expect([io.code, io.outLines.at(-1)]).toEqual([0, "3 workloads restarted, and up."]);
      const said = io.errLines.map((line) => line.split(":")[0]);
      expect([...new Set(said)]).toEqual([
        "Deployment sample/api",
        "StatefulSet sample/store",
        "DaemonSet sample/agent",
      ]);
      // One after the other: what is said of one comes before all of the next.
      expect(said).toEqual([...said].sort((a, b) => [...new Set(said)].indexOf(a) - [...new Set(said)].indexOf(b)));
      expect(await look()).toMatchObject({ code: 0, older: ["api: 0", "store: 0", "agent: 0"] });
      const bystander = await cluster.ok<{ metadata: { generation: number } }>("GET", `${at("Deployment")}/bystander`);
      expect(bystander.metadata.generation).toBe(1);
      expect((await run(`restart ${APP} --environment local`)).outLines.at(-1)).toBe(
        "No pod is older than its values.",
      );
    });

    test("the first that does not come up ends it, with the pod and why; those after it are not begun", async () => {
      await change("third");
      await cluster.ok("POST", "/api/v1/namespaces/sample/resourcequotas", {
        metadata: { name: "full" },
        spec: { hard: { pods: "1" } },
      });
      const io = await run(`restart ${APP} --environment local --yes --timeout 5s`);
      await cluster.ok("DELETE", "/api/v1/namespaces/sample/resourcequotas/full");
      expect(io.code).toBe(1);
      const said = io.errLines.at(-1)!;
      expect(said).toMatch(/^Deployment sample\/api: it is not up after 5 s/);
      expect(said).toMatch(/ReplicaSet api-\w+: its pods are refused by the API server: .*exceeded quota: full/);
      expect(said).toContain("2 workloads not begun; run this again for the rest.");
      // And goes on once it can.
      const again = await run(`restart ${APP} --environment local --yes --batch 3`);
      expect([again.code, (await look()).older]).toEqual([0, ["api: 0", "store: 0", "agent: 0"]]);
    });

    test("automatic: five keys set between two looks of the operator are one restart", async () => {
      workspace.synthesize(platform({ restarts: "automatic" }));
      await workspace.apply("sample-local");
      const idle = await generation();
      await pause(2 * LOOK_MS);
      const first = await generation();
      // Where nothing changes nothing restarts; that the targets are new to the operator may be one.
      expect(first - idle).toBeLessThanOrEqual(1);
      await change("fourth");
      await cluster.until(async () => (await generation()) === first + 1, "the operator restarts");
      // Right after a look there are some seconds to the next.
      const before = first + 1;
      for (const key of KEYS) await set(key, "fifth");
      for (const key of KEYS) await arrives(key, "fifth");
      await pause(LOOK_MS);
      expect(await generation()).toBe(before + 1);
      const io = await run(`secrets set ${APP} local ${KEYS.join(" ")}`, {}, { secret: "sixth" });
      expect(io.outLines[0]).toMatch(
        /^DB_USERNAME, DB_PASSWORD, .* of sample-node-api in local are set: version \d+ of/,
      );
      for (const key of KEYS) await arrives(key, "sixth");
      await pause(LOOK_MS);
      expect(await generation()).toBe(before + 2);
      // Set so slowly that the operator looks in between, each is a restart of its own.
      for (const value of ["seventh", "eighth"]) {
        await set("DB_PASSWORD", value);
        await arrives("DB_PASSWORD", value);
      }
      await cluster.until(async () => (await generation()) === before + 4, "the operator restarts for each");
    }, 180_000);
  },
);
