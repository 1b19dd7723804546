import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ServerProcess, temporaryFolder } from "../live/servers";
import { until, type Cluster } from "./cluster";

/** Where the clients write. */
export interface LoadTarget {
  /** The service's address. */
  readonly host: string;
  readonly port: number;
  /** The name that the certificate must be for. */
  readonly servername: string;
  /** File of the CA. */
  readonly caFile: string;
  /** Below which path of a kv-v2 mount, with `data/` in it. */
  readonly prefix: string;
}

/** A write that Vault has acknowledged. */
export interface Acknowledged {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly client: number;
  readonly path: string;
}

/** A write that Vault has not acknowledged, and what was said instead. */
interface Failed extends Omit<Acknowledged, "path"> {
  readonly failed: string;
}

const TSX = pathToFileURL(require.resolve("tsx")).href;
const CLIENTS = join(__dirname, "load-clients.ts");

/** Four clients that write all the time, from the cluster's network, each write to a path of its own. */
export class Load {
  private constructor(
    private readonly cluster: Cluster,
    private readonly process: ServerProcess,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** Starts them; returns when each has written ten times. The token is in their environment alone. */
  static async start(cluster: Cluster, target: LoadTarget, token: string): Promise<Load> {
    const env = { LOAD: JSON.stringify(target), VAULT_TOKEN: token };
    const [command, ...args] = cluster.inside([process.execPath, "--import", TSX, CLIENTS, "write"]);
    const folder = temporaryFolder("load");
    const load = new Load(cluster, new ServerProcess({ name: "load", command, args, folder, env }), env);
    await load.untilEachWrites(10);
    return load;
  }

  /** Every write that was acknowledged until now, and every one that was not. */
  get writes(): { readonly acknowledged: readonly Acknowledged[]; readonly failed: readonly Failed[] } {
    // The last line may not be whole yet.
    const lines = readFileSync(this.process.logFile, "utf8").split("\n").slice(0, -1);
    const all = lines.map((line) => JSON.parse(line) as Acknowledged | Failed);
    return {
      acknowledged: all.filter((each): each is Acknowledged => "path" in each),
      failed: all.filter((each): each is Failed => "failed" in each),
    };
  }

  /** Waits until each client has written so many times more. */
  async untilEachWrites(count: number, timeoutMs = 120_000): Promise<void> {
    const since = Date.now();
    const each = async () =>
      [1, 2, 3, 4].map((name) => this.since(since).filter(({ client }) => client === name).length);
    await until(`${count} writes of each client`, each, (seen) => seen.every((writes) => writes >= count), timeoutMs);
  }

  /**
   * The longest time in which no write of any client was acknowledged, and the longest of a single client's, in
   * seconds, from this moment on.
   */
  silence(since: number): { readonly all: number; readonly one: number } {
    const writes = this.since(since);
    const longest = (times: readonly number[]) =>
      times.reduce((most, at, i) => Math.max(most, at - (times[i - 1] ?? since)), 0) / 1000;
    const of = (name: number) => writes.filter(({ client }) => client === name).map(({ at }) => at);
    return {
      all: longest(writes.map(({ at }) => at)),
      one: Math.max(...[1, 2, 3, 4].map((name) => longest(of(name)))),
    };
  }

  /** Ends the clients, and reads back all that was acknowledged. Returns the paths of what is lost. */
  async lost(): Promise<readonly string[]> {
    await this.process.stop();
    const words = [process.execPath, "--import", TSX, CLIENTS, "read", this.process.logFile];
    return (await this.cluster.exec(words, this.env)).split("\n").filter(Boolean);
  }

  private since(at: number): readonly Acknowledged[] {
    return this.writes.acknowledged.filter((each) => each.at >= at);
  }
}
