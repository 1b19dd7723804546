import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CaConfig } from "../../model";
import { ROOT } from "../helpers/source";
import { TestIssuer } from "./ci-tokens";
import { Canary, describeLive, startVault, temporaryFolder, type VaultServer } from "./servers";
import { keepStateBeside, SHARED_STATE } from "./workspace";

interface Run {
  readonly code: number;
  readonly output: string;
}

const FOLDERS = ["access", "ci", "cli", "constructs", "model", "policies", "resource-types", "stacks", "config"];

describeLive(
  ["vault", "openssl", "terraform-providers"],
  "with Terraform: the CI's scripts, as a workflow calls them",
  () => {
    const ci = new TestIssuer();
    const canary = new Canary();
    const checkout = temporaryFolder("checkout");
    const runs = temporaryFolder("runs");
    let server: VaultServer;
    let log = "";

    /** A job: the script's words, with the token that its CI would give it for this deployment environment. */
    function run(words: readonly string[], environment?: string, more: Record<string, string> = {}): Promise<Run> {
      const jwt = environment && ci.token(ci.claims(environment));
      if (jwt) canary.watch(`jwt ${environment} ${words.join(" ")}`, jwt);
      const env = {
        PATH: process.env.PATH,
        HOME: checkout,
        TF_CLI_CONFIG_FILE: process.env.TF_CLI_CONFIG_FILE,
        PLATFORM: "config/ci.ts",
        VAULT_ADDR: server.address,
        VAULT_CACERT: "",
        RUNNER_TEMP: runs,
        ...(jwt && { CI_ID_TOKEN: jwt }),
        ...more,
      };
      return new Promise((done) => {
        execFile(words[0]!, words.slice(1), { cwd: checkout, env, encoding: "utf8" }, (error, stdout, stderr) => {
          log += stdout + stderr;
          done({ code: error ? (typeof error.code === "number" ? error.code : 1) : 0, output: stdout + stderr });
        });
      });
    }

    const config = (owner: string, ca: CaConfig | undefined = { certificate: server.ca! }) =>
      writeFileSync(
        join(checkout, "config", "ci.ts"),
        `import sample from "./sample";
const { dev } = sample.environments;
const app = { ...sample.apps["sample-node-api"]!, owner: ${JSON.stringify(owner)}, kubernetes: undefined };
export default {
  ...sample, authority: "separate",
  vaults: { main: ${JSON.stringify({ address: server.address, ca })} }, clusters: {},
  environments: { dev },
  apps: { "sample-node-api": app }, people: undefined,
  waivers: [{
    proof: "privilege-escalation", subject: "pipeline main/jwt-ci/apply-sample-access-main",
    reason: "Its deployment environment asks two people.",
  }],
  backend: ${JSON.stringify(SHARED_STATE)}, pipelines: ${JSON.stringify(ci.pipelines())} };
`,
      );
    const digestOf = (stack: string) =>
      (JSON.parse(readFileSync(join(checkout, ".tmp/ci/plans", `${stack}.json`), "utf8")) as { digest: string }).digest;
    /** As the workflow of the protected branch plans: unattended. */
    const plan = () => run(["ci/plan", "sample-dev", "watch"], "watch-sample-dev");
    const apply = (digest: string) => run(["ci/apply", "sample-dev", digest], "apply-sample-dev");
    const owner = async () =>
      (
        await server.ok<{ data: { custom_metadata: { owner: string } | null } }>(
          "GET",
          "kvv2/metadata/sample/sample-node-api/sample-node-api-dev",
        )
      ).data.custom_metadata?.owner;

    beforeAll(async () => {
      server = await startVault({ storage: "dev", tls: true });
      for (const folder of FOLDERS) cpSync(join(ROOT, folder), join(checkout, folder), { recursive: true });
      for (const file of ["main.ts", "package.json", "tsconfig.json"]) cpSync(join(ROOT, file), join(checkout, file));
      symlinkSync(join(ROOT, "node_modules"), join(checkout, "node_modules"));
      mkdirSync(join(checkout, ".tmp"));
      config("team-a");
      // The first time a person applies the access stack: nobody's job can log in before.
      expect(await run(["ci/synth", "cdktf.out"])).toMatchObject({ code: 0 });
      keepStateBeside(join(checkout, "cdktf.out"));
      const first = await run(["ci/plan", "sample-access-main"], undefined, { VAULT_TOKEN: server.rootToken });
      expect(first).toMatchObject({ code: 0 });
      expect(
        await run(["ci/apply", "sample-access-main", digestOf("sample-access-main")], undefined, {
          VAULT_TOKEN: server.rootToken,
        }),
      ).toMatchObject({ code: 0 });
    }, 90_000);

    test("a plan that was reviewed is applied; the plan after is empty; the jobs' tokens are gone", async () => {
      expect(await plan()).toMatchObject({ code: 0 });
      expect(await apply(digestOf("sample-dev"))).toMatchObject({
        code: 0,
        output: expect.stringContaining("sample-dev: applied") as string,
      });
      expect((await plan()).output).toContain("sample-dev: no change");
      const { keys } = (await server.ok<{ data: { keys: string[] } }>("LIST", "auth/token/accessors")).data;
      const tokens = await Promise.all(
        keys.map((accessor) =>
          server.request<{ data?: { path: string } }>("POST", "auth/token/lookup-accessor", { body: { accessor } }),
        ),
      );
      expect(tokens.filter(({ body }) => body.data?.path === "auth/jwt-ci/login")).toEqual([]);
    }, 90_000);

    test("a pull request's plan is another job's login, and of the same commit the same plan", async () => {
      await plan();
      const watched = digestOf("sample-dev");
      expect([(await run(["ci/plan", "sample-dev"], "plan-sample-dev")).code, digestOf("sample-dev")]).toEqual([
        0,
        watched,
      ]);
      expect((await run(["ci/plan", "sample-dev", "watch"], "plan-sample-dev")).code).toBe(1);
      expect((await run(["ci/plan", "sample-dev"], "watch-sample-dev")).code).toBe(1);
      expect((await run(["ci/drift", "sample-dev"], "plan-sample-dev")).code).not.toBe(0);
    }, 90_000);

    test("a plan that is not the reviewed one is not applied: the config has changed since, or Vault has", async () => {
      config("team-b");
      await run(["ci/synth", "cdktf.out"]);
      await plan();
      const reviewed = digestOf("sample-dev");
      config("team-mallory");
      await run(["ci/synth", "cdktf.out"]);
      const swapped = await apply(reviewed);
      expect([swapped.code, await owner()]).toEqual([2, "team-a"]);
      expect(swapped.output).toContain("the plan is not the one that was reviewed");

      config("team-b");
      await run(["ci/synth", "cdktf.out"]);
      await server.ok("POST", "kvv2/metadata/sample/sample-node-api/sample-node-api-dev", {
        body: { custom_metadata: { owner: "by-hand" } },
      });
      expect((await apply(reviewed)).code).toBe(2);
      expect(await owner()).toBe("by-hand");
    }, 120_000);

    test("Vault's certificate is looked at by the login, and by Terraform with a person's token", async () => {
      // The Vault's certificate is in a Secret of its cluster, which no job reads: the machine has it, or nobody.
      const synthesized = async (ca: CaConfig | undefined) => {
        config("team-b", ca);
        await run(["ci/synth", "cdktf.out"]);
      };
      const watch = (more: Record<string, string>, environment: string | undefined = "watch-sample-dev") =>
        run(["ci/plan", "sample-dev", "watch"], environment, more);
      await synthesized({ secret: "acme-ca" });
      expect(await watch({ VAULT_CACERT: "ca.pem" })).toEqual({
        code: 2,
        output: expect.stringContaining("VAULT_CACERT: given ca.pem, a relative path") as string,
      });
      expect(await watch({ VAULT_CACERT: server.caFile! })).toMatchObject({ code: 0 });
      const untrusted = [
        await watch({}),
        await run(["ci/plan", "sample-dev", "watch"], undefined, { VAULT_TOKEN: server.rootToken }),
        // What the repository's variables say is nobody's word.
        await watch({ VAULT_CA: server.ca! }),
      ];
      expect(untrusted).toEqual([
        { code: 1, output: expect.stringContaining("unable to verify the first certificate") as string },
        { code: 1, output: expect.stringContaining("terraform plan of sample-dev: Error: ") as string },
        { code: 1, output: expect.stringContaining("unable to verify the first certificate") as string },
      ]);
      await synthesized({ certificate: server.ca! });
      expect(await watch({ VAULT_CACERT: "/nobody.pem" })).toMatchObject({ code: 0 });
    }, 120_000);

    test("what Vault refuses in the middle of an apply is said with address and status, and no value", async () => {
      const reviewed = (await plan(), digestOf("sample-dev"));
      const { policy } = (await server.ok<{ data: { policy: string } }>("GET", "sys/policies/acl/apply-sample-dev"))
        .data;
      await server.ok("PUT", "sys/policies/acl/apply-sample-dev", {
        body: {
          policy: policy
            .replace(/"(create|update|patch)",?\s*/g, "")
            .replace(/,\s*\]/g, "]")
            .replace(/\[\s*\]/g, '["deny"]'),
        },
      });
      const { code, output } = await apply(reviewed);
      await server.ok("PUT", "sys/policies/acl/apply-sample-dev", { body: { policy } });
      expect([code, output, await owner()]).toEqual([
        1,
        expect.stringMatching(
          new RegExp(
            /terraform apply of sample-dev: Error: .*; status 403; /.source +
              /with vault_generic_endpoint\S+; on cdk\.tf\.json line \d+/.source,
          ),
        ),
        "by-hand",
      ]);
      expect(output).not.toMatch(/team-b|by-hand/);
    }, 60_000);

    test("drift ends with 3 and a report that names the resource and no value", async () => {
      const found = await run(["ci/drift", "sample-dev"], "watch-sample-dev");
      const report = readFileSync(join(checkout, ".tmp/ci/drift.md"), "utf8");
      expect([found.code, report.includes("vault_generic_endpoint"), report.includes("by-hand")]).toEqual([
        3,
        true,
        false,
      ]);
    }, 60_000);

    test("a job with another's token gets nowhere, and the comment will say that there is no plan", async () => {
      const wrong = await run(["ci/plan", "sample-dev"], "plan-sample-prod");
      expect([wrong.code, wrong.output.includes("auth/jwt-ci/login")]).toEqual([1, true]);
      expect(JSON.parse(readFileSync(join(checkout, ".tmp/ci/plans/sample-dev.json"), "utf8"))).toMatchObject({
        error: expect.stringContaining("login") as string,
      });
      expect((await run(["ci/plan", "sample-dev"])).output).toMatch(/the job's identity.*: given none/);
      expect((await run(["ci/apply", "sample-dev", "latest"], "apply-sample-dev")).output).toContain(
        "64 hexadecimal digits",
      );
    }, 60_000);

    test("no token is in what the scripts said or left", () => {
      expect(canary.searchText("output of the scripts", log)).toEqual([]);
      expect(canary.searchFiles(join(checkout, ".tmp"), join(checkout, "cdktf.out"), join(checkout, "state"))).toEqual(
        [],
      );
      expect([existsSync(join(checkout, "cdktf.out", "stacks", "sample-dev", "plan")), readdirSync(runs)]).toEqual([
        false,
        [],
      ]);
    });
  },
);
