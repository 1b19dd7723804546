import { DatabaseCluster, type App } from "./database-operator";
import { ENVIRONMENTS } from "./database-platform";
import { describeLive, pause } from "./servers";

describeLive(
  ["vault", "kubernetes", "kubectl", "postgres", "terraform-providers", "operator", "charts", "helm"],
  "with the operator: credentials of databases in Secrets",
  () => {
    jest.setTimeout(150_000);
    let at: DatabaseCluster;
    const leaseOf = async (app: App) => (await at.status(app)).secretLease?.id;
    /** Revokes the operator's logins by a role, as if they had ended. */
    const endLogins = async (role: string) => {
      const { data } = await at.server.ok<{ data: { keys: string[] } }>("LIST", "auth/token/accessors");
      for (const accessor of data.keys) {
        const found = await at.server.request<{ data?: { policies: string[] } }>("POST", "auth/token/lookup-accessor", {
          body: { accessor },
        });
        if (found.body.data?.policies.includes(role))
          await at.server.ok("POST", "auth/token/revoke-accessor", { body: { accessor } });
      }
    };

    beforeAll(async () => {
      at = await DatabaseCluster.start({ ttl: "10s", maxTtl: "40s" });
      await at.operator.start();
    }, 300_000);

    test("come into each app's Secret, work there, and in no other environment", async () => {
      for (const environment of ENVIRONMENTS)
        for (const app of ["shop", "cart", "report"] as const) {
          const login = await at.arrives(app, { environment });
          const { data } = await at.cluster.ok<{ data: object }>("GET", at.secret(app, environment));
          expect(Object.keys(data).sort()).toEqual(["password", "username"]);
          const other = `orders_${ENVIRONMENTS.find((each) => each !== environment)}`;
          await expect(at.postgres.sqlAs({ ...login, database: other }, "SELECT 1;")).rejects.toThrow(
            /permission denied for database/,
          );
        }
      const users = await Promise.all(ENVIRONMENTS.map(async (each) => (await at.login("shop", each))!.user));
      expect(new Set(users).size).toBe(2);
      expect((await at.login("report"))!.user).toBe("report_dev");
    });

    test("are renewed under one lease, and changed before maxTtl ends: the old ones work until then", async () => {
      // Fresh ones, so that their whole life is seen.
      const before = await at.login("shop");
      const first = await at.arrives("shop", { not: before!.password });
      const [lease, { lastRenewalTime }] = [await leaseOf("shop"), await at.status("shop")];
      await at.cluster.until(
        async () => (await at.status("shop")).lastRenewalTime! > lastRenewalTime!,
        "the lease is renewed",
        20_000,
      );
      expect([await leaseOf("shop"), await at.login("shop")]).toEqual([lease, first]);
      await pause(10_000);
      expect(await at.postgres.admits(first)).toBe(true);
      const second = await at.arrives("shop", { not: first.password });
      expect([await at.postgres.admits(first), await at.postgres.admits(second)]).toEqual([true, true]);
      await at.cluster.until(async () => !(await at.postgres.admits(first)), "the old ones end", 60_000);
      expect(await at.restartedAt("shop")).toBeDefined();
    });

    test("come again when somebody deletes the Secret, or takes a key out of it", async () => {
      const first = await at.login("shop");
      await at.cluster.ok("DELETE", at.secret("shop"));
      const second = await at.arrives("shop", { not: first!.password });
      await at.cluster.ok("PATCH", at.secret("shop"), { data: { password: null } });
      // The operator looks at the Secret when it changes the credentials next.
      await at.arrives("shop", { not: second.password });
    });

    test("a static password that changes out of turn arrives by the command that rotate prints", async () => {
      const before = await at.login("report");
      const { code, errLines } = await at.ops("databases rotate --app report --environment dev");
      const [, command = ""] = /or now: kubectl --context live (.*)$/m.exec(errLines.join("\n")) ?? [];
      expect([code, await at.postgres.admits(before!)]).toEqual([0, false]);
      await at.cluster.kubectl(...command.split(" "));
      await at.arrives("report", { not: before!.password });
    });

    test("a database that is away: nothing is taken from the Secret; when it is back, they come anew", async () => {
      const before = await at.login("shop");
      await at.postgres.stop();
      await at.says("shop", /Failed to sync the secret/);
      expect(await at.login("shop")).toEqual(before);
      const { outLines } = await at.ops("status");
      expect(outLines.join("\n")).toMatch(/shop-dev\.orders: no credentials: .*Failed to sync/);
      await at.postgres.start();
      await at.arrives("shop", { not: before!.password });
      await at.arrives("report");
    });

    test("a Vault that is sealed while they end: when it is unsealed, they come anew", async () => {
      const before = await at.login("shop");
      await at.server.seal();
      await pause(15_000);
      expect(await at.login("shop")).toEqual(before);
      await at.server.unseal();
      await at.arrives("shop", { not: before!.password });
      await at.cluster.until(async () => !(await at.postgres.admits(before!)), "the old ones end", 60_000);
    });

    test.each([
      ["another audience", { bound_audiences: ["another"] }, /audience/],
      ["another service account", { bound_subject: "system:serviceaccount:apps-qa:shop" }, /subject|sub claim/],
    ])("a role for %s: the operator is refused, and says so; put right by an apply", async (_, change, message) => {
      const path = "auth/kubernetes-local/role/shop-dev";
      const { data } = await at.server.ok<{ data: Record<string, unknown> }>("GET", path);
      await at.server.ok("POST", path, { body: { ...data, ...change } });
      await endLogins("shop-dev");
      const events = async () => (await at.cluster.kubectl("get", "events", "-n", "apps-dev", "-o", "json")).toString();
      await at.cluster.until(
        async () => message.test(await events()),
        "an event says that the login is refused",
        60_000,
      );
      await at.workspace.apply("small-dev");
      await at.arrives("shop", { not: (await at.login("shop"))?.password });
    });

    test("nobody renews them when their app goes: they end", async () => {
      const login = await at.arrives("shop", { environment: "qa" });
      const { shop, ...rest } = at.config.apps;
      const environments = { dev: {}, qa: { secretSet: "retired" } } as const;
      at.workspace.synthesize({ ...at.config, apps: { shop: { ...shop!, environments }, ...rest } });
      await at.workspace.apply("small-qa");
      expect((await at.cluster.request("GET", at.dynamicPath("shop", "qa"))).status).toBe(404);
      await at.cluster.until(async () => !(await at.postgres.admits(login)), "they end", 60_000);
    });
  },
);
