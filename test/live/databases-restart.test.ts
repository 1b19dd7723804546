import { DatabaseCluster, type App } from "./database-operator";
import { ENVIRONMENTS } from "./database-platform";
import { describeLive, pause } from "./servers";

/** Longer than the operator takes after a start to look at everything. */
const SETTLED_MS = 10_000;

describeLive(
  ["vault", "kubernetes", "kubectl", "postgres", "terraform-providers", "operator", "charts", "helm"],
  "with the operator: it is restarted",
  () => {
    jest.setTimeout(120_000);
    let at: DatabaseCluster;
    const SLOW = ENVIRONMENTS.flatMap((environment) =>
      (["cart", "report"] as const).map((app): [App, string] => [app, environment]),
    );
    /** What a storm would change: credentials, their leases, and the Deployments that take them. */
    const seen = () =>
      Promise.all(
        SLOW.map(async ([app, environment]) => {
          const { secretLease, staticCredsMetaData } = await at.status(app, environment);
          return {
            app,
            environment,
            login: await at.login(app, environment),
            lease: secretLease?.id,
            rotated: staticCredsMetaData?.lastVaultRotation,
            restarted: await at.restartedAt(app, environment),
          };
        }),
      );
    const cached = async () => {
      const { items } = await at.cluster.ok<{
        items: { metadata: { name: string }; data?: Record<string, string> }[];
      }>("GET", `/api/v1/namespaces/${at.operator.namespace}/secrets`);
      return items.filter(({ metadata: { name } }) => name.startsWith("vso-cc-") && !name.includes("hmac-key"));
    };

    beforeAll(async () => {
      at = await DatabaseCluster.start({ ttl: "10s", maxTtl: "40s" });
      await at.operator.start();
      for (const [app, environment] of SLOW) await at.arrives(app, { environment });
    }, 300_000);

    test("its tokens are in Secrets of its own, encrypted by Vault", async () => {
      await at.cluster.until(async () => (await cached()).length >= 6, "a token is kept for each app", 30_000);
      for (const { data } of await cached()) {
        const text = Object.values(data ?? {}).map((each) => Buffer.from(each, "base64").toString("utf8"));
        expect(text.join(" ")).toMatch(/vault:v1:/);
        expect(text.join(" ")).not.toMatch(/hvs\.|client_token/);
      }
    });

    test("no credentials change by it, and nothing restarts", async () => {
      const before = await seen();
      await at.operator.stop();
      await at.operator.start();
      await at.cluster.until(
        async () => (await at.status("cart")).lastRuntimePodUID?.endsWith("2") ?? false,
        "the new pod has looked",
        30_000,
      );
      await pause(SETTLED_MS);
      expect(await seen()).toEqual(before);
    });

    test("without the cache, every dynamic one changes, and what takes it restarts", async () => {
      const before = await seen();
      await at.operator.stop();
      await at.operator.start("--client-cache-persistence-model=none");
      for (const { app, environment, login } of before.filter((each) => each.app === "cart"))
        await at.arrives(app, { environment, not: login!.password });
      await pause(SETTLED_MS);
      const after = await seen();
      for (const [i, { app, lease, restarted }] of before.entries())
        expect([app, after[i]!.lease !== lease, after[i]!.restarted !== restarted]).toEqual([
          app,
          app === "cart",
          app === "cart",
        ]);
    });

    test("a breach of an environment: all its credentials are refused, no other's; new ones come", async () => {
      const apps = ["shop", "cart", "report"] as const;
      const logins = (environment: string) => Promise.all(apps.map(async (app) => (await at.login(app, environment))!));
      const [dev, qa] = [await logins("dev"), await logins("qa")];
      const { code, outLines, errLines } = await at.ops("breach --environment dev --confirm");
      expect(code).toBe(0);
      expect(outLines.join("\n")).toContain("`report-dev.orders`: another password of `report_dev`");
      expect(await Promise.all(dev.map((each) => at.postgres.admits(each)))).toEqual([false, false, false]);
      // Those of shop are quick, and may have changed meanwhile.
      expect(await Promise.all(qa.slice(1).map((each) => at.postgres.admits(each)))).toEqual([true, true]);
      await at.workspace.apply("small-dev");
      const [, command = ""] = /or now: kubectl --context live (.*)$/m.exec(errLines.join("\n")) ?? [];
      await at.cluster.kubectl(...command.split(" "));
      for (const [i, app] of apps.entries()) await at.arrives(app, { not: dev[i]!.password });
      expect(await at.workspace.changes("small-dev")).toEqual([]);
    });
  },
);
