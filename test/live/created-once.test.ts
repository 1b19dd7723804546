import { join } from "node:path";
import sample from "../../config/sample";
import type { PlatformConfig, SecretSetState } from "../../model";
import { leastToken, resourcesOf } from "./least";
import { describeLive, startVault, type VaultServer } from "./servers";
import { Workspace, type TerraformRun } from "./workspace";

const APP = "sample-node-api";
const [USERNAME, PASSWORD] = ["PRIVATE_NODE_API_DB_USERNAME", "PRIVATE_NODE_API_DB_PASSWORD"] as const;

/** How the node app stands in an environment in a test's config; left out: it is not there any more. */
type Standing = SecretSetState | "gone";

/**
 * The sample's node app on a Vault that is there, without Kubernetes: what is tested here is the Vault side. Each test
 * has an environment of its own.
 */
function platform(
  server: VaultServer,
  standings: Readonly<Record<string, Standing>>,
  keys: readonly string[] = [USERNAME, PASSWORD],
): PlatformConfig {
  const app = { ...sample.apps[APP]!, keys, kubernetes: undefined };
  const there = Object.entries(standings).filter(([, standing]) => standing !== "gone");
  return {
    name: "sample",
    vaults: { main: { address: server.address, unsafeNoTls: true } },
    clusters: {},
    environments: Object.fromEntries(Object.keys(standings).map((name) => [name, { vault: "main" }])),
    apps: {
      [APP]: {
        ...app,
        environments: Object.fromEntries(
          there.map(([name, secrets]) => [name, { secretSet: secrets as SecretSetState }]),
        ),
      },
    },
  };
}

