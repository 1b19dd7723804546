import {
  CAPABILITIES,
  isBalanced,
  isCapability,
  PolicyError,
  selectors,
  sortCapabilities,
  type Capability,
  type PolicyProblem,
} from "../write";
import { readHcl } from "./hcl";
import { readJson } from "./json";
import { place, type Member, type Position, type Value } from "./syntax";

/**
 * What narrows a rule by the contents of a request: read and kept, but never judged. Enterprise's own (`control_group`)
 * is refused.
 */
export const RULE_LIMITS = [
  "allowed_parameters",
  "denied_parameters",
  "required_parameters",
  "min_wrapping_ttl",
  "max_wrapping_ttl",
  "subscribe_event_types",
] as const;

/** One of {@link RULE_LIMITS}. */
export type RuleLimit = (typeof RULE_LIMITS)[number];

/** One rule of a policy as Vault takes it; rules on the same path stay apart here and are merged in an `Acl`. */
export interface ParsedRule {
  /**
   * As written: with its templates, and with a leading slash if there is one (Vault drops it after the templates are
   * filled in).
   */
  readonly path: string;
  /**
   * What the rule gives: `["deny"]` alone when it is among them, empty when none is named (such a rule still hides
   * wider ones).
   */
  readonly capabilities: readonly Capability[];
  /** Empty for a rule that says `deny`: Vault ignores them there. */
  readonly limits: readonly RuleLimit[];
}

/** A policy text that was understood whole. `PolicyDocument.of(...policy.rules)` makes a document of it. */
export interface ParsedPolicy {
  readonly rules: readonly ParsedRule[];
}

/**
 * Reads a policy in HCL or JSON as Vault 1.21 does (`vault/policy.go`): several blocks on one path add up, the old
 * `policy = "write"` counts, `deny` silences the rest of its rule.
 * @param name put before every place in a message; @default "policy"
 * @throws PolicyError with line, column and a hint for everything that Vault refuses, and for what it takes but this
 * reader cannot be certain of: interpolations, here-documents, unknown keys, keys given twice, `control_group`,
 * `mfa_methods`, templates of time.
 */
export function readPolicy(text: string, name = "policy"): ParsedPolicy {
  try {
    return { rules: readRules(text) };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new PolicyError(...error.problems.map((p) => ({ ...p, where: `${name}, ${p.where}` })));
  }
}

