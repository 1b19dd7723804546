import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Keepers } from "./keepers";
import { inTurn, ops } from "./ops";
import { describeLive, requireBinary, startVault, type VaultServer } from "./servers";

/** The lines of docs/bootstrap.md: begin, give a present share, give a new one back; give the attempt up. */
const [BEGIN = "", GIVE = "", VERIFY = "", CANCEL = ""] = readFileSync(
  join(__dirname, "../../docs/bootstrap.md"),
  "utf8",
)
  .split("\n")
  .filter((line) => line.startsWith("vault operator rekey"));

describeLive(["vault"], "vault operator rekey, as docs/bootstrap.md tells it", () => {
  let keepers: Keepers;
  beforeAll(() => void (keepers = new Keepers()));
  afterAll(() => keepers.end());

  /** Runs a line of the document; a share is given on standard input, since there is no terminal. */
  const run = (server: VaultServer, line: string, share?: string): string => {
    const words = [...line.split(" ").slice(1), ...(share === undefined ? [] : ["-"])];
    const { status, stdout, stderr } = spawnSync(requireBinary("vault"), words, {
      cwd: keepers.folder,
      env: { VAULT_ADDR: server.address, VAULT_TOKEN: server.rootToken, HOME: keepers.folder },
      input: share,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`${line}: ${stderr}`);
    return stdout;
  };

  /** Begins, and gives present shares; returns the new ones and the nonce of their verification. */
  const rekey = (server: VaultServer, present: readonly string[], target = "") => {
    const [nonce = ""] = /(?<=^Nonce +)\S+/m.exec(run(server, BEGIN + target))!;
    const outputs = present.map((share) => run(server, GIVE.replace("NONCE", nonce) + target, share));
    const said = outputs.at(-1)!;
    const fresh = [...said.matchAll(/^Key \d+ fingerprint: \w+; value: (\S+)$/gm)].map((found) =>
      keepers.read(found[1]!),
    );
    return { nonce, fresh, verification: /(?<=^Verification Nonce +)\S+/m.exec(said)![0] };
  };

  test("the new shares unseal it and the old ones do not, once enough were given back", async () => {
    const server = await startVault({ storage: "file" });
    await server.init(3, 2);
    await server.unseal();
    const lost = rekey(server, server.keys.slice(1));
    expect(lost.fresh).toHaveLength(3);
    run(server, CANCEL.replace("NONCE", lost.nonce));

    // What reached nobody changed nothing: the present ones still make new ones.
    const { fresh, verification } = rekey(server, server.keys.slice(1));
    const verify = VERIFY.replace("VERIFICATION_NONCE", verification);
    const verified = [fresh[2]!, fresh[0]!].map((share) => run(server, verify, share));
    expect(verified.at(-1)).toContain("Rekey verification successful");
    await server.kill9();
    await server.start();
    const old = await ops(server, ["unseal"], { secret: inTurn([...server.keys.slice(1), fresh[1]!, fresh[2]!]) });
    expect(old.errLines.join()).toContain("or from before a rekey");
    expect(old.outLines).toEqual([`${server.address}: unsealed`]);
  });

  test("recovery shares of a Vault that unseals itself, with -target=recovery", async () => {
    const seal = await startVault({ storage: "dev" });
    const server = await startVault({ storage: "file", seal });
    await server.init(3, 2);
    const { fresh, verification } = rekey(server, server.keys.slice(1), " -target=recovery");
    const verify = `${VERIFY.replace("VERIFICATION_NONCE", verification)} -target=recovery`;
    for (const share of fresh.slice(1)) run(server, verify, share);
    const io = await ops(server, ["root-token", "create"], {
      secret: inTurn(fresh.slice(0, 2)),
      shown: () => undefined,
    });
    expect(io.errLines.join("\n")).not.toContain("wrong");
    expect(io.code).toBe(0);
  });
});
