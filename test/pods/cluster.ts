import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pause } from "../live/servers";
import { makeImages, type Image } from "./images";
import type { Parts } from "./parts";

/** An object of the API, as far as these tests look into it. */
export interface KubernetesObject {
  readonly metadata: { readonly name: string; readonly uid: string; readonly creationTimestamp: string };
}

/** What a command came to. */
interface Ran {
  readonly code: number;
  readonly output: string;
}

/**
 * Starts a cluster, and ends it at the end of standard input, also while it is starting. Nothing of it is left, nor of
 * a command in its network: what is no part of the cluster is ended first, and last a container that was on its way,
 * which has nobody who knows it: its root is in the cluster's folder. It has a mount namespace of its own, so that
 * the names of its networks are its own too: the script gives each cluster the same.
 */
const KEEPER = `
mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns || exit 1
"$0" "$1" start >"$1/start.log" 2>&1 &
cat >/dev/null
kill $! 2>/dev/null; wait $!
for each in $(ip netns pids vt-cluster 2>/dev/null); do
  grep -qx $each "$1"/*.pid || grep -q "$1/n" /proc/$each/cmdline || kill -9 $each
done 2>/dev/null
"$0" "$1" stop
own=$(readlink /proc/$$/ns/mnt)
for each in /proc/[0-9]*; do
  [ "$(readlink $each/ns/mnt)" = "$own" ] || ! grep -q "$1/" $each/mountinfo || kill -9 "\${each#/proc/}"
done 2>/dev/null
rm -rf "$1"`;

/**
 * A Kubernetes of containers that this test file started; others may run beside it. It ends with `stop`, and by itself
 * when this process is gone, however that ended.
 */
export class Cluster {
  /** The admin's kubeconfig, with the sample's context. */
  readonly kubeconfig: string;

  private constructor(
    private readonly parts: Parts,
    readonly folder: string,
    /** Its standard input ends with this process at the latest. */
    private readonly keeper: ChildProcess,
    private readonly nodes: number,
  ) {
    this.kubeconfig = join(folder, "kubeconfig");
  }

  /**
   * Starts one of `nodes` nodes (1 to 3), with these images on each: 20 s on an idle machine. `turn` says when, counted
   * from 0, beside other test files. Throws with what the script said when it does not come up.
   */
  static async start(parts: Parts, images: readonly Image[], turn: number, nodes = 1): Promise<Cluster> {
    const files = await makeImages(parts, images);
    const mine = await takeTurn(turn);
    // Not a folder of the live tests: those go before a cluster has ended that was left alone.
    const folder = mkdtempSync(join(tmpdir(), "pods-"));
    const keeper = spawn("unshare", ["--mount", "sh", "-c", KEEPER, parts.cluster, folder], {
      detached: true,
      env: environment(parts, nodes),
      stdio: ["pipe", "ignore", "ignore"],
    });
    const cluster = new Cluster(parts, folder, keeper, nodes);
    try {
      const log = async () => readFileSync(join(folder, "start.log"), "utf8");
      const ready = (text: string) => text.match(/^node-\d\s+Ready/gm)?.length === nodes;
      await until("the nodes", log, ready, 150_000).finally(() => mine.end());
      await cluster.import(files);
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** What runs a command in the cluster's mount namespace, in the folder of who calls it. */
  private get entry() {
    return ["nsenter", `--mount=/proc/${this.keeper.pid}/ns/mnt`, "--wd=."] as const;
  }

  /** A command line that runs another one in the cluster's network. */
  inside(command: readonly string[]): readonly [string, ...string[]] {
    return [...this.entry, this.parts.cluster, this.folder, "exec", ...command];
  }

  /** Makes images, and loads them into every node. */
  async load(images: readonly Image[]): Promise<void> {
    await this.import(await makeImages(this.parts, images));
  }

  private async import(files: readonly string[]): Promise<void> {
    const [program, ...words] = [...this.entry, this.parts.cluster, this.folder, "image", ...files] as const;
    const { code, output } = await run(program, words, environment(this.parts, this.nodes));
    if (code !== 0) throw new Error(`images: ${output}`);
  }

  /** Runs kubectl as the admin. Throws with its words when it fails. */
  async kubectl(...words: readonly string[]): Promise<string> {
    return this.exec(["kubectl", "--kubeconfig", this.kubeconfig, ...words]);
  }

  /**
   * Runs a command in the cluster's network, as `kubectl` does; returns what it printed. `env` is its environment
   * beside PATH and HOME, `stdin` its input.
   */
  async exec(command: readonly string[], env: Readonly<Record<string, string>> = {}, stdin = ""): Promise<string> {
    const [program, ...words] = this.inside(command);
    const { code, output } = await run(program, words, env, stdin);
    if (code !== 0) throw new Error(`${command.join(" ")}: ${output}`);
    return output;
  }

  /** Applies objects. */
  async apply(...objects: readonly object[]): Promise<void> {
    const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
    await this.exec(["kubectl", "--kubeconfig", this.kubeconfig, "apply", "-f", "-"], {}, list);
  }

  /** Adds volumes to the three that there are: a claim that is gone leaves its volume used up. */
  async addVolumes(count: number): Promise<void> {
    const node = { key: "kubernetes.io/hostname", operator: "In", values: ["node-1"] };
    const volumes = Array.from({ length: count }, (_, i) => {
      const path = join(this.folder, "pv", `more-${i}`);
      mkdirSync(path, { recursive: true });
      chmodSync(path, 0o777);
      return {
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: { name: `more-${i}` },
        spec: {
          capacity: { storage: "20Gi" },
          accessModes: ["ReadWriteOnce"],
          storageClassName: "standard",
          local: { path },
          nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [node] }] } },
        },
      };
    });
    await this.apply(...volumes);
  }

  /** The objects of a kind in a namespace, e.g. `pods`; `selector` is a label selector. */
  async list<T extends KubernetesObject>(namespace: string, kind: string, selector = ""): Promise<readonly T[]> {
    const words = ["--namespace", namespace, "get", kind, "--selector", selector, "--output", "json"];
    return (JSON.parse(await this.kubectl(...words)) as { items: readonly T[] }).items;
  }

  /** What an installation might leave behind, by kind: the names of objects, with their namespaces. */
  async inventory(): Promise<Readonly<Record<string, readonly string[]>>> {
    const kinds = [
      ...["namespaces", "customresourcedefinitions", "clusterroles", "clusterrolebindings", "secrets"],
      ...["persistentvolumeclaims", "mutatingwebhookconfigurations", "validatingwebhookconfigurations", "pods"],
    ];
    const lists = kinds.map(async (kind) => {
      const words = ["get", kind, "--all-namespaces", "--output", "name", "--ignore-not-found"];
      return [kind, (await this.kubectl(...words)).split("\n").filter(Boolean).sort()] as const;
    });
    return Object.fromEntries(await Promise.all(lists));
  }

  /** Ends everything of it. */
  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.keeper.once("exit", resolve));
    this.keeper.stdin?.end();
    await gone;
  }
}

