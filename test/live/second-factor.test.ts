import { readFileSync } from "node:fs";
import { join } from "node:path";
import { scriptedIo } from "../cli/up/scripted-io";
import { UNSAFE } from "../helpers/configs";
import { setAdminPassword } from "../../cli/up/authority";
import { SecretValue, VaultClient } from "../../cli/vault";
import { resolvePlatform, type PlatformConfig, type SecondFactor } from "../../model";
import { appliedResources, type ResourceBlocks } from "../../resource-types";
import { TestIssuer } from "./ci-tokens";
import { differencesOf } from "./differences";
import { leastToken } from "./least";
import { ops } from "./ops";
import { describeLive, startVault, type VaultServer } from "./servers";
import { codeOf } from "./totp";
import { SHARED_STATE, Workspace } from "./workspace";

const ACCESS = "acme-access-main";
const OWN = "correct-horse-battery-9";

/** A protected environment, who may write to it, who may read it, and the CI's jobs. */
function platform(server: VaultServer, ci: TestIssuer, secondFactor?: SecondFactor): PlatformConfig {
  return {
    name: "acme",
    vaults: {
      main: {
        address: server.address,
        unsafeNoTls: true,
        unsafeWithout: { tls: UNSAFE.tls },
        ...(secondFactor && { login: { secondFactor } }),
      },
    },
    clusters: {},
    environments: { prod: { vault: "main", protected: true }, dev: { vault: "main" } },
    apps: { shop: { owner: "team-shop", keys: ["KEY"] } },
    people: {
      groups: {
        writers: { grants: [{ access: "write", apps: ["shop"], environments: ["prod"] }] },
        readers: { grants: [{ access: "read", apps: ["shop"], environments: ["prod"] }] },
      },
      users: { wanda: { groups: ["writers"] }, walt: { groups: ["writers"] }, rita: { groups: ["readers"] } },
    },
    backend: SHARED_STATE,
    pipelines: ci.pipelines(),
  };
}

