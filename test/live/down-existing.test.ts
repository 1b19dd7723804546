import { join } from "node:path";
import sample from "../../config/sample";
import { synthesize } from "../../cli/synth";
import { bringUp } from "../../cli/up/bring-up";
import { takeDown } from "../../cli/up/take-down";
import { resolvePlatform, type PlatformConfig } from "../../model";
import { scriptedIo } from "../cli/up/scripted-io";
import { TestIssuer } from "./ci-tokens";
import { describeLive, startVault, temporaryFolder, type VaultServer } from "./servers";
import { commandEnvironment, inventory } from "./up-helpers";
import { keepStateBeside, SHARED_STATE } from "./workspace";

const TIMEOUT_MS = 180_000;
const PASSWORD = "correct-horse-battery-staple";
const [NODE, PYTHON] = ["sample-node-api", "sample-python-api"].map((app) => `sample/${app}/${app}-dev`) as [
  string,
  string,
];

describeLive(
  ["vault", "terraform-providers"],
  "with Terraform: up and down of a Vault that was there, with pipelines",
  () => {
    const ci = new TestIssuer();
    const home = temporaryFolder("home");
    let server: VaultServer;
    let before: Record<string, readonly string[]>;

    const config = (secretSet: "managed" | "existing"): PlatformConfig => ({
      ...sample,
      authority: "separate",
      vaults: { main: { address: server.address, unsafeNoTls: true } },
      clusters: {},
      environments: { dev: { vault: "main" } },
      apps: {
        ...sample.apps,
        "sample-node-api": { ...sample.apps["sample-node-api"]!, environments: { dev: { secretSet } } },
      },
      backend: SHARED_STATE,
      pipelines: ci.pipelines(),
      waivers: [
        {
          proof: "privilege-escalation",
          subject: "pipeline main/jwt-ci/apply-sample-access-main",
          reason: "Its deployment environment asks two people.",
        },
        ...["sample-access-main", "sample-dev"].map((stack) => ({
          proof: "supported" as const,
          subject: `stack ${stack}`,
          reason: "The test keeps its state beside the stacks.",
        })),
      ],
    });
    /** Runs a command on the platform, whose state lies beside its synthesis. */
    async function run<T>(
      secretSet: "managed" | "existing",
      work: (platform: ReturnType<typeof resolvePlatform>) => Promise<T>,
    ): Promise<T> {
      const platform = resolvePlatform(config(secretSet));
      process.env.CDKTF_OUTDIR = join(home, "cdktf.out");
      try {
        keepStateBeside(synthesize(platform).outdir);
        return await work(platform);
      } finally {
        delete process.env.CDKTF_OUTDIR;
      }
    }
    const io = (answer = "", token?: string) =>
      scriptedIo({
        env: commandEnvironment(home, token ? { VAULT_TOKEN: token } : {}),
        secret: () => PASSWORD,
        answer: () => answer,
      });
    const up = (secretSet: "managed" | "existing", afterStep?: (title: string) => Promise<void>, token?: string) =>
      run(secretSet, async (platform) => {
        const world = io("", token);
        await bringUp(world, platform, {
          environments: [],
          shares: 5,
          threshold: 3,
          syncTimeoutMs: 30_000,
          keepRootToken: true,
          afterStep,
        });
        return world;
      });
    const down = (secretSet: "managed" | "existing", environments: string[], answer?: string) =>
      run(secretSet, async (platform) => {
        const world = io(answer);
        await takeDown(world, platform, { environments, deleteSecrets: answer !== undefined, yes: false });
        return world;
      });
    const value = async (set: string) => {
      const { body } = await server.request<{ data?: { data: Record<string, string> } }>("GET", `kvv2/data/${set}`);
      return body.data?.data;
    };

    beforeAll(async () => {
      server = await startVault({ storage: "dev" });
      before = await inventory(server);
    }, TIMEOUT_MS);

    test(
      "up meets a set that somebody made before: Vault refuses the placeholder, and the other one is placed",
      async () => {
        const found = async (title: string) => {
          if (title.includes("who may do what"))
            await server.ok("POST", `kvv2/data/${NODE}`, { body: { data: { FOUND: "before" } } });
        };
        await expect(up("managed", found, server.rootToken)).rejects.toThrow(/terraform apply failed/);
        expect(await value(NODE)).toEqual({ FOUND: "before" });
        expect(Object.values((await value(PYTHON))!)).toEqual(["TBD", "TBD"]);
      },
      TIMEOUT_MS,
    );

    test(
      "down of the environment with its values takes what Terraform placed, and says what it leaves and why",
      async () => {
        const world = await down("managed", ["dev"], "dev");
        expect(await value(NODE)).toEqual({ FOUND: "before" });
        expect(await value(PYTHON)).toBeUndefined();
        const said = world.errLines.join("\n");
        expect(said).toContain(`deletes every version of kvv2/${PYTHON}`);
        expect(said).toContain(`leaves kvv2/${NODE}: Terraform's state does not have it, so it was not placed by it`);
        expect(world.questions[0]).toBe(
          "This takes away dev, AND DELETES THE VALUES of 1 secret set, every version, for good. Type dev to go on",
        );
        expect(world.outLines.join("\n")).toContain(`left: kvv2/${NODE}`);
      },
      TIMEOUT_MS,
    );

    test(
      "up and down of everything: the pipelines' mount is made, and taken away by platform-admin's teardown",
      async () => {
        await up("existing");
        expect(Object.values((await value(PYTHON))!)).toEqual(["TBD", "TBD"]);
        expect((await inventory(server)).auth).toContain("jwt-ci/");
        expect(await ci.job(server, "watch-sample-dev")).toMatch(/^hvs\./);
        await down("existing", []);
        expect(await inventory(server)).toEqual({ ...before, mounts: [...before.mounts!, "kvv2/"].sort() });
        expect([await value(NODE), Object.values((await value(PYTHON))!)]).toEqual([
          { FOUND: "before" },
          ["TBD", "TBD"],
        ]);
      },
      TIMEOUT_MS,
    );

    test(
      "the same with the values: the set that the config calls existing stays, and the mount for its sake",
      async () => {
        await up("existing", undefined, server.rootToken);
        const world = await down("existing", [], "sample");
        expect(await value(NODE)).toEqual({ FOUND: "before" });
        expect(await value(PYTHON)).toBeUndefined();
        expect(world.errLines.join("\n")).toContain(`leaves kvv2/${NODE}: the config calls it existing`);
        expect(world.errLines.join("\n")).toContain("the mount kvv2 stays");
        expect(await inventory(server)).toEqual({ ...before, mounts: [...before.mounts!, "kvv2/"].sort() });
        expect(world.outLines.join("\n")).toContain(`left: kvv2/${NODE}`);
      },
      TIMEOUT_MS,
    );
  },
);
