import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { ROOT } from "../helpers/source";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "vault-tenancy-deploy-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** production.ts, whose jobs need waivers, without them. */
function withoutWaivers(): string {
  const file = join(folder, "config.ts");
  const production = JSON.stringify(join(ROOT, "config/production"));
  writeFileSync(
    file,
    `import production from ${production};\nconst { waivers, ...without } = production;\nexport default without;\n`,
  );
  return file;
}

/** Deploys a stack with a Terraform that says in a file that it applies something. */
function deploy(config: string) {
  const applied = join(folder, "applied");
  writeFileSync(
    join(folder, "terraform"),
    `#!/bin/sh\ncase "$1" in init | plan | apply) echo "$@" >> "${applied}" ;; *) echo "Terraform v1.11.4" ;; esac\n`,
  );
  chmodSync(join(folder, "terraform"), 0o755);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--require", "./cli/tsx.cjs", "cli/cdktf.ts", "deploy", "acme-vault-nonprod", "--auto-approve"],
    {
      cwd: ROOT,
      encoding: "utf8",
      env: {
        ...process.env,
        PLATFORM: config,
        CDKTF_OUTDIR: join(folder, "out"),
        PATH: `${folder}${delimiter}${process.env.PATH}`,
      },
    },
  );
  return { status, said: stdout + stderr, applied: existsSync(applied) };
}

test("deploy applies nothing of stacks that do not hold the proofs", () => {
  const { status, said, applied } = deploy(withoutWaivers());
  expect({ status, applied }).toEqual({ status: 1, applied: false });
  expect(said).toContain("do not hold the access proofs");
});

test("deploy of stacks that hold them goes on to Terraform", () => {
  expect(deploy("config/production.ts").applied).toBe(true);
});
