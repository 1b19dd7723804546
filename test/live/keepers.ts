import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./servers";

/** The keepers of key shares, and a folder with a public key of each, as docs/bootstrap.md names the files. */
export class Keepers {
  readonly folder = temporaryFolder("gpg");

  constructor() {
    for (const name of ["ada", "bo", "cy"]) {
      this.gpg(["--quick-generate-key", `${name}@example.com`, "future-default", "default", "1d"]);
      writeFileSync(join(this.folder, `${name}.asc`), this.gpg(["--armor", "--export", `${name}@example.com`]));
    }
  }

  /** A share as its keeper reads it. */
  read(encrypted: string): string {
    return this.gpg(["--decrypt"], Buffer.from(encrypted, "base64")).toString("utf8").trim();
  }

  end(): void {
    execFileSync("gpgconf", ["--homedir", this.folder, "--kill", "all"]);
  }

  private gpg(words: readonly string[], input?: Buffer): Buffer {
    const own = ["--homedir", this.folder, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""];
    return execFileSync("gpg", [...own, ...words], { input, stdio: ["pipe", "pipe", "ignore"] });
  }
}
