import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requestsOn } from "../../access";
import { accessOf, sampleStacks } from "../access/fixture";
import { LiveAccess, liveSample, linesOf, startLiveSample, withoutLocalCa, type LiveSample } from "./live-access";
import { GRANTS } from "./planted-grants";
import { SETTINGS } from "./planted-settings";
import { describeLive, startVault } from "./servers";
import { Workspace } from "./workspace";

const USER = "sample-node-api-user";

describeLive(["vault"], "a running Vault beside its stacks", () => {
  jest.setTimeout(120_000);
  let vault: LiveSample;
  let before: readonly string[];

  beforeAll(async () => {
    vault = await startLiveSample();
    before = linesOf(await vault.live.report());
  });
  afterAll(() => vault?.live.server.remove());

  test("the root token that plants is all that differs in a Vault that is as its stacks say", () => {
    expect(
      before.filter((line) => !line.includes("vault_generic_endpoint.only-in-vault_auth-token-accessors-root-")),
    ).toEqual([]);
  });

  const kinds = [...GRANTS, ...SETTINGS];
  test.each(kinds.map((each) => [each.kind, each] as const))("is found and named: %s", async (_, planted) => {
    const undo = await planted.plant(vault);
    const report = await vault.live.report().finally(undo);
    const lines = linesOf(report).filter((line) => !before.includes(line));
    expect(lines.join("\n")).toMatch(planted.named);
    expect(report.code).toBe(1);
    expect(linesOf(await vault.live.report())).toEqual(before);
  });

  test("are at least 50 kinds", () => {
    expect(new Set(kinds.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(50);
  });

  test("logins are no difference, nor what they make in Vault", async () => {
    const { live, loader, issuer } = vault;
    const { madeByLogins, requests } = (await live.report()).live;
    await live.write("POST", `auth/userpass/login/${USER}`, { password: loader.passwords.get(USER) }, "");
    await issuer.job(live.server, "watch-sample-dev");
    const report = await live.report();
    expect(linesOf(report)).toEqual(before);
    expect(report.live.madeByLogins).toBe(madeByLogins + 1);
    expect(report.live.requests).toBe(requests + 3);
    process.stdout.write(
      `access live: ${kinds.length} kinds planted by hand, ${report.live.requests} requests a run\n`,
    );
  });

  test("what the token may not read is unknown, and never none", async () => {
    const { live } = vault;
    const policy = 'path "sys/mounts" {\n  capabilities = ["read"]\n}\n';
    await live.write("PUT", "sys/policies/acl/too-little", { policy });
    const { auth } = (await live.write("POST", "auth/token/create", { policies: ["too-little"] })) as {
      auth: { client_token: string };
    };
    const report = await live.report(auth.client_token);
    expect(report.live.differences).toEqual([]);
    expect(report.live.changes).toEqual([]);
    const { unread } = report.live;
    expect(unread).toEqual(
      expect.arrayContaining(["read sys/auth", "list sys/policies/acl", "list identity/entity/id", "read sys/audit"]),
    );
    expect(report.live.broken.map(({ says }) => says)).toEqual(
      expect.arrayContaining([expect.stringContaining("may not list sys/policies/acl: what is there is unknown")]),
    );
    expect(report.code).toBe(1);
    const { out } = await live.run([], auth.client_token);
    expect(out).toContain("unknown: the token may not read sys/audit");
    await live.write("POST", "auth/token/revoke", { token: auth.client_token });
    await live.write("DELETE", "sys/policies/acl/too-little");
  });

  test("the token that reads it is refused on every value, and on every change", async () => {
    const { live } = vault;
    const requests = accessOf(sampleStacks()).sets.flatMap(requestsOn);
    const others = [
      ...["sys/raw/logical", "sys/storage/raft/snapshot", "sys/policies/acl/x", "sys/mounts/x", "sys/auth/x"],
      ...["auth/userpass/users/x", "auth/kubernetes/role/x", "auth/token/create", "auth/token/revoke-accessor"],
      ...[
        "identity/group",
        "identity/entity",
        "identity/oidc/client/x",
        "sys/audit/x",
        "auth/approle/role/x/secret-id",
      ],
    ];
    const paths = [...new Set([...requests.map(({ path }) => path), ...others])];
    const { data } = (await live.write("POST", "sys/capabilities", { token: live.token, paths })) as {
      data: Record<string, string[]>;
    };
    const may = paths.flatMap((path) => data[path]!.map((capability) => `${capability} ${path}`));
    expect(new Set(may)).toEqual(
      new Set([
        ...paths.filter((path) => !/^(auth\/(userpass|kubernetes)\/|sys\/policies)/.test(path)).map((p) => `deny ${p}`),
        ...["read sys/policies/acl/x", "read auth/userpass/users/x", "read auth/kubernetes/role/x"],
      ]),
    );
    const value = "kvv2/data/sample/sample-node-api/sample-node-api-dev";
    expect((await live.server.request("GET", value, { token: live.token })).status).toBe(403);
  });

  test("who runs the platform can look as well, at all but some settings", async () => {
    const { live, loader } = vault;
    const login = (await live.write("POST", "auth/userpass/login/platform-admin", {
      password: loader.passwords.get("platform-admin"),
    })) as { auth: { client_token: string } };
    const report = await live.report(login.auth.client_token);
    const unknown = report.live.unread;
    expect(linesOf(report).filter((line) => !before.includes(line) && !line.includes("is unknown"))).toEqual([]);
    expect(unknown.filter((request) => !/ sys\/| auth\/token\/roles$/.test(request))).toEqual([]);
    expect(unknown.filter((request) => /sys\/(auth|mounts|audit|policies\/acl)$/.test(request))).toEqual([]);
    await live.write("POST", "auth/token/revoke", { token: login.auth.client_token });
  });

  test("what the config says is meant is no difference", async () => {
    const { live } = vault;
    const { differences } = (await live.report()).live;
    expect(differences).toHaveLength(1);
    const waiver = { proof: "supported", subject: differences[0]!.where, reason: "the token of this test" };
    const { code, out } = await live.besides(waiver).run();
    expect(out).toContain("Reason: the token of this test");
    expect(out).toMatch(/: no difference$/);
    expect(code).toBe(0);
  });

  test.each([
    ["terminal", /who +app[^]*✔ isolation[^]*Vault main at http:\S+, beside the stacks in .*: 1 difference/],
    [
      "markdown",
      /^# Who can do what[^]*### Access to the secrets of `sample`: no change[^]*- only in Vault: `vault_gen/,
    ],
    ["csv", /^who,kind,app/],
    ["html", /^<!doctype html>/],
  ])("is reported as %s", async (format, text) => {
    const { code, out, err } = await vault.live.run(["--format", format]);
    expect(out).toMatch(text);
    expect(err.includes("only in Vault: `vault_generic")).toBe(["csv", "html"].includes(format));
    expect(code).toBe(1);
  });

  test("it is silent, and ends with 0, once the root token is gone", async () => {
    const { live } = vault;
    await live.write("POST", "auth/token/revoke-self", {});
    const { code, out } = await live.run(["--who", USER]);
    expect(out).toMatch(/: no difference$/);
    expect(out).not.toContain("person sample-admin");
    expect(code).toBe(0);
  });

  test("a token that is none is an error, not an empty Vault", async () => {
    const { code, out, err } = await vault.live.run([], "hvs.nobody");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/invalid token/);
  });
});

describeLive(["vault", "terraform-providers"], "with Terraform: a running Vault beside its stacks", () => {
  test("what the real provider applied is no difference", async () => {
    const server = await startVault({ storage: "dev" });
    try {
      const config = liveSample(server.folder, { authority: "separate" });
      const workspace = new Workspace(config, { VAULT_ADDR: server.address, VAULT_TOKEN: server.rootToken });
      const file = join(workspace.folder, "cdktf.out/stacks/sample-access-main/cdk.tf.json");
      const stacks = withoutLocalCa({ "sample-access-main": JSON.parse(readFileSync(file, "utf8")) as unknown });
      writeFileSync(file, JSON.stringify(stacks["sample-access-main"]));
      await workspace.apply("sample-access-main");
      const live = await LiveAccess.of(server, join(workspace.folder, "cdktf.out"));
      await server.ok("POST", "auth/token/revoke-self", {});
      expect(linesOf(await live.report())).toEqual([]);
    } finally {
      await server.remove();
    }
  }, 180_000);
});
