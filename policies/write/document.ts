import { PolicyError, type PolicyProblem } from "./errors";
import { isBalanced, isKnownSelector, selectors } from "./selectors";

/**
 * Every capability that Vault 1.21 knows, in the one order this project writes them.
 * Source: `vault/policy.go` (the capability constants); `subscribe` is for events, `recover` for snapshots.
 */
export const CAPABILITIES = [
  "create",
  "read",
  "update",
  "patch",
  "delete",
  "list",
  "sudo",
  "deny",
  "subscribe",
  "recover",
] as const;

/** What a rule lets its holder do, in Vault's own words. */
export type Capability = (typeof CAPABILITIES)[number];

/** One `path` block of a policy. */
export interface PolicyRule {
  /** Vault path without the leading slash; `*` only as its last character, `+` for exactly one segment. */
  readonly path: string;
  /** At least one; `deny` only on its own. */
  readonly capabilities: readonly Capability[];
  /** Why the rule is there; line breaks become several comment lines. @default no comment is written */
  readonly comment?: string;
}

/** Whether Vault knows a capability of this name. */
export function isCapability(text: string): text is Capability {
  return (CAPABILITIES as readonly string[]).includes(text);
}

/** Sorts capabilities into the order of {@link CAPABILITIES} and drops repeats. Pure; throws nothing. */
export function sortCapabilities(capabilities: Iterable<Capability>): Capability[] {
  const given = new Set(capabilities);
  return CAPABILITIES.filter((capability) => given.has(capability));
}

/**
 * The rules of one policy, merged, sorted and checked. Never changes.
 * The same rules in any order, split or joined in any way, render to the same text.
 */
export class PolicyDocument {
  /**
   * A document of these rules. Rules on one path become one: capabilities and comments are united.
   * @throws PolicyError listing every rule that cannot be written (see {@link pathProblem} for paths), an empty or
   * unknown capability list, or `deny` beside another capability on one path.
   */
  static of(...rules: readonly PolicyRule[]): PolicyDocument {
    return new PolicyDocument(merge(rules));
  }

  /** The rules, one a path, sorted by path (code units); capabilities in the order of {@link CAPABILITIES}. */
  readonly rules: readonly PolicyRule[];

  private constructor(rules: readonly PolicyRule[]) {
    this.rules = Object.freeze(rules.map((r) => Object.freeze(r)));
  }

  /**
   * The one canonical HCL text: comments, `path` block with one line of capabilities, one blank line between rules, a
   * final line break. Holds nothing that Terraform JSON would interpolate.
   * @throws PolicyError when there is no rule: Vault refuses an empty policy text.
   */
  render(): string {
    if (this.rules.length === 0) {
      throw new PolicyError({
        where: "policy document",
        given: "no rules",
        accepted: "at least one rule",
        hint: "leave the policy out altogether: Vault refuses an empty policy text",
      });
    }
    return this.rules.map(renderRule).join("\n");
  }
}

function renderRule(rule: PolicyRule): string {
  const comment = rule.comment?.split("\n").map((line) => `${`# ${line}`.trimEnd()}\n`) ?? [];
  const capabilities = rule.capabilities.map((c) => `"${c}"`).join(", ");
  return `${comment.join("")}path "${rule.path}" {\n  capabilities = [${capabilities}]\n}\n`;
}

function merge(rules: readonly PolicyRule[]): PolicyRule[] {
  const problems: PolicyProblem[] = [];
  const merged = new Map<string, { capabilities: Set<Capability>; comments: Set<string> }>();
  for (const rule of rules) {
    const found = [pathProblem(rule.path), capabilitiesProblem(rule), commentProblem(rule)].flatMap(
      (each) => each ?? [],
    );
    problems.push(...found);
    if (found.length > 0) continue;
    const entry = merged.get(rule.path) ?? { capabilities: new Set(), comments: new Set() };
    merged.set(rule.path, entry);
    for (const c of rule.capabilities) entry.capabilities.add(c);
    if (rule.comment) for (const line of rule.comment.split("\n")) entry.comments.add(line.trimEnd());
  }
  for (const [path, { capabilities }] of merged) {
    if (!capabilities.has("deny") || capabilities.size === 1) continue;
    problems.push({
      where: `rule on ${JSON.stringify(path)}`,
      given: sortCapabilities(capabilities).join(", "),
      accepted: '"deny" alone, or capabilities without "deny"',
      hint: 'in Vault "deny" silently wins over all others on the same path; drop one side',
    });
  }
  if (problems.length > 0) throw new PolicyError(...problems);
  return [...merged]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, { capabilities, comments }]) => ({
      path,
      capabilities: Object.freeze(sortCapabilities(capabilities)) as readonly Capability[],
      ...(comments.size > 0 && { comment: [...comments].join("\n") }),
    }));
}

