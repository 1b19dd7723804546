import { execFile } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sample from "../../config/sample";
import { OpsError } from "../../cli/ops/errors";
import { synthesize } from "../../cli/synth";
import { Terraform } from "../../cli/terraform";
import { resolvePlatform } from "../../model";
import { ROOT } from "../helpers/source";
import { describeLive, temporaryFolder } from "./servers";

/** Where the machine's Terraform takes providers from, where that is a folder: a lock of them is then no registry's. */
function mirrorOf(config = process.env.TF_CLI_CONFIG_FILE): string | undefined {
  // Terraform, too, goes on where the variable names a file that is not there.
  return config && existsSync(config) ? /path\s*=\s*"([^"]+)"/.exec(readFileSync(config, "utf8"))?.[1] : undefined;
}

describeLive(["terraform-providers"], "npm run lock, and every init after it", () => {
  const folder = temporaryFolder("lock");
  const file = join(folder, "terraform.lock.hcl");
  const lock = (...words: string[]) =>
    new Promise<{ code: number; output: string }>((done) => {
      const program = ["--require", join(ROOT, "node_modules/tsx/dist/cjs/index.cjs"), join(ROOT, "cli/lock.ts")];
      const mirror = mirrorOf();
      const given = [...program, ...(mirror === undefined ? [] : [`--fs-mirror=${mirror}`]), ...words];
      execFile(process.execPath, given, { cwd: folder, encoding: "utf8" }, (error, stdout, stderr) =>
        done({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
      );
    });
  /** A fresh synthesis, and its stacks' Terraform. */
  function terraform(): { readonly stacks: readonly string[]; readonly terraform: Terraform } {
    const outdir = join(temporaryFolder("synthesis"), "cdktf.out");
    const { stacks } = synthesize(resolvePlatform(sample), { outdir, root: folder });
    const failure = (_: string, command: string, { stderr }: { stderr: string }) =>
      new OpsError(`${command}: ${stderr}`);
    return {
      stacks,
      terraform: new Terraform({ outdir, env: process.env, lockTimeout: "10s", lockFile: file, failure }),
    };
  }

  (mirrorOf() ? test : test.skip)(
    "a platform that the mirror has no providers for: said, and no lock is written",
    async () => {
      const { code, output } = await lock();
      expect([code, output]).toEqual([1, expect.stringContaining("is not available for\nlinux_arm64")]);
      expect(existsSync(file)).toBe(false);
    },
    60_000,
  );

  test("its lock is taken by the init of every stack, which adds nothing to it", async () => {
    expect(await lock("--platform", "linux_amd64")).toMatchObject({ code: 0 });
    const { stacks, terraform: run } = terraform();
    for (const stack of stacks) {
      const placed = join(run.folder(stack), ".terraform.lock.hcl");
      const before = readFileSync(placed, "utf8");
      await run.init(stack);
      expect(readFileSync(placed, "utf8")).toBe(before);
    }
  }, 120_000);

  test("a provider of another digest is refused, with what to do; without a lock it is taken", async () => {
    const right = readFileSync(file, "utf8");
    writeFileSync(file, right.replaceAll(/h1:..../g, "h1:AAAA"));
    const { stacks, terraform: run } = terraform();
    const [stack = ""] = stacks.slice(-1);
    await expect(run.init(stack)).rejects.toThrow(/checksums[^]*if it is meant, run npm run lock/);
    // Nor is a lock of somebody else's beside the stack a way in.
    writeFileSync(file, right);
    const other = terraform();
    cpSync(join(run.folder(stack), ".terraform.lock.hcl"), join(other.terraform.folder(stack), ".terraform.lock.hcl"));
    await other.terraform.init(stack);
    rmSync(file);
    await terraform().terraform.init(stack);
  }, 120_000);
});
