import sample from "../../config/sample";
import type { PlatformConfig } from "../../model";
import { TestIssuer } from "./ci-tokens";
import { AccessLoader, stacksOf, vaultSide } from "./load-access";
import { describeLive, startVault, type VaultServer } from "./servers";
import { SHARED_STATE, Workspace } from "./workspace";

const ACCESS = "sample-access-main";
const ENVIRONMENTS = ["dev", "prod"];
const set = (environment: string) => `kvv2/data/sample/sample-node-api/sample-node-api-${environment}`;

/** The sample on a Vault that is there, without clusters. */
function vaultOnly(
  ci: TestIssuer,
  address: string,
  authority: "environment" | "separate",
  change: Partial<PlatformConfig> = {},
): PlatformConfig {
  const apps = Object.fromEntries(
    Object.entries(sample.apps).map(([name, app]) => [name, { ...app, kubernetes: undefined }]),
  );
  return {
    ...sample,
    authority,
    vaults: { main: { address, unsafeNoTls: true } },
    clusters: {},
    environments: Object.fromEntries(ENVIRONMENTS.map((name) => [name, { vault: "main" }])),
    apps,
    backend: SHARED_STATE,
    pipelines: ci.pipelines(),
    ...change,
  };
}

describeLive(["vault"], "the calls of a plan and of an apply, with exactly their tokens", () => {
  const ci = new TestIssuer();

  test.each(["environment", "separate"] as const)(
    "authority %s: a person brings the access stack up, jobs apply every environment and the access stack again",
    async (authority) => {
      const server = await startVault({ storage: "dev" });
      const { [ACCESS]: access, ...environments } = vaultSide(stacksOf(vaultOnly(ci, server.address, authority)));
      await new AccessLoader(server).apply({ [ACCESS]: access! });
      for (const [name, json] of Object.entries(environments))
        await new AccessLoader(server, { token: await ci.job(server, `apply-${name}`) }).apply({ [name]: json });
      expect((await server.ok<{ data: { data: object } }>("GET", set("prod"))).data.data).toEqual({
        PRIVATE_NODE_API_DB_USERNAME: "TBD",
        PRIVATE_NODE_API_DB_PASSWORD: "TBD",
      });
      for (const name of Object.keys(environments)) {
        const token = await ci.job(server, `apply-${name}`);
        // The set is there: what was a create is an update now, and refused; so is every other environment's.
        await expect(new AccessLoader(server, { token }).apply({ [name]: environments[name]! })).rejects.toThrow("403");
        const other = Object.keys(environments).find((each) => each !== name)!;
        await expect(new AccessLoader(server, { token }).apply({ [other]: environments[other]! })).rejects.toThrow(
          "403",
        );
      }
      await server.stop();
    },
  );
});

describeLive(["vault", "terraform-providers"], "with Terraform: least tokens on a Vault", () => {
  const ci = new TestIssuer();

  describe.each(["environment", "separate"] as const)("authority %s", (authority) => {
    let server: VaultServer;
    let workspace: Workspace;
    const job = async (role: string) => ({ VAULT_TOKEN: await ci.job(server, role) });
    const synthesize = (change?: Partial<PlatformConfig>) =>
      workspace.synthesize(vaultOnly(ci, server.address, authority, change));

    beforeAll(async () => {
      server = await startVault({ storage: "dev" });
      workspace = new Workspace(vaultOnly(ci, server.address, authority), {});
      await workspace.apply(ACCESS, { VAULT_TOKEN: server.rootToken });
    }, 60_000);

    afterAll(() => server.stop());

    test("every stack is planned and applied by its own jobs, and then every plan is empty", async () => {
      for (const stack of workspace.names) {
        expect((await workspace.changes(stack, await job(`plan-${stack}`))).length > 0).toBe(stack !== ACCESS);
        await workspace.apply(stack, await job(`apply-${stack}`));
      }
      for (const stack of workspace.names)
        expect([stack, await workspace.changes(stack, await job(`watch-${stack}`))]).toEqual([stack, []]);
    }, 120_000);

    test(
      "what is new, a person, a group, an app and an environment, is applied by the access " +
        "stack's job and then the environment's",
      async () => {
        const more: Partial<PlatformConfig> = {
          apps: {
            ...vaultOnly(ci, server.address, authority).apps,
            "sample-new": { owner: "team-new", keys: ["KEY"], environments: ["dev", "extra"] },
          },
          environments: { ...Object.fromEntries([...ENVIRONMENTS, "extra"].map((name) => [name, { vault: "main" }])) },
          people: {
            groups: { ...sample.people!.groups, newcomers: { grants: [{ access: "read", apps: ["sample-new"] }] } },
            users: { ...sample.people!.users, newcomer: { groups: ["newcomers"] } },
          },
        };
        synthesize(more);
        expect((await workspace.changes(ACCESS, await job(`plan-${ACCESS}`))).length).toBeGreaterThan(5);
        await workspace.apply(ACCESS, await job(`apply-${ACCESS}`));
        for (const stack of ["sample-dev", "sample-extra"]) await workspace.apply(stack, await job(`apply-${stack}`));
        for (const stack of [ACCESS, "sample-dev", "sample-extra"])
          expect([stack, await workspace.changes(stack, await job(`plan-${stack}`))]).toEqual([stack, []]);
      },
      120_000,
    );

    test("what leaves: the app by way of `retired`, the person and the group at once; the values stay", async () => {
      const { apps } = vaultOnly(ci, server.address, authority);
      synthesize({
        apps: {
          ...apps,
          "sample-new": { owner: "team-new", keys: ["KEY"], environments: { dev: { secretSet: "retired" } } },
        },
      });
      expect(
        (await workspace.changes("sample-dev", await job("plan-sample-dev")))
          .map(({ actions }) => actions.join())
          .sort(),
      ).toEqual(authority === "environment" ? ["delete", "forget", "forget"] : ["forget", "forget"]);
      await workspace.apply(ACCESS, await job(`apply-${ACCESS}`));
      await workspace.apply("sample-dev", await job("apply-sample-dev"));
      for (const stack of [ACCESS, "sample-dev"])
        expect([stack, await workspace.changes(stack, await job(`plan-${stack}`))]).toEqual([stack, []]);
      expect((await server.request("GET", "sys/policies/acl/sample-new-dev")).status).toBe(404);
      expect((await server.request("GET", "kvv2/data/sample/sample-new/sample-new-dev")).status).toBe(200);
      expect((await server.request("GET", "auth/userpass/users/newcomer")).status).toBe(404);
    }, 120_000);

    test("a set that is taken out at once is not deleted: the applying job has no right to", async () => {
      synthesize({
        apps: { "sample-node-api": vaultOnly(ci, server.address, authority).apps["sample-node-api"]! },
        people: undefined,
      });
      const run = await workspace.tryApply("sample-prod", await job("apply-sample-prod"));
      expect([run.code !== 0, run.output.includes("permission denied") || run.output.includes("403")]).toEqual([
        true,
        true,
      ]);
      expect((await server.request("GET", "kvv2/data/sample/sample-python-api/sample-python-api-prod")).status).toBe(
        200,
      );
    }, 60_000);
  });
});
