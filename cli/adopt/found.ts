import { isObject, type JsonObject } from "../../access";
import type { KvPath } from "../../model";
import type { Asking } from "../access-live/asking";
import { readVault, type VaultNow } from "../access-live/read-vault";

/** A kv mount, of either version, and the paths in it; of version 1 nothing in it is looked at. */
export interface FoundMount {
  readonly path: string;
  readonly version: number;
  /** Secrets in it, by their whole path in the mount. */
  readonly secrets: readonly string[];
}

/** All that is read of a Vault that is to be adopted. No value is. */
export interface Found {
  readonly now: VaultNow;
  readonly mounts: readonly FoundMount[];
  /** Requests that were refused, each once. */
  readonly refused: readonly string[];
  /** Seconds that a token lives where nothing says how long. */
  readonly leases: { readonly usual: number; readonly longest: number };
  /** How many requests were made. */
  readonly requests: number;
}

/** Seconds: 32 days. Source: Vault's documentation, `default_lease_ttl` and `max_lease_ttl`. */
const VAULTS_LEASE = 768 * 3600;

/** Reads a Vault: mounts, logins, people, policies, and which secrets there are. `mount`: the only one looked into. */
export async function readFound(ask: Asking, mount?: string): Promise<Found> {
  const kv = kvMounts(await ask.read("sys/mounts"));
  const second = kv.filter(({ path, version }) => version === 2 && path === (mount ?? path)).map(({ path }) => path);
  const now = await readVault(ask, second);
  const mounts: FoundMount[] = [];
  for (const { path, version } of kv)
    mounts.push({ path, version, secrets: second.includes(path) ? await secretsIn(ask, path) : [] });
  const config = await ask.read("sys/config/state/sanitized");
  const seconds = (value: unknown) => (typeof value === "number" && value > 0 ? value : VAULTS_LEASE);
  return {
    now,
    mounts,
    refused: ask.refused,
    leases: { usual: seconds(config?.default_lease_ttl), longest: seconds(config?.max_lease_ttl) },
    requests: ask.requests,
  };
}

function kvMounts(answer: JsonObject | undefined): { readonly path: string; readonly version: number }[] {
  return Object.entries(answer ?? {}).flatMap(([path, mount]) => {
    if (!isObject(mount) || mount.type !== "kv") return [];
    // Version 1 says nothing, or an empty object.
    const version = isObject(mount.options) && mount.options.version === "2" ? 2 : 1;
    return [{ path: path.replace(/\/$/, ""), version }];
  });
}

/** The secrets below a folder of a mount, however deep. */
async function secretsIn(ask: Asking, mount: string, folder = ""): Promise<string[]> {
  const names = await ask.entries(`${mount}/metadata/${folder}`, `list ${mount}/metadata/*`);
  const found = await ask.each(names, `listing ${mount}/${folder}`, async (name) =>
    name.endsWith("/") ? secretsIn(ask, mount, `${folder}${name}`) : [`${folder}${name}`],
  );
  return found.flat();
}

/** A secret that the product's paths have a place for. */
export interface FoundSet {
  readonly app: string;
  readonly environment: string;
  readonly path: KvPath;
  /** Key names of its latest version; none where that is deleted. */
  readonly keys: readonly string[];
  /** What its custom metadata says, as `secrets status` reads it. */
  readonly owner?: string;
  readonly rotateEvery?: string;
}

/** Reads what is in a set, without a value; undefined where that may not be read. */
export async function readSet(
  ask: Asking,
  place: Pick<FoundSet, "app" | "environment" | "path">,
): Promise<FoundSet | undefined> {
  const subkeys = await ask.subkeys(place.path);
  if (!subkeys) return undefined;
  const { mount } = place.path;
  const metadata = await ask.read(place.path.metadata(), undefined, `read ${mount}/metadata/*`);
  const said = isObject(metadata?.custom_metadata) ? metadata.custom_metadata : {};
  const text = (name: string) => (typeof said[name] === "string" ? said[name] : undefined);
  return { ...place, keys: subkeys.keys, owner: text("owner"), rotateEvery: text("rotate_every") };
}
