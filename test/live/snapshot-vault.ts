import { writeFileSync } from "node:fs";
import { join } from "node:path";
import sample from "../../config/sample";
import type { Script, ScriptedIo } from "../cli/up/scripted-io";
import { AccessLoader, stacksOf, vaultSide } from "./load-access";
import { inTurn, ops } from "./ops";
import { requireBinary, startVault, temporaryFolder, type VaultOptions, type VaultServer } from "./servers";

/** A Vault with integrated storage and the Vault side of the sample, and everybody's password. */
export interface SnapshotVault {
  readonly server: VaultServer;
  readonly passwords: ReadonlyMap<string, string>;
  /** Takes a snapshot into a file of a folder of its own, and returns the file. */
  snapshot(name: string): Promise<string>;
  /** Writes the values of a sample set, as root. */
  put(app: string, environment: string, data: Readonly<Record<string, string>>): Promise<void>;
  /** The values of a sample set, read with this token (@default root's). */
  values(app: string, environment: string, token?: string): Promise<Record<string, string>>;
}

/** Starts it, with three key shares of which two are enough, and an audit device. */
export async function startSnapshotVault(options: Partial<VaultOptions> = {}): Promise<SnapshotVault> {
  const server = await startVault({ storage: "raft", ...options });
  await server.init(3, 2);
  if (!options.seal) await server.unseal();
  const loader = new AccessLoader(server, { audit: true });
  await loader.apply(vaultSide(stacksOf(sample)));
  const folder = temporaryFolder("snapshots");
  const path = (app: string, environment: string): string => `kvv2/data/sample/${app}/${app}-${environment}`;
  return {
    server,
    passwords: loader.passwords,
    snapshot: async (name) => {
      const file = join(folder, `${name}.snap`);
      writeFileSync(file, await takeSnapshot(server));
      return file;
    },
    put: async (app, environment, data) => void (await server.ok("POST", path(app, environment), { body: { data } })),
    values: async (app, environment, token) =>
      (await server.ok<{ data: { data: Record<string, string> } }>("GET", path(app, environment), { token })).data.data,
  };
}

/** A snapshot of a server's storage, as `vault operator raft snapshot save` gets it. */
export async function takeSnapshot(server: VaultServer): Promise<Buffer> {
  const headers = { "x-vault-token": server.rootToken };
  const answer = await fetch(`${server.address}/v1/sys/storage/raft/snapshot`, { headers });
  if (!answer.ok) throw new Error(`snapshot: ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

/** Runs an ops command that may open a snapshot: key shares are given in turn at its prompts. */
export function opsWithShares(
  server: VaultServer,
  words: readonly string[],
  shares: readonly string[],
  script: Script = {},
): Promise<ScriptedIo> {
  const env = { VAULT_BIN: requireBinary("vault"), ...script.env };
  return ops(server, words, { secret: inTurn(shares), ...script, env });
}
