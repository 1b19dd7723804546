import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { counted } from "../../counted";
import type { SecretValue } from "../../vault";
import { OpsError, UsageError } from "../errors";
import type { Io } from "../io";

/** A public key of somebody who gets a share. */
interface PgpKey {
  /** The key's file, which names its owner in messages. */
  readonly file: string;
  /** The binary key in base64, as Vault takes it. */
  readonly base64: string;
}

/** What the command line says about shares that are made, and who gets them. */
export interface ShareOptions {
  /** How many are made, and how many of them are enough. */
  readonly shares: number;
  readonly threshold: number;
  /** Files of PGP public keys, one a share. */
  readonly pgpKey?: readonly string[];
  /** A folder that gets one file a share. */
  readonly outDir?: string;
}

/**
 * Who gets the shares: PGP keys (Vault encrypts them), one file a share, or people in front of this terminal, one after
 * the other.
 */
export interface Recipients {
  readonly pgpKeys?: readonly PgpKey[];
  /** Makes sure, before the shares exist, that they can be handed over. Throws a UsageError or OpsError if not. */
  prepare(kind: string): Promise<void>;
  /** Hands the shares over. `shares` are encrypted where `pgpKeys` are given. */
  handOver(shares: readonly SecretValue[], kind: string): Promise<void>;
  /** Takes back what `prepare` made, when no shares came of it. */
  abandon(): void;
}

/**
 * Who gets the shares. Throws a UsageError where nobody would: no terminal and no recipient, a number of keys that is
 * not the number of shares, or a file that is no PGP public key.
 */
export function chooseRecipients(io: Io, { shares, pgpKey, outDir }: ShareOptions): Recipients {
  if (pgpKey && pgpKey.length !== shares)
    throw new UsageError(
      `--pgp-key: given ${counted(pgpKey.length, "key")}; accepted: one ` + `for each of the ${shares} shares.`,
    );
  const pgpKeys = pgpKey?.map(readPgpKey);
  if (outDir !== undefined) return inFiles(io, outDir, shares, pgpKeys);
  if (pgpKeys) return printed(io, pgpKeys);
  if (io.terminal) return onTerminal(io, shares);
  throw new UsageError(
    "recipients: given none, and there is no terminal; accepted: --pgp-key FILE for each share, " +
      "--out-dir FOLDER, or a terminal, where each share is shown once.",
  );
}

/**
 * Reads a PGP public key, armored or binary. Throws a UsageError for a file that cannot be read or is none; a private
 * key is refused by name.
 */
export function readPgpKey(file: string): PgpKey {
  const refuse = (given: string): never => {
    throw new UsageError(
      `--pgp-key ${file}: given ${given}; accepted: a file with one PGP public key, as gpg --export ` +
        `(with or without --armor) writes it.`,
    );
  };
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    return refuse(`a file that cannot be read (${String((error as NodeJS.ErrnoException).code)})`);
  }
  const text = bytes.toString("latin1");
  if (/PRIVATE KEY/.test(text)) return refuse("a private key, which has no place here");
  // Headers end with an empty line; a checksum stands before the end.
  const block = /-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n([^]*?)\s*-----END PGP PUBLIC KEY BLOCK-----/.exec(text)?.[1];
  const armor = block && /^(?:[\w-]+: .*\r?\n)*\r?\n([A-Za-z0-9+/=\s]+?)(?:\r?\n=[A-Za-z0-9+/]{4})?$/.exec(block);
  if (armor) return { file, base64: armor[1]!.replace(/\s/g, "") };
  // The first byte of an OpenPGP packet: bit 7 set; tag 6 is a public key. Source: RFC 9580, section 4.2.
  const first = bytes[0] ?? 0;
  const tag = first & 0x40 ? first & 0x3f : (first >> 2) & 0x0f;
  return first & 0x80 && tag === 6 ? { file, base64: bytes.toString("base64") } : refuse("something else");
}

/** One file a share: made empty before there are shares, so that none is lost to a full disk or a missing right. */
function inFiles(io: Io, folder: string, count: number, pgpKeys?: readonly PgpKey[]): Recipients {
  const files: string[] = [];
  return {
    pgpKeys,
    prepare: async (kind) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const names = Array.from({ length: count }, (_, index) => `${kind.replace(" ", "-")}-${index + 1}`);
      for (const name of names)
        if (existsSync(join(folder, name)))
          throw new UsageError(
            `--out-dir ${folder}: given a folder that has ${name} already; accepted: ` +
              `one without shares in it, since nothing is overwritten.`,
          );
      for (const name of names) {
        const file = join(folder, name);
        writeFileSync(file, "", { flag: "wx", mode: 0o600 });
        files.push(file);
      }
    },
    handOver: async (shares, kind) => {
      for (const [index, share] of shares.entries())
        writeFileSync(files[index]!, `${share.unsafeReveal()}\n`, { mode: 0o600, flush: true });
      io.err(
        `${shares.length} ${kind}s are in ${folder}, one a file, readable by you alone. Give ` +
          `each to its person, and remove the files: whoever has this folder has the Vault.`,
      );
      if (pgpKeys) io.err(howToRead(kind));
    },
    abandon: () => files.splice(0).forEach((file) => rmSync(file, { force: true })),
  };
}

/** Shares that Vault encrypted: no secret any more. */
function printed(io: Io, pgpKeys: readonly PgpKey[]): Recipients {
  return {
    pgpKeys,
    prepare: async () => undefined,
    handOver: async (shares, kind) => {
      for (const [index, share] of shares.entries())
        io.out(`${kind} ${index + 1}, for ${basename(pgpKeys[index]!.file)}: ${share.unsafeReveal()}`);
      io.err(howToRead(kind));
    },
    abandon: () => undefined,
  };
}

function howToRead(kind: string): string {
  return `each ${kind} is encrypted to its key; its owner reads it with: base64 -d | gpg -d`;
}

/** Each share on a screen of its own, for one person at a time. */
function onTerminal(io: Io, count: number): Recipients {
  return {
    prepare: async (kind) => {
      const question =
        `${count} ${kind}s will be shown here, one at a time and never again. Is each ` +
        `of the ${count} people ready to keep one?`;
      if (!(await io.confirm(question)))
        throw new OpsError(
          "nothing was changed: nobody is ready to keep the shares. --pgp-key and --out-dir hand them " +
            "over in another way.",
        );
    },
    handOver: async (shares, kind) => {
      for (const [index, share] of shares.entries()) {
        const which = `${kind} ${index + 1} of ${shares.length}`;
        const title = `${which.charAt(0).toUpperCase()}${which.slice(1)}. For one person alone; it is shown once.`;
        await show(io, [title, "", `  ${share.unsafeReveal()}`], which);
        io.err(`${which} was shown.`);
      }
    },
    abandon: () => undefined,
  };
}

/** Ctrl-C on a screen would lose a share for good: it is asked about. */
async function show(io: Io, lines: readonly string[], which: string): Promise<void> {
  for (;;) {
    try {
      return await io.showOnce(lines);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "ExitPromptError") throw error;
      if (await io.confirm(`${which}, and those after it, are lost for good if you stop now. Stop?`)) throw error;
    }
  }
}