/** What no text in a policy may hold; tried in this order. */
const forbidden: readonly (readonly [RegExp, string])[] = [
  [/[$%]\{/, "Terraform would interpolate ${…} and %{…}; write the name out"],
  // Named characters besides control characters: HCL's scanner refuses a byte order mark and U+E123; lone surrogates
  // are not UTF-8.
  [
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ue123]|[\ud800-\udfff]/u,
    "remove control characters, line breaks and broken Unicode",
  ],
];

/**
 * What is wrong with a path as the path of a rule, or `undefined` when it can be written.
 * Stricter than Vault on purpose: refuses what Vault takes in a way that surprises (`*` inside a path is a plain
 * character there, a leading slash is dropped, a rule with an unknown template is dropped whole), what HCL would need
 * to escape, and what Terraform would interpolate.
 */
export function pathProblem(path: string): PolicyProblem | undefined {
  const hint = pathHint(path);
  if (hint === undefined) return undefined;
  const accepted =
    'a Vault path such as "kvv2/data/sample/*": no leading slash, "*" only at the end, "+" only as a whole segment';
  return { where: "path of a rule", given: JSON.stringify(path), accepted, hint };
}

function pathHint(path: string): string | undefined {
  if (typeof path !== "string" || path === "") return "name the path";
  for (const [pattern, hint] of forbidden) if (pattern.test(path)) return hint;
  if (/["\\]/.test(path)) return "leave out quotes and backslashes";
  if (path.startsWith("/")) return "drop the leading slash: Vault paths begin with the mount";
  if (path.includes("//")) return "a segment is empty; is a name missing?";
  if (path !== path.trim()) return "drop the space at its beginning or end";
  if (path.slice(0, -1).includes("*"))
    return 'inside a path "*" is a plain character to Vault; use "+" for one segment';
  if (path.includes("+*")) return 'Vault forbids "+*"; write "+/*" or "*"';
  if (path.split("/").some((s) => s.startsWith("+") && s !== "+")) return '"+" stands for one whole segment';
  if (!isBalanced(path)) return "close every {{ with }}";
  if (!selectors(path).every(isKnownSelector)) {
    return "Vault silently drops a rule with such a template; it knows identity.entity.… and identity.groups.…";
  }
  return undefined;
}

function capabilitiesProblem({ path, capabilities }: PolicyRule): PolicyProblem | undefined {
  const unknown = capabilities.filter((capability) => !isCapability(capability));
  if (capabilities.length > 0 && unknown.length === 0) return undefined;
  return {
    where: `capabilities of the rule on ${JSON.stringify(path)}`,
    accepted: `at least one of ${CAPABILITIES.join(", ")}`,
    ...(unknown.length > 0
      ? {
          given: unknown.map((capability) => JSON.stringify(capability)).join(", "),
          hint: "see Vault's documentation of policies for what each one means",
        }
      : { given: "none", hint: 'to close a path, say "deny"' }),
  };
}

function commentProblem({ path, comment = "" }: PolicyRule): PolicyProblem | undefined {
  const hint = forbidden.find(([pattern]) => comment.split("\n").some((line) => pattern.test(line)))?.[1];
  if (hint === undefined) return undefined;
  const where = `comment of the rule on ${JSON.stringify(path)}`;
  return { where, given: JSON.stringify(comment), accepted: "plain text, line breaks allowed", hint };
}
