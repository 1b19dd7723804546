/**
 * A rule's path as Vault matches it: templates filled in, leading slash dropped. Source: `vault/policy.go`,
 * `parsePaths`.
 */
export interface Pattern {
  readonly path: string;
  /** How it meets request paths: letter for letter, by its beginning (`*` at the end), or segment by segment (`+`). */
  readonly kind: "exact" | "prefix" | "segments";
}

/**
 * How Vault takes a rule's path once its templates are filled in. Throws nothing: `+*`, which Vault forbids, is the
 * caller's to refuse. A `+` makes a path a segment pattern wherever a segment begins with it, though only a whole `+`
 * segment then stands for any other.
 */
export function toPattern(filledIn: string): Pattern {
  const path = filledIn.startsWith("/") ? filledIn.slice(1) : filledIn;
  if (path === "+" || path.startsWith("+/") || path.includes("/+")) return { path, kind: "segments" };
  return { path, kind: path.endsWith("*") ? "prefix" : "exact" };
}

/**
 * Among several rules that match, Vault lets the one highest in this order decide. Bytes, as in Go. Source:
 * `vault/acl.go`.
 */
interface Precedence {
  /** Where the first `+` or the final `*` stands. */
  readonly firstWildcard: number;
  readonly isPrefix: boolean;
  /** Number of `+` segments. */
  readonly wildcards: number;
  /** Without the final `*`. */
  readonly bytes: Buffer;
}

function precedence({ path, kind }: Pattern): Precedence {
  const isPrefix = path.endsWith("*");
  const bytes = Buffer.from(isPrefix ? path.slice(0, -1) : path);
  return {
    firstWildcard: kind === "segments" ? bytes.indexOf("+") : bytes.length,
    isPrefix,
    wildcards: kind === "segments" ? path.split("/").filter((s) => s === "+").length : 0,
    bytes,
  };
}

function compare(a: Precedence, b: Precedence): number {
  return (
    a.firstWildcard - b.firstWildcard ||
    Number(b.isPrefix) - Number(a.isPrefix) ||
    b.wildcards - a.wildcards ||
    a.bytes.length - b.bytes.length ||
    Buffer.compare(a.bytes, b.bytes)
  );
}

/** Below the rank of every rule. */
const NO_RULE = -1;

/** A node for what was matched so far, a segment a level. Rules are known by their rank: the higher decides. */
class Node {
  readonly children = new Map<string, Node>();
  any: Node | undefined;
  /** The rule that ends here. */
  end = NO_RULE;
  private readonly prefixes = new Map<string, number>();
  /** How long they are, each length once: far fewer than rules. */
  private readonly lengths = new Set<number>();

  child(segment: string): Node {
    if (segment === "+") return (this.any ??= new Node());
    let child = this.children.get(segment);
    if (child === undefined) this.children.set(segment, (child = new Node()));
    return child;
  }

  addPrefix(beginning: string, rank: number): void {
    this.prefixes.set(beginning, rank);
    this.lengths.add(beginning.length);
  }

  /**
   * The highest of the rules whose last segment begins this one. Mostly the longest, but a plain "+" within a name
   * counts as a wildcard in Vault's order: "a+b/*" beats the longer "a+b/+a*".
   */
  prefixOf(segment: string): number {
    let best = NO_RULE;
    for (const length of this.lengths)
      if (length <= segment.length) best = Math.max(best, this.prefixes.get(segment.slice(0, length)) ?? NO_RULE);
    return best;
  }
}

/**
 * The rules of an access control list, arranged so that finding the one that decides costs time in proportion to the
 * path, not to the number of rules: a map for exact paths, a tree of segments for all others.
 */
export class RuleIndex<R extends { readonly pattern: Pattern }> {
  private readonly exact = new Map<string, R>();
  private readonly root = new Node();
  /** By rank. The order does not depend on the path asked for, so it is worked out once. */
  private readonly others: readonly R[];

  /** @param rules at most one a pattern */
  constructor(rules: readonly R[]) {
    for (const rule of rules) if (rule.pattern.kind === "exact") this.exact.set(rule.pattern.path, rule);
    this.others = rules
      .filter(({ pattern }) => pattern.kind !== "exact")
      .map((rule) => ({ rule, order: precedence(rule.pattern) }))
      .sort((a, b) => compare(a.order, b.order))
      .map(({ rule }) => rule);
    this.others.forEach(({ pattern }, rank) => this.insert(pattern.path.split("/"), rank));
  }

  private insert(segments: readonly string[], rank: number): void {
    const last = segments.at(-1)!;
    const below = (node: Node, names: readonly string[]) => names.reduce((n, name) => n.child(name), node);
    if (last.endsWith("*")) below(this.root, segments.slice(0, -1)).addPrefix(last.slice(0, -1), rank);
    else below(this.root, segments).end = rank;
  }

  /**
   * The rule that decides about a request path, or `undefined` when none matches. With `list`, a path that ends in a
   * slash is tried without it too, first among the exact rules and then among the others, as Vault does. Source:
   * `AllowOperation` in `vault/acl.go`.
   */
  find(path: string, list: boolean): R | undefined {
    const found = this.exact.get(path);
    if (found !== undefined) return found;
    if (list && path.endsWith("/")) {
      const bare = path.slice(0, -1);
      const without = this.exact.get(bare) ?? this.findPattern(bare);
      if (without !== undefined) return without;
    }
    return this.findPattern(path);
  }

  private findPattern(path: string): R | undefined {
    return this.others.length === 0 ? undefined : this.others[highest(this.root, path.split("/"), 0)];
  }
}

/** The rank of the highest rule below a node that matches the segments from an index on. */
function highest(node: Node, segments: readonly string[], index: number): number {
  const segment = segments[index];
  if (segment === undefined) return node.end;
  const child = node.children.get(segment);
  return Math.max(
    node.prefixOf(segment),
    child ? highest(child, segments, index + 1) : NO_RULE,
    node.any ? highest(node.any, segments, index + 1) : NO_RULE,
  );
}
