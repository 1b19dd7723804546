import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { VaultClient, withoutTokens } from "../../vault";
import { OpsError } from "../errors";
import type { ThrowAwaySeal } from "./seal";

/** Vault ends a request that it has not read after 30 s; a snapshot may take longer. */
const UPLOAD = { http_read_timeout: "15m" };

/** How long it may take to start, and to end before it is killed. Milliseconds. */
const PATIENCE_MS = { start: 30_000, end: 10_000 } as const;
const EVERY_MS = 20;

/**
 * The guardian of the server: as soon as its own standard input ends it ends the server and removes the folder, and
 * that input ends however this program does, by SIGKILL too. Nothing of the server is worth an orderly end. Its words:
 * the folder, the program, the program's words.
 */
const GUARDIAN = `
folder=$1; shift
exec 3<&0
"$@" 3<&- </dev/null & server=$!
{ read -r _ <&3; kill -9 "$server"; } >/dev/null 2>&1 & watch=$!
exec 3<&- >/dev/null 2>&1
wait "$server"
kill "$watch" 2>/dev/null
rm -rf "$folder"`;

/** A server of the vault program on free ports of 127.0.0.1, with all that it writes in one folder. */
export class LocalServer {
  /** Without a token. */
  readonly client: VaultClient;
  private readonly ended: Promise<void>;
  private running = true;
  private log = "";

  private constructor(
    private readonly guardian: ChildProcess,
    address: string,
  ) {
    this.client = new VaultClient({ address, timeoutMs: 30_000 });
    for (const stream of [guardian.stdout!, guardian.stderr!])
      stream.on("data", (text: Buffer) => void (this.log = (this.log + text.toString("utf8")).slice(-16_384)));
    guardian.stdin!.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      for (const event of ["close", "error"] as const)
        guardian.once(event, () => {
          this.running = false;
          resolve();
        });
    });
  }

  /**
   * Starts it, not initialised, with its storage in `folder`, which is removed with it. Nothing of this program's
   * environment reaches it but what `seal` says. Throws an OpsError, with its last words, where it does not come up.
   */
  static async start(program: string, folder: string, seal: ThrowAwaySeal | undefined): Promise<LocalServer> {
    const [listen, cluster] = (await freePorts(2)).map((port) => `127.0.0.1:${port}`);
    const data = join(folder, "data");
    mkdirSync(data);
    const config = {
      // Storage has nothing in the clear, and who runs this may not lock memory.
      disable_mlock: true,
      api_addr: `http://${listen}`,
      cluster_addr: `https://${cluster}`,
      storage: { raft: { path: data, node_id: "throw-away", performance_multiplier: 1 } },
      listener: [{ tcp: { address: listen, cluster_address: cluster, tls_disable: true, ...UPLOAD } }],
      // Since Vault 2.0 key shares make no root token unless the server says so.
      enable_unauthenticated_access: ["generate-root"],
      ...(seal && { seal: seal.stanza }),
    };
    const file = join(folder, "server.json");
    writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
    const words = ["-c", GUARDIAN, "throw-away-vault", folder, program, "server", `-config=${file}`];
    // In a group of its own: Ctrl-C at the terminal ends this program, and with it the guardian's input.
    const guardian = spawn("/bin/sh", words, {
      cwd: "/",
      env: { PATH: "/usr/bin:/bin", HOME: folder, ...seal?.env },
      detached: true,
    });
    const server = new LocalServer(guardian, `http://${listen}`);
    const deadline = Date.now() + PATIENCE_MS.start;
    // Another's server may answer on this port while ours fails to have it; ours says when it has it.
    while (!server.log.includes("Vault server started!")) {
      if (!server.running || Date.now() > deadline) {
        await server.stop();
        throw new OpsError(`${program}: the throw-away server does not come up. ${server.lastError()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
    return server;
  }

  /** What its log says of the last error. */
  lastError(): string {
    const lines = this.log.trim().split("\n");
    // A full disk is followed by errors of what it broke; a write by memory map ends the server (SIGBUS).
    const told = [/no space left|SIGBUS/, /\[ERROR\]|^error|error=/i, /./].map((what) =>
      lines.filter((line) => what.test(line)),
    );
    return `Its log says: ${withoutTokens(told.flatMap((each) => each.slice(-1))[0] ?? "nothing")}`;
  }

  /** Ends it, and waits until it and its folder are gone. */
  async stop(): Promise<void> {
    this.client.close();
    this.guardian.stdin!.end();
    await Promise.race([this.ended, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS.end).unref())]);
  }
}

/** Free ports of 127.0.0.1: all are held until the last is known. */
async function freePorts(count: number): Promise<number[]> {
  const holders = await Promise.all(
    Array.from({ length: count }, async () => {
      const holder = createServer();
      await new Promise<void>((resolve, reject) => holder.once("error", reject).listen(0, "127.0.0.1", resolve));
      return holder;
    }),
  );
  const ports = holders.map((holder) => (holder.address() as AddressInfo).port);
  await Promise.all(holders.map((holder) => new Promise((resolve) => holder.close(resolve))));
  return ports;
}
