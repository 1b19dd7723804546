import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Diagnosis } from "../../cli/ops/doctor";
import type { StaticSecret } from "../../cli/up/sync";
import { ops } from "./ops";
import { startOperator } from "./operator";
import {
  chartsFolder,
  describeLive,
  pause,
  startKubernetes,
  startVault,
  temporaryFolder,
  type KubernetesCluster,
  type VaultServer,
} from "./servers";
import { onExistingVault } from "./up-helpers";
import { Workspace } from "./workspace";

const charts = chartsFolder();
jest.setTimeout(120_000);
const APP = "sample-node-api";
const PATH = `kvv2/sample/${APP}/${APP}-local`;
const AT = `apps["${APP}"].environments.local.pinnedVersion`;
const [ACCESS, OPERATOR, ENVIRONMENT] = ["sample-access-main", "sample-operator-local", "sample-local"] as const;
const VSS = `/apis/secrets.hashicorp.com/v1beta1/namespaces/sample/vaultstaticsecrets/${APP}-vault-static-secret`;
/** Longer than it is from one look of the operator to the next: refreshAfter and its jitter, twice. */
const TWO_LOOKS_MS = 7_000;

describeLive(
  ["vault", "kubernetes", "kubectl", "terraform-providers", "operator", "charts"],
  "with the operator: an environment that is pinned to a version",
  () => {
    let server: VaultServer;
    let cluster: KubernetesCluster;
    let workspace: Workspace;
    const folder = temporaryFolder("platform");
    /** The config that commands read: a file of its own each time, since a module is read once. */
    let file = "";
    let configs = 0;

    /** Three versions are kept. */
    const platform = (pinnedVersion: number | undefined) => {
      const config = onExistingVault(server, cluster, charts!, {
        environments: {
          local: { vault: "main", cluster: "local", namespace: "sample", refreshAfter: "2s", secretOwner: "operator" },
        },
        apps: { [APP]: { owner: "team", keys: ["DB_PASSWORD"], environments: { local: { pinnedVersion } } } },
        people: { groups: {}, users: {} },
      });
      return { ...config, vaults: { main: { ...config.vaults.main!, maxVersions: 3 } } };
    };
    /** Synthesizes a config, for the commands too; of the operator's stack all but the operator's release. */
    const configure = (pinnedVersion: number | undefined) => {
      const config = platform(pinnedVersion);
      file = join(folder, `platform-${++configs}.ts`);
      writeFileSync(file, `export default ${JSON.stringify(config)};\n`);
      if (workspace) workspace.synthesize(config);
      else workspace = new Workspace(config, { VAULT_TOKEN: server.rootToken });
      const stack = join("cdktf.out", "stacks", OPERATOR, "cdk.tf.json");
      const whole = workspace.read(stack) as { readonly resource: Readonly<Record<string, object>> };
      const { helm_release: _, ...resource } = whole.resource;
      workspace.write(stack, JSON.stringify({ ...whole, resource }));
    };
    const applyEnvironment = async () => {
      const words = ["apply", "-auto-approve", "-input=false", "-no-color"];
      const { code, output } = await workspace.terraform(ENVIRONMENT, words);
      // Terraform frames errors, and breaks their lines.
      return { code, output: output.replace(/\s*\n[\s│]*/g, " ") };
    };
    /** As a reviewed change of the config is applied. The API server takes a moment to hold to what is new. */
    const pin = async (pinnedVersion: number | undefined) => {
      configure(pinnedVersion);
      await workspace.apply(OPERATOR);
      await cluster.until(async () => (await applyEnvironment()).code === 0, "the environment is applied", 60_000);
    };
    const run = (words: string, secret = "") =>
      ops(server, words.split(" "), { env: { PLATFORM: file, VAULT_TOKEN: server.rootToken }, secret: () => secret });
    const set = (value: string) => run(`secrets set ${APP} local DB_PASSWORD`, value);
    const found = async () => {
      const { findings } = JSON.parse((await run(`doctor ${APP} --json`)).outLines.join("\n")) as Diagnosis;
      // Here no operator is installed in its namespace: the test runs its program beside the cluster.
      return findings.filter(({ id }) => id !== "operator-down");
    };
    const secret = async () => {
      const path = `/api/v1/namespaces/sample/secrets/${APP}-local-secrets`;
      const { body } = await cluster.request<{ data?: Record<string, string> }>("GET", path);
      const value = body.data?.DB_PASSWORD;
      return value === undefined ? undefined : Buffer.from(value, "base64").toString("utf8");
    };
    const arrives = (value: string | undefined) =>
      cluster.until(async () => (await secret()) === value, `the Secret has ${value}`, 40_000);
    const says = (message: RegExp) =>
      cluster.until(
        async () => {
          const { status } = await cluster.ok<StaticSecret>("GET", VSS);
          return status?.conditions?.some((each) => each.status === "False" && message.test(each.message)) ?? false;
        },
        `the operator says ${message}`,
        40_000,
      );
    const change = async (version: number | null) => {
      // What the API server would do, without doing it.
      const path = `${VSS}?dryRun=All`;
      const answer = await cluster.request<{ message?: string }>("PATCH", path, { spec: { version } });
      return [answer.status, answer.body.message];
    };

    beforeAll(async () => {
      [cluster, server] = await Promise.all([startKubernetes(), startVault({ storage: "dev" })]);
      await cluster.kubectl("apply", "--server-side", "-f", join(charts!, "vault-secrets-operator", "crds"));
      configure(1);
      for (const stack of [ACCESS, OPERATOR, ENVIRONMENT]) await workspace.apply(stack);
      await startOperator(cluster);
      await arrives("TBD");
      await cluster.until(async () => (await change(5))[0] === 403, "the API server holds to the policy");
    }, 360_000);

    test("a new value is in Vault and not in the Secret; set, status and doctor say so", async () => {
      const { outLines } = await set("second");
      expect(outLines).toEqual([
        `DB_PASSWORD of ${APP} in local is set: version 2 of ${PATH}.`,
        `Pods in local get version 1, pinned: version 2 reaches them when ${AT} in the config is 2, and ${OPERATOR} ` +
          `and then ${ENVIRONMENT} are applied.`,
      ]);
      await pause(TWO_LOOKS_MS);
      expect(await secret()).toBe("TBD");
      expect((await run("status")).outLines.join("\n")).toMatch(
        /local +sample +yes +yes +yes +\w+ ago +1 of 2, pinned/,
      );
      // Root placed it, and has set it: nobody else.
      expect((await run("secrets status")).outLines.join("\n")).toMatch(/local +never set +1 of 2, pinned /);
      expect(await found()).toMatchObject([{ id: "placeholder", seen: "version 1 is pinned, and the newest is 2" }]);
    });

    test("nobody unpins by hand, nor pins to another: what the config says is held", async () => {
      for (const version of [null, 0, 2])
        expect(await change(version)).toEqual([403, expect.stringContaining("accepted: version=1") as string]);
    });

    test("the environment alone is refused another version; after its operator's stack it arrives", async () => {
      configure(2);
      const alone = await applyEnvironment();
      expect([alone.code, alone.output]).toEqual([
        1,
        expect.stringMatching(`given version=2; accepted: version=1. .* ${OPERATOR} applied before`) as string,
      ]);
      expect((await found()).map(({ id }) => id)).toEqual(["version-not-applied"]);
      await pin(2);
      await arrives("second");
      expect(await workspace.changes(ENVIRONMENT)).toEqual([]);
      expect(await found()).toEqual([]);
    });

    test("a pinned version is written out of what Vault keeps: warned of before, and the Secret stays", async () => {
      expect((await set("third")).errLines.filter((line) => line.startsWith("warning"))).toEqual([]);
      expect((await set("fourth")).errLines).toContain(
        "warning: version 2 is the oldest of the 3 that Vault keeps (vaults.main.maxVersions): the next value that " +
          "is written removes it",
      );
      expect(await found()).toMatchObject([{ id: "pinned-version-ends", severity: "warning" }]);
      const status = await run("status");
      expect([status.code, status.outLines.join("\n")]).toEqual([
        3,
        expect.stringContaining("version 2 is pinned, and is the oldest of the 3 that Vault keeps") as string,
      ]);
      expect((await set("fifth")).errLines.join("\n")).toContain("version 2 is not among the 3 that Vault keeps");
      await says(/empty response from Vault/);
      expect((await found()).map(({ id }) => id)).toContain("pinned-version-missing");
      expect(await secret()).toBe("second");
    });

    test("a version that is not there yet: said, and the Secret stays", async () => {
      await pin(9);
      await says(/empty response from Vault/);
      await pause(TWO_LOOKS_MS);
      expect(await secret()).toBe("second");
      expect(await found()).toContainEqual(
        expect.objectContaining({
          id: "pinned-version-missing",
          seen: "version 9 is pinned, and the newest is 5",
        }),
      );
    });

    test("a pinned version that is destroyed: the operator empties the Secret, and doctor says it", async () => {
      await pin(4);
      await arrives("fourth");
      expect(await found()).toEqual([]);
      await server.ok("PUT", `kvv2/destroy/sample/${APP}/${APP}-local`, { body: { versions: [4] } });
      await arrives(undefined);
      expect(await found()).toMatchObject([
        { id: "pinned-version-deleted", seen: "version 4 is pinned, and is destroyed" },
      ]);
      expect((await run("status")).outLines.join("\n")).toContain("version 4 is pinned, and is destroyed");
    });

    test("unpinned by the config, the newest arrives, and from then on what is set", async () => {
      await pin(undefined);
      await arrives("fifth");
      expect((await set("sixth")).outLines).toHaveLength(1);
      await arrives("sixth");
      expect(await found()).toEqual([]);
      expect(await workspace.changes(ENVIRONMENT)).toEqual([]);
    });
  },
);
