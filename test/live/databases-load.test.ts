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

const ROTATIONS = 1_000;
const CLIENTS = 2;
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
  },
);
