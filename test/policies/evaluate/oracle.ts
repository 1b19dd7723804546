import type { Capability } from "../../../policies/write/document";
import type { RawRule } from "./arbitraries";

/**
 * What rules without templates grant on a path, found the slow way: every rule is held against the path and all that
 * match are compared two by two. Written from Vault's documentation ("Policies", priority matching) and shares no code
 * with policies/: what both say is right or wrong twice.
 */
export function slowCapabilities(rules: readonly RawRule[], asked: string, list: boolean): readonly Capability[] {
  const path = asked.replace(/^\/+/, "");
  const paths = [...new Set(rules.map((r) => r.path.replace(/^\//, "")))];
  const bare = list && path.endsWith("/") ? path.slice(0, -1) : undefined;
  const decisive =
    paths.find((p) => isExact(p) && p === path) ??
    paths.find((p) => isExact(p) && p === bare) ??
    (bare === undefined ? undefined : best(paths.filter((p) => !isExact(p) && matches(p, bare)))) ??
    best(paths.filter((p) => !isExact(p) && matches(p, path)));
  const all = rules.filter((r) => r.path.replace(/^\//, "") === decisive).flatMap((r) => r.capabilities);
  if (all.length === 0 || all.includes("deny")) return ["deny"];
  return [...new Set(all)].sort();
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

function beats(a: string, b: string): boolean {
  const facts = (p: string): readonly [number, number, number, number, string] => {
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
  const [x, y] = [facts(a), facts(b)];
  const different = x.findIndex((value, i) => value !== y[i]);
  return different !== -1 && (x[different] ?? 0) > (y[different] ?? 0);
}
