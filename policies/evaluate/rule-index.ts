/**
 * How a rule's path meets request paths: letter for letter, by its beginning (`*` at the end), or segment by segment
 * (`+`).
 */
export type PatternKind = "exact" | "prefix" | "segments";

/**
 * A rule's path as Vault matches it: templates filled in, leading slash dropped. Source: `vault/policy.go`,
 * `parsePaths`.
 */
export interface Pattern {
  readonly path: string;
  readonly kind: PatternKind;
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

interface Ranked<R> {
  readonly rule: R;
  /** Higher decides. */
  readonly rank: number;
}

/** A node for what was matched so far, a segment a level. */
class Node<R> {
  readonly children = new Map<string, Node<R>>();
  any: Node<R> | undefined;
  /** The rule that ends here. */
  end: Ranked<R> | undefined;
  private readonly prefixes = new Map<string, Ranked<R>>();
  /** How long they are, each length once: far fewer than rules. */
  private readonly lengths = new Set<number>();

  child(segment: string): Node<R> {
    if (segment === "+") return (this.any ??= new Node());
    let child = this.children.get(segment);
    if (child === undefined) this.children.set(segment, (child = new Node()));
    return child;
  }

  addPrefix(beginning: string, ranked: Ranked<R>): void {
    this.prefixes.set(beginning, ranked);
    this.lengths.add(beginning.length);
  }

  /**
   * The highest of the rules whose last segment begins this one. Mostly the longest, but a plain "+" within a name
   * counts as a wildcard in Vault's order: "a+b/*" beats the longer "a+b/+a*".
   */
  prefixOf(segment: string): Ranked<R> | undefined {
    let best: Ranked<R> | undefined;
    for (const length of this.lengths) {
      if (length <= segment.length) best = higher(best, this.prefixes.get(segment.slice(0, length)));
    }
    return best;
  }
}

/**
 * The rules of an access control list, arranged so that finding the one that decides costs time in proportion to the
 * path, not to the number of rules: a map for exact paths, a tree of segments for all others.
 */
export class RuleIndex<R extends { readonly pattern: Pattern }> {
  private readonly exact = new Map<string, R>();
  private readonly root = new Node<R>();
  private readonly onlyExact: boolean;

  /** @param rules at most one a pattern */
  constructor(rules: Iterable<R>) {
    const others: { rule: R; order: Precedence }[] = [];
    for (const rule of rules) {
      if (rule.pattern.kind === "exact") this.exact.set(rule.pattern.path, rule);
      else others.push({ rule, order: precedence(rule.pattern) });
    }
    // The order does not depend on the path asked for, so it is worked out once.
    others.sort((a, b) => compare(a.order, b.order)).forEach(({ rule }, rank) => this.insert({ rule, rank }));
    this.onlyExact = others.length === 0;
  }

  private insert(ranked: Ranked<R>): void {
    const segments = ranked.rule.pattern.path.split("/");
    const last = segments.at(-1) ?? "";
    if (last.endsWith("*")) {
      const node = segments.slice(0, -1).reduce((n, s) => n.child(s), this.root);
      node.addPrefix(last.slice(0, -1), ranked);
    } else {
      segments.reduce((n, s) => n.child(s), this.root).end = ranked;
    }
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
    return this.onlyExact ? undefined : highest(this.root, path.split("/"), 0, undefined)?.rule;
  }
}

function highest<R>(
  node: Node<R>,
  segments: readonly string[],
  index: number,
  best: Ranked<R> | undefined,
): Ranked<R> | undefined {
  const segment = segments[index];
  if (segment === undefined) return higher(best, node.end);
  best = higher(best, node.prefixOf(segment));
  const child = node.children.get(segment);
  if (child !== undefined) best = highest(child, segments, index + 1, best);
  return node.any === undefined ? best : highest(node.any, segments, index + 1, best);
}

function higher<R>(a: Ranked<R> | undefined, b: Ranked<R> | undefined): Ranked<R> | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.rank > b.rank ? a : b;
}
