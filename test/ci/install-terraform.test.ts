import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, textOf } from "../helpers/source";

const SHA256 = /^terraform_sha256=([0-9a-f]{64})$/m;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "install-terraform-"));
  mkdirSync(join(folder, "bin"));
  mkdirSync(join(folder, "checkout", "ci"), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const stub = (name: string, text: string) => {
  writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(folder, "bin", name), 0o755);
};

/** Runs the script where `curl` brings this, `unzip` unpacks it as it is, and the script has a digest of one's own. */
function install(download: string, digest?: string, machine = "Linux x86_64") {
  const ci = join(folder, "checkout", "ci");
  cpSync(join(ROOT, "ci/common.sh"), join(ci, "common.sh"));
  const script = textOf("ci/install-terraform");
  writeFileSync(join(ci, "install-terraform"), digest ? script.replace(SHA256, `terraform_sha256=${digest}`) : script, {
    mode: 0o755,
  });
  stub("uname", `echo "${machine}"`);
  stub(
    "curl",
    `for word; do [ "$last" != --output ] || out=$word; last=$word; done\necho "$last" >"${folder}/asked"
printf '%s' '${download}' >"$out"`,
  );
  stub("unzip", `cp "$2" "$5/$3"`);
  const { status, stdout, stderr } = spawnSync(join(ci, "install-terraform"), {
    env: { PATH: `${join(folder, "bin")}:${process.env.PATH}` },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}
const installed = join(".tmp", "terraform-1.11.4");

test("installs what has the digest, and prints where", () => {
  const { status, stdout } = install("terraform", createHash("sha256").update("terraform").digest("hex"));
  const where = stdout.trim();
  expect([status, where.endsWith(installed), readFileSync(join(where, "terraform"), "utf8")]).toEqual([
    0,
    true,
    "terraform",
  ]);
  expect(readFileSync(join(folder, "asked"), "utf8")).toBe(
    "https://releases.hashicorp.com/terraform/1.11.4/terraform_1.11.4_linux_amd64.zip\n",
  );
});

test("installs nothing else, prints no folder, and says both digests", () => {
  const [, right] = SHA256.exec(textOf("ci/install-terraform"))!;
  const other = createHash("sha256").update("another").digest("hex");
  const { status, stdout, stderr } = install("another");
  expect([status, stdout, existsSync(join(folder, "checkout", installed))]).toEqual([2, "", false]);
  expect(stderr).toContain(`given a file of the digest ${other}; accepted: ${right}. Nothing is installed.`);
});

test("a machine of which no digest is known: refused before anything is asked", () => {
  const { status, stderr } = install("terraform", undefined, "Darwin arm64");
  expect([status, stderr, existsSync(join(folder, "asked"))]).toEqual([
    2,
    expect.stringContaining("given Darwin arm64; accepted: Linux x86_64"),
    false,
  ]);
});