describeLive(["vault", "terraform-providers"], "a second factor", () => {
  jest.setTimeout(90_000);
  const ci = new TestIssuer();
  let server: VaultServer;
  let workspace: Workspace;
  let file: string;
  const accounts = new Map<string, string>();

  const run = (words: string, script: Parameters<typeof ops>[2] = {}) =>
    ops(server, words.split(" "), { ...script, env: { PLATFORM: file, ...script.env } });
  const admin = (words: string) => run(words, { env: { VAULT_TOKEN: server.rootToken } });
  const applied = async (secondFactor?: SecondFactor): Promise<void> => {
    const config = platform(server, ci, secondFactor);
    file = workspace.write("platform.js", `exports.default = ${JSON.stringify(config)};`);
    workspace.synthesize(config);
    await workspace.apply(ACCESS);
  };
  const login = (user: string) =>
    server.request<{ auth?: { client_token: string; mfa_requirement?: { mfa_request_id: string } | null } }>(
      "POST",
      `auth/userpass/login/${user}`,
      {
        token: "",
        body: { password: OWN },
      },
    );
  /** A command of one's own that logs in by prompt. */
  const asked = (user: string, ...codes: string[]) => {
    const left = [...codes];
    return run("users passwd", {
      answer: () => user,
      secret: (question) => (/^Code/.test(question) ? (left.shift() ?? "none left") : OWN),
    });
  };
  const accept = async (user: string, token: string) => {
    let account = "";
    const io = await run(`users accept ${user}`, {
      secret: (question) => (/^Token/.test(question) ? token : /^Code/.test(question) ? codeOf(account) : OWN),
      shown: (lines) => void (account = /otpauth:\S+/.exec(lines.join("\n"))![0]),
    });
    if (account) accounts.set(user, account);
    return io;
  };
  const invited = async (user: string) => {
    const io = await admin(`users invite ${user}`);
    return { io, token: /hvs\.[\w-]+/.exec(io.outLines.join("\n"))![0] };
  };
  /** Vault takes a code once: the next one is half a minute away. */
  const nextCode = async (): Promise<void> => {
    const left = 30_000 - (Date.now() % 30_000);
    await new Promise((resolve) => setTimeout(resolve, left + 500));
  };

  beforeAll(async () => {
    server = await startVault({ storage: "dev" });
    workspace = new Workspace(platform(server, ci), { VAULT_TOKEN: server.rootToken });
    await applied();
  });

  test("offered: who is invited is enrolled, the secret is in the invitation alone, and no login asks", async () => {
    await applied("offered");
    for (const user of ["wanda", "rita"]) {
      const { io, token } = await invited(user);
      const accepted = await accept(user, token);
      expect([accepted.code ?? 0, accepted.errLines]).toEqual([0, []]);
      const key = new URL(accounts.get(user)!).searchParams.get("secret")!;
      expect(accounts.get(user)).toContain(`acme-main:${user}`);
      expect([...io.outLines, ...io.errLines, ...accepted.outLines].join("\n")).not.toContain(key);
      expect((await login(user)).body.auth?.client_token).toMatch(/^hvs\./);
    }
  });

  describe("required", () => {
    const right = (user: string) => codeOf(accounts.get(user)!);
    const validate = (request: string, code: string) =>
      server.request<{ auth?: { client_token: string } }>("POST", "sys/mfa/validate", {
        token: "",
        body: { mfa_request_id: request, mfa_payload: { [method]: [code] } },
      });
    const begun = async (user: string): Promise<string> => {
      const { mfa_requirement: wanted, client_token } = (await login(user)).body.auth!;
      expect(client_token).toBe("");
      return wanted!.mfa_request_id;
    };
    let method: string;

    beforeAll(async () => {
      await applied("required");
      const { data } = await server.ok<{ data: { keys: string[] } }>("LIST", "identity/mfa/method/totp");
      method = data.keys[0]!;
    });

    test("a Vault that is as its stacks say has no difference", async () => {
      expect(await differencesOf(server, join(workspace.folder, "cdktf.out"), ["access"])).toEqual([]);
    });

    test("a plan has nothing more to do, with its least token, and state has no secret of anybody's", async () => {
      const { resource } = workspace.read(`cdktf.out/stacks/${ACCESS}/cdk.tf.json`) as { resource: ResourceBlocks };
      const VAULT_TOKEN = await leastToken(server, "access", appliedResources(resource), "plan");
      expect(await workspace.changes(ACCESS, { VAULT_TOKEN })).toEqual([]);
      const state = readFileSync(join(workspace.folder, "state", `${ACCESS}.tfstate`), "utf8");
      for (const account of accounts.values()) expect(state).not.toContain(new URL(account).searchParams.get("secret"));
    });

    test.each([
      ["no code", async () => validate(await begun("wanda"), "")],
      ["a wrong code", async () => validate(await begun("wanda"), "000000")],
      ["a code of an hour ago", async () => validate(await begun("wanda"), codeOf(accounts.get("wanda")!, -3600))],
      ["a code of another's app", async () => validate(await begun("wanda"), right("rita"))],
      ["a login of nobody's", async () => validate("00000000-0000-0000-0000-000000000000", right("wanda"))],
      ["a code of one's own for another's login", async () => validate(await begun("walt"), right("wanda"))],
    ])("is refused: %s", async (_, tried) => {
      await server.ok("POST", "auth/userpass/users/walt/password", { body: { password: OWN } });
      const { status, body } = await tried();
      expect([status >= 400, body.auth ?? null]).toEqual([true, null]);
    });

    test("the right code after a wrong one logs in; the same code and the same login are refused then", async () => {
      await nextCode();
      const code = right("wanda");
      const io = await asked("wanda", "000000", code);
      expect([io.code ?? 0, io.errLines]).toEqual([0, [expect.stringMatching(/that is not the code/)]]);
      expect((await validate(await begun("wanda"), code)).status).toBe(403);
      await nextCode();
      const request = await begun("wanda");
      const next = right("wanda");
      expect((await validate(request, next)).body.auth?.client_token).toMatch(/^hvs\./);
      await nextCode();
      expect((await validate(request, right("wanda"))).status).toBeGreaterThanOrEqual(400);
    });

    test("three wrong codes end a command, in words", async () => {
      const io = await asked("wanda", "000000", "000001", "000002");
      expect([io.code, io.errLines.at(-1)]).toEqual([1, expect.stringMatching(/the code is not right, 3 times/)]);
    });

    test("who is not enrolled is told whom to ask", async () => {
      const io = await asked("walt", "000000");
      expect([io.code, io.errLines]).toEqual([
        1,
        [expect.stringMatching(/walt has no authenticator app.*users invite walt/)],
      ]);
    });

    test("invited anew, the old app's codes are no good, and the new one's are", async () => {
      const old = accounts.get("wanda")!;
      const accepted = await accept("wanda", (await invited("wanda")).token);
      expect([accepted.code ?? 0, accepted.errLines]).toEqual([0, []]);
      expect((await validate(await begun("wanda"), codeOf(old))).status).toBe(403);
      await nextCode();
      expect((await asked("wanda", right("wanda"))).code ?? 0).toBe(0);
    });

    test("who may only read, the CI's jobs and a root token are asked for nothing", async () => {
      expect((await login("rita")).body.auth?.client_token).toMatch(/^hvs\./);
      expect(await ci.job(server, "plan-acme-dev")).toMatch(/^hvs\./);
      expect((await server.request("GET", "auth/token/lookup-self")).status).toBe(200);
    });

    test("the first platform-admin is enrolled as the password is set, before any root token goes", async () => {
      let account = "";
      const io = scriptedIo({
        secret: () => codeOf(account),
        shown: (lines) => void (account = /otpauth:\S+/.exec(lines.join("\n"))![0]),
      });
      const resolved = resolvePlatform(platform(server, ci, "required"));
      const client = VaultClient.at(server.address, {});
      client.token = new SecretValue(server.rootToken);
      await setAdminPassword(io, client, resolved, resolved.vaults[0]!, new SecretValue(OWN));
      client.close();
      expect(io.questions).toHaveLength(2);
      expect((await login("platform-admin")).body.auth?.mfa_requirement).not.toBeNull();
    });

    test("the least token of an apply takes it away, after which nobody is asked, and brings it back", async () => {
      const { resource } = workspace.read(`cdktf.out/stacks/${ACCESS}/cdk.tf.json`) as { resource: ResourceBlocks };
      const options = { collections: true };
      const VAULT_TOKEN = await leastToken(server, "access", appliedResources(resource), "apply", options);
      workspace.synthesize(platform(server, ci));
      await workspace.apply(ACCESS, { VAULT_TOKEN });
      expect((await login("wanda")).body.auth?.client_token).toMatch(/^hvs\./);
      workspace.synthesize(platform(server, ci, "required"));
      await workspace.apply(ACCESS, { VAULT_TOKEN });
      expect((await login("wanda")).body.auth?.client_token).toBe("");
    });
  });
});
