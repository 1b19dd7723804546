import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "../../cli/synth";
import { resolvePlatform } from "../../model";
import { smallConfig } from "../helpers/configs";

const platform = resolvePlatform(smallConfig());
const all = ["small-vault-main", "small-access-main", "small-operator-local", "small-dev"];
let folder: string;
let outdir: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vault-tenancy-synth-"));
  outdir = join(folder, "out");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const there = () => readdirSync(join(outdir, "stacks")).sort();
const text = (stack: string) => readFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), "utf8");

test("every stack is written where it says, in the order in which they can be applied", () => {
  expect(synthesize(platform, { outdir })).toEqual({ outdir, stacks: all });
  expect(there()).toEqual([...all].sort());
});

test("named stacks are written, whatever the order of the words, and the others are left as they are", () => {
  synthesize(platform, { outdir });
  for (const stack of all) writeFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), "touched");
  expect(synthesize(platform, { outdir, only: ["small-dev", "small-access-main", "small-dev"] }).stacks).toEqual([
    "small-access-main",
    "small-dev",
  ]);
  expect(all.filter((stack) => text(stack) === "touched")).toEqual(["small-vault-main", "small-operator-local"]);
});

test("a stack that is written alone is the one that is written with all", () => {
  synthesize(platform, { outdir });
  const whole = text("small-dev");
  synthesize(platform, { outdir, only: ["small-dev"] });
  expect(text("small-dev")).toBe(whole);
});

test("a stack that is no more goes with a synthesis of all, and stays with one of some", () => {
  synthesize(platform, { outdir });
  mkdirSync(join(outdir, "stacks", "small-gone"));
  synthesize(platform, { outdir, only: ["small-dev"] });
  expect(there()).toContain("small-gone");
  synthesize(platform, { outdir });
  expect(there()).toEqual([...all].sort());
});

test("what Terraform keeps in a stack's folder stays", () => {
  synthesize(platform, { outdir });
  writeFileSync(join(outdir, "stacks", "small-dev", ".terraform.lock.hcl"), "lock");
  synthesize(platform, { outdir });
  expect(readFileSync(join(outdir, "stacks", "small-dev", ".terraform.lock.hcl"), "utf8")).toBe("lock");
});

test.each([
  ["small-devv", ' Did you mean "small-dev"?'],
  ["dev", ""],
  ["*", ""],
  ["../small-dev", ""],
])("%j is no stack: the message names those there are, and nothing is written", (name, hint) => {
  const given = () => synthesize(platform, { outdir, only: [name] });
  expect(given).toThrow(`stack: given ${JSON.stringify(name)}; accepted: ${all.join(", ")}.`);
  if (hint) expect(given).toThrow(hint);
  expect(existsSync(outdir)).toBe(false);
});

test("the folder is cdktf's own where none is given", () => {
  const before = process.env.CDKTF_OUTDIR;
  process.env.CDKTF_OUTDIR = outdir;
  try {
    expect(synthesize(platform).outdir).toBe(outdir);
  } finally {
    if (before === undefined) delete process.env.CDKTF_OUTDIR;
    else process.env.CDKTF_OUTDIR = before;
  }
});
