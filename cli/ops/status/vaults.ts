import type { Platform, Vault } from "../../../model";
import { VaultError, type VaultClient } from "../../vault";
import { OpsError } from "../errors";
import type { Io } from "../io";
import { tokenAtHand } from "../session";
import { readLeader } from "../unseal/unseal";
import { serversOf, type Connection } from "../way";

/** One server of a Vault, as it is now. */
export interface ServerStatus {
  /** Its address, or its pod. */
  readonly name: string;
  /** Why nothing is known of it. */
  readonly problem?: string;
  readonly initialized?: boolean;
  readonly sealed?: boolean;
  /** `shamir`, or the type of the seal that it unseals itself by. */
  readonly seal?: string;
  /** Shares given, of how many, while it is sealed. */
  readonly progress?: string;
  readonly version?: string;
  /** `leads`, `stands by` or `alone`. */
  readonly role?: string;
  /** Where the leader is, as a standby knows it. */
  readonly leader?: string;
  /** Until when its certificate is good (ISO 8601, UTC), and how many whole days that is from now. */
  readonly certificate?: { readonly expires: string; readonly days: number };
}

/** A Vault, as it is now. */
export interface VaultStatus {
  readonly name: string;
  readonly servers: readonly ServerStatus[];
  /** Audit devices as `file-stdout (file)`; undefined where nobody is logged in who may list them. */
  readonly audit?: readonly string[];
  /** Why something was not looked at. */
  readonly notes: readonly string[];
  /** A failure of the way to the Vault, with what it means. */
  readonly failure?: VaultError | OpsError;
}

/** What was read of a Vault. */
interface VaultRead {
  readonly status: VaultStatus;
  /** The first server that serves, with the token at hand: whoever reads a Vault closes it. Undefined: none does. */
  readonly serving?: Connection;
}

/**
 * What there is to know of a Vault. Throws nothing that a Vault or a cluster answers: that is in the result.
 */
export async function readVault(io: Io, platform: Platform, vault: Vault): Promise<VaultRead> {
  const found: ServerStatus[] = [];
  const notes: string[] = [];
  let failure: VaultStatus["failure"];
  let audit: readonly string[] | undefined;
  let serving: Connection | undefined;
  const failed = (error: unknown): string => {
    if (!(error instanceof VaultError || error instanceof OpsError)) throw error;
    failure ??= error;
    return error.message;
  };
  for (const server of await serversOf(io, platform, vault).catch((error: unknown) => (failed(error), []))) {
    let opened: Connection | undefined;
    try {
      opened = await server.open();
      const status = await serverStatus(io, server.name, opened.client);
      found.push(status);
      if (status.sealed || !status.initialized || serving) continue;
      serving = opened;
      opened.client.token = await tokenAtHand(io, opened.client);
      audit = await auditDevices(opened.client, notes);
    } catch (error) {
      found.push({ name: server.name, problem: failed(error) });
    } finally {
      if (opened !== serving) await opened?.close();
    }
  }
  return { status: { name: vault.name, servers: found, notes, audit, failure }, serving };
}

async function serverStatus(io: Io, name: string, client: VaultClient): Promise<ServerStatus> {
  const { initialized, sealed, type, t, progress, version } = await client.sealStatus();
  const end = client.certificateEnd;
  const certificate = end && {
    expires: end.toISOString(),
    days: Math.floor((end.getTime() - io.now().getTime()) / 86_400_000),
  };
  const known = { name, initialized, sealed, seal: type, version, certificate };
  if (sealed || !initialized)
    return { ...known, ...(initialized && type === "shamir" && { progress: `${progress} of ${t}` }) };
  const { ha_enabled: ha, is_self: self, leader_address: leader } = await readLeader(client);
  return { ...known, role: !ha ? "alone" : self ? "leads" : "stands by", ...(leader && { leader }) };
}

async function auditDevices(client: VaultClient, notes: string[]): Promise<readonly string[] | undefined> {
  if (!client.token) {
    notes.push("audit devices: not looked at, since nobody is logged in (VAULT_TOKEN, or vault login)");
    return undefined;
  }
  try {
    const devices = await client.read<Readonly<Record<string, { type: string }>>>("sys/audit");
    return Object.entries(devices ?? {}).map(([path, { type }]) => `${path.replace(/\/$/, "")} (${type})`);
  } catch (error) {
    if (!(error instanceof VaultError) || error.kind !== "forbidden") throw error;
    notes.push("audit devices: the token at hand may not list them");
    return undefined;
  }
}
