import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runEnvironments, stackEntries, touched } from "../../cli/environments";
import { synthesize } from "../../cli/synth";
import production from "../../config/production";
import sample from "../../config/sample";
import { resolvePlatform } from "../../model";

const platform = resolvePlatform(sample);
const stacks = stackEntries(platform).map(({ stack }) => stack);
const folder = mkdtempSync(join(tmpdir(), "environments-"));
const base = join(folder, "base");
const head = join(folder, "head");

beforeAll(() => void synthesize(platform, { outdir: base }));
beforeEach(() => {
  rmSync(head, { recursive: true, force: true });
  cpSync(base, head, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

function printed(...words: string[]): [number, string] {
  const lines: string[] = [];
  const log = jest.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  const error = jest.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
  const code = runEnvironments(words);
  log.mockRestore();
  error.mockRestore();
  return [code, lines.join("\n")];
}

test("every stack is listed in the order of applying, with the deployment environments of its jobs", () => {
  expect(stacks).toEqual(["sample-vault-main", "sample-access-main", "sample-operator-local", "sample-local", "sample-dev", "sample-qa", "sample-stg", "sample-prod"]);
  expect(stackEntries(resolvePlatform(production)).find(({ stack }) => stack === "acme-prod-eu")).toEqual({
    stack: "acme-prod-eu",
    kind: "environment",
    vault: "prod",
    cluster: "prod-eu",
    environment: "prod-eu",
    protected: true,
    plan: "plan-acme-prod-eu",
    apply: "apply-acme-prod-eu",
  });
});

test("two syntheses of the same config touch nothing, wherever they lie", () => {
  expect(touched(stacks, base, head)).toEqual([]);
});

test("a change touches the stack that it is in, a new stack is touched, and cdktf's own remarks are no change", () => {
  const file = join(head, "stacks", "sample-dev", "cdk.tf.json");
  const json = JSON.parse(readFileSync(file, "utf8")) as { "//": object; resource: { vault_policy: object } };
  writeFileSync(file, JSON.stringify({ ...json, "//": { metadata: { version: "0.99" } } }, null, 4));
  expect(touched(stacks, base, head)).toEqual([]);
  writeFileSync(file, JSON.stringify({ ...json, resource: { ...json.resource, vault_policy: {} } }));
  rmSync(join(base, "stacks", "sample-qa"), { recursive: true });
  expect(touched(stacks, base, head)).toEqual(["sample-dev", "sample-qa"]);
  synthesize(platform, { outdir: base });
});

describe("npm run environments", () => {
  test("--json is what a matrix takes: one line, no empty field", () => {
    const [code, text] = printed("--json");
    expect([code, text.includes("\n")]).toEqual([0, false]);
    for (const entry of JSON.parse(text) as object[]) expect(Object.values(entry).filter((value) => value === undefined || value === null)).toEqual([]);
  });

  test("--base leaves what is not touched out", () => {
    expect(printed("--base", base, "--head", head, "--json")).toEqual([0, "[]"]);
    expect(printed("--base", base, "--head", head)).toEqual([0, "no stack is touched"]);
  });

  test("--for apply leaves out what people apply", () => {
    const [, text] = printed("--json", "--for", "apply");
    expect((JSON.parse(text) as { kind: string }[]).map(({ kind }) => kind).filter((kind) => kind === "vault" || kind === "operator")).toEqual([]);
  });

  test("a head without stacks ends with a message", () => {
    const [code, text] = printed("--base", base, "--head", join(folder, "none"));
    expect([code, text]).toEqual([2, `--head: given ${JSON.stringify(join(folder, "none"))}; accepted: what npm run synth wrote. It has no folder stacks.`]);
  });
});
