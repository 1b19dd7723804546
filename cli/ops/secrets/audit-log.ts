import { createReadStream, statSync } from "node:fs";
import type { KvPath, SecretSet } from "../../../model";
import { chunksOf } from "../../audit-log/chunks";
import { UsageError } from "../errors";
import { byTime, isWithin, type Change } from "./changes";
import { names } from "./facts";

/** What an audit log told. */
interface AuditChanges {
  readonly changes: readonly Change[];
  /** Lines that are no audit entries: cut by rotation, or of another program. */
  readonly unreadable: number;
}

/**
 * One line of an audit device of type file, as far as it is used. Source: Vault's documentation, "Audit devices", and
 * logs of Vault 1.21.
 */
interface AuditEntry {
  readonly type?: string;
  readonly time?: string;
  readonly error?: string;
  readonly auth?: { readonly display_name?: string };
  readonly request?: {
    readonly operation?: string;
    readonly path?: string;
    readonly data?: { readonly data?: Readonly<Record<string, unknown>> };
  };
  readonly response?: { readonly data?: { readonly version?: unknown } };
}

/** What a write under each of kv-v2's prefixes is called. Deleting `metadata` takes every version along. */
const OPERATIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  data: { create: "create", update: "update", patch: "patch", delete: "delete" },
  metadata: { create: "metadata", update: "metadata", patch: "metadata", delete: "delete everything" },
  delete: { create: "delete", update: "delete" },
  undelete: { create: "undelete", update: "undelete" },
  destroy: { create: "destroy", update: "destroy" },
};

/**
 * The changes below `root` that audit logs tell of, from `since` to `now`, each once however many logs have it. Files
 * may be gzip, whatever they are called. Paths and key names stand plainly in an audit log, values hashed; with
 * `log_raw` also plainly, and they are not taken up here.
 *
 * Throws a UsageError for a file that cannot be read.
 */
export async function readAuditLogs(
  files: readonly string[],
  root: KvPath,
  tenants: readonly SecretSet[],
  since: Date,
  now: Date,
): Promise<AuditChanges> {
  const found = new Map<string, Change>();
  let unreadable = 0;
  for (const file of files) {
    for await (const lines of linesOf(file)) {
      for (const line of lines) {
        if (line.trim() === "") continue;
        const entry = parse(line);
        if (!entry) unreadable++;
        const change = entry && changeOf(entry, root, tenants);
        if (!change || !isWithin(change, since, now)) continue;
        found.set(JSON.stringify([change.time, change.path, change.operation, change.version, change.by]), change);
      }
    }
  }
  return { changes: [...found.values()].sort(byTime), unreadable };
}

/** A file's lines, as many at once as are read together. Throws a UsageError for a file that cannot be read. */
async function* linesOf(file: string): AsyncGenerator<readonly string[]> {
  const problem = (reason: string) =>
    new UsageError(
      `--audit-log: given ${JSON.stringify(file)}; accepted: a readable file of an audit device, ` +
        `plain or gzip (${reason}).`,
    );
  const facts = statSync(file, { throwIfNoEntry: false });
  // A device or a pipe would be read for ever.
  if (!facts?.isFile()) throw problem(facts ? "it is no file" : "there is none");
  for await (const chunk of chunksOf(createReadStream(file))) {
    if (chunk instanceof Error) throw problem(chunk.message);
    // A line that is too long is one that is no entry.
    yield typeof chunk === "string" ? [chunk] : chunk.toString("utf8").split("\n");
  }
}

function parse(line: string): AuditEntry | undefined {
  try {
    const parsed = JSON.parse(line) as AuditEntry | null;
    return parsed?.type && parsed.request ? parsed : undefined;
  } catch {
    return undefined;
  }
}

// The answer, not the request: a refused write changed nothing.
function changeOf(
  { type, time, error, auth, request, response }: AuditEntry,
  root: KvPath,
  tenants: readonly SecretSet[],
): Change | undefined {
  if (type !== "response" || error || typeof time !== "string" || typeof request?.path !== "string") return undefined;
  const [mount, prefix = "", ...rest] = request.path.split("/");
  const path = rest.join("/").replace(/\/$/, "");
  const operation = OPERATIONS[prefix]?.[request.operation ?? ""];
  if (mount !== root.mount || operation === undefined || !path.startsWith(`${root.path}/`)) return undefined;
  const tenant = tenants.find((each) => each.path.mount === mount && each.path.path === path);
  const version = response?.data?.version;
  return {
    time,
    ...(tenant ? names(tenant) : { app: null, environment: null, path: `${mount}/${path}` }),
    operation,
    version: typeof version === "number" ? version : null,
    by: auth?.display_name || null,
    keys: prefix === "data" && request.data?.data ? Object.keys(request.data.data).sort() : null,
  };
}
