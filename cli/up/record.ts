import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * What is remembered of a bootstrap, so that one that was killed leaves no root token behind. No secret: an accessor
 * can revoke a token, not be used as one.
 */
interface Remembered {
  /** Whether `up` initialised the Vault: then every root token in it is one of `up`'s. */
  readonly initialised: boolean;
  /** Whether platform-admin's password was set since then. */
  readonly passwordSet: boolean;
  /** Accessors of root tokens that `up` made. */
  readonly accessors: readonly string[];
}

const NOTHING: Remembered = { initialised: false, passwordSet: false, accessors: [] };

/**
 * The record of a Vault's bootstrap: a file beside the state, there from the first root token until the last is
 * revoked.
 */
export class BootstrapRecord {
  private readonly file: string;

  constructor(outdir: string, accessStack: string) {
    this.file = join(outdir, "..", "state", `${accessStack}.bootstrap.json`);
  }

  /** What is remembered; nothing, if there is no file or it is not readable as one. */
  read(): Remembered {
    try {
      return { ...NOTHING, ...(JSON.parse(readFileSync(this.file, "utf8")) as Partial<Remembered>) };
    } catch {
      return NOTHING;
    }
  }

  /** Remembers that the Vault is initialised by `up`. Called before it is, since what follows may be killed. */
  initialising(): void {
    // A new Vault: what is remembered of another at this place holds no more.
    this.write({ ...NOTHING, initialised: true });
  }

  /** Remembers a root token by its accessor. */
  made(accessor: string): void {
    const before = this.read();
    this.write({ ...before, accessors: [...new Set([...before.accessors, accessor])] });
  }

  /** Remembers that platform-admin can log in. */
  passwordSet(): void {
    this.write({ ...this.read(), passwordSet: true });
  }

  /** Forgets all: no root token is left. */
  clear(): void {
    rmSync(this.file, { force: true });
  }

  private write(remembered: Remembered): void {
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, `${JSON.stringify(remembered)}\n`, { mode: 0o600 });
  }
}
