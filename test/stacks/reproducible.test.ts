import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CONFIGS } from "../helpers/configs";

const root = join(__dirname, "../..");
const folders: string[] = [];
const folder = () => {
  const made = mkdtempSync(join(tmpdir(), "vault-tenancy-copy-"));
  folders.push(made);
  return made;
};
afterAll(() => folders.forEach((each) => rmSync(each, { recursive: true, force: true })));

/** Runs the program as cdktf does, in a folder, and returns every file that it wrote. */
async function synthesizeIn(
  cwd: string,
  config: string,
  env: { readonly [name: string]: string },
): Promise<{ [file: string]: string }> {
  const outdir = env.CDKTF_OUTDIR ?? join(cwd, "cdktf.out");
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(CDKTF_|TF_|VAULT_|PLATFORM$|NODE_OPTIONS$|JEST_)/.test(name)),
  );
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--require", "./cli/tsx.cjs", "main.ts", "--quiet"],
    { cwd, env: { ...inherited, ...env, PLATFORM: `config/${config}.ts` } },
  );
  expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
  const stacks = join(outdir, "stacks");
  const files = readdirSync(stacks, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [
      join(parentPath, name).slice(stacks.length),
      readFileSync(join(parentPath, name), "utf8"),
    ]),
  );
}

/** The project as a clone in another folder would be, with the same installed packages. */
function clone(): string {
  const copy = folder();
  const left = ["node_modules", "test", "docs", "state", "coverage", "cdktf.out"];
  for (const each of readdirSync(root).filter((name) => !left.includes(name) && !name.startsWith(".")))
    cpSync(join(root, each), join(copy, each), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "junction");
  return copy;
}

test.each(Object.keys(CONFIGS))(
  "config/%s.ts gives the same files, byte for byte, in two folders, at two times and for two users",
  async (config) => {
    const here = await synthesizeIn(root, config, {
      CDKTF_OUTDIR: join(folder(), "out"),
      USER: "ann",
      TZ: "Asia/Tokyo",
      LANG: "C",
    });
    const there = await synthesizeIn(clone(), config, {
      USER: "bob",
      TZ: "America/New_York",
      LANG: "de_DE.UTF-8",
      VAULT_ADDR: "http://127.0.0.1:1",
      VAULT_TOKEN: "canary-in-a-token",
      TF_VAR_vault_address_main: "canary-in-a-variable",
    });
    expect(Object.keys(here).length).toBeGreaterThan(5);
    expect(there).toEqual(here);
    for (const text of Object.values(here)) expect(text).not.toMatch(/canary/);
  },
  60_000,
);