/**
 * Waits until something is so; looks every `everyMs` milliseconds. Throws, with what it was at last, after `timeoutMs`
 * milliseconds. A look is a kubectl, most often, of a tenth of a second and more of the machine.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T>,
  isSo: (seen: T) => boolean,
  timeoutMs = 60_000,
  everyMs = 1_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    // An error of Node's own is no Error of jest's.
    const seen = await look().then(
      (value) => ({ value, text: String(value) }),
      (error: unknown) => ({ text: String(error) }),
    );
    if ("value" in seen && isSo(seen.value)) return seen.value;
    if (Date.now() > deadline) throw new Error(`${what}: not after ${timeoutMs / 1000} s; it is ${seen.text}`);
    await pause(everyMs);
  }
}

/** Clusters that start at a time: of more, none is ready in time on two cores. */
const AT_A_TIME = 2;

/**
 * Waits for a turn to start a cluster, between processes: each takes one of the locks, in the order of their turns. It
 * is another's turn after `end`, or with the end of this process.
 */
async function takeTurn(turn: number): Promise<{ end(): void }> {
  await pause(turn * 1_000);
  const file = join(tmpdir(), `pods-turns-${turn % AT_A_TIME}.lock`);
  const lock = spawn("flock", [file, "sh", "-c", "echo taken; exec cat >/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(lock.stdout, "data");
  return { end: () => lock.stdin.end() };
}

function environment({ servers }: Parts, nodes: number): Record<string, string | undefined> {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, NODES: String(nodes), LIVE_SERVERS_BIN: servers };
}

function run(
  command: string,
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
  stdin = "",
): Promise<Ran> {
  return new Promise((resolve) => {
    const { PATH, HOME } = process.env;
    const options = { env: { PATH, HOME, ...env }, encoding: "utf8", maxBuffer: 64 << 20 } as const;
    const child = execFile(command, words, options, (error, stdout, stderr) =>
      resolve({ code: error ? 1 : 0, output: error ? `${stdout}${stderr}${error.message}` : stdout }),
    );
    // A command that does not read it may be gone by then.
    child.stdin?.on("error", () => undefined).end(stdin);
  });
}
