import { execFileSync, spawn } from "node:child_process";
import { openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "./cluster";
import { killAll, processesBelow } from "./commands";

/**
 * A node without power: its kubelet and every container are ended at once, nothing answers at its pods' addresses, and
 * no connection is closed. `end` starts it again.
 */
export class PowerFailure {
  private constructor(
    private readonly cluster: Cluster,
    /** Of `node-2`: 2. */
    private readonly number: string,
    private readonly kubelet: readonly string[],
  ) {}

  /** Begins one. `node` is its name. */
  static async of(cluster: Cluster, node: string): Promise<PowerFailure> {
    const number = node.replace("node-", "");
    const kubelet = Number(readFileSync(join(cluster.folder, `kubelet${number}.pid`), "utf8"));
    const command = readFileSync(`/proc/${kubelet}/cmdline`, "utf8").split("\0").filter(Boolean);
    const all = execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" }).split("\n");
    const shims = all.filter(
      (line) => line.includes("containerd-shim") && line.includes(`${cluster.folder}/n${number}/`),
    );
    await cluster.exec(["ip", "link", "set", `cni${number}`, "down"]);
    killAll([kubelet, ...shims.flatMap((line) => processesBelow(parseInt(line, 10)))]);
    return new PowerFailure(cluster, number, command);
  }

  /** The node is back: its kubelet finds what there was to run. */
  async end(): Promise<void> {
    const { cluster, number } = this;
    await cluster.exec(["ip", "link", "set", `cni${number}`, "up"]);
    const [command, ...words] = cluster.inside(this.kubelet);
    const log = openSync(join(cluster.folder, "logs", `kubelet${number}.log`), "a");
    const child = spawn(command, words, { detached: true, stdio: ["ignore", log, log] });
    child.unref();
    // By it the cluster's script ends the kubelet.
    writeFileSync(join(cluster.folder, `kubelet${number}.pid`), `${child.pid}\n`);
  }
}
