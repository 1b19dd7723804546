import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inTurn, ops } from "./ops";
import { describeLive, startVault, temporaryFolder, type VaultServer } from "./servers";

/** A share in form, and none of this Vault's. */
const OTHER = Buffer.alloc(33, 7).toString("base64");

describeLive(["vault"], "a root token from key shares", () => {
  let server: VaultServer;

  beforeAll(async () => {
    server = await startVault({ storage: "file" });
    await server.init(2, 2);
    await server.unseal();
  });

  test("a root token is made from shares, shown once, and revoked by its value", async () => {
    let token = "";
    const io = await ops(server, ["root-token", "create"], {
      secret: inTurn(server.keys),
      shown: (lines) => void (token = lines.at(-1)!.trim()),
    });
    expect(io.code).toBe(0);
    expect([...io.outLines, ...io.errLines].join()).not.toContain(token);
    expect(
      (await server.ok<{ data: { policies: string[] } }>("GET", "auth/token/lookup-self", { token })).data.policies,
    ).toEqual(["root"]);
    const end = await ops(server, ["root-token", "revoke"], { secret: () => token });
    expect(end.outLines).toEqual(["Vault main: the root token is revoked."]);
    expect((await server.request("GET", "auth/token/lookup-self", { token })).status).toBe(403);
  });

  test("an attempt that somebody left half-way is given up; a wrong share begins again", async () => {
    await server.ok("PUT", "sys/generate-root/attempt", { token: "" });
    let token = "";
    const io = await ops(server, ["root-token", "create"], {
      secret: inTurn([server.keys[0]!, OTHER, ...server.keys]),
      shown: (lines) => void (token = lines.at(-1)!.trim()),
    });
    expect(io.errLines.join("\n")).toContain("at least one of the 2 is wrong");
    expect((await server.request("GET", "auth/token/lookup-self", { token })).status).toBe(200);
  });

  test("revoke --all leaves none", async () => {
    const io = await ops(server, ["root-token", "revoke", "--all"], { env: { VAULT_TOKEN: server.rootToken } });
    expect(io.outLines).toEqual(["Vault main: 2 root tokens revoked."]);
    expect((await server.request("GET", "auth/token/lookup-self")).status).toBe(403);
  });
});

describeLive(["vault"], "a root token from recovery shares of a Vault that unseals itself", () => {
  test("init makes recovery shares, and a root token comes of them", async () => {
    const seal = await startVault({ storage: "dev" });
    const server = await startVault({ storage: "file", seal });
    const folder = join(temporaryFolder("shares"), "first");
    await ops(server, ["init", "--shares", "3", "--threshold", "2", "--out-dir", folder], { shown: () => undefined });
    await server.waitUntilActive();
    let shown = "";
    const root = await ops(server, ["root-token", "create"], {
      secret: inTurn([3, 1].map((n) => readFileSync(join(folder, `recovery-share-${n}`), "utf8").trim())),
      shown: (lines) => void (shown = lines.at(-1)!.trim()),
    });
    expect(root.questions[0]).toBe(`Recovery share 1 of 2, for a root token of ${server.address}`);
    expect((await server.request("GET", "auth/token/lookup-self", { token: shown })).status).toBe(200);
  });
});
