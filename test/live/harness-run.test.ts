import { spawnSync } from "node:child_process";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { base64Forms, binaryFolders, Canary, findBinaries, temporaryFolder } from "./servers";

describe("what a run looks for", () => {
  test("binaries come from PATH first, then from the folders that the variables name", () => {
    const folders = binaryFolders();
    expect(folders[0]).toBe(process.env.PATH?.split(":")[0]);
    expect(folders.at(-1)).toMatch(/\.cache\/live-servers\/bin$/);
    const found = findBinaries(["openssl", "vault"]);
    for (const path of Object.values(found)) expect(statSync(path).isFile()).toBe(true);
  });

  test("a temporary folder is this user's alone", () => {
    expect(statSync(temporaryFolder("test")).mode & 0o777).toBe(0o700);
  });
});

describe("where a binary is missing", () => {
  const run = (env: Record<string, string>) => {
    const jest = join(__dirname, "..", "..", "node_modules", "jest", "bin", "jest.js");
    const args = [
      "--ci",
      "--selectProjects",
      "live",
      "--runInBand",
      "--json",
      "--testPathPatterns",
      "live/vault-client",
    ];
    const { stdout, stderr } = spawnSync(process.execPath, [jest, ...args], {
      cwd: join(__dirname, "..", ".."),
      env: { PATH: "/nowhere", HOME: "/nowhere", ...env },
      encoding: "utf8",
    });
    const said = stderr.split("\n").filter((line) => line.startsWith("live tests:"));
    return {
      said,
      ...(JSON.parse(stdout) as {
        success: boolean;
        numPendingTests: number;
        numPassedTests: number;
        numFailedTests: number;
      }),
    };
  };

  test("its suites are skipped and counted, and one line says what is missing and how to get it", () => {
    const { said, ...counts } = run({});
    expect(counts).toMatchObject({ success: true, numPassedTests: 0, numFailedTests: 0 });
    expect(counts.numPendingTests).toBeGreaterThan(10);
    expect(said[0]).toBe(
      'live tests: "the client and a Vault in use" is skipped: vault is missing; put what is ' +
        "missing on PATH, or in the folder that LIVE_SERVERS_BIN names (test/live/README.md)",
    );
    expect(said).toHaveLength(2);
  });

  test("REQUIRE_LIVE=1 makes it a failure", () => {
    expect(run({ REQUIRE_LIVE: "1" })).toMatchObject({
      success: false,
      numPassedTests: 0,
      numFailedTests: 2,
      numPendingTests: 0,
    });
  });
});

describe("a canary", () => {
  test.each([0, 1, 2, 3, 4])("is found plain and in base64 after %i other bytes, and not elsewhere", (before) => {
    const canary = new Canary();
    const value = canary.value("password");
    const around = Buffer.from(`${"x".repeat(before)}${value}yz`);
    const found = (text: string): string[] =>
      canary.searchText("text", text).map(({ label, form }) => `${label} ${form}`);
    expect(found(around.toString("utf8"))).toEqual(["password plain"]);
    expect(found(around.toString("base64"))).toEqual(["password base64"]);
    expect(found(around.toString("base64url"))).toEqual(["password base64"]);
    expect(found(new Canary().value("other"))).toEqual([]);
  });

  test("is found in files below a folder, hidden ones too; a path that is not there is an error", () => {
    const canary = new Canary();
    const folder = temporaryFolder("canary");
    mkdirSync(join(folder, "a"));
    writeFileSync(
      join(folder, "a", ".state"),
      JSON.stringify({ data: Buffer.from(`{"k":"${canary.value("k")}"}`).toString("base64") }),
    );
    expect(canary.searchFiles(folder)).toEqual([{ label: "k", where: join(folder, "a", ".state"), form: "base64" }]);
    expect(() => canary.searchFiles(join(folder, "none"))).toThrow(/ENOENT/);
  });

  test("too short to be told from chance is refused", () => {
    expect(() => new Canary().watch("short", "TBD")).toThrow(RangeError);
    expect(base64Forms("0123456789ab").every((form) => form.length >= 14)).toBe(true);
  });
});
