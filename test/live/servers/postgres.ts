import { execFile } from "node:child_process";
import { chmodSync, chownSync, existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { requireBinary } from "./binaries";
import { withFreePorts } from "./ports";
import { pause, ServerProcess, temporaryFolder } from "./processes";

const run = promisify(execFile);

/** The role that a new server has, which may do everything. */
const SUPERUSER = "super";

/** Who asks, where, and by which password. */
export interface Login {
  readonly user: string;
  readonly password: string;
  /** @default "postgres" */
  readonly database?: string;
}

/** A PostgreSQL that this test file started, on loopback, with passwords by SCRAM alone. */
export class PostgresServer {
  constructor(
    readonly host: string,
    readonly port: number,
    private readonly password: string,
    private readonly launch: () => ServerProcess,
  ) {}

  private process?: ServerProcess;

  /** Starts it, also after {@link stop}, on the same port and data, and waits until it answers. */
  async start(): Promise<void> {
    this.process = this.launch();
    await this.process.waitUntil(async () => (await this.sql("SELECT 1;")).length === 1);
  }

  /** Runs statements as the superuser. Throws with what the server said. Returns rows, columns parted by `|`. */
  async sql(statements: string, database = "postgres"): Promise<string[]> {
    return this.sqlAs({ user: SUPERUSER, password: this.password, database }, statements);
  }

  /** Runs statements as somebody. Throws with what the server said, e.g. that the password is wrong. */
  async sqlAs({ user, password, database = "postgres" }: Login, statements: string): Promise<string[]> {
    const args = ["-XqAt", "-v", "ON_ERROR_STOP=1", "-h", this.host, "-p", String(this.port), "-U", user, database];
    const child = run(psql(), args, {
      env: { PATH: process.env.PATH, PGPASSWORD: password, PGCONNECT_TIMEOUT: "10" },
    });
    // Refused, it ends before it has read them.
    child.child.stdin?.on("error", () => undefined).end(statements);
    const { stdout } = await child;
    return stdout.split("\n").filter((line) => line !== "");
  }

  /** Whether somebody can log in. Throws where the server does not say that it is the password, or the role. */
  async admits(login: Login): Promise<boolean> {
    try {
      await this.sqlAs(login, "SELECT 1;");
      return true;
    } catch (error) {
      // The second: it was taken away between the password and the session.
      if (/password authentication failed|role ".*" does not exist/.test(String(error))) return false;
      throw error;
    }
  }

  /** Ends it as a crash does, with every session. Not needed at the end of a test file: that happens by itself. */
  async stop(): Promise<void> {
    await this.process?.stop(0);
    // Its sessions notice, and end a moment later.
    await pause(1_000);
  }
}

/** The one beside the server: Debian's on `PATH` is a wrapper in Perl, whose start takes longer than a login. */
function psql(): string {
  const beside = join(dirname(requireBinary("postgres")), "psql");
  return existsSync(beside) ? beside : requireBinary("psql");
}

/**
 * Starts a PostgreSQL on a free loopback port and waits until it answers. It does not run as root: started by root, it
 * is the user `postgres`. Throws, saying how to get it, if a program is missing.
 */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = temporaryFolder("postgres");
  const password = `super-${process.pid}-${Date.now()}`;
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const drop = process.getuid?.() === 0 ? await ownedByPostgres([folder, passwordFile]) : [];
  const command = (program: "initdb" | "postgres", ...args: readonly string[]) =>
    [...drop, requireBinary(program), ...args] as [string, ...string[]];
  const data = join(folder, "data");
  const [initdb, ...how] = command(
    "initdb",
    ..."-A scram-sha-256 --no-sync -E UTF8 --locale=C -U".split(" "),
    SUPERUSER,
  );
  await run(initdb, [...how, `--pwfile=${passwordFile}`, "-D", data], { cwd: folder });
  return withFreePorts(1, async ([port]) => {
    // No socket in a folder that others use; nothing is kept, so nothing is written through.
    const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "max_connections=200"];
    const [program, ...args] = command(
      "postgres",
      "-D",
      data,
      "-p",
      String(port),
      ...settings.flatMap((s) => ["-c", s]),
    );
    const launch = () => new ServerProcess({ name: "postgres", command: program, args, folder });
    const server = new PostgresServer("127.0.0.1", port!, password, launch);
    await server.start();
    return server;
  });
}

/** Gives files to the user `postgres`, and returns the words by which a program is started as it. */
async function ownedByPostgres(files: readonly string[]): Promise<string[]> {
  const [uid, gid] = await Promise.all(
    ["-u", "-g"].map(async (what) => Number((await run("id", [what, "postgres"])).stdout)),
  );
  for (const file of files) {
    chownSync(file, uid!, gid!);
    chmodSync(file, 0o700);
  }
  return ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
}
