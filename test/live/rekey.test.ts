import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inTurn, ops } from "./ops";
import { describeLive, startVault, temporaryFolder, type VaultServer } from "./servers";

const files = (folder: string, kind: string, count: number) =>
  Array.from({ length: count }, (_, index) => readFileSync(join(folder, `${kind}-${index + 1}`), "utf8").trim());

describeLive(["vault"], "rekey: new shares from old ones", () => {
  let server: VaultServer;

  beforeAll(async () => {
    server = await startVault({ storage: "file" });
    await server.init(5, 3);
    await server.unseal();
  });

  test("the new shares unseal it, the old ones do not any more", async () => {
    const folder = join(temporaryFolder("shares"), "new");
    const answers = inTurn(server.keys.slice(2));
    const io = await ops(server, ["rekey", "--shares", "3", "--threshold", "2", "--out-dir", folder], {
      // The present shares first; then, once they are there, two of the new ones.
      secret: (question) =>
        /of the new ones/.test(question)
          ? files(folder, "key-share", 3)[/share 1/.test(question) ? 0 : 2]!
          : answers(question),
    });
    expect(io.questions).toEqual([
      ...[1, 2, 3].map((n) => `Key share ${n} of 3, of the present ones, to make new ones`),
      ...[1, 2].map((n) => `Key share ${n} of 2, of the new ones, to see that they arrived`),
    ]);
    expect(io.outLines).toEqual([
      "Vault main has 3 new shares, any 2 of which are enough; the old ones are worth nothing.",
    ]);
    const fresh = files(folder, "key-share", 3);
    await server.kill9();
    await server.start();
    const old = await ops(server, ["unseal"], {
      secret: inTurn([server.keys[0]!, server.keys[1]!, fresh[1]!, fresh[2]!]),
    });
    expect(old.errLines.join()).toContain("or from before a rekey");
    expect(old.outLines).toEqual([`${server.address}: unsealed`]);
    await server.waitUntilActive();
    Object.assign(server, { current: fresh });
  });

  test("new shares that are not given back change nothing: the present ones hold", async () => {
    const present = (server as unknown as { current: string[] }).current;
    const folder = join(temporaryFolder("shares"), "lost");
    const answers = inTurn(present.slice(1));
    const io = await ops(server, ["rekey", "--out-dir", folder], {
      secret: (question) => {
        if (/of the new ones/.test(question)) throw Object.assign(new Error("Ctrl-C"), { name: "ExitPromptError" });
        return answers(question);
      },
    });
    expect(io.code).toBe(1);
    expect(io.errLines.join("\n")).toContain(
      "the rekey is given up: the old key shares hold, and any new ones are worth nothing.",
    );
    expect(() => files(folder, "key-share", 1)).toThrow("ENOENT");
    await server.kill9();
    await server.start();
    const again = await ops(server, ["unseal"], { secret: inTurn(present) });
    expect(again.outLines).toEqual([`${server.address}: unsealed`]);
    await server.waitUntilActive();
  });

  test("a wrong present share is said, and all are asked for again", async () => {
    const present = (server as unknown as { current: string[] }).current;
    const answers = inTurn([server.keys[0]!, present[0]!, present[0]!, present[1]!]);
    const screens: string[] = [];
    const io = await ops(server, ["rekey", "--shares", "2", "--threshold", "2"], {
      shown: (lines) => void screens.push(lines.at(-1)!.trim()),
      secret: (question) =>
        /of the new ones/.test(question) ? screens[/share 1/.test(question) ? 0 : 1]! : answers(question),
    });
    expect(io.errLines.join("\n")).toContain("at least one of the 2 is wrong");
    expect(io.code).toBe(0);
    Object.assign(server, { current: screens });
  });

  test("a root token is made from shares, shown once, and revoked by its value", async () => {
    const present = (server as unknown as { current: string[] }).current;
    let token = "";
    const io = await ops(server, ["root-token", "create"], {
      secret: inTurn(present),
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
    const present = (server as unknown as { current: string[] }).current;
    await server.ok("PUT", "sys/generate-root/attempt", { token: "" });
    let token = "";
    const io = await ops(server, ["root-token", "create"], {
      secret: inTurn([present[0]!, server.keys[3]!, ...present]),
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

describeLive(["vault"], "rekey: recovery shares of a Vault that unseals itself", () => {
  test("init makes recovery shares, rekey new ones, and a root token comes of them", async () => {
    const seal = await startVault({ storage: "dev" });
    const server = await startVault({ storage: "file", seal });
    const first = join(temporaryFolder("shares"), "first");
    await ops(server, ["init", "--shares", "3", "--threshold", "2", "--out-dir", first], { shown: () => undefined });
    await server.waitUntilActive();
    const second = `${first}-2`;
    const io = await ops(server, ["rekey", "--shares", "3", "--threshold", "2", "--out-dir", second], {
      secret: (question) =>
        files(/of the new ones/.test(question) ? second : first, "recovery-share", 3)[
          /share 1/.test(question) ? 2 : 0
        ]!,
    });
    expect(io.errLines.join("\n")).not.toContain("wrong");
    expect(io.code).toBe(0);
    let shown = "";
    const root = await ops(server, ["root-token", "create"], {
      secret: inTurn(files(second, "recovery-share", 3)),
      shown: (lines) => void (shown = lines.at(-1)!.trim()),
    });
    expect(root.questions[0]).toBe(`Recovery share 1 of 2, for a root token of ${server.address}`);
    expect((await server.request("GET", "auth/token/lookup-self", { token: shown })).status).toBe(200);
  });
});
