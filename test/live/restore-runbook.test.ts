import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inTurn, ops } from "./ops";
import { describeLive, requireBinary, startVault, temporaryFolder, type VaultServer } from "./servers";
import { startSnapshotVault, type SnapshotVault } from "./snapshot-vault";

const APP = "sample-node-api";
const OWNER = "sample-node-api-admin";
const PASSWORD = "PRIVATE_NODE_API_DB_PASSWORD";

const PAGE = readFileSync(join(__dirname, "../../docs/runbooks/restore.md"), "utf8");
/** The page's commands, in its order, without comments; those in a cluster (`sh`) are run by test/pods/ha.test.ts. */
const COMMANDS = [...PAGE.matchAll(/^ *```(\w*)\n([^]*?)^ *```$/gm)].flatMap(([, language, block]) =>
  language
    ? []
    : block!
        .trim()
        .split("\n")
        .map((line) => line.replace(/ +#.*$/, "").trim()),
);

describeLive(["vault"], "docs/runbooks/restore.md, command by command", () => {
  let lost: SnapshotVault;
  let fresh: VaultServer;
  const folder = temporaryFolder("runbook");
  const left = [...COMMANDS];

  /** The next command, which must begin so. */
  const next = (beginning: string): string => {
    const command = left.shift();
    expect(command).toMatch(new RegExp(`^${beginning}`));
    return command!.replace("vault.snap", join(folder, "vault.snap"));
  };
  const run = (server: VaultServer, beginning: string, secrets: readonly string[], token = "") =>
    ops(server, next(`npm run ops -- ${beginning}`).split(" ").slice(4), {
      secret: inTurn(secrets),
      answer: () => "main",
      env: { VAULT_BIN: requireBinary("vault"), VAULT_TOKEN: token },
    });
  const login = async (server: VaultServer): Promise<string> => {
    const body = { password: lost.passwords.get(OWNER) };
    type Login = { auth: { client_token: string } };
    return (await server.ok<Login>("POST", `auth/userpass/login/${OWNER}`, { token: "", body })).auth.client_token;
  };

  beforeAll(async () => {
    lost = await startSnapshotVault();
    await lost.put(APP, "dev", { PRIVATE_NODE_API_DB_USERNAME: "then", [PASSWORD]: "then" });
    fresh = await startVault({ storage: "raft" });
  });

  test("a snapshot is taken, and verified", async () => {
    const [program, ...words] = next("vault operator raft snapshot save").split(" ");
    const env = { VAULT_ADDR: lost.server.address, VAULT_TOKEN: lost.server.rootToken, HOME: folder };
    const { status, stderr } = spawnSync(requireBinary(program as "vault"), words, { env, encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    expect((await run(lost.server, "backup verify", lost.server.keys)).code).toBe(0);
    const opened = await run(lost.server, "backup verify .* --no-sets", lost.server.keys);
    expect([opened.code, opened.outLines.join()]).toEqual([0, expect.stringContaining("NOT proven")]);
    expect((await run(lost.server, "backup verify .* --structure-only", [])).outLines.join()).toContain("NOT proven");
  });

  test("one key, then the set, is recovered from it", async () => {
    await lost.put(APP, "dev", { [PASSWORD]: "now", PRIVATE_NODE_API_DB_USERNAME: "now" });
    const answers = [...lost.server.keys.slice(0, 2), lost.passwords.get(OWNER)!];
    expect((await run(lost.server, "secrets recover .* --key", answers, await login(lost.server))).code).toBe(0);
    expect(await lost.values(APP, "dev")).toEqual({ [PASSWORD]: "then", PRIVATE_NODE_API_DB_USERNAME: "now" });
    expect((await run(lost.server, "secrets recover", answers, await login(lost.server))).code).toBe(0);
    expect((await lost.values(APP, "dev")).PRIVATE_NODE_API_DB_USERNAME).toBe("then");
  });

  test("the whole is restored into a new one, unsealed, and looked at", async () => {
    await lost.server.kill9();
    next("npm run deploy -- sample-vault-main"); // runs in deploy.test.ts
    const restored = await run(fresh, "restore", lost.server.keys);
    expect([restored.code, restored.questions.length]).toEqual([0, 3]);
    expect((await run(fresh, "unseal", [])).outLines).toEqual([`${fresh.address}: was unsealed`]);
    const status = await ops(fresh, next("npm run ops -- secrets status").split(" ").slice(4).concat("--app", APP), {
      env: { VAULT_TOKEN: await login(fresh) },
    });
    expect(status.code).toBe(0);
    next("npm run up"); // runs in up.test.ts
    expect(left).toEqual([]);
  });
});
