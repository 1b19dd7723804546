import { hasTerminal } from "../helpers/terminal";
import { OpsProcesses, type ProcessRun } from "./ops-process";
import { startSampleVault, type SampleVault } from "./sample-vault";
import { Canary, describeLive } from "./servers";

const APP = "sample-node-api";
const KEY = "PRIVATE_NODE_API_DB_PASSWORD";
const USER = "sample-node-api-user";

// Real processes: what they print, what ps shows of them, and every file that they or Vault could have written.
describeLive(["vault"], "values, passwords and tokens that go through the operations program", () => {
  const canary = new Canary();
  let vault: SampleVault;
  let processes: OpsProcesses;
  let owner: string;
  const runs: ProcessRun[] = [];
  const kept = async (run: Promise<ProcessRun>) => {
    runs.push(await run);
    return runs.at(-1)!;
  };
  const inTerminal = hasTerminal() ? test : test.skip;

  beforeAll(async () => {
    vault = await startSampleVault(undefined, { audit: true });
    processes = new OpsProcesses({ VAULT_ADDR: vault.server.address });
    owner = await vault.login("sample-node-api-admin");
    canary.watch("the token of the operator", owner);
  });

  test("a value from standard input is set", async () => {
    const value = canary.value("a value from standard input");
    expect(
      await kept(processes.run(["secrets", "set", APP, "dev", KEY, "--stdin"], `${value}\n`, { VAULT_TOKEN: owner })),
    ).toMatchObject({ code: 0 });
    expect((await vault.values(APP, "dev"))[KEY]).toBe(value);
  });

  test("everything that looks at sets does so without their values", async () => {
    for (const words of [["status"], ["changes"], ["sync"]])
      await kept(processes.run(["secrets", ...words, "--app", APP, "--json"], "", { VAULT_TOKEN: owner }));
    expect(runs.at(-1)).toMatchObject({ code: 0 });
  });

  test("the password that an invitation sets is in the invitation alone", async () => {
    const { stdout } = await processes.run(["users", "invite", USER, "--json"], "", {
      VAULT_TOKEN: vault.server.rootToken,
    });
    const { token } = JSON.parse(stdout) as { token: string };
    const { data } = await vault.server.ok<{ data: { password: string } }>("POST", "sys/wrapping/unwrap", { token });
    canary.watch("the token of an invitation", token);
    canary.watch("the password of an invitation", data.password);
    expect(canary.searchText("what users invite printed", stdout).map(({ label }) => label)).toEqual([
      "the token of an invitation",
    ]);
  });

  inTerminal("a value typed at a prompt is set, and not echoed", async () => {
    const value = canary.value("a typed value");
    expect(
      await kept(processes.type(["secrets", "set", APP, "qa", KEY], [["Value of", value]], { VAULT_TOKEN: owner })),
    ).toMatchObject({ code: 0 });
    expect((await vault.values(APP, "qa"))[KEY]).toBe(value);
  });

  inTerminal("an invitation is accepted, and the own password changed, with nothing echoed", async () => {
    const { stdout } = await processes.run(["users", "invite", USER, "--json"], "", {
      VAULT_TOKEN: vault.server.rootToken,
    });
    const { token } = JSON.parse(stdout) as { token: string };
    canary.watch("the token of an accepted invitation", token);
    const [first, second] = [canary.value("a first own password"), canary.value("a second own password")];
    expect(
      await kept(
        processes.type(
          ["users", "accept", USER],
          [
            ["Token of the invitation", token],
            ["New password of", first],
            ["The same once more", first],
          ],
        ),
      ),
    ).toMatchObject({ code: 0 });
    expect(
      await kept(
        processes.type(
          ["users", "passwd"],
          [
            ["User name", USER],
            ["Password of", first],
            ["New password of", second],
            ["The same once more", second],
          ],
        ),
      ),
    ).toMatchObject({ code: 0 });
    expect(
      (await vault.server.request("POST", `auth/userpass/login/${USER}`, { token: "", body: { password: second } }))
        .status,
    ).toBe(200);
  });

  test("none of them is in any output, command line, log or file, plain or base64", async () => {
    const hits = [
      ...runs.flatMap(({ output }, i) => canary.searchText(`the output of run ${i + 1}`, output)),
      ...canary.searchText("the process list", [...processes.commandLines].join("\n")),
      ...canary.searchText("the server's log", vault.server.logs()),
      ...canary.searchFiles(processes.folder, vault.server.folder),
    ];
    expect(hits).toEqual([]);
    expect(processes.commandLines.size).toBeGreaterThan(5);
    expect([...processes.commandLines].some((line) => line.includes("secrets set"))).toBe(true);
  });
});
