import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describeLive, requireBinary, temporaryFolder } from "./servers";
import { until } from "./until";

const copies = (folder: string) => readdirSync(folder).filter((name) => name.startsWith("throw-away-vault"));

describeLive(["vault"], "backup verify, ended early", () => {
  test.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
    "a snapshot that is still being read leaves no copy after %s",
    async (signal) => {
      const own = temporaryFolder("reading");
      const pipe = join(own, "slow.snap");
      execFileSync("mkfifo", [pipe]);
      const tmp = join(own, "tmp");
      mkdirSync(tmp);
      const env = { ...process.env, VAULT_BIN: requireBinary("vault"), TMPDIR: tmp };
      const child = spawn(process.execPath, ["--import", "tsx", "cli/ops.ts", "backup", "verify", pipe], {
        env,
        stdio: "ignore",
      });
      const ended = new Promise((resolve) => child.once("close", resolve));
      const writer = spawn("sh", ["-c", `exec sleep 60 > "${pipe}"`], { stdio: "ignore" });
      await until(async () => copies(tmp).length > 0);
      child.kill(signal);
      await ended;
      writer.kill();
      await until(async () => copies(tmp).length === 0);
      expect(copies(tmp)).toEqual([]);
    },
  );
});
