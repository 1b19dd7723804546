import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../cli/ops/errors";
import { loadPlatform } from "../../cli/platform-file";
import { smallConfig } from "../helpers/configs";

let folder: string;
const { PLATFORM } = process.env;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vault-tenancy-config-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  if (PLATFORM === undefined) delete process.env.PLATFORM;
  else process.env.PLATFORM = PLATFORM;
});

/** A config file of some code. */
const file = (name: string, code: string) => {
  const path = join(folder, name);
  writeFileSync(path, code);
  return path;
};
const config = (changes: object) => `export default ${JSON.stringify({ ...smallConfig(), ...changes })};`;

/** What a file's load throws, which must be an error that people can read. */
function complaint(path: string): string {
  try {
    loadPlatform(path);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}

test("without PLATFORM the config that package.json names is loaded, from whatever folder", () => {
  delete process.env.PLATFORM;
  expect(loadPlatform().name).toBe("sample");
  process.env.PLATFORM = "";
  expect(loadPlatform().name).toBe("sample");
  const here = process.cwd();
  try {
    process.chdir(folder);
    expect(loadPlatform().name).toBe("sample");
  } finally {
    process.chdir(here);
  }
});

test("the committed config is the same for whoever runs it: no workflow takes another", () => {
  const workflows = join(__dirname, "../../.github/workflows");
  for (const name of readdirSync(workflows))
    expect([name, readFileSync(join(workflows, name), "utf8")]).not.toEqual([name, expect.stringMatching(/PLATFORM/)]);
});

test("PLATFORM picks the config, by a path from here", () => {
  process.env.PLATFORM = "config/production.ts";
  expect(loadPlatform().name).toBe("acme");
});

test("any file by its path is a config, wherever it lies", () => {
  process.env.PLATFORM = file("other.ts", config({ name: "other" }));
  expect(loadPlatform().name).toBe("other");
});

test.each(["config/nothing.ts", "config", ""])("%j is no file: nothing else is loaded in its place", (path) => {
  expect(complaint(path)).toBe(
    `PLATFORM, or config.platform in package.json: given ${JSON.stringify(path)}; accepted: the ` +
      `path of a config file, e.g. config/sample.ts. There is no such file.`,
  );
});

test.each([
  ["none.ts", "export const platform = {};"],
  ["empty.ts", "export {};"],
])("a file without a default export is refused (%s)", (name, code) => {
  const path = file(name, code);
  expect(complaint(path)).toBe(`${path}: given no default export; accepted: export default definePlatform({ … }).`);
});

test("every mistake of a config is named at once, after the file's name", () => {
  const path = file("mistakes.ts", config({ name: "Small", placeholder: "${x}", extra: 1 }));
  const [head, ...lines] = complaint(path).split("\n");
  expect(head).toBe(`${path}: the config has 3 mistakes:`);
  expect(lines.map((line) => line.trim().split(":")[0])).toEqual(
    expect.arrayContaining(["name", "placeholder", "extra"]),
  );
});

test.each(["null", "[]", '"text"', "42"])("a default export of %s is refused", (value) => {
  expect(complaint(file(`value-${value.replace(/\W/g, "x")}.ts`, `export default ${value};`))).toMatch(
    /the config has \d+ mistake/,
  );
});

test("what a config's own code throws is not taken for a mistake of the config", () => {
  expect(() => loadPlatform(file("throws.ts", "throw new Error('own');"))).toThrow(new Error("own"));
});
