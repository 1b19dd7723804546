import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execFileSync, spawnSync } from "node:child_process";
import { ops } from "./ops";
import { describeLive, startVault, temporaryFolder, type VaultServer } from "./servers";

describeLive(["vault"], "init: a new Vault, and who gets its shares", () => {
  let server: VaultServer;

  beforeEach(async () => {
    server = await startVault({ storage: "file" });
  });
  afterEach(async () => {
    await server.remove();
  });

  test(
    "each share is shown once, on a screen of its own, after a confirmation; the root token " +
      "last; nothing of it is in the output",
    async () => {
      const screens: string[] = [];
      const io = await ops(server, ["init"], { shown: (lines) => void screens.push(lines.at(-1)!.trim()) });
      expect(io.questions[0]).toBe(
        "5 key shares will be shown here, one at a time and never again. Is each of the 5 people ready to keep one?",
      );
      expect(screens).toHaveLength(6);
      const said = [...io.outLines, ...io.errLines].join("\n");
      for (const secret of screens) expect(said).not.toContain(secret);
      expect(io.code).toBe(0);
      for (const share of [screens[1], screens[4], screens[2]])
        await server.ok("PUT", "sys/unseal", { token: "", body: { key: share } });
      await server.waitUntilActive();
      await server.ok("GET", "auth/token/lookup-self", { token: screens[5] });
    },
  );

  test("nothing happens when nobody is ready", async () => {
    const io = await ops(server, ["init"], { confirm: () => false });
    expect(io.code).toBe(1);
    expect(io.errLines.join()).toContain("nothing was changed");
    expect((await server.request<{ initialized: boolean }>("GET", "sys/init")).body.initialized).toBe(false);
  });

  test("a folder gets one file a share, readable by its owner alone, and none is overwritten", async () => {
    const folder = join(temporaryFolder("shares"), "new");
    const io = await ops(server, ["init", "--shares", "3", "--threshold", "2", "--out-dir", folder]);
    expect(io.code).toBe(0);
    expect(readdirSync(folder)).toEqual(["key-share-1", "key-share-2", "key-share-3"]);
    for (const name of readdirSync(folder)) expect((statSync(join(folder, name)).mode & 0o777).toString(8)).toBe("600");
    expect((statSync(folder).mode & 0o777).toString(8)).toBe("700");
    for (const name of ["key-share-3", "key-share-1"])
      await server.ok("PUT", "sys/unseal", {
        token: "",
        body: { key: readFileSync(join(folder, name), "utf8").trim() },
      });
    await server.waitUntilActive();

    const second = await ops(server, ["init", "--shares", "3", "--threshold", "2", "--out-dir", `${folder}-2`]);
    expect(second.code).toBe(1);
    expect(second.errLines.join()).toMatch(/is initialised already; nothing was changed/);
    const other = await startVault({ storage: "file" });
    const refused = await ops(other, ["init", "--shares", "3", "--threshold", "2", "--out-dir", folder]);
    expect(refused.code).toBe(2);
    expect(refused.errLines.join()).toContain("has key-share-1 already");
    expect((await other.request<{ initialized: boolean }>("GET", "sys/init")).body.initialized).toBe(false);
    await other.remove();
  });

  test.each([
    ["no recipient", ["init"], "recipients: given none, and there is no terminal"],
    [
      "nowhere to go for the root token",
      ["init", "--out-dir", "/nowhere"],
      "--root-token-pgp-key: given nothing, and there is no terminal",
    ],
  ])("without a terminal and with %s it refuses", async (_, words, message) => {
    const io = await ops(server, words, { terminal: false });
    expect(io.code).toBe(2);
    expect(io.errLines.join()).toContain(message);
    expect((await server.request<{ initialized: boolean }>("GET", "sys/init")).body.initialized).toBe(false);
  });

  test.each([
    ["a share on the command line", ["init", "4QnbC9pG7X0nR3q5q0"], "has no place on a command line"],
    ["a threshold above the number", ["init", "--shares", "3", "--threshold", "4"], "given 3 and 4; accepted"],
    [
      "fewer keys than shares",
      ["init", "--pgp-key", "a.asc"],
      "--pgp-key: given 1 key; accepted: one for each of the 5 shares",
    ],
    ["a word that is near", ["unsael"], "Did you mean unseal?"],
    ["an option that is near", ["init", "--share", "3"], "Did you mean --shares?"],
  ])("%s is refused", async (_, words, message) => {
    const io = await ops(server, words);
    expect(io.code).toBe(2);
    expect(io.errLines.join("\n")).toContain(message);
  });

  (spawnSync("gpg", ["--version"]).status === 0 ? test : test.skip)(
    "each share is encrypted to its owner's PGP key, the root token to one of them; the output has neither in clear",
    async () => {
      const home = temporaryFolder("gpg");
      const gpg = (words: readonly string[], input?: Buffer) =>
        execFileSync(
          "gpg",
          ["--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", ...words],
          { input, stdio: ["pipe", "pipe", "ignore"] },
        );
      const keys = ["ada", "bo"].map((name, index) => {
        gpg(["--quick-generate-key", `${name}@example.com`, "future-default", "default", "1d"]);
        const file = join(home, `${name}.asc`);
        // One armored, one binary: people send both.
        writeFileSync(file, gpg([...(index === 0 ? ["--armor"] : []), "--export", `${name}@example.com`]));
        return file;
      });
      const io = await ops(
        server,
        [
          "init",
          "--shares",
          "2",
          "--threshold",
          "2",
          ...keys.flatMap((file) => ["--pgp-key", file]),
          "--root-token-pgp-key",
          keys[0]!,
        ],
        { terminal: false },
      );
      expect(io.errLines.join("\n")).toContain("each key share is encrypted to its key");
      expect(io.code).toBe(0);
      const clear = (line: string) =>
        gpg(["--decrypt"], Buffer.from(line.replace(/^.*: /, ""), "base64"))
          .toString("utf8")
          .trim();
      const [first, second, root] = io.outLines.map(clear);
      expect(io.outLines[1]).toMatch(/^key share 2, for bo\.asc: /);
      // Vault encrypts the hexadecimal form.
      for (const key of [second, first]) await server.ok("PUT", "sys/unseal", { token: "", body: { key } });
      await server.waitUntilActive();
      await server.ok("GET", "auth/token/lookup-self", { token: root });
      execFileSync("gpgconf", ["--homedir", home, "--kill", "all"]);
    },
  );

  test("a private key is refused by name, before anything is asked of Vault", async () => {
    const file = join(mkdtempSync(join(temporaryFolder("pgp"), "k")), "ada.asc");
    writeFileSync(file, "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nabc=\n-----END PGP PRIVATE KEY BLOCK-----\n");
    const io = await ops(server, ["init", "--shares", "1", "--threshold", "1", "--pgp-key", file]);
    expect(io.errLines.join()).toContain("given a private key, which has no place here");
  });
});
