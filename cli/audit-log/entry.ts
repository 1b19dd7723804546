/** Who made a request, in the words of an audit log. */
export interface Actor {
  /** Empty where the token has none: a root token, an orphan that no login made. */
  readonly entity: string;
  /** What the auth mount calls the login: `<mount>-<name>`, with dashes for the slashes of the mount. */
  readonly display: string;
  /** The user name, else the role, that the auth method wrote into the token's metadata; empty where there is none. */
  readonly login: string;
}

/**
 * What was done with a secret set: `read` is an answer with the values (or a wrapping token for them), `ask` a read
 * that Vault let through, whose answer has no values or is not in the log; `write` includes taking a soft delete back,
 * `see` names of keys, versions and names in the folder.
 */
export type Use = "read" | "ask" | "write" | "delete" | "destroy" | "settings" | "see";

/** One line of an audit device, as far as it is used here. */
export interface Entry {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Absent where nobody was known: a login's request, a refused token. */
  readonly actor?: Actor;
  /** Absent where it is no use of a set: another path or namespace, or refused. */
  readonly used?: {
    readonly use: Use;
    /** In the mount; of a list that of the folder, with a slash at its end. */
    readonly path: string;
    readonly address: string;
  };
}

/** What a line is that is no entry, and may have been one. */
export type Damage =
  "is no whole JSON" | "is no entry of an audit device" | "has a time that cannot be" | "is longer than 16 MiB";

/** What each of kv-v2's requests does, by prefix and operation. Source: Vault's API documentation, "KV version 2". */
const USES: Readonly<Record<string, Readonly<Record<string, Use>>>> = {
  data: { read: "ask", create: "write", update: "write", patch: "write", delete: "delete" },
  subkeys: { read: "see" },
  metadata: { read: "see", list: "see", create: "settings", update: "settings", patch: "settings", delete: "destroy" },
  delete: { create: "delete", update: "delete" },
  undelete: { create: "write", update: "write" },
  destroy: { create: "destroy", update: "destroy" },
};

/** A line of Vault's own log, which a device on standard output is mixed with. */
const SERVER_LOG = /^\S+ +\[(TRACE|DEBUG|INFO|WARN|ERROR)\]/;

/** Vault's first release was in 2015. */
const EARLIEST = Date.UTC(2015, 0);
const DAY = 86_400_000;

/**
 * Reads one line. What stands before the first brace (syslog's, a container runtime's or the device's own prefix) is
 * passed over. `undefined`: a line that is no part of an entry, since it has no brace or is of Vault's own log. A
 * refused request has an `error` in both of its lines. Source: Vault's documentation, "Audit devices", and logs of
 * Vault 1.21.
 * @param now milliseconds since 1970; a time more than a day later cannot be
 */
export function readLine(line: string, mount: string, now: number): Entry | Damage | undefined {
  const start = line.indexOf("{");
  if (start !== 0 && (SERVER_LOG.test(line) || (start < 0 && !line.includes("}")))) return undefined;
  let read: unknown;
  try {
    read = JSON.parse(start > 0 ? line.slice(start) : line);
  } catch {
    return "is no whole JSON";
  }
  const { type, time: written, error, auth, request, response } = fieldsOf(read);
  const { path, operation, namespace, remote_address: address } = fieldsOf(request);
  if ((type !== "request" && type !== "response") || typeof written !== "string" || typeof path !== "string")
    return "is no entry of an audit device";
  const time = Date.parse(written);
  if (!(time >= EARLIEST && time <= now + DAY)) return "has a time that cannot be";
  const actor = actorOf(fieldsOf(auth));
  const refused = error || fieldsOf(fieldsOf(auth).policy_results).allowed === false;
  // The path is the namespace's own: there the same path is another set.
  if (!actor || refused || !path.startsWith(`${mount}/`) || fieldsOf(namespace).path) return { time, actor };
  const [prefix = "", ...rest] = path.slice(mount.length + 1).split("/");
  const use = Object.hasOwn(USES, prefix) ? USES[prefix]![String(operation)] : undefined;
  if (use === undefined) return { time, actor };
  const has = use === "ask" && type === "response" && hasValues(fieldsOf(response));
  return { time, actor, used: { use: has ? "read" : use, path: rest.join("/"), address: textOf(address) } };
}

/** A version that is deleted is answered with its metadata alone, as a raw body; one that is not there with nothing. */
function hasValues({ data, wrap_info: wrapped }: Fields): boolean {
  const values = fieldsOf(data).data;
  return (typeof values === "object" && values !== null) || Boolean(wrapped);
}

function actorOf({ entity_id: entity, display_name: display, metadata }: Fields): Actor | undefined {
  if (typeof display !== "string") return undefined;
  const { username, role } = fieldsOf(metadata);
  return { entity: textOf(entity), display, login: textOf(username ?? role) };
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
