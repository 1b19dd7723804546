import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { OpsError } from "./ops/errors";
import { everyProvider, LOCK_FILE, projectLock } from "./provider-lock";
import { newProgram, PROCESS, runProgram } from "./run-program";
import { Terraform } from "./terraform";

/** Machines of people and of CIs; each has packages of its own, with digests of their own. */
const PLATFORMS = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64", "windows_amd64"];

interface LockOptions {
  readonly platform?: readonly string[];
  readonly fsMirror?: string;
  readonly netMirror?: string;
}

/** Asks Terraform, in a folder of its own, for the digests of every provider. Never what an older lock said. */
async function lock({ platform = PLATFORMS, fsMirror, netMirror }: LockOptions): Promise<string> {
  const outdir = mkdtempSync(join(tmpdir(), "lock-"));
  try {
    const terraform = new Terraform({
      outdir,
      env: process.env,
      lockTimeout: "60s",
      failure: (_, __, { stderr }) =>
        new OpsError(`terraform providers lock failed, and ${LOCK_FILE} is as it was. It said:\n${stderr.trim()}`),
    });
    const folder = terraform.folder("providers");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "cdk.tf.json"), everyProvider());
    await terraform.lockProviders("providers", [
      ...platform.map((each) => `-platform=${each}`),
      ...(fsMirror ? [`-fs-mirror=${resolve(fsMirror)}`] : []),
      ...(netMirror ? [`-net-mirror=${netMirror}`] : []),
    ]);
    return projectLock(readFileSync(join(folder, ".terraform.lock.hcl"), "utf8"));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

const program = newProgram("npm run lock --", PROCESS)
  .description(
    `Writes ${LOCK_FILE}: the digests of every Terraform provider, of each platform. Commit it; ` +
      `from then on a provider ` +
      "of another digest is refused. Asks the registry, whose signatures Terraform checks, or a mirror.",
  )
  .option("--platform <names...>", `of machines (default: ${PLATFORMS.join(", ")})`)
  .option("--fs-mirror <folder>", "take the providers from a mirror on disk; its packages' digests are what is written")
  .option("--net-mirror <url>", "take the providers from a mirror by HTTPS")
  .action(async (options: LockOptions) => {
    writeFileSync(LOCK_FILE, await lock(options));
    PROCESS.out(`${LOCK_FILE} is written. Look at it, and commit it: every terraform init is held to it.`);
  });
void runProgram(program, process.argv.slice(2), PROCESS);
