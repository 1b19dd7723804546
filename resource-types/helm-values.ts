import { warning, when, type PlannedChange, type Remark } from "./change";
import { isObject, objectIn, type Json, type JsonObject } from "./json";

/**
 * Values as objects: this product writes them as JSON. `undefined`: they are YAML, known only after the apply, or not
 * there.
 */
export function valuesOf(values: Json | undefined): JsonObject | undefined {
  if (!Array.isArray(values)) return values === null || values === undefined ? {} : undefined;
  try {
    const parsed: unknown[] = values.map((text) => JSON.parse(String(text)));
    return parsed.every(isObject) ? Object.assign({}, ...parsed) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The server's image that a release of the vault chart has in its values; what they leave out is absent, and all where
 * they cannot be read before the apply.
 */
export function serverImage({ values }: JsonObject): { readonly repository?: string; readonly tag?: string } {
  const { repository, tag } = objectIn(objectIn(valuesOf(values)?.server).image);
  return {
    ...(typeof repository === "string" && { repository }),
    ...(typeof tag === "string" && { tag }),
  };
}

/** Every leaf of values, by its path: `server.ha.replicas`. */
export function leaves(value: Json | undefined, at = ""): [string, Json | undefined][] {
  return isObject(value)
    ? Object.entries(value).flatMap(([key, each]) => leaves(each, at === "" ? key : `${at}.${key}`))
    : [[at, value]];
}

/** A block of Vault's configuration, braces and all; `""` where there is none. */
function block(config: string, name: string): string {
  const start = new RegExp(`^\\s*${name}\\s+"`, "m").exec(config)?.index;
  if (start === undefined) return "";
  let depth = 0;
  for (let i = start; i < config.length; i++) {
    if (config[i] === "{") depth++;
    else if (config[i] === "}" && --depth === 0) return config.slice(start, i + 1);
  }
  return config.slice(start);
}

/** What decides about TLS in a configuration: the listener's and raft's `tls_…`, `leader_…` and address lines. */
function tlsLines(config: string): string {
  return (config.match(/^\s*(tls_|leader_(ca|client|tls)|address\b|cluster_address\b).*/gm) ?? [])
    .map((line) => line.trim())
    .join("\n");
}

const CONFIG = /^server\.(ha\.raft|ha|standalone)\.config$/;

const TLS: Remark = [
  "warning",
  "TLS changes",
  "Clients and the servers among themselves must trust each other after it.",
];

/** Kinds of leaves, the first that fits, and what their change means. */
const LEAVES: readonly (readonly [RegExp, ...Remark])[] = [
  [/^global\.tlsDisable$|^server\.extraEnvironmentVars\.VAULT_(CACERT|TLS|SKIP)|^server\.extraVolumes/, ...TLS],
  [
    /^server\.extraSecretEnvironmentVars/,
    "warning",
    "the seal's credentials change",
    "With wrong ones Vault stays sealed after its next start.",
  ],
  [/^server\.networkPolicy/, "warning", "who may reach the server changes", "Its network policy."],
  [
    /^server\.(auditStorage|dataStorage)/,
    "warning",
    "the storage changes",
    "Claim templates of a StatefulSet cannot change: the apply fails, or needs it made anew.",
  ],
  [
    /^server\.persistentVolumeClaimRetentionPolicy/,
    "error",
    "what happens to the volumes changes",
    "Without Retain, the values go with the StatefulSet.",
  ],
  [
    /^server\.authDelegator|^server\.serviceAccount/,
    "warning",
    "the server's own rights change",
    "Without system:auth-delegator no workload of its cluster can log in.",
  ],
  [
    /^ui\.|^server\.(service|ingress|route)\./,
    "warning",
    "how the server is exposed changes",
    "More may be able to reach it.",
  ],
  [
    /^server\.image|^image/,
    "warning",
    "the image changes",
    "Read the release notes; pods are replaced when somebody deletes them.",
  ],
];

/** So many other values are named. */
const NAMED = 8;

/**
 * What a release's new values mean for the seal, TLS and the rest. Source: the vault chart's values and Vault's
 * configuration reference.
 */
export function serverChanges({ before, after }: PlannedChange, called: string): Remark[] {
  const [old, now] = [valuesOf(before.values), valuesOf(after.values)];
  if (!old || !now)
    return warning(
      `${called}: its values change, and cannot be read before the apply`,
      "Seal and TLS settings are in them.",
    );
  const [was, is] = [new Map(leaves(old)), new Map(leaves(now))];
  const changed = [...new Set([...was.keys(), ...is.keys()])]
    .filter((path) => JSON.stringify(was.get(path)) !== JSON.stringify(is.get(path)))
    .sort();
  const others: string[] = [];
  const remarks = changed.flatMap((path): readonly Remark[] => {
    if (CONFIG.test(path)) return configChanges(textOf(was.get(path)), textOf(is.get(path)));
    const [, ...remark] = LEAVES.find(([pattern]) => pattern.test(path)) ?? [];
    if (remark.length === 0) others.push(path);
    return remark.length === 0 ? [] : [remark];
  });
  const more = others.length > NAMED ? ` and ${others.length - NAMED} more` : "";
  remarks.push(...when(others.length > 0, "info", `values change: ${others.slice(0, NAMED).join(", ")}${more}`, ""));
  const bySays = new Map(
    remarks.map(([severity, says, why]) => [says, [severity, `${called}: ${says}`, why] as const]),
  );
  return [...bySays.values()];
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function configChanges(was: string, is: string): Remark[] {
  const seal = block(was, "seal") !== block(is, "seal");
  const tls = tlsLines(was) !== tlsLines(is);
  const storage = block(was, "storage") !== block(is, "storage");
  return [
    ...when(
      seal,
      "warning",
      "the seal changes",
      "Another seal needs a migration with the old one's keys; without it Vault stays sealed.",
    ),
    ...when(tls, ...TLS),
    ...when(storage && !tls, "warning", "the server's storage stanza changes", "Another storage is empty."),
    ...when(
      !seal && !tls && !storage,
      "info",
      "the server's configuration changes",
      "Neither its seal nor TLS nor storage.",
    ),
  ];
}
