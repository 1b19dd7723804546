import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { requireBinary, temporaryFolder, type VaultServer } from "./servers";

/** How a run of the job ended, and what it said. */
export interface JobRun {
  readonly code: number | null;
  readonly output: string;
}

/** The job of a backup as its pod runs it: the script by busybox's shell and programs, with the real vault program. */
export class BackupJob {
  /** Where the snapshots are. */
  readonly folder = temporaryFolder("snapshots");
  private readonly programs = join(temporaryFolder("busybox"), "bin");
  private readonly login = join(temporaryFolder("login"), "token");

  /** @param container the synthesized one, whose folders and addresses are those of the pod */
  constructor(
    private readonly server: VaultServer,
    private readonly container: { readonly script: string; readonly environment: { readonly [name: string]: string } },
  ) {
    mkdirSync(this.programs);
    execFileSync(requireBinary("busybox"), ["--install", "-s", this.programs]);
  }

  /** Its snapshots and what else lies beside them, sorted. */
  get files(): readonly string[] {
    return readdirSync(this.folder).sort();
  }

  /** Runs it with a service account's token; `before` is shell that goes first, `vault` stands before the program. */
  async run(token: string, { before = "", vault }: { before?: string; vault?: string } = {}): Promise<JobRun> {
    writeFileSync(this.login, token, { mode: 0o600 });
    const own = join(temporaryFolder("vault-program"), "vault");
    if (vault) {
      writeFileSync(own, `#!/bin/sh\nreal=${requireBinary("vault")}\n${vault}\n`);
      chmodSync(own, 0o700);
    }
    const path = [...(vault ? [dirname(own)] : []), this.programs, dirname(requireBinary("vault"))].join(":");
    const script = this.container.script.replaceAll("/snapshots", this.folder).replaceAll("/login/token", this.login);
    const { caFile } = this.server;
    const env = {
      ...this.container.environment,
      PATH: path,
      VAULT_ADDR: this.server.address,
      ...(caFile && { VAULT_CACERT: caFile, VAULT_TLS_SERVER_NAME: "localhost" }),
      VAULT_MAX_RETRIES: "0",
      // The container's root filesystem is read-only: what needed a temporary file would fail there.
      TMPDIR: join(this.programs, "nowhere"),
    };
    const child = spawn(join(this.programs, "sh"), ["-euc", `${before}\n${script}`], { env });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    return { code, output };
  }
}
