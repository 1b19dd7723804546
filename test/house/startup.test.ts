import { execFileSync } from "node:child_process";
import { sourceFiles, textOf } from "../helpers/source";

/** Runs CommonJS code as `npm start` runs main.ts, and returns the JSON that it prints last. */
function run(code: string): unknown {
  const out = execFileSync(process.execPath, ["--require", "./cli/tsx.cjs", "--eval", code], { encoding: "utf8" });
  return JSON.parse(out.trim().split("\n").at(-1)!);
}

const PACKAGES = `
  process.argv.push("main.ts", "--quiet");
  require("./main.ts");
  const packageOf = (file) => /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(file)?.[1] ?? [];
  const names = Object.keys(require.cache).flatMap(packageOf);
  console.log(JSON.stringify([...new Set(names)]));`;

test("a synthesis loads nothing that it does not use", () => {
  const loaded = run(PACKAGES) as string[];
  expect(loaded).toContain("cdktf");
  const late = ["archiver", "commander", "@inquirer/prompts", "@kubernetes/client-node", "cli-table3"];
  expect(loaded.filter((name) => late.includes(name))).toEqual([]);
});

test("what cdktf loads late is there when it zips a folder", () => {
  const zipped = `
    require("./cli/late-archiver.ts");
    const archiver = require(require.resolve("archiver", { paths: [require.resolve("cdktf")] }));
    const zip = require("./node_modules/cdktf/lib/private/fs.js").archiveSync;
    const file = require("node:fs").mkdtempSync(require("node:os").tmpdir() + "/zip-") + "/a.zip";
    zip("bench/empty", file);
    console.log(JSON.stringify([typeof archiver, require("node:fs").readFileSync(file).subarray(0, 2).toString()]));`;
  expect(run(zipped)).toEqual(["function", "PK"]);
});

test("a command that asks a cluster loads no models of its objects", () => {
  const asked = `
    require("./cli/kubernetes/kube-config.ts").loadKubeConfig().then((KubeConfig) => {
      const config = new KubeConfig();
      config.loadFromClusterAndUser({ name: "c", server: "https://127.0.0.1" }, { name: "u", token: "t" });
      let said = "";
      try { config.makeApiClient(class {}); } catch (error) { said = error.message; }
      console.log(JSON.stringify([config.getCurrentUser().token, said]));
    });`;
  // Their module has what the library's own client begins with.
  expect(run(asked)).toEqual(["t", expect.stringContaining("ServerConfiguration is not a constructor")]);
});

test("no file of ours is loaded by import(): without tsx's loader of such modules Node finds no TypeScript", () => {
  const folders = ["access", "cli", "config", "constructs", "model", "policies", "resource-types", "stacks"];
  const late = sourceFiles(...folders).filter((file) => /\bimport\(\s*["']\./.test(textOf(file)));
  expect(late).toEqual([]);
});
