import { execFile, execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Canary, describeLive, startVault, temporaryFolder, type VaultServer } from "./servers";
import { commandEnvironment } from "./up-helpers";

const root = join(__dirname, "..", "..");
const TIMEOUT_MS = 120_000;
const STEPS = [
  "Vault main: initialise",
  "Vault main: unseal",
  "Vault main: a token to set it up with",
  "Vault main: who may do what (sample-access-main)",
  "Vault main: a password for platform-admin",
  "Environment dev (sample-dev)",
  "Vault main: revoke the root token",
];

interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly output: string;
  readonly questions: readonly string[];
}

describeLive(
  ["vault", "terraform-providers"],
  "with Terraform: up, killed after each of its steps, and begun again",
  () => {
    let server: VaultServer;
    const home = temporaryFolder("home");
    const folder = join(temporaryFolder("shares"), "shares");
    const canary = new Canary();
    const password = canary.value("platform-admin's password");
    let processes = "";

    /** Runs `up` as a process of its own, and looks at the process list meanwhile. */
    async function up(killAfter: string, known: boolean): Promise<Ended> {
      const env = commandEnvironment(home, {
        PLATFORM: join(home, "platform.ts"),
        SHARES_DIR: folder,
        KILL_AFTER: killAfter,
      });
      const child = spawn(process.execPath, ["--import", "tsx", join(__dirname, "up-child.ts")], {
        cwd: root,
        env,
        stdio: ["pipe", "pipe", "pipe"],
      });
      child.stdin.end(JSON.stringify({ password, known }));
      let output = "";
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text: string) => void (output += text));
      const watch = setInterval(
        () =>
          execFile(
            "ps",
            ["-eo", "args"],
            { encoding: "utf8", maxBuffer: 8 << 20 },
            (_, text) => void (processes += text),
          ),
        150,
      );
      const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
        child.once("close", (...ended) => resolve(ended)),
      );
      clearInterval(watch);
      const questions =
        (/^\{.*\}$/m.exec(output) && (JSON.parse(/^\{.*\}$/m.exec(output)![0]) as { questions: string[] }).questions) ||
        [];
      return { code, signal, output, questions };
    }
    const token = async () =>
      (
        await server.ok<{ auth: { client_token: string } }>("POST", "auth/userpass/login/platform-admin", {
          token: "",
          body: { password },
        })
      ).auth.client_token;
    const rootTokens = async () => {
      const admin = await token();
      const { data } = await server.ok<{ data: { keys: string[] } }>("LIST", "auth/token/accessors", { token: admin });
      const found = await Promise.all(
        data.keys.map((accessor) =>
          server.ok<{ data: { policies: string[] } }>("POST", "auth/token/lookup-accessor", {
            token: admin,
            body: { accessor },
          }),
        ),
      );
      return found.filter(({ data: { policies } }) => policies.includes("root")).length;
    };

    let said = "";

    beforeAll(async () => {
      server = await startVault({ storage: "file" });
      // Few people and one environment: what is tried is the order and the interruptions.
      const config = {
        name: "sample",
        vaults: { main: { address: server.address, unsafeNoTls: true } },
        clusters: {},
        environments: { dev: { vault: "main" } },
        apps: { api: { owner: "team", keys: ["DB_PASSWORD"] } },
      };
      writeFileSync(join(home, "platform.ts"), `export default ${JSON.stringify(config)};\n`);
    });

    test.each(STEPS)(
      "killed after %p, with what was done until then kept",
      async (step) => {
        const { signal, output } = await up(
          step,
          STEPS.indexOf(step) > STEPS.indexOf("Vault main: a password for platform-admin"),
        );
        said += output;
        expect(output).not.toContain("Error");
        expect(signal).toBe("SIGKILL");
      },
      TIMEOUT_MS,
    );

    test(
      "the run after the last asks for the password alone, changes nothing, and ends well; no root " +
        "token is left of any run",
      async () => {
        const ended = await up("", true);
        said += ended.output;
        expect([ended.code, ended.questions]).toEqual([
          0,
          ["Password of platform-admin in Vault main (Enter: none was set yet, key shares make a root token)"],
        ]);
        expect(ended.output).toContain("done: as it should be");
        expect(ended.output).not.toMatch(/\d+ changes/);
        expect(await rootTokens()).toBe(0);
        expect(readdirSync(join(home, "state")).filter((file) => file.endsWith(".bootstrap.json"))).toEqual([]);
      },
      TIMEOUT_MS,
    );

    test(
      "no share, token or password is in any output, process list, state, log or other file than the shares' own",
      () => {
        expect(readdirSync(folder)).toEqual([1, 2, 3, 4, 5].map((n) => `key-share-${n}`));
        for (const name of readdirSync(folder)) canary.watch(name, readFileSync(join(folder, name), "utf8").trim());
        expect(processes).toContain("terraform");
        expect(canary.searchText("output", said)).toEqual([]);
        expect(canary.searchText("process list", processes)).toEqual([]);
        // Everything that was written: HOME with its histories, the JSON, plans, state, Terraform's log.
        expect(existsSync(join(home, ".tmp", "up.log"))).toBe(true);
        expect(canary.searchFiles(home)).toEqual([]);
        for (const text of [
          said,
          processes,
          execFileSync("grep", ["-rhoaE", "--exclude-dir=providers", "hvs\\.[A-Za-z0-9_-]{20,}|$^", home], {
            encoding: "utf8",
          }),
        ])
          expect(text.match(/hvs\.[\w-]{20,}/g)).toBeNull();
      },
      TIMEOUT_MS,
    );
  },
);
