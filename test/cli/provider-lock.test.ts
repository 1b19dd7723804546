import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { everyProvider, lockStack, projectLock } from "../../cli/provider-lock";
import { OpsError } from "../../cli/ops/errors";
import { synthesize } from "../../cli/synth";
import { Terraform } from "../../cli/terraform";
import { readStacks } from "../../access";
import { unreadIn } from "../../access/unread";
import { resolvePlatform, VERSIONS } from "../../model";
import { smallConfig } from "../helpers/configs";

/** A lock's part, with a digest that is nobody's. */
const part = (name: string, version: string, digest = "h1:of-a-test=") =>
  `provider "registry.terraform.io/hashicorp/${name}" {\n  version     = "${version}"\n  constraints = "${version}"\n` +
  `  hashes = [\n    "${digest}",\n  ]\n}\n`;
const whole = (versions: Readonly<Record<string, string>> = VERSIONS.providers) =>
  ["# Made by Terraform.\n", ...Object.entries(versions).map(([name, version]) => part(name, version))].join("\n");

let folder: string;
let file: string;
let stack: string;
const written = () => readFileSync(join(stack, ".terraform.lock.hcl"), "utf8");
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "provider-lock-"));
  file = join(folder, "terraform.lock.hcl");
  stack = join(folder, "stacks", "acme-dev");
  mkdirSync(stack, { recursive: true });
  const { vault, kubernetes } = VERSIONS.providers;
  const required_providers = {
    vault: { source: "hashicorp/vault", version: vault },
    kubernetes: { source: "hashicorp/kubernetes", version: kubernetes },
  };
  writeFileSync(join(stack, "cdk.tf.json"), JSON.stringify({ terraform: { required_providers } }));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a stack's folder", () => {
  test("has of the project's lock what its own providers are, as Terraform orders them", () => {
    writeFileSync(file, whole());
    expect(lockStack(stack, file)).toBe(true);
    const { vault, kubernetes } = VERSIONS.providers;
    expect(written()).toBe(`${part("kubernetes", kubernetes)}\n${part("vault", vault)}`);
  });

  test("is not held to what lies there: a wrong lock is written over", () => {
    writeFileSync(file, whole());
    writeFileSync(join(stack, ".terraform.lock.hcl"), part("vault", VERSIONS.providers.vault, "h1:of-somebody-else="));
    lockStack(stack, file);
    expect(written()).not.toContain("somebody-else");
  });

  test("is left as it is where the project has no lock", () => {
    expect([lockStack(stack, file), existsSync(join(stack, ".terraform.lock.hcl"))]).toEqual([false, false]);
  });

  test.each<[string, string, string]>([
    [
      "another version",
      whole({ ...VERSIONS.providers, vault: "5.0.0" }),
      `given version 5.0.0 of hashicorp/vault; accepted: those of version ` +
        `${VERSIONS.providers.vault}, which the stacks`,
    ],
    ["no such provider", whole({ vault: VERSIONS.providers.vault }), "given no digests of hashicorp/kubernetes"],
    ["no digests", whole().replaceAll(/^ {4}"h1:.*\n/gm, ""), "given registry.terraform.io/hashicorp/vault without"],
    ["anything else", "{}\n", 'given a line "{}"; accepted: Terraform\'s record of providers'],
    ["a part that does not end", whole().slice(0, -3), "given a line"],
  ])("is refused a lock with %s, with what to run", (_, text, said) => {
    writeFileSync(file, text);
    expect(() => lockStack(stack, file)).toThrow(said);
    expect(() => lockStack(stack, file)).toThrow("Run npm run lock, look at what changes in it, and commit it.");
    expect(existsSync(join(stack, ".terraform.lock.hcl"))).toBe(false);
  });
});

test("a synthesis puts it into every stack's folder, and the access report reads nothing into it", () => {
  writeFileSync(file, whole());
  const outdir = join(folder, "out");
  const { stacks } = synthesize(resolvePlatform(smallConfig()), { outdir, root: folder });
  for (const name of stacks) expect(existsSync(join(outdir, "stacks", name, ".terraform.lock.hcl"))).toBe(true);
  expect(readStacks(outdir).flatMap(unreadIn)).toEqual([]);
  writeFileSync(file, whole({ ...VERSIONS.providers, vault: "5.0.0" }));
  expect(() => synthesize(resolvePlatform(smallConfig()), { outdir, root: folder })).toThrow("Run npm run lock");
});

describe("Terraform", () => {
  /** One whose `init` says this, and fails where it says anything. */
  function terraform(says = ""): Terraform {
    const program = join(folder, "terraform");
    writeFileSync(program, `#!/bin/sh\necho "$@" >>"${folder}/calls"\nprintf '${says}' >&2\n[ -z '${says}' ]\n`);
    chmodSync(program, 0o755);
    return new Terraform({
      outdir: folder,
      env: { PATH: process.env.PATH, TERRAFORM_BINARY_NAME: program },
      lockTimeout: "1s",
      lockFile: file,
      failure: (_, command, { stderr }) => new OpsError(`${command}: ${stderr}`),
    });
  }
  const calls = () => readFileSync(join(folder, "calls"), "utf8").trim().split("\n");

  test("adds nothing to a lock that is there; without one it is as before", async () => {
    await terraform().init("acme-dev");
    writeFileSync(file, whole());
    await terraform().init("acme-dev");
    expect(calls()).toEqual(["init -input=false -no-color", "init -input=false -no-color -lockfile=readonly"]);
  });

  test("is not started on a lock of other versions", async () => {
    writeFileSync(file, whole({ ...VERSIONS.providers, vault: "5.0.0" }));
    await expect(terraform().init("acme-dev")).rejects.toThrow("given version 5.0.0 of hashicorp/vault");
    expect(existsSync(join(folder, "calls"))).toBe(false);
  });

  test(
    "that finds another provider than the lock's: what to do is said behind its own words, and " + "only then",
    async () => {
      const words = "Error: it does not match any of the checksums recorded in the dependency lock\\nfile";
      await expect(terraform(words).init("acme-dev")).rejects.not.toThrow("npm run lock");
      writeFileSync(file, whole());
      await expect(terraform(words).init("acme-dev")).rejects.toThrow(/^init: Error: it does not[^]*run npm run lock/);
      await expect(terraform("Error: no state").init("acme-dev")).rejects.not.toThrow("npm run lock");
    },
  );
});

test("the project's lock is of every provider that is pinned", () => {
  expect(JSON.parse(everyProvider())).toEqual({
    terraform: {
      required_providers: Object.fromEntries(
        Object.entries(VERSIONS.providers).map(([name, version]) => [name, { source: `hashicorp/${name}`, version }]),
      ),
    },
  });
  const made = projectLock(whole());
  writeFileSync(file, made);
  expect([made.startsWith("# Made by npm run lock"), lockStack(stack, file)]).toEqual([true, true]);
  expect(() => projectLock(whole({ vault: "5.10.1" }))).toThrow("given no digests of hashicorp/kubernetes");
});
