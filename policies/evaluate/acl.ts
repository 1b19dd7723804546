import { serverOf } from "../../model";
import { CAPABILITIES, type Capability, PolicyError, sortCapabilities } from "../write";
import { RULE_LIMITS, type ParsedPolicy, type ParsedRule, type RuleLimit } from "./read";
import { RuleIndex, toPattern, type Pattern } from "./rule-index";
import { semanticsOf, type Semantics } from "./semantics";
import { needsSudo } from "./sudo-paths";
import { resolveTemplate, type Identity } from "./template";

/** A policy under the name that tokens, roles and groups know it by. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: ParsedPolicy;
}

/**
 * What a request does. `create` or `update` is the server's choice, not the client's: a write to a path whose backend
 * can tell that nothing is there yet counts as `create`, every other write as `update` (kv-v2's `data/` can tell; most
 * paths cannot).
 */
export type Operation = "create" | "read" | "update" | "patch" | "delete" | "list" | "recover";

/** Why a request goes through or does not. */
export type Reason = "granted" | "no rule" | "denied" | "capability missing" | "sudo missing";

/** All that the policies together say about one path pattern. */
export interface EffectiveRule {
  readonly pattern: Pattern;
  /** In the order of `CAPABILITIES`; `["deny"]` alone once any policy denies, empty when none gives anything. */
  readonly capabilities: readonly Capability[];
  /** The policies with a rule on this very pattern, and what each gives. */
  readonly from: readonly { readonly policy: string; readonly capabilities: readonly Capability[] }[];
  readonly limits: readonly RuleLimit[];
}

/** What Vault's access control says to one request. */
export interface Decision {
  /** Whether it goes through; with {@link Decision.unsupported}, whether it can. */
  readonly allowed: boolean;
  readonly reason: Reason;
  /** The one rule that decided. `undefined`: no rule matches, which denies. */
  readonly rule: EffectiveRule | undefined;
  /** Names of the policies that give the capability, or deny; empty when none does either. */
  readonly policies: readonly string[];
  /** What else Vault looks at: the contents of the request, which are not known here. Empty unless allowed. */
  readonly unsupported: readonly RuleLimit[];
}

/** A rule that Vault leaves out for this identity, because a template in its path has no value that it takes. */
export interface DroppedRule {
  readonly policy: string;
  readonly path: string;
}

interface Merged extends EffectiveRule {
  readonly from: { readonly policy: string; readonly capabilities: readonly Capability[] }[];
  capabilities: readonly Capability[];
  limits: readonly RuleLimit[];
}

const denied: readonly Capability[] = ["deny"];
const none: readonly never[] = [];
// The server answers in the order of the alphabet (`vault/capabilities.go`).
const alphabetical = [...CAPABILITIES].sort();
const onContents: ReadonlySet<RuleLimit> = new Set(["allowed_parameters", "denied_parameters", "required_parameters"]);

/**
 * What a token with these policies may do, by the rules of Vault (`vault/acl.go`): an exact path beats every pattern,
 * among patterns the one with the later first wildcard, then the one without `*` at the end, with fewer `+`, the
 * longer, the greater; that rule alone decides; on one and the same path the policies add up, and one `deny` silences
 * all. Where versions differ, {@link Semantics} says how.
 */
export class Acl {
  /**
   * The list for a token that holds exactly these policies; give `defaultPolicy()` too if it holds that.
   * @param identity who holds the token; @default nobody: rules with templates are dropped
   * @param server version of the server that is asked, e.g. `2.2.2`, `openbao-2.6.2`; @default the pinned one
   * @throws PolicyError for a policy named `root`, which has no text and is never judged, and when a filled-in template
   * makes `+*`: Vault then answers no request of this token.
   */
  static of(policies: readonly NamedPolicy[], identity: Identity = {}, server = serverOf()): Acl {
    const semantics = semanticsOf(server);
    const merged = new Map<string, Merged>();
    const dropped: DroppedRule[] = [];
    for (const { name, policy } of policies) {
      if (name === "root") {
        throw new PolicyError({
          where: "policies of a token",
          given: '"root"',
          accepted: "policies with a text",
          hint: "root may do everything: treat it apart",
        });
      }
      for (const rule of policy.rules) {
        const resolved = resolveTemplate(rule.path, identity, !semantics.templatesRefuseWildcards);
        if (resolved === undefined) dropped.push({ policy: name, path: rule.path });
        else merge(merged, name, rule, patternOf(name, rule.path, resolved));
      }
    }
    return new Acl([...merged.values()], dropped, semantics);
  }

