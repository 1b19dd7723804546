import { isObject, type Json, type JsonObject } from "../read-stacks";
import type { Severity } from "./finding";
import type { PlannedChange } from "./read-plan";

/** What a change of a release's values means. */
export interface ValuesChange {
  readonly severity: Severity;
  readonly says: string;
  readonly why: string;
}

/**
 * Values as objects: this product writes them as JSON. `undefined`: they are YAML, known only after the apply, or not
 * there.
 */
function valuesOf(values: Json | undefined): JsonObject | undefined {
  if (!Array.isArray(values)) return values === null || values === undefined ? {} : undefined;
  let merged: JsonObject = {};
  for (const text of values) {
    try {
      const parsed: unknown = JSON.parse(String(text));
      if (!isObject(parsed)) return undefined;
      merged = { ...merged, ...parsed };
    } catch {
      return undefined;
    }
  }
  return merged;
}

/** Every leaf of values, by its path: `server.ha.replicas`. */
function leaves(value: Json | undefined, at = ""): [string, string][] {
  if (isObject(value))
    return Object.entries(value).flatMap(([key, each]) => leaves(each, at === "" ? key : `${at}.${key}`));
  return [[at, JSON.stringify(value)]];
}

/** A block of Vault's configuration, braces and all; `""` where there is none. */
function block(config: string, head: RegExp): string {
  const start = head.exec(config);
  if (!start) return "";
  let depth = 0;
  for (let i = start.index; i < config.length; i++) {
    if (config[i] === "{") depth++;
    else if (config[i] === "}" && --depth === 0) return config.slice(start.index, i + 1);
  }
  return config.slice(start.index);
}

/** What decides about TLS in a configuration: the listener's and raft's `tls_…`, `leader_…` and cipher lines. */
function tlsLines(config: string): string {
  return config
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /^(tls_|leader_(ca|client|tls)|address\b|cluster_address\b)/.test(line))
    .join("\n");
}

const CONFIG = /^server\.(ha\.raft|ha|standalone)\.config$/;

/** Kinds of leaves, the first that fits; their words and what to think of. */
const LEAVES: readonly (readonly [RegExp, Severity, string, string])[] = [
  [
    /^global\.tlsDisable$|^server\.extraEnvironmentVars\.VAULT_(CACERT|TLS|SKIP)|^server\.extraVolumes/,
    "warning",
    "TLS changes",
    "Clients and the servers among themselves must trust each other after it.",
  ],
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

/**
 * What a release's new values mean for the seal, TLS and the rest. Source: the vault chart's values and Vault's
 * configuration reference.
 */
export function serverChanges({ before, after }: PlannedChange): ValuesChange[] {
  const [old, now] = [valuesOf(before.values), valuesOf(after.values)];
  if (!old || !now)
    return [
      {
        severity: "warning",
        says: "its values change, and cannot be read before the apply",
        why: "Seal and TLS settings are in them.",
      },
    ];
  const [was, is] = [new Map(leaves(old)), new Map(leaves(now))];
  const changed = [...new Set([...was.keys(), ...is.keys()])].filter((path) => was.get(path) !== is.get(path)).sort();
  const found = new Map<string, ValuesChange>();
  const add = (change: ValuesChange) => void found.set(change.says, found.get(change.says) ?? change);
  const others: string[] = [];
  for (const path of changed) {
    if (CONFIG.test(path)) for (const change of configChanges(text(was.get(path)), text(is.get(path)))) add(change);
    else {
      const [, severity, says, why] = LEAVES.find(([pattern]) => pattern.test(path)) ?? [];
      if (severity && says) add({ severity, says, why: why ?? "" });
      else others.push(path);
    }
  }
  if (others.length > 0)
    add({
      severity: "info",
      says:
        `values change: ` +
        `${others.slice(0, 8).join(", ")}${others.length > 8 ? ` and ${others.length - 8} more` : ""}`,
      why: "",
    });
  return [...found.values()];
}

function text(json: string | undefined): string {
  const parsed: unknown = json === undefined ? "" : JSON.parse(json);
  return typeof parsed === "string" ? parsed : "";
}

function configChanges(was: string, is: string): ValuesChange[] {
  const SEAL = /^\s*seal\s+"/m;
  const seal = block(was, SEAL) !== block(is, SEAL);
  const tls = tlsLines(was) !== tlsLines(is);
  const storage = block(was, /^\s*storage\s+"/m) !== block(is, /^\s*storage\s+"/m);
  return [
    ...(seal
      ? [
          {
            severity: "warning" as const,
            says: "the seal changes",
            why: "Another seal needs a migration with the old one's keys; without it Vault stays sealed.",
          },
        ]
      : []),
    ...(tls
      ? [
          {
            severity: "warning" as const,
            says: "TLS changes",
            why: "Clients and the servers among themselves must trust each other after it.",
          },
        ]
      : []),
    ...(storage && !tls
      ? [
          {
            severity: "warning" as const,
            says: "the server's storage stanza changes",
            why: "Another storage is empty.",
          },
        ]
      : []),
    ...(seal || tls || storage
      ? []
      : [
          {
            severity: "info" as const,
            says: "the server's configuration changes",
            why: "Neither its seal nor TLS nor storage.",
          },
        ]),
  ];
}
