import { spawn } from "node:child_process";
import { join } from "node:path";
import { applied, fileIn, FIRST_PASSWORD } from "./database-platform";
import { FaultProxy } from "./fault-proxy";
import { describeLive, startPostgres, startVault, type Login, type PostgresServer, type VaultServer } from "./servers";

describeLive(
  ["vault", "postgres", "terraform-providers"],
  "with Terraform: ops databases, killed after each of its requests, and run again",
  () => {
    jest.setTimeout(120_000);
    let server: VaultServer;
    let postgres: PostgresServer;
    let proxy: FaultProxy;
    let made: Awaited<ReturnType<typeof applied>>;

    /** Runs a command as a process, ended by SIGKILL when Vault has answered its n-th request. Returns its signal. */
    const killed = (words: string, request: number): Promise<NodeJS.Signals | null> => {
      const env = {
        PATH: process.env.PATH,
        HOME: server.folder,
        VAULT_ADDR: proxy.address,
        VAULT_TOKEN: server.rootToken,
        PLATFORM: fileIn(made.workspace.folder),
      };
      const words_ = ["--import", "tsx", join(__dirname, "databases-child.ts"), ...words.split(" ")];
      const child = spawn(process.execPath, words_, {
        cwd: join(__dirname, "..", ".."),
        env,
        stdio: ["pipe", "ignore", "ignore"],
      });
      proxy.callAt(request, () => child.kill("SIGKILL"));
      child.stdin.end(FIRST_PASSWORD);
      return new Promise((resolve) => child.once("close", (_, signal) => resolve(signal)));
    };
    const credentials = async (path: string): Promise<Login> => {
      const { data } = await server.ok<{ data: { username: string; password: string } }>("GET", `database/${path}`);
      return { user: data.username, password: data.password, database: "orders_dev" };
    };
    /** The administrator's password as a person had it before, and the connection as it was. */
    const unadopted = async () => {
      await postgres.sql(`ALTER ROLE vault_orders_dev PASSWORD '${FIRST_PASSWORD}';`);
    };
    const isFirst = () =>
      postgres.admits({ user: "vault_orders_dev", password: FIRST_PASSWORD, database: "orders_dev" });
    /** Whether Vault can log in, and hand out credentials that work. */
    const works = async () => postgres.admits(await credentials("creds/shop-dev.orders"));

    beforeAll(async () => {
      [postgres, server] = await Promise.all([startPostgres(), startVault({ storage: "file" })]);
      await server.init();
      await server.unseal();
      made = await applied(server, postgres);
      proxy = await new FaultProxy(server.address).start();
    }, 240_000);
    afterAll(() => proxy.stop());

    test("adopt: run again where the password still works, else as it says, and Vault alone knows it", async () => {
      let ways = "";
      for (let request = 1; ; request++) {
        await unadopted();
        const signal = await killed("databases adopt orders dev", request);
        const first = await isFirst();
        const again = await made.ops(
          first ? "databases adopt orders dev" : "databases rotate --database orders --environment dev",
        );
        expect([request, again.code, await isFirst(), await works()]).toEqual([request, 0, false, true]);
        ways += first ? "a" : "r";
        if (signal === null) break;
      }
      // Until Vault has changed it, the person's works; from then on it does not.
      expect(ways).toMatch(/^a+r+$/);
      // Run again all the same, it says what to do.
      const { code, errLines } = await made.ops("databases adopt orders dev");
      expect([code, errLines.join(" ")]).toEqual([
        1,
        expect.stringContaining("databases rotate --database orders --environment dev"),
      ]);
    });

    test("rotate --revoke: with --since it does what is left, and nothing twice", async () => {
      const words = "databases rotate --database orders --environment dev --revoke";
      for (let request = 1; ; request++) {
        const dynamic = await credentials("creds/shop-dev.orders");
        const before = await credentials("static-creds/report-dev.orders");
        const since = new Date().toISOString();
        const signal = await killed(`${words} --since ${since}`, request);
        const between = await credentials("static-creds/report-dev.orders");
        const { code, errLines } = await made.ops(`${words} --since ${since}`);
        expect([request, code, code ? errLines : []]).toEqual([request, 0, []]);
        const after = await credentials("static-creds/report-dev.orders");
        expect(await Promise.all([dynamic, before, after].map((each) => postgres.admits(each)))).toEqual([
          false,
          false,
          true,
        ]);
        // What was changed already stays.
        if (between.password !== before.password) expect(after).toEqual(between);
        expect(await works()).toBe(true);
        if (signal === null) {
          expect(request).toBeGreaterThan(5);
          break;
        }
      }
    });
  },
);
