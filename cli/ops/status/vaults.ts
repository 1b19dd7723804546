import { readFileSync } from "node:fs";
import { connect as tlsConnect } from "node:tls";
import type { Platform, Vault } from "../../../model";
import { VaultError, type VaultClient } from "../../vault";
import { OpsError } from "../errors";
import type { Io } from "../io";
import { tokenAtHand } from "../session";
import { serversOf, type Server } from "../unseal/servers";

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
  readonly certificate?: CertificateStatus;
}

/** A server's certificate. */
export interface CertificateStatus {
  /** ISO 8601, UTC. */
  readonly expires: string;
  /** Whole days from now; negative once it has expired. */
  readonly days: number;
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

/**
 * What there is to know of a Vault. `visit` is called with a client of the first server that serves, while the way is
 * open. Throws nothing that a Vault or a cluster answers: that is in the result.
 */
export async function vaultStatus(
  io: Io,
  platform: Platform,
  vault: Vault,
  visit?: (client: VaultClient) => Promise<void>,
): Promise<VaultStatus> {
  let servers: readonly Server[];
  try {
    servers = await serversOf(io, platform, vault);
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    return { name: vault.name, servers: [], notes: [], failure: error };
  }
  const found: ServerStatus[] = [];
  let failure: VaultError | OpsError | undefined;
  let audit: readonly string[] | undefined;
  const notes: string[] = [];
  let visited = false;
  for (const server of servers) {
    let close: (() => Promise<void>) | undefined;
    try {
      const opened = await server.open();
      close = opened.close;
      const status = await serverStatus(io, server.name, opened.client);
      found.push(status);
      if (status.sealed || !status.initialized || visited) continue;
      visited = true;
      audit = await auditDevices(io, opened.client, notes);
      await visit?.(opened.client);
    } catch (error) {
      if (!(error instanceof VaultError || error instanceof OpsError)) throw error;
      failure ??= error;
      found.push({ name: server.name, problem: error.message });
    } finally {
      await close?.();
    }
  }
  return { name: vault.name, servers: found, notes, ...(audit && { audit }), ...(failure && { failure }) };
}

async function serverStatus(io: Io, name: string, client: VaultClient): Promise<ServerStatus> {
  const { initialized, sealed, type, t, progress, version } = await client.sealStatus();
  const certificate = await certificateOf(io, client.address);
  const known = { name, initialized, sealed, seal: type, version, ...certificate };
  if (sealed || !initialized)
    return { ...known, ...(initialized && type === "shamir" && { progress: `${progress} of ${t}` }) };
  const { data } = await client.read<{ ha_enabled: boolean; is_self: boolean; leader_address: string }>("sys/leader", {
    token: null,
  });
  return {
    ...known,
    role: !data.ha_enabled ? "alone" : data.is_self ? "leads" : "stands by",
    ...(data.leader_address && { leader: data.leader_address }),
  };
}

async function auditDevices(io: Io, client: VaultClient, notes: string[]): Promise<readonly string[] | undefined> {
  const token = tokenAtHand(io);
  if (!token) {
    notes.push("audit devices: not looked at, since nobody is logged in (VAULT_TOKEN, or vault login)");
    return undefined;
  }
  try {
    const { data } = await client.read<Readonly<Record<string, { type: string }>>>("sys/audit", { token });
    return Object.entries(data ?? {}).map(([path, { type }]) => `${path.replace(/\/$/, "")} (${type})`);
  } catch (error) {
    if (!(error instanceof VaultError) || error.kind !== "forbidden") throw error;
    notes.push("audit devices: the token at hand may not list them");
    return undefined;
  }
}

const PATIENCE_MS = 5_000;

/**
 * The certificate of an https address, where it is trusted (VAULT_CACERT, VAULT_TLS_SERVER_NAME, as for requests).
 * Nothing for http, and for one that is not trusted or has expired: the failure of the request says that.
 */
async function certificateOf(io: Io, address: string): Promise<{ certificate?: CertificateStatus }> {
  if (!address.startsWith("https:")) return {};
  const { hostname, port } = new URL(address);
  const host = hostname.replace(/^\[|\]$/g, "");
  const ca = io.env.VAULT_CACERT ? readFileSync(io.env.VAULT_CACERT, "utf8") : undefined;
  const servername = io.env.VAULT_TLS_SERVER_NAME || undefined;
  return new Promise((resolve) => {
    // Nothing is sent on this connection: it looks at the certificate alone.
    const socket = tlsConnect({ host, port: Number(port || 443), ca, servername, timeout: PATIENCE_MS }, () => {
      const { valid_to: until } = socket.getPeerCertificate();
      socket.destroy();
      const expires = new Date(until);
      resolve(
        Number.isNaN(expires.getTime())
          ? {}
          : {
              certificate: {
                expires: expires.toISOString(),
                days: Math.floor((expires.getTime() - io.now().getTime()) / 86_400_000),
              },
            },
      );
    });
    socket.once("error", () => resolve({})).once("timeout", () => socket.destroy(new Error("no answer")));
  });
}
