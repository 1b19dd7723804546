import type { Capability } from "../write";
import type { Semantics } from "./semantics";

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
  return compareShapes(a, b) || Buffer.compare(a.bytes, b.bytes);
}

/** As {@link compare}, whatever the letters. */
function compareShapes(a: Precedence, b: Precedence): number {
  return (
    a.firstWildcard - b.firstWildcard ||
    Number(b.isPrefix) - Number(a.isPrefix) ||
    b.wildcards - a.wildcards ||
    a.bytes.length - b.bytes.length
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
   * Tells the rules whose last segment begins this one. The highest is mostly the longest, but a plain "+" within a
   * name counts as a wildcard in Vault's order: "a+b/*" beats the longer "a+b/+a*".
   */
  prefixesOf(segment: string, tell: (rank: number) => void): void {
    for (const length of this.lengths) {
      const rank = length <= segment.length ? this.prefixes.get(segment.slice(0, length)) : undefined;
      if (rank !== undefined) tell(rank);
    }
  }
}

/** Rules with `*` or `+`, by their rank. */
class Tree {
  private readonly root = new Node();

  insert(path: string, rank: number): void {
    const segments = path.split("/");
    const last = segments.at(-1)!;
    const below = (names: readonly string[]) => names.reduce((node, name) => node.child(name), this.root);
    if (last.endsWith("*")) below(segments.slice(0, -1)).addPrefix(last.slice(0, -1), rank);
    else below(segments).end = rank;
  }

  /** The highest rank of the rules that match a path. */
  highest(path: string): number {
    let best = NO_RULE;
    visit(this.root, path.split("/"), 0, (rank) => (best = Math.max(best, rank)));
    return best;
  }

  /** The ranks of all rules that match a path. */
  all(path: string): number[] {
    const ranks: number[] = [];
    visit(this.root, path.split("/"), 0, (rank) => ranks.push(rank));
    return ranks;
  }
}

/** Tells the rules below a node that match the segments from an index on. */
function visit(node: Node, segments: readonly string[], index: number, tell: (rank: number) => void): void {
  const segment = segments[index];
  if (segment === undefined) {
    if (node.end !== NO_RULE) tell(node.end);
    return;
  }
  node.prefixesOf(segment, tell);
  const child = node.children.get(segment);
  if (child) visit(child, segments, index + 1, tell);
  if (node.any) visit(node.any, segments, index + 1, tell);
}

/** A rule, as far as finding the one that decides needs it. */
interface Indexed {
  readonly pattern: Pattern;
  readonly capabilities: readonly Capability[];
}

/**
 * The rules of an access control list, arranged so that finding the one that decides costs time in proportion to the
 * path, not to the number of rules: a map for exact paths, a tree of segments for all others.
 */
export class RuleIndex<R extends Indexed> {
  private readonly exact = new Map<string, R>();
  private readonly tree = new Tree();
  /** By rank. The order does not depend on the path asked for, so it is worked out once. */
  private readonly others: readonly R[];
  private readonly orders: readonly Precedence[];
  /** The rules that deny, in lower case; absent where they match in their own case only. */
  private readonly denies: { readonly exact: ReadonlyMap<string, R>; readonly tree: Tree } | undefined;

  /** @param rules at most one a pattern */
  constructor(
    rules: readonly R[],
    private readonly semantics: Semantics,
  ) {
    for (const rule of rules) if (rule.pattern.kind === "exact") this.exact.set(rule.pattern.path, rule);
    const others = rules
      .filter(({ pattern }) => pattern.kind !== "exact")
      .map((rule) => ({ rule, order: precedence(rule.pattern) }))
      .sort((a, b) => compare(a.order, b.order));
    this.others = others.map(({ rule }) => rule);
    this.orders = others.map(({ order }) => order);
    this.others.forEach(({ pattern }, rank) => this.tree.insert(pattern.path, rank));
    this.denies = semantics.denyInAnyCase && rules.some(denies) ? this.inLowerCase() : undefined;
  }

  private inLowerCase(): { readonly exact: ReadonlyMap<string, R>; readonly tree: Tree } {
    const exact = [...this.exact.values()].filter(denies);
    const tree = new Tree();
    this.others.forEach((rule, rank) => {
      if (denies(rule)) tree.insert(rule.pattern.path.toLowerCase(), rank);
    });
    return { exact: new Map(exact.map((rule) => [rule.pattern.path.toLowerCase(), rule])), tree };
  }

  /**
   * The rule that decides about a request path, or `undefined` when none matches. With `list`, a path that ends in a
   * slash is tried without it too, first among the exact rules and then among the others. Source: `AllowOperation` in
   * `vault/acl.go`.
   */
  find(path: string, list: boolean): R | undefined {
    const bare = list && path.endsWith("/") ? path.slice(0, -1) : undefined;
    const exact = this.exactly(path) ?? (bare === undefined ? undefined : this.exactly(bare));
    if (exact !== undefined || this.others.length === 0) return exact;
    const own = this.decisive(this.tree, path, bare);
    if (this.denies === undefined) return this.others[own];
    const deny = this.decisive(this.denies.tree, path.toLowerCase(), bare?.toLowerCase());
    return this.others[this.isMoreSpecific(deny, own) ? deny : own];
  }

  /** What is published does not say which decides of two that differ in case only: here, the one in the asked case. */
  private exactly(path: string): R | undefined {
    return this.exact.get(path) ?? this.denies?.exact.get(path.toLowerCase());
  }

  private isMoreSpecific(deny: number, own: number): boolean {
    if (deny === NO_RULE || own === NO_RULE) return deny !== NO_RULE;
    return compareShapes(this.orders[deny]!, this.orders[own]!) > 0;
  }

  private decisive(tree: Tree, path: string, bare: string | undefined): number {
    if (bare === undefined) return tree.highest(path);
    if (this.semantics.list === "either") return this.ofEither([bare, path].map((each) => this.matching(tree, each)));
    const [first, second] = this.semantics.list === "bare first" ? [bare, path] : [path, bare];
    const found = tree.highest(first);
    return found === NO_RULE ? tree.highest(second) : found;
  }

  /** As Vault collects them: of those that are beginnings, without `+`, the longest alone. */
  private matching(tree: Tree, path: string): number[] {
    const ranks = tree.all(path);
    const isBeginning = (rank: number) => this.others[rank]!.pattern.kind === "prefix";
    const longest = Math.max(NO_RULE, ...ranks.filter(isBeginning));
    return ranks.filter((rank) => rank === longest || !isBeginning(rank));
  }

  /** Source: `resolveACLPermsForListOp` in `vault/acl.go`. */
  private ofEither(matching: readonly (readonly number[])[]): number {
    const ranks = matching.flat();
    const best = (fits: (rule: R) => boolean) => Math.max(NO_RULE, ...ranks.filter((rank) => fits(this.others[rank]!)));
    const [deny, granting] = [best(denies), best(({ capabilities }) => capabilities.includes("list"))];
    if (deny > granting) return deny;
    return granting === NO_RULE ? best(() => true) : granting;
  }
}

function denies({ capabilities }: Indexed): boolean {
  return capabilities.includes("deny");
}
