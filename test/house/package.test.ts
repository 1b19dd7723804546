import { execFileSync, type ExecFileSyncOptions } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PAGES } from "../../scripts/docs";
import { projectFiles, ROOT, textOf } from "../helpers/source";

const folder = mkdtempSync(join(tmpdir(), "vault-tenancy-package-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (file: string, words: readonly string[], options: ExecFileSyncOptions) =>
  execFileSync(file, words, { encoding: "utf8", stdio: "pipe", ...options });

/** Packs a copy of the sources, as `npm pack` does here, so that no `dist` comes and goes under other tests. */
function packed(): string {
  const source = join(folder, "source");
  for (const path of ["constructs", "model", "policies", "package.json", "tsconfig.json", "tsconfig.build.json"])
    cpSync(join(ROOT, path), join(source, path), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(source, "node_modules"));
  // What an earlier build left is not packed.
  mkdirSync(join(source, "dist"));
  writeFileSync(join(source, "dist/stale.js"), "");
  run("npm", ["pack", "--offline", "--silent", "--ignore-scripts=false"], { cwd: source });
  return join(
    source,
    readdirSync(source).find((file) => file.endsWith(".tgz"))!,
  );
}

/**
 * An empty program with the package in it. Nothing is fetched: the package is unpacked where npm would, and its
 * dependencies are the ones that are installed here.
 */
function installed(archive: string): string {
  const app = join(folder, "app");
  const target = join(app, "node_modules/vault-tenancy");
  mkdirSync(target, { recursive: true });
  run("tar", ["-xzf", archive, "-C", target, "--strip-components=1"], {});
  const { dependencies } = JSON.parse(textOf("package.json")) as { dependencies: { [name: string]: string } };
  for (const name of Object.keys(dependencies)) {
    const link = join(app, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", name), link);
  }
  return app;
}

/** The examples of the constructs' pages as one program: what they take from around them is declared. */
function docstringExamples(): string {
  const pages = projectFiles(PAGES).map(textOf);
  const names = pages.map((text) => /^# (\w+)/.exec(text)![1]!);
  const bodies = pages.map((text) => /```ts\n([^]*?)```/.exec(text)![1]!);
  expect(bodies.length).toBeGreaterThan(15);
  return [
    'import { TerraformStack } from "cdktf";',
    `import { Duration, ${names.join(", ")}, type IKvMount, type IVaultConnection } from "vault-tenancy";`,
    "declare const kv: IKvMount, connection: IVaultConnection, ann: Person, bob: Person;",
    "declare const secretSet: EnvSecretSet, workload: Workload;",
    ...bodies.map((body, index) => `export function example${index}(this: TerraformStack) {\n${body}}`),
  ].join("\n");
}

test("the package, installed into an empty program, compiles with its types and synthesizes the article", () => {
  const app = installed(packed());
  const library = readdirSync(join(app, "node_modules/vault-tenancy"));
  expect(library.filter((file) => file !== "README.md" && file !== "LICENSE")).toEqual(["dist", "package.json"]);
  expect(existsSync(join(app, "node_modules/vault-tenancy/dist/stale.js"))).toBe(false);

  const program = textOf("examples/article.ts").replace('"../constructs"', '"vault-tenancy"');
  // By this line it would not compile if the package had no types, or were of type `any`.
  const mistake = '// @ts-expect-error\nnew tenancy.VaultInstall(servers, "wrong", { namespce: "vault" });';
  writeFileSync(join(app, "main.ts"), `${program}\nexport const wrong = () =>\n${mistake}\n`);
  writeFileSync(join(app, "docstrings.ts"), docstringExamples());
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  const types = join(ROOT, "node_modules/@types");
  const words = "--strict --skipLibCheck --target es2022 --module node16 --moduleResolution node16".split(" ");
  run(process.execPath, [compiler, ...words, "--typeRoots", types, "--types", "node", "main.ts", "docstrings.ts"], {
    cwd: app,
  });
  run(process.execPath, ["main.js"], { cwd: app, env: { ...process.env, CDKTF_OUTDIR: "out" } });
  expect(readdirSync(join(app, "out/stacks"))).toEqual(["sample", "servers"]);
}, 120_000);
