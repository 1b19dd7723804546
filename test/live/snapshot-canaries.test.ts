import { readdirSync } from "node:fs";
import { join } from "node:path";
import { hasTerminal } from "../helpers/terminal";
import { OpsProcesses } from "./ops-process";
import { Canary, describeLive, requireBinary, type CanaryHit } from "./servers";
import { startSnapshotVault } from "./snapshot-vault";

const APP = "sample-node-api";
const OWNER = "sample-node-api-admin";
const KEY = "PRIVATE_NODE_API_DB_PASSWORD";

// Real processes: what they print, what ps shows of them, and every file that they or the throw-away Vault write.
describeLive(["vault"], "values, shares and passwords that go through a throw-away Vault", () => {
  (hasTerminal() ? test : test.skip)(
    "are in no output, command line, log or file, plain or base64",
    async () => {
      const canary = new Canary();
      const vault = await startSnapshotVault();
      const { server } = vault;
      await vault.put(APP, "dev", { [KEY]: canary.value("a value of then") });
      const file = await vault.snapshot("then");
      await vault.put(APP, "dev", { [KEY]: canary.value("a value of now") });
      const password = vault.passwords.get(OWNER)!;
      const body = { password };
      const login = { token: "", body };
      const path = `auth/userpass/login/${OWNER}`;
      const { auth } = await server.ok<{ auth: { client_token: string } }>("POST", path, login);
      canary.watch("the token of the operator", auth.client_token);
      canary.watch("the password of then", password);
      for (const share of server.keys) canary.watch("a key share", share);

      const env = { VAULT_ADDR: server.address, VAULT_BIN: requireBinary("vault"), VAULT_TOKEN: auth.client_token };
      const processes = new OpsProcesses(env);
      const shares = [
        ["Key share 1", server.keys[0]!],
        ["Key share 2", server.keys[1]!],
      ] as const;
      // While the throw-away Vault has the snapshot its folder is searched too; files come and go under the search.
      const during = new Map<string, CanaryHit[]>();
      const look = (): void => {
        try {
          const own = join(processes.folder, "tmp");
          for (const name of readdirSync(own).filter((each) => each.startsWith("throw-away-vault-")))
            during.set(name, [...(during.get(name) ?? []), ...canary.searchFiles(join(own, name))]);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
        }
      };
      // Searching takes long, and the answers are typed by this process too.
      const looking = setInterval(look, 2000);
      const recovered = await processes.type(
        ["secrets", "recover", APP, "dev", "--from", file],
        [...shares, ["Password of", password], ["as in the snapshot", "y"]],
      );
      expect(recovered).toMatchObject({ code: 0 });
      const verified = await processes.type(["backup", "verify", file], shares);
      expect(verified).toMatchObject({ code: 0 });
      clearInterval(looking);

      const hits = [
        ...canary.searchText("what recover showed", recovered.output),
        ...canary.searchText("what verify showed", verified.output),
        ...canary.searchText("the process list", [...processes.commandLines].join("\n")),
        ...canary.searchText("the server's log", server.logs()),
        ...canary.searchFiles(processes.folder, server.folder),
        ...[...during.values()].flat(),
      ];
      expect(hits).toEqual([]);
      expect(during.size).toBe(2);
      expect([...processes.commandLines].some((line) => line.includes("throw-away-vault"))).toBe(true);
    },
    180_000,
  );
});
