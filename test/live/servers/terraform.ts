import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { VERSIONS } from "../../../model/versions";
import { findBinary } from "./binaries";

/** What there is of Terraform. */
export interface TerraformFound {
  /** The program, if one of at least 1.11 is there. */
  readonly binary: string | undefined;
  /** Whether `terraform init` finds all four providers at their pinned versions. */
  readonly providers: boolean;
  /** In one line, what is missing; empty if nothing is. */
  readonly missing: string;
}

/**
 * How long an answer of `terraform init` holds across test files, in milliseconds. A "no" holds for less: a mirror may
 * just be filling.
 */
const HOLDS = { yes: 3_600_000, no: 300_000 } as const;
const SOURCES = {
  vault: "hashicorp/vault",
  kubernetes: "hashicorp/kubernetes",
  helm: "hashicorp/helm",
  random: "hashicorp/random",
} as const;

let answer: TerraformFound | undefined;

/**
 * Terraform of at least 1.11 (write-only arguments), and whether it can have the providers that the stacks pin: asked
 * once of `terraform init` in an empty folder (a minute at most), and remembered in `~/.cache/live-servers` for the
 * other test files, per TF_CLI_CONFIG_FILE.
 */
export function findTerraform(): TerraformFound {
  answer ??= look();
  return answer;
}

function look(): TerraformFound {
  const binary = findBinary("terraform");
  if (!binary) return { binary, providers: false, missing: "terraform is missing" };
  const version = terraformVersion(binary);
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < 1 || (major === 1 && minor < 11))
    return { binary: undefined, providers: false, missing: `terraform is ${version || "broken"}, not >= 1.11` };
  const failure = remembered(binary, version);
  return failure
    ? { binary, providers: false, missing: `terraform init finds no providers: ${failure}` }
    : { binary, providers: true, missing: "" };
}

function terraformVersion(binary: string): string {
  const { stdout } = spawnSync(binary, ["version", "-json"], { encoding: "utf8", timeout: 20_000 });
  try {
    return String((JSON.parse(stdout) as { terraform_version: string }).terraform_version);
  } catch {
    return "";
  }
}

// Empty: the providers are there.
function remembered(binary: string, version: string): string {
  const settings = process.env.TF_CLI_CONFIG_FILE ?? "";
  const key = createHash("sha256")
    .update(JSON.stringify([binary, version, settings, modified(settings), VERSIONS.providers]))
    .digest("hex");
  const folder = join(homedir(), ".cache", "live-servers");
  const file = join(folder, `terraform-${key.slice(0, 16)}.json`);
  try {
    const { failure } = JSON.parse(readFileSync(file, "utf8")) as { failure: string };
    if (Date.now() - statSync(file).mtimeMs < (failure ? HOLDS.no : HOLDS.yes)) return failure;
  } catch {
    // not asked yet
  }
  const failure = tryInit(binary);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, JSON.stringify({ failure }));
  } catch {
    // no home to write to: the next file asks again
  }
  return failure;
}

function tryInit(binary: string): string {
  const folder = mkdtempSync(join(tmpdir(), "live-terraform-"));
  try {
    const names = Object.keys(SOURCES) as (keyof typeof SOURCES)[];
    const required = Object.fromEntries(
      names.map((name) => [name, { source: SOURCES[name], version: VERSIONS.providers[name] }]),
    );
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform: { required_providers: required } }));
    const env = { ...process.env, TF_DATA_DIR: join(folder, ".terraform"), CHECKPOINT_DISABLE: "1" };
    const { status, stdout, stderr } = spawnSync(binary, ["init", "-input=false", "-no-color"], {
      cwd: folder,
      env,
      encoding: "utf8",
      timeout: 60_000,
    });
    if (status === 0) return "";
    return (
      /Error: (.*)/.exec(`${stdout}${stderr}`)?.[1] ??
      (status === null ? "no answer within a minute" : `exit ${status}`)
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function modified(file: string): number {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}
