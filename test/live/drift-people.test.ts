import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sample from "../../config/sample";
import type { PlatformConfig } from "../../model";
import { ROOT } from "../helpers/source";
import { TestIssuer } from "./ci-tokens";
import { describeLive, startVault, temporaryFolder, type VaultServer } from "./servers";
import { SHARED_STATE, Workspace } from "./workspace";

const ACCESS = "sample-access-main";
const USER = "sample-node-api-user";
const OWN = "chosen-by-the-person";

describeLive(["vault", "terraform-providers"], "with Terraform: ci/drift finds back doors that no plan shows", () => {
  const ci = new TestIssuer();
  const out = temporaryFolder("drift");
  let server: VaultServer;
  let workspace: Workspace;
  const write = (path: string, body: object) => server.ok<{ data: { id: string } }>("POST", path, { body });
  const loginStatus = async () =>
    (await server.request("POST", `auth/userpass/login/${USER}`, { token: "", body: { password: OWN } })).status;
  const entity = async (name: string) =>
    (await server.ok<{ data: { id: string } }>("GET", `identity/entity/name/${name}`)).data.id;

  /** The nightly job, with the token that the CI gives it, and nothing else of this process. */
  function drift(): { readonly code: number | null; readonly said: string; readonly text: string } {
    const env = {
      PATH: process.env.PATH,
      HOME: out,
      TF_CLI_CONFIG_FILE: process.env.TF_CLI_CONFIG_FILE,
      PLATFORM: join(out, "platform.js"),
      CI_STACKS: join(workspace.folder, "cdktf.out"),
      CI_OUT: out,
      RUNNER_TEMP: out,
      GITHUB_EVENT_NAME: "schedule",
      CI_ID_TOKEN: ci.token(ci.claims(`watch-${ACCESS}`)),
    };
    const { status, stdout, stderr } = spawnSync("ci/drift", [ACCESS], { cwd: ROOT, env, encoding: "utf8" });
    return { code: status, said: stdout + stderr, text: readFileSync(join(out, "drift.md"), "utf8") };
  }

  beforeAll(async () => {
    server = await startVault({ storage: "dev" });
    const config: PlatformConfig = {
      ...sample,
      authority: "separate",
      vaults: { main: { address: server.address, unsafeNoTls: true } },
      clusters: {},
      environments: { dev: { vault: "main" } },
      backend: SHARED_STATE,
      pipelines: ci.pipelines(),
      waivers: [
        {
          proof: "privilege-escalation",
          subject: "pipeline main/jwt-ci/apply-sample-access-main",
          reason: "Its deployment environment asks two people.",
        },
      ],
    };
    writeFileSync(join(out, "platform.js"), `module.exports = { default: ${JSON.stringify(config)} };`);
    workspace = new Workspace(config, { VAULT_TOKEN: server.rootToken });
    await workspace.apply(ACCESS);
    await write(`auth/userpass/users/${USER}/password`, { password: OWN });
  }, 90_000);

  test("as it was applied there is none", () => {
    expect(drift()).toMatchObject({ code: 0 });
  }, 60_000);

  test("policies of a user: no plan has them, the job says them, and the password is the person's still", async () => {
    await write(`auth/userpass/users/${USER}`, { token_policies: ["platform-admin"] });
    expect(await workspace.changes(ACCESS)).toEqual([]);
    const { code, text } = drift();
    expect(code).toBe(3);
    expect(text).toMatch(/^### What is there is not what was applied/);
    expect(text).toContain(`the user ${USER} has token_policies: platform-admin. No stack gave it.`);
    expect(await loginStatus()).toBe(200);
    // What the plan knows of it by its refresh is in the state after the next apply, and then in no plan's drift.
    await workspace.apply(ACCESS);
    expect(drift()).toMatchObject({ code: 3 });
    await write(`auth/userpass/users/${USER}/policies`, { token_policies: "" });
    expect(drift()).toMatchObject({ code: 0 });
    expect(await loginStatus()).toBe(200);
  }, 120_000);

  test("a group around it, another login, and what the plan shows by itself", async () => {
    const inner = await write("identity/group", { name: "inner", member_entity_ids: [await entity(USER)] });
    await write("identity/group", { name: "outer", policies: ["sample-admin"], member_group_ids: [inner.data.id] });
    await write("sys/auth/back-door", { type: "userpass" });
    const { data } = await server.ok<{ data: Record<string, { accessor: string }> }>("GET", "sys/auth");
    await write("identity/entity-alias", {
      name: "mallory",
      mount_accessor: data["back-door/"]!.accessor,
      canonical_id: await entity("platform-admin"),
    });
    expect(await workspace.changes(ACCESS)).toEqual([]);
    const { code, text } = drift();
    expect(code).toBe(3);
    expect(text).toContain(`${USER} is in the group inner.`);
    expect(text).toContain(`${USER} is in the group outer.`);
    expect(text).toContain("mallory at auth/back-door/ logs in as platform-admin.");
    await write(`identity/entity/name/${USER}`, { policies: ["own-password", "sample-admin"] });
    expect((await workspace.changes(ACCESS)).map(({ address }) => address)).toEqual([
      `vault_identity_entity.user_${USER}_entity`,
    ]);
  }, 90_000);

  test("what may not be read is not known: the run has failed, and does not say that all is well", async () => {
    const group = await server.ok<{ data: { id: string } }>("GET", "identity/group/name/inner");
    await write("sys/policies/acl/not-inner", {
      policy: `path "identity/group/id/${group.data.id}" { capabilities = ["deny"] }`,
    });
    const token = await ci.job(server, `watch-${ACCESS}`);
    const self = await server.ok<{ data: { entity_id: string } }>("GET", "auth/token/lookup-self", { token });
    await write(`identity/entity/id/${self.data.entity_id}`, { policies: ["not-inner"] });
    // The plan shows what was done to the person's entity, and is not lost for it.
    const both = drift();
    expect(both.code).toBe(3);
    expect(both.text).toContain("not known: what people have that no plan shows");
    await write(`identity/entity/name/${USER}`, { policies: ["own-password"] });
    const { code, text } = drift();
    expect(code).toBe(1);
    expect(text).toMatch(/^### It could not be seen whether[^]*permission denied/);
  }, 90_000);
});
