import type { Capability } from "../../../policies/write/document";
import type { RawRule } from "./arbitraries";

/**
 * What rules without templates grant on a path, found the slow way: every rule is held against the path and all that
 * match are compared two by two. Written from Vault's documentation ("Policies", priority matching) and the release
 * notes of the versions that changed it, and shares no code with policies/: what both say is right or wrong twice.
 */
export function slowCapabilities(
  rules: readonly RawRule[],
  asked: string,
  list: boolean,
  server: Server,
): readonly Capability[] {
  const path = asked.replace(/^\/+/, "");
  const all = merged(rules);
  const forms = list && path.endsWith("/") ? [path, path.slice(0, -1)] : [path];
  const denying = server.anyCase ? new Map([...all].filter(([, given]) => given.includes("deny"))) : new Map();
  const sameCase = (pattern: string) => pattern;
  const lower = (text: string) => text.toLowerCase();
  for (const form of forms)
    for (const [patterns, cased] of [[all, sameCase] as const, [denying, lower] as const]) {
      const exact = [...patterns.keys()].find((p) => isExact(p) && cased(p) === cased(form));
      if (exact !== undefined) return all.get(exact)!;
    }
  const own = decisive(all, forms, sameCase, server);
  const deny = decisive(denying, forms, lower, server);
  const winner = deny !== undefined && (own === undefined || beats(deny, own, true)) ? deny : own;
  return winner === undefined ? ["deny"] : all.get(winner)!;
}

/** How a server differs from Vault 1.21. */
export interface Server {
  readonly list?: "slash first" | "either";
  readonly anyCase?: boolean;
}

function merged(rules: readonly RawRule[]): ReadonlyMap<string, readonly Capability[]> {
  const paths = [...new Set(rules.map((r) => r.path.replace(/^\//, "")))];
  return new Map(
    paths.map((path) => {
      const all = rules.filter((r) => r.path.replace(/^\//, "") === path).flatMap((r) => r.capabilities);
      return [path, all.length === 0 || all.includes("deny") ? ["deny"] : [...new Set(all)].sort()];
    }),
  );
}

/** Of the patterns, the one that decides about one of the forms of a path: with its slash, and without. */
function decisive(
  all: ReadonlyMap<string, readonly Capability[]>,
  [path = "", bare]: readonly string[],
  cased: (text: string) => string,
  { list }: Server,
): string | undefined {
  const found = (form: string): string[] => {
    const those = [...all.keys()].filter((p) => !isExact(p) && matches(cased(p), cased(form)));
    const longest = best(those.filter((p) => !hasSegments(p)));
    return those.filter((p) => hasSegments(p) || p === longest);
  };
  if (bare === undefined) return best(found(path));
  if (list === "slash first") return best(found(path)) ?? best(found(bare));
  if (list === undefined) return best(found(bare)) ?? best(found(path));
  const either = [...found(bare), ...found(path)];
  const [denies, lists] = ["deny" as const, "list" as const].map((c) => either.filter((p) => all.get(p)!.includes(c)));
  const [deny, granting] = [best(denies!), best(lists!)];
  if (deny !== undefined && (granting === undefined || beats(deny, granting))) return deny;
  return granting ?? best(either);
}

const hasSegments = (p: string): boolean => p === "+" || p.startsWith("+/") || p.includes("/+");
const isExact = (p: string): boolean => !hasSegments(p) && !p.endsWith("*");

function matches(pattern: string, path: string): boolean {
  const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const open = pattern.endsWith("*");
  const body = open ? pattern.slice(0, -1) : pattern;
  const source = hasSegments(pattern)
    ? body
        .split("/")
        .map((s) => (s === "+" ? "[^/]*" : escape(s)))
        .join("/")
    : escape(body);
  return new RegExp(`^${source}${open ? "" : "$"}`, "su").test(path);
}

function best(patterns: readonly string[]): string | undefined {
  return patterns.reduce<string | undefined>(
    (winner, p) => (winner === undefined || beats(p, winner) ? p : winner),
    undefined,
  );
}

function beats(a: string, b: string, whateverTheLetters = false): boolean {
  const facts = (p: string): Facts => {
    const body = p.endsWith("*") ? p.slice(0, -1) : p;
    const first = hasSegments(p) ? p.indexOf("+") : body.length;
    const wildcards = hasSegments(p) ? p.split("/").filter((s) => s === "+").length : 0;
    return [
      Buffer.byteLength(p.slice(0, first)),
      p.endsWith("*") ? 0 : 1,
      -wildcards,
      Buffer.byteLength(body),
      Buffer.from(body).toString("latin1"),
    ];
  };
  const [x, y] = [facts(a), facts(b)].map((all) => (whateverTheLetters ? all.slice(0, -1) : all)) as [Facts, Facts];
  const different = x.findIndex((value, i) => value !== y[i]);
  return different !== -1 && (x[different] ?? 0) > (y[different] ?? 0);
}

type Facts = readonly (number | string)[];
