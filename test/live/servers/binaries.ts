import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** The programs that the live tests may start. */
export type BinaryName =
  | "vault"
  | "etcd"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-scheduler"
  | "kwok"
  | "kubectl"
  | "openssl"
  | "busybox"
  | "helm"
  | "terraform"
  | "initdb"
  | "postgres"
  | "psql"
  | "vault-secrets-operator";

/**
 * Where the binaries were looked for, in this order: `PATH`, `LIVE_SERVERS_BIN`, `KUBEBUILDER_ASSETS`, Debian's folders
 * of PostgreSQL, then the folder that builds go to.
 */
export function binaryFolders(): string[] {
  const own = [
    process.env.LIVE_SERVERS_BIN,
    process.env.KUBEBUILDER_ASSETS,
    ...postgresFolders(),
    join(homedir(), ".cache", "live-servers", "bin"),
  ];
  return [...(process.env.PATH ?? "").split(delimiter), ...own].filter((folder): folder is string => Boolean(folder));
}

/** Where Debian keeps PostgreSQL's own programs, newest version first. */
function postgresFolders(): string[] {
  const parent = "/usr/lib/postgresql";
  const versions = existsSync(parent) ? readdirSync(parent) : [];
  return versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(parent, version, "bin"));
}

/**
 * The first executable of that name in `binaryFolders`; undefined if there is none. `VSO_BIN` names the operator's by
 * its whole path, `HELM_BIN` helm's.
 */
export function findBinary(name: BinaryName): string | undefined {
  const candidates = binaryFolders().map((folder) => join(folder, name));
  const own = { "vault-secrets-operator": process.env.VSO_BIN, helm: process.env.HELM_BIN }[name as string];
  if (own) candidates.unshift(own);
  return candidates.find(isExecutable);
}

/** The Vault Secrets Operator's binary (`VSO_BIN`, else as any other); undefined if there is none. */
export function findOperator(): string | undefined {
  return findBinary("vault-secrets-operator");
}

/** Every one of the named programs that is there, by name. */
export function findBinaries<N extends BinaryName>(names: readonly N[]): Partial<Record<N, string>> {
  const found: Partial<Record<N, string>> = {};
  for (const name of names) {
    const path = findBinary(name);
    if (path) found[name] = path;
  }
  return found;
}

/** As `findBinary`. Throws, saying how to get it, if there is none. */
export function requireBinary(name: BinaryName): string {
  const path = findBinary(name);
  if (!path) throw new Error(`${name} is missing: ${HOW_TO_GET_IT}`);
  return path;
}

/** One line on how a missing binary is had. */
export const HOW_TO_GET_IT =
  "put what is missing on PATH, or in the folder that LIVE_SERVERS_BIN names (test/live/README.md)";

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
