import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describeLive, requireBinary, temporaryFolder } from "./servers";
import { until } from "./until";

const copies = (folder: string) => readdirSync(folder).filter((name) => name.startsWith("throw-away-vault"));

/** A snapshot that never comes to its end, being verified, with `tmp` for its copies. */
function verifying(name: string) {
  const own = temporaryFolder(name);
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
  // A pipe is open for its writer as soon as somebody reads it.
  const writer = spawn("sh", ["-c", `exec 3> "${pipe}"; echo; exec sleep 60`], { stdio: ["ignore", "pipe", "ignore"] });
  const read = new Promise((resolve) => writer.stdout.once("data", resolve));
  return { tmp, child, ended, writer, read };
}

describeLive(["vault"], "backup verify, ended early", () => {
  test.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
    "a snapshot that is still being read leaves no copy after %s",
    async (signal) => {
      const { tmp, child, ended, writer, read } = verifying("reading");
      await read;
      expect(copies(tmp)).toHaveLength(1);
      child.kill(signal);
      await ended;
      writer.kill();
      await until(async () => copies(tmp).length === 0);
    },
  );

  test("killed the moment that its folder is made, it leaves none", async () => {
    const { tmp, child, ended, writer } = verifying("made");
    // No pause: what is tried is the moment before its next instruction.
    const deadline = Date.now() + 30_000;
    let made = 0;
    while (made === 0 && Date.now() < deadline) made = copies(tmp).length;
    child.kill("SIGKILL");
    expect(made).toBe(1);
    await ended;
    writer.kill();
    await until(async () => copies(tmp).length === 0);
  });
});
