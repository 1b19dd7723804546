import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { UsageError } from "../errors";
import type { Io } from "../io";

/** The vault program of this machine: VAULT_BIN, else the one on PATH. Throws a UsageError where there is none. */
export function vaultProgram({ env }: Io): string {
  const given = env.VAULT_BIN;
  if (given) {
    if (isAbsolute(given) && isProgram(given)) return given;
    throw new UsageError(`VAULT_BIN: given ${JSON.stringify(given)}; accepted: the whole path of the vault program.`);
  }
  const found = (env.PATH ?? "").split(delimiter).map((folder) => join(folder, "vault"));
  const program = found.find(isProgram);
  if (program !== undefined) return program;
  throw new UsageError(
    "vault: there is no such program on PATH, and a snapshot is opened by a throw-away server of it on this machine. " +
      "Get it from your package manager or https://releases.hashicorp.com/vault, in the version of the server that " +
      "the snapshot is from or a newer one; VAULT_BIN names one elsewhere.",
  );
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
