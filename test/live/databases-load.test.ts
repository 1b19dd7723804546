import { applied } from "./database-platform";
import {
  describeLive,
  pause,
  startPostgres,
  startVault,
  type Login,
  type PostgresServer,
  type VaultServer,
} from "./servers";
import { until } from "./until";

const ROTATIONS = 1_000;
const CLIENTS = 2;
/** How long a request that is refused tries again. Milliseconds. */
const PATIENCE_MS = 10_000;
const TIMEOUT_MS = 15 * 60_000;

describeLive(
  ["vault", "postgres", "terraform-providers"],
  `with Terraform: passwords of databases change ${ROTATIONS} times under load`,
  () => {
    let server: VaultServer;
    let postgres: PostgresServer;
    let made: Awaited<ReturnType<typeof applied>>;
    const credentials = async (path: string): Promise<Login> => {
      const { data } = await server.ok<{ data: { username: string; password: string } }>("GET", `database/${path}`);
      return { user: data.username, password: data.password, database: "orders_dev" };
    };
    const rotate = async (words: string) => {
      const { code, errLines } = await made.ops(`databases rotate --environment dev ${words}`);
      expect([code, code ? errLines : []]).toEqual([0, []]);
    };
    const refuses = async (login: Login) => expect(await postgres.admits(login)).toBe(false);

    beforeAll(async () => {
      [postgres, server] = await Promise.all([startPostgres(), startVault({ storage: "file" })]);
      await server.init();
      await server.unseal();
      made = await applied(server, postgres);
    }, 240_000);

    test(
      "dynamic ones, the new before the old end: no request is refused, and of the old ones none is left",
      async () => {
        let current = await credentials("creds/shop-dev.orders");
        let running = true;
        const counts = { requests: 0, refused: 0 };
        const inWork = new Map<Login, number>();
        /** A request by a session of its own, with what the Secret would have now. */
        const client = async () => {
          while (running) {
            const login = current;
            inWork.set(login, (inWork.get(login) ?? 0) + 1);
            counts.requests++;
            if (!(await postgres.admits(login))) counts.refused++;
            inWork.set(login, inWork.get(login)! - 1);
          }
        };
        const clients = Array.from({ length: CLIENTS }, client);
        for (let i = 0; i < ROTATIONS; i++) {
          const [old, since] = [current, new Date().toISOString()];
          current = await credentials("creds/shop-dev.orders");
          // As pods that are replaced: they end their work.
          while (inWork.get(old)) await pause(5);
          await rotate(`--app shop --revoke --since ${since}`);
          if (i % 20 === 0) await refuses(old);
          inWork.delete(old);
        }
        running = false;
        await Promise.all(clients);
        expect(counts.refused).toBe(0);
        expect(counts.requests).toBeGreaterThan(ROTATIONS);
        const left = "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'v-%';";
        expect(await postgres.sql(left)).toEqual(["1"]);
        console.info(`${ROTATIONS} rotations of dynamic credentials: ${JSON.stringify(counts)}`);
      },
      TIMEOUT_MS,
    );

    test(
      "a static one, at once: sessions stay, who is refused takes the new one, and old ones are refused",
      async () => {
        const path = "static-creds/report-dev.orders";
        let running = true;
        const counts = { requests: 0, refused: 0, failed: 0, longestMs: 0 };
        /**
         * A request by a session of its own; refused, it reads what is current again, as an app does its file: the
         * database has the new password a moment before Vault hands it out.
         */
        const request = async () => {
          const begun = Date.now();
          counts.requests++;
          while (!(await postgres.admits(await credentials(path)))) {
            counts.refused++;
            if (Date.now() - begun > PATIENCE_MS) return void counts.failed++;
          }
          counts.longestMs = Math.max(counts.longestMs, Date.now() - begun);
        };
        const client = async () => {
          while (running) await request();
        };
        const session = postgres.sqlAs(await credentials(path), "SELECT pg_sleep(20); SELECT 1;");
        const sessions = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'report_dev';";
        await until(async () => (await postgres.sql(sessions))[0] === "1");
        const clients = Array.from({ length: CLIENTS }, client);
        for (let i = 0; i < ROTATIONS; i++) {
          const old = await credentials(path);
          await rotate("--app report");
          // A role has one password: of the old ones each is gone, and a sample of them is tried.
          if (i % 10 === 0) await refuses(old);
          // Longer than a login takes: one that is refused has time for another.
          await pause(100);
        }
        running = false;
        await Promise.all(clients);
        expect(await session).toContain("1");
        expect(counts.failed).toBe(0);
        expect(counts.requests).toBeGreaterThan(ROTATIONS / 2);
        console.info(`${ROTATIONS} rotations of a static password: ${JSON.stringify(counts)}`);
      },
      TIMEOUT_MS,
    );
  },
);
