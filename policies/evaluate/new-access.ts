import { CAPABILITIES, type Capability, PolicyError } from "../write";
import { Acl } from "./acl";
import { readPolicy } from "./read";

/** What a changed policy lets through and the former one did not. */
export interface NewAccess {
  /** The rule of the changed policy that lets it through. */
  readonly rule: string;
  /** A path that shows it. */
  readonly path: string;
  readonly capabilities: readonly Capability[];
  /** It was let through before only with certain parameters. */
  readonly unlimited: boolean;
}

/** A name that stands for any: no pattern is about names that begin as it does. */
function anyName(patterns: readonly string[]): string {
  const beginnings = patterns
    .flatMap((pattern) => pattern.split("/"))
    .map((segment) => segment.replace(/\*$/, ""))
    .filter((segment) => segment !== "");
  const fits = (name: string) => !beginnings.some((beginning) => name.startsWith(beginning));
  return ["any-name", "some-name", "one-name", "~name"].find(fits) ?? `~~${beginnings.length}`;
}

/**
 * Where a changed policy grants more than before, by Vault's own rules: a new deny, a longer rule or another order of
 * words is no widening, a removed deny is. Both are asked about paths of every rule of both, and about paths where two
 * or three rules meet.
 * @param before `""` for none; several that one token holds
 * @throws PolicyError for a text that cannot be judged
 */
export function newAccess(before: string | readonly string[], after: string | readonly string[]): NewAccess[] {
  const [old, now] = [aclOf(before, "the former text"), aclOf(after, "the new text")];
  const patterns = [...new Set([...old.rules, ...now.rules].map(({ pattern }) => pattern.path))];
  const found = new Map<string, NewAccess>();
  for (const path of witnesses(patterns)) {
    const former = capabilitiesAt(old, path);
    const gained = capabilitiesAt(now, path).filter((capability) => !former.includes(capability));
    const decision = now.allows("update", path);
    const unlimited =
      gained.length === 0 &&
      decision.allowed &&
      decision.unsupported.length === 0 &&
      old.allows("update", path).unsupported.length > 0;
    if (gained.length === 0 && !unlimited) continue;
    const rule =
      (gained.join() === "list" ? now.allows("list", path).rule : now.allows("read", path).rule)?.pattern.path ?? path;
    const known = found.get(rule);
    const capabilities = CAPABILITIES.filter((each) => gained.includes(each) || known?.capabilities.includes(each));
    found.set(rule, {
      rule,
      path: known?.path ?? path,
      capabilities,
      unlimited: unlimited || known?.unlimited === true,
    });
  }
  return [...found.values()].sort((a, b) => (a.rule < b.rule ? -1 : 1));
}

/**
 * The capabilities that a request of their kind meets in the rule that decides about it; a `LIST` looks for rules in
 * its own way.
 */
function capabilitiesAt(acl: Acl, path: string): Capability[] {
  const [list, others] = (["list", "read"] as const).map(
    (operation) => acl.allows(operation, path).rule?.capabilities ?? [],
  );
  return CAPABILITIES.filter(
    (capability) => capability !== "deny" && (capability === "list" ? list : others)!.includes(capability),
  );
}

/** A template stands for one name, the same on both sides. */
function aclOf(given: string | readonly string[], name: string): Acl {
  const texts = [given].flat().filter((text) => text !== "");
  const rules = texts
    .flatMap((text) => readPolicy(text, name).rules)
    .map((rule) => ({
      ...rule,
      path: rule.path.replace(
        /\{\{\s*([^}]*?)\s*\}\}/g,
        (_, selector: string) => `any-${selector.replace(/[^a-z]+/g, "-")}`,
      ),
    }));
  return Acl.of([{ name: "policy", policy: { rules } }]);
}

/** So many patterns meet in policies that nobody writes; beyond, only pairs are looked at. */
const MOST_MEETS = 20_000;

/** Paths for each pattern, and for each place where two or more patterns meet: there another rule decides. */
function witnesses(patterns: readonly string[]): Set<string> {
  const known = new Set(patterns);
  let latest: readonly string[] = patterns;
  while (latest.length > 0 && known.size < MOST_MEETS) {
    const found = new Set<string>();
    for (const one of latest)
      for (const other of patterns) {
        if (!/[+*]/.test(one + other)) continue;
        const met = meet(one.split("/"), other.split("/"))?.join("/");
        if (met !== undefined && !known.has(met)) found.add(met);
      }
    for (const met of found) known.add(met);
    latest = [...found].filter((met) => /[+*]/.test(met));
  }
  const any = anyName(patterns);
  return new Set([...known].flatMap((pattern) => fill(pattern, any)));
}

/**
 * Request paths of a pattern: `+` stands for a name and, as in Vault, for nothing; `*` for nothing, a name, and a
 * folder.
 */
function fill(pattern: string, name: string): string[] {
  const segments = pattern.split("/");
  const any = segments.flatMap((segment, i) => (segment === "+" ? [i] : []));
  const filled = [undefined, ...any].map((empty) =>
    segments.map((segment, i) => (segment !== "+" ? segment : i === empty ? "" : name)).join("/"),
  );
  return filled.flatMap((path) => {
    if (!path.endsWith("*")) return [path, `${path}/`];
    const beginning = path.slice(0, -1);
    return [beginning, `${beginning}${name}`, `${beginning}${name}/${name}`];
  });
}

/**
 * What two patterns both match, segment by segment: a pattern, or one that stands for them all where `+` meets the rest
 * of a prefix; nothing where they do not meet.
 */
function meet([x, ...a]: readonly string[], [y, ...b]: readonly string[]): string[] | undefined {
  if (x === undefined || y === undefined) return x === y ? [] : undefined;
  const [opens, alsoOpens] = [a.length === 0 && x.endsWith("*"), b.length === 0 && y.endsWith("*")];
  if (alsoOpens && !opens) return meet([y], [x, ...a]);
  if (opens) {
    const [beginning, other] = [x.slice(0, -1), alsoOpens ? y.slice(0, -1) : y];
    if (y === "+") return [beginning, ...b];
    if (other.startsWith(beginning)) return [y, ...b];
    return alsoOpens && beginning.startsWith(other) ? [x] : undefined;
  }
  if (x !== y && x !== "+" && y !== "+") return undefined;
  const rest = meet(a, b);
  return rest && [x === "+" ? y : x, ...rest];
}

/** As {@link newAccess}, and the reason where a text cannot be judged. */
export function judgePolicyChange(
  before: string,
  after: string,
): { readonly newAccess: readonly NewAccess[] } | { readonly unsupported: string } {
  try {
    return { newAccess: newAccess(before, after) };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return { unsupported: error.message };
  }
}