function readRules(text: string): ParsedRule[] {
  const problems: { readonly at: Position; readonly problem: PolicyProblem }[] = [];
  const complain: Complain = (at, given, accepted, hint) =>
    void problems.push({ at, problem: { where: place(at), given, accepted, hint } });
  const rules: ParsedRule[] = [];
  if (text === "") complain({ line: 1, column: 1 }, "an empty text", "a policy", "Vault refuses an empty policy text");
  const isJson = /^[ \t\r\n]*\{/.test(text);
  for (const member of isJson ? readJson(text) : readHcl(text)) {
    if (member.key === "name") {
      // Vault knows a policy by the name it is stored under; this one has no effect.
      if (member.value.kind !== "string")
        complain(member.at, "a name that is no text", 'name = "…"', "leave it out: it has no effect");
    } else if (member.key !== "path") {
      complain(member.at, JSON.stringify(member.key), "path", 'a rule is path "…" { capabilities = […] }');
    } else {
      for (const block of isJson ? jsonBlocks(member, complain) : hclBlocks(member, complain))
        rules.push(readRule(block, complain));
    }
  }
  if (problems.length === 0) return rules;
  problems.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  throw new PolicyError(...problems.map((p) => p.problem));
}

type Complain = (at: Position, given: string, accepted: string, hint: string) => void;

interface Block {
  readonly path: string;
  readonly pathAt: Position;
  readonly at: Position;
  readonly body: readonly Member[];
}

function hclBlocks(member: Member, complain: Complain): Block[] {
  const { label, value } = member;
  if (label !== undefined && value.kind === "object")
    return [{ path: label.text, pathAt: label.at, at: member.at, body: value.members }];
  complain(
    member.at,
    "path without a path",
    'path "…" { … }',
    "name the path in double quotes between the word and the brace",
  );
  return [];
}

// Vault's JSON reader folds objects into keys, so only these forms come out as they look: an object of rules, or a list
// of such objects.
function jsonBlocks(member: Member, complain: Complain): Block[] {
  const sets = member.value.kind === "list" ? member.value.items : [member.value];
  const blocks: Block[] = [];
  const wrong = (at: Position, given: string, hint: string): void =>
    complain(at, given, '{"path": {"…": {"capabilities": […]}}}', hint);
  if (sets.length === 0) wrong(member.value.at, "an empty list", "leave path out, or name a path");
  for (const set of sets) {
    if (set.kind !== "object" || set.members.length === 0) {
      wrong(
        set.at,
        set.kind === "object" ? "an object without a path" : `a ${set.kind}`,
        "name the path as the key of an object",
      );
      continue;
    }
    for (const { key, at, value } of set.members) {
      const body = value.kind === "object" ? value.members : [];
      if (value.kind !== "object") wrong(value.at, `a ${value.kind}`, "Vault takes an object here and nothing else");
      else if (body.length > 0 && body.every((m) => m.value.kind === "object"))
        wrong(value.at, "a rule of objects only", "Vault misreads this; give capabilities too");
      blocks.push({ path: key, pathAt: at, at, body });
    }
  }
  return blocks;
}

function readRule(block: Block, complain: Complain): ParsedRule {
  checkPath(block, complain);
  const attributes = new Map<string, Value>();
  for (const { key, label, at, value } of block.body) {
    if (attributes.has(key))
      complain(
        at,
        `${key} a second time`,
        "each key once",
        "give it once; Vault refuses or adds up what is given twice",
      );
    else if (ENTERPRISE.has(key))
      complain(at, key, "each key once", "only Vault Enterprise honours it, and what it does cannot be judged here");
    else if (!Object.hasOwn(readers, key))
      complain(at, JSON.stringify(key), Object.keys(readers).join(", "), "Vault refuses other keys");
    else if (label !== undefined)
      complain(label.at, JSON.stringify(label.text), `${key} = …`, "drop the text before the brace");
    attributes.set(key, value);
  }
  const found: Found = { capabilities: new Set(), limits: new Set(), ttl: {} };
  for (const [key, value] of attributes) if (Object.hasOwn(readers, key)) readers[key]?.(key, value, found, complain);
  const { min_wrapping_ttl: min = 0, max_wrapping_ttl: max = 0 } = found.ttl;
  if (min > 0 && max > 0 && max < min)
    complain(
      block.at,
      `max_wrapping_ttl below min_wrapping_ttl`,
      "max_wrapping_ttl no less than min_wrapping_ttl",
      "Vault refuses this",
    );
  const denies = found.capabilities.has("deny");
  return {
    path: block.path,
    capabilities: denies ? ["deny"] : sortCapabilities(found.capabilities),
    limits: denies ? [] : RULE_LIMITS.filter((l) => found.limits.has(l)),
  };
}

function checkPath({ path, pathAt }: Block, complain: Complain): void {
  const wrong = (hint: string): void => complain(pathAt, JSON.stringify(path), "the path of a rule", hint);
  if (path === "" || path === "/") wrong("name the path");
  if (path.includes("+*")) wrong('Vault forbids "+*"; write "+/*" or "*"');
  if (!isBalanced(path)) wrong("close every {{ with }}");
  if (selectors(path).some((selector) => selector.startsWith("time.")))
    wrong("a path that changes with the time cannot be judged");
}

interface Found {
  readonly capabilities: Set<Capability>;
  readonly limits: Set<RuleLimit>;
  /** Seconds. */
  readonly ttl: Partial<Record<RuleLimit, number>>;
}

type ReadAttribute = (key: string, value: Value, found: Found, complain: Complain) => void;

const ENTERPRISE: ReadonlySet<string> = new Set(["control_group", "mfa_methods"]);

const readers: Readonly<Record<string, ReadAttribute>> = {
  comment: (key, value, _, complain) =>
    void (value.kind === "string" || expected(key, value, "a quoted text", complain)),
  capabilities: readCapabilities,
  policy: readOldPolicy,
  allowed_parameters: readParameters,
  denied_parameters: readParameters,
  required_parameters: readTexts,
  subscribe_event_types: readTexts,
  min_wrapping_ttl: readTtl,
  max_wrapping_ttl: readTtl,
};

function expected(key: string, value: Value, accepted: string, complain: Complain): void {
  complain(value.at, `${key}: a ${value.kind}`, accepted, "Vault may take other forms; this reader does not guess");
}

function readCapabilities(key: string, value: Value, { capabilities }: Found, complain: Complain): void {
  if (value.kind !== "list") return expected(key, value, 'a list such as ["read", "list"]', complain);
  for (const item of value.items) {
    if (item.kind === "string" && isCapability(item.text)) capabilities.add(item.text);
    else
      complain(
        item.at,
        item.kind === "string" ? JSON.stringify(item.text) : `a ${item.kind}`,
        CAPABILITIES.join(", "),
        "write them in lower case, in quotes",
      );
  }
}

const oldPolicies: Readonly<Record<string, readonly Capability[]>> = {
  deny: ["deny"],
  read: ["read", "list"],
  write: ["create", "read", "update", "delete", "list"],
  sudo: ["create", "read", "update", "delete", "list", "sudo"],
};

function readOldPolicy(key: string, value: Value, { capabilities }: Found, complain: Complain): void {
  if (value.kind !== "string") return expected(key, value, "a quoted text", complain);
  const meant = Object.hasOwn(oldPolicies, value.text) ? oldPolicies[value.text] : undefined;
  if (meant === undefined)
    complain(
      value.at,
      JSON.stringify(value.text),
      Object.keys(oldPolicies).join(", "),
      "better write capabilities = […]",
    );
  for (const c of meant ?? []) capabilities.add(c);
}

function readParameters(key: string, value: Value, { limits }: Found, complain: Complain): void {
  if (value.kind !== "object") return expected(key, value, '{ "parameter" = [values] }', complain);
  const seen = new Set<string>();
  for (const { key: parameter, at, label, value: values } of value.members) {
    if (values.kind !== "list" || label !== undefined)
      expected(`${key}.${parameter}`, values, "a list of values", complain);
    // Vault folds the case of parameters after reading them, and then keeps one of two at random.
    if (seen.has(parameter.toLowerCase()))
      complain(at, `${parameter} a second time`, "each parameter once, whatever its case", "unite the two lists");
    seen.add(parameter.toLowerCase());
  }
  if (value.members.length > 0) limits.add(key as RuleLimit);
}

function readTexts(key: string, value: Value, { limits }: Found, complain: Complain): void {
  if (value.kind !== "list") return expected(key, value, "a list of quoted texts", complain);
  for (const item of value.items) if (item.kind !== "string") expected(key, item, "a quoted text", complain);
  if (value.items.length > 0) limits.add(key as RuleLimit);
}

function readTtl(key: string, value: Value, { limits, ttl }: Found, complain: Complain): void {
  const seconds = value.kind === "string" || value.kind === "number" ? durationSeconds(value.text) : undefined;
  if (seconds === undefined)
    return expected(key, value, 'a duration such as 90, "90", "90s", "1h30m" or "2d"', complain);
  if (seconds === 0) return;
  limits.add(key as RuleLimit);
  ttl[key as RuleLimit] = seconds;
}

const unitSeconds: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

// Vault's durations (go-secure-stdlib/parseutil): plain seconds, whole days, or Go's units.
function durationSeconds(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  if (/^\d+d$/.test(text)) return Number(text.slice(0, -1)) * 86_400;
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit = ""] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g))
    seconds += Number(amount) * (unitSeconds[unit] ?? 0);
  return seconds;
}