  private readonly index: RuleIndex<EffectiveRule>;

  private constructor(
    /** The rules in force, one a pattern, in the order in which the policies first name them. */
    readonly rules: readonly EffectiveRule[],
    /** The rules left out for want of a value for a template. */
    readonly dropped: readonly DroppedRule[],
    semantics: Semantics,
  ) {
    this.index = new RuleIndex(rules, semantics);
  }

  /**
   * What `sys/capabilities` answers for a path: sorted by the alphabet, `["deny"]` when there is nothing. As the server
   * does, it looks for a path with a slash at its end as a `LIST` would, and takes one without just as it stands: to
   * learn whether `app` can be listed, ask for `app/`. Limits on the contents of requests are not in it.
   */
  capabilities(path: string): readonly Capability[] {
    const rule = this.index.find(withoutLeadingSlashes(path), true);
    if (rule === undefined || rule.capabilities.length === 0) return denied;
    return alphabetical.filter((c) => rule.capabilities.includes(c));
  }

  /**
   * Whether a request goes through. A `list` is asked with a slash at the end of its path, added if it is not there, as
   * the server does with every `LIST`.
   */
  allows(operation: Operation, path: string): Decision {
    const list = operation === "list";
    const bare = withoutLeadingSlashes(path);
    const asked = list && !bare.endsWith("/") ? `${bare}/` : bare;
    const rule = this.index.find(asked, list);
    const reason = judge(rule, operation, needsSudo(asked));
    const allowed = reason === "granted";
    const deciding = reason === "denied" ? "deny" : operation;
    return {
      allowed,
      reason,
      rule,
      policies: rule === undefined ? none : givers(rule, deciding),
      unsupported: (allowed && rule?.limits.filter((limit) => concerns(limit, operation))) || none,
    };
  }
}

function judge(rule: EffectiveRule | undefined, operation: Operation, sudoNeeded: boolean): Reason {
  if (rule === undefined) return "no rule";
  if (rule.capabilities.includes("deny")) return "denied";
  if (!rule.capabilities.includes(operation)) return "capability missing";
  return sudoNeeded && !rule.capabilities.includes("sudo") ? "sudo missing" : "granted";
}

// Vault looks at parameters in these operations only, and at wrapping times in all.
function concerns(limit: RuleLimit, operation: Operation): boolean {
  if (limit === "subscribe_event_types") return false;
  return !onContents.has(limit) || (operation !== "list" && operation !== "delete");
}

function givers(rule: EffectiveRule, capability: Capability): readonly string[] {
  const { from } = rule;
  const [only] = from;
  if (from.length === 1 && only !== undefined) return only.capabilities.includes(capability) ? [only.policy] : none;
  return [...new Set(from.filter((f) => f.capabilities.includes(capability)).map((f) => f.policy))];
}

function withoutLeadingSlashes(path: string): string {
  return path.replace(/^\/+/, "");
}

function patternOf(policy: string, written: string, filledIn: string): Pattern {
  const pattern = toPattern(filledIn);
  if (!pattern.path.includes("+*")) return pattern;
  throw new PolicyError({
    where: `policy ${policy}, rule on ${JSON.stringify(written)}`,
    given: `${JSON.stringify(filledIn)} for this identity`,
    accepted: 'a path without "+*"',
    hint: "Vault answers none of this token's requests; rename what the template stands for",
  });
}

function merge(
  merged: Map<string, Merged>,
  policy: string,
  { capabilities, limits }: ParsedRule,
  pattern: Pattern,
): void {
  const rule = merged.get(pattern.path);
  if (rule === undefined) {
    merged.set(pattern.path, { pattern, capabilities, limits, from: [{ policy, capabilities }] });
    return;
  }
  rule.from.push({ policy, capabilities });
  if (rule.capabilities.includes("deny") || capabilities.includes("deny")) {
    rule.capabilities = denied;
    rule.limits = none;
  } else {
    rule.capabilities = sortCapabilities([...rule.capabilities, ...capabilities]);
    rule.limits = RULE_LIMITS.filter((l) => rule.limits.includes(l) || limits.includes(l));
  }
}