describeLive(["vault", "terraform-providers"], "with Terraform: a value that a person set is never overwritten", () => {
  const standings: Record<string, Standing> = {
    edited: "managed",
    lost: "managed",
    tainted: "managed",
    leaving: "managed",
    deleted: "managed",
    growing: "managed",
    wrong: "managed",
    forgotten: "managed",
    returning: "managed",
  };
  let server: VaultServer;
  let workspace: Workspace;
  /** What an apply with the least token of each stack may do. */
  const apply: Record<string, string> = {};

  const path = (environment: string) => `sample/${APP}/${APP}-${environment}`;
  const values = async (environment: string) =>
    (await server.ok<{ data: { data: Record<string, string> } }>("GET", `kvv2/data/${path(environment)}`)).data.data;
  const personSets = (environment: string, password: string) =>
    server.ok("POST", `kvv2/data/${path(environment)}`, {
      body: { data: { [USERNAME]: "app", [PASSWORD]: password } },
    });
  const change = (standing: Readonly<Record<string, Standing>>, keys?: readonly string[]) =>
    workspace.synthesize(platform(server, { ...standings, ...standing }, keys));
  const address = `vault_kv_secret_v2.${APP}_secrets_data`;

  beforeAll(async () => {
    server = await startVault({ storage: "dev" });
    workspace = new Workspace(platform(server, standings), { VAULT_TOKEN: server.rootToken });
    await workspace.apply("sample-access-main");
    const outdir = join(workspace.folder, "cdktf.out");
    for (const environment of Object.keys(standings)) {
      const stack = `sample-${environment}`;
      apply[environment] = await leastToken(server, stack, resourcesOf(outdir, stack), "apply");
      await workspace.apply(stack, { VAULT_TOKEN: apply[environment] });
    }
  }, 120_000);

  beforeEach(() => change({}));

  test("the first apply places the placeholder, and the next plan is empty", async () => {
    expect(await values("edited")).toEqual({ [USERNAME]: "TBD", [PASSWORD]: "TBD" });
    expect(await workspace.changes("sample-edited")).toEqual([]);
    expect(await workspace.changes("sample-access-main")).toEqual([]);
  });

  test("owner and rotation period are metadata of the set, and its own", async () => {
    const { data } = await server.ok<{ data: { custom_metadata: unknown } }>("GET", `kvv2/metadata/${path("edited")}`);
    expect(data.custom_metadata).toEqual({ managed_by: "vault-tenancy", owner: `${APP}-admin`, rotate_every: "90d" });
  });

  test("a second apply leaves a person's value as it is, and the plan is empty", async () => {
    await personSets("edited", "a-persons-own");
    await workspace.apply("sample-edited", { VAULT_TOKEN: apply.edited! });
    expect((await values("edited"))[PASSWORD]).toBe("a-persons-own");
    expect(await workspace.changes("sample-edited")).toEqual([]);
  });

  test("lost state: the applying token may create and not update: refused, and the value stays", async () => {
    await personSets("lost", "kept");
    workspace.loseState("sample-lost");
    const run = await workspace.tryApply("sample-lost", { VAULT_TOKEN: apply.lost! });
    expect(run.code).not.toBe(0);
    expect(run.output).toContain("permission denied");
    expect((await values("lost"))[PASSWORD]).toBe("kept");
  });

  test("terraform taint: the apply stops at prevent_destroy, and the value stays", async () => {
    await personSets("tainted", "kept");
    await workspace.terraform("sample-tainted", ["taint", address]);
    const run = await workspace.tryApply("sample-tainted");
    expect(run.code).not.toBe(0);
    expect(run.output).toContain("prevent_destroy");
    expect((await values("tainted"))[PASSWORD]).toBe("kept");
  });

  test(
    "taken out of the config: the applying token has no delete, the value stays; `retired` lets " +
      "it go, and it can come back as `existing`",
    async () => {
      await personSets("leaving", "kept");
      change({ leaving: "gone" });
      const gone = await workspace.tryApply("sample-leaving", { VAULT_TOKEN: apply.leaving! });
      expect(gone.code).not.toBe(0);
      expect(gone.output).toContain("permission denied");
      expect((await values("leaving"))[PASSWORD]).toBe("kept");

      change({ leaving: "retired" });
      await workspace.apply("sample-leaving", { VAULT_TOKEN: apply.leaving! });
      expect((await values("leaving"))[PASSWORD]).toBe("kept");
      expect((await workspace.terraform("sample-leaving", ["state", "list"])).output).not.toContain(address);
      expect(await workspace.changes("sample-leaving")).toEqual([]);

      change({ leaving: "existing" });
      await workspace.apply("sample-leaving", { VAULT_TOKEN: apply.leaving! });
      expect((await values("leaving"))[PASSWORD]).toBe("kept");
      expect(await workspace.changes("sample-leaving")).toEqual([]);
    },
  );

  test("a key added to the config changes nothing in Vault: `secrets sync` adds it", async () => {
    await personSets("growing", "kept");
    change({}, [USERNAME, PASSWORD, "PRIVATE_NODE_API_DB_HOST"]);
    await workspace.apply("sample-growing", { VAULT_TOKEN: apply.growing! });
    expect(await values("growing")).toEqual({ [USERNAME]: "app", [PASSWORD]: "kept" });
    expect(await workspace.changes("sample-growing")).toEqual([]);
  });

  test("a version that a person deleted softly is not written anew, and can be undeleted", async () => {
    await personSets("deleted", "kept");
    await server.ok("DELETE", `kvv2/data/${path("deleted")}`);
    await workspace.apply("sample-deleted", { VAULT_TOKEN: apply.deleted! });
    expect(await workspace.changes("sample-deleted")).toEqual([]);
    await server.ok("POST", `kvv2/undelete/${path("deleted")}`, { body: { versions: [2] } });
    expect((await values("deleted"))[PASSWORD]).toBe("kept");
  });

  test("a wrong plan, a set that writes without check-and-set: refused, and the value stays", async () => {
    await personSets("wrong", "kept");
    workspace.loseState("sample-wrong");
    const stack = join("cdktf.out", "stacks", "sample-wrong", "cdk.tf.json");
    const json = workspace.read(stack) as { resource: Record<string, Record<string, Record<string, unknown>>> };
    const set = json.resource.vault_kv_secret_v2![`${APP}_secrets_data`]!;
    delete set.options;
    workspace.write(
      stack,
      JSON.stringify({
        ...json,
        resource: { vault_kv_secret_v2: { [`${APP}_secrets_data`]: { ...set, depends_on: [] } } },
      }),
    );
    const run = await workspace.tryApply("sample-wrong", { VAULT_TOKEN: apply.wrong! });
    expect(run.code).not.toBe(0);
    expect(run.output).toContain("permission denied");
    expect((await values("wrong"))[PASSWORD]).toBe("kept");
  });

  // The provider repeats a refused write for 30 s, so these three run side by side.
  describe("where a version exists already, check-and-set refuses even a token that may do anything", () => {
    const runs: Record<string, TerraformRun> = {};
    const cases = [
      ["an existing set that Terraform meets for the first time", "met"],
      ["lost state", "forgotten"],
      ["a retired set that is put back as `managed`", "returning"],
    ] as const;

    beforeAll(async () => {
      for (const [, environment] of cases) await personSets(environment, "kept");
      change({ returning: "retired" });
      await workspace.apply("sample-returning");
      workspace.loseState("sample-forgotten");
      await server.ok("DELETE", `sys/policies/acl/${APP}-forgotten`);
      standings.met = "managed";
      change({});
      await Promise.all(
        cases.map(async ([, environment]) => (runs[environment] = await workspace.tryApply(`sample-${environment}`))),
      );
    }, 90_000);

    test.each(cases)("%s: the apply is refused, and the value stays", async (_, environment) => {
      expect(runs[environment]!.code).not.toBe(0);
      expect(runs[environment]!.output).toContain("check-and-set parameter did not match the current version");
      expect((await values(environment))[PASSWORD]).toBe("kept");
    });

    test.each(cases)(
      "%s: as `existing` the apply goes through, the value stays, and the plan is empty",
      async (_, environment) => {
        change({ met: "existing", forgotten: "existing", returning: "existing" });
        await workspace.apply(`sample-${environment}`);
        expect((await values(environment))[PASSWORD]).toBe("kept");
        expect(await workspace.changes(`sample-${environment}`)).toEqual([]);
      },
    );
  });
});
