import { applied } from "./database-platform";
import { describeLive, startPostgres, startVault, type Login, type PostgresServer, type VaultServer } from "./servers";

const ROTATIONS = 1_000;
const CLIENTS = 2;

describeLive(
  ["vault", "postgres", "terraform-providers"],
  "with Terraform: passwords of databases are rotated under load",
  () => {
    let server: VaultServer;
    let postgres: PostgresServer;
    let made: Awaited<ReturnType<typeof applied>>;
    const current = async (): Promise<Login> => {
      const path = "database/static-creds/report-dev.orders";
      const { data } = await server.ok<{ data: { username: string; password: string } }>("GET", path);
      return { user: data.username, password: data.password, database: "orders_dev" };
    };

    beforeAll(async () => {
      [postgres, server] = await Promise.all([startPostgres(), startVault({ storage: "file" })]);
      await server.init();
      await server.unseal();
      made = await applied(server, postgres);
    }, 240_000);

    test(
      `${ROTATIONS} rotations: no request fails, and each old password is refused`,
      async () => {
        let running = true;
        const counts = { requests: 0, failed: 0, refusedFirst: 0 };
        /** A request by a new session; refused, it takes what is current now, as an app reads its file again. */
        const request = async () => {
          counts.requests++;
          for (let attempt = 0; attempt < 5; attempt++) {
            const login = await current();
            try {
              if ((await postgres.sqlAs(login, "SELECT 1;"))[0] === "1") return;
            } catch (error) {
              if (!/password authentication failed/.test(String(error))) throw error;
              counts.refusedFirst += attempt === 0 ? 1 : 0;
            }
          }
          counts.failed++;
        };
        const client = async () => {
          while (running) await request();
        };
        // A session that is there stays, whatever becomes of the password.
        const session = postgres.sqlAs(await current(), "SELECT pg_sleep(5); SELECT 1;");
        const clients = Array.from({ length: CLIENTS }, client);
        const seen = new Set<string>();
        const rotate = async (i: number) => {
          const old = await current();
          seen.add(old.password);
          const { code } = await made.ops("databases rotate --app report --environment dev");
          expect(code).toBe(0);
          if (i % 20 === 0) expect(await postgres.admits(old)).toBe(false);
        };
        for (let i = 0; i < ROTATIONS; i++) await rotate(i);
        running = false;
        await Promise.all(clients);
        expect(seen.size).toBe(ROTATIONS);
        expect(await session).toContain("1");
        expect(counts.failed).toBe(0);
        expect(counts.requests).toBeGreaterThan(ROTATIONS / 2);
        console.info(`${ROTATIONS} rotations, ${JSON.stringify(counts)}`);
      },
      15 * 60_000,
    );
  },
);
