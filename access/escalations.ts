import type { Acl, EffectiveRule, Operation } from "../policies/evaluate";
import { cached, compare, unique } from "./collections";
import { ESCALATION_WORDS, REQUESTS, type EscalationName } from "./escalation-requests";

const ORDER = Object.keys(ESCALATION_WORDS);

/** Those by which their holder decides over every secret set of a Vault; `takeover` gives only what its victim has. */
const GRANTING: ReadonlySet<EscalationName> = new Set([
  "policies",
  "logins",
  "identity",
  "methods",
  "tokens",
  "storage",
  "snapshot",
]);

/** The ability on secret sets that comes with an escalation, if one does. */
export function abilityBy(name: EscalationName): "escalate" | "destroy" | undefined {
  if (name === "mounts") return "destroy";
  return GRANTING.has(name) || name === "takeover" ? "escalate" : undefined;
}

/** A privilege escalation in words, after "can". */
export function escalationWords({ name, victim }: Pick<Escalation, "name" | "victim">): string {
  return `${ESCALATION_WORDS[name]}${victim === undefined ? "" : ` (${victim}'s)`}`;
}

/** A privilege escalation, and the shortest request that shows it. */
export interface Escalation {
  readonly name: EscalationName;
  readonly operation: Operation;
  readonly path: string;
  readonly rule: EffectiveRule;
  /** Names of the policies that give it. */
  readonly policies: readonly string[];
  /** Of a `takeover`: the person. */
  readonly victim?: string;
}

const WRITE: readonly Operation[] = ["create", "update"];

const SPLIT_REQUESTS = REQUESTS.map(
  ([escalation, operations, template]) => [escalation, operations, template.split("/")] as const,
);

/** Rules on paths of Vault's own and of its keys; those of other mounts are most, and no escalations. */
const OWN_RULES = /^(sys|auth|identity|transit)(\/|\*?$)|^\+|^[a-z]*\*$|^[^/]+\/(config|\+|[a-z]*\*)$/;

const fits = new Map<string, readonly number[]>();

/** The segments of a pattern, and whether the last of them is the beginning of a name. */
function split(pattern: string): { readonly prefix: boolean; readonly wanted: readonly string[] } {
  const prefix = pattern.endsWith("*");
  return { prefix, wanted: (prefix ? pattern.slice(0, -1) : pattern).split("/") };
}

/** A pattern's segments, those joined that a template takes for one at its end. */
function aligned(wanted: readonly string[], template: readonly string[]): readonly string[] {
  const last = template.length - 1;
  return template[last]!.endsWith("*}") && wanted.length > template.length
    ? [...wanted.slice(0, last), wanted.slice(last).join("/")]
    : wanted;
}

/** Which requests a pattern can match at all, whatever the names: thousands of lists share most of their rules. */
function fitting(pattern: string): readonly number[] {
  return cached(fits, pattern, () => {
    const { prefix, wanted } = split(pattern);
    const fit = (given: string, segment: string | undefined, isLast: boolean): boolean =>
      segment !== undefined &&
      (segment.startsWith("{") || given === "+" || (prefix && isLast ? segment.startsWith(given) : given === segment));
    return SPLIT_REQUESTS.flatMap(([, , template], i) => {
      const given = aligned(wanted, template);
      return (prefix || given.length === template.length) &&
        given.every((each, at) => fit(each, template[at], at === given.length - 1))
        ? [i]
        : [];
    });
  });
}

/** What a segment stands for when nothing is known: a name that no rule is likely to single out. */
const ANY = "any-name";
/** Another, where a rule is about names that begin as the first does. */
const OTHER = "some-name";

/** Whom the escalations are of: whose own password is no takeover. */
export interface Holder {
  /** `<mount>/<user>` of a person's own login. */
  readonly login?: string;
  /** Its own policies: those whose text would count first. */
  readonly policies: readonly string[];
}

/** What is called how in a Vault: names that a rule may single out. */
export interface KnownNames {
  readonly auth: ReadonlyMap<string, { readonly path: string; readonly type: string }>;
  readonly mounts: ReadonlyMap<string, unknown>;
  /** @default none */
  readonly databaseMounts?: ReadonlyMap<string, unknown>;
  readonly policies: ReadonlyMap<string, unknown>;
  readonly roles: readonly { readonly name: string }[];
  readonly groups: readonly { readonly name: string }[];
  readonly people: readonly { readonly name: string }[];
}

/** Every escalation that an access control list gives: one of each kind, and a takeover for each victim. */
export function escalationsOf(acl: Acl, vault: KnownNames, holder: Holder): Escalation[] {
  const found = new Map<string, Escalation>();
  const matching = acl.rules
    .filter(
      ({ pattern, capabilities }) =>
        OWN_RULES.test(pattern.path) &&
        capabilities.some((capability) => capability !== "list" && capability !== "deny"),
    )
    .flatMap(({ pattern }) => fitting(pattern.path).map((request) => ({ pattern, request })))
    .sort((a, b) => a.request - b.request);
  for (const { pattern, request } of matching) {
    const [escalation, operations, template] = SPLIT_REQUESTS[request]!;
    if (escalation !== "takeover" && found.has(escalation)) continue;
    for (const path of paths(pattern.path, template, vault, holder)) {
      const [, mount, user] = /^auth\/(.+)\/users\/([^/]+)\/password$/.exec(path) ?? [];
      if (escalation === "takeover" && `${mount}/${user}` === holder.login) continue;
      const key = escalation === "takeover" ? `takeover ${user}` : escalation;
      if (found.has(key)) continue;
      const made = attempt(acl, escalation, operations, path);
      if (made) found.set(key, escalation === "takeover" ? { ...made, victim: user } : made);
      if (made && escalation !== "takeover") break;
    }
  }
  // Who may decide over everybody needs nobody's password.
  if ([...found.values()].some(({ name }) => GRANTING.has(name)))
    for (const [key, { name }] of found) if (name === "takeover") found.delete(key);
  for (const made of [methods(acl), tokens(acl)]) if (made && !found.has(made.name)) found.set(made.name, made);
  return [...found.values()].sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name) || compare(a.path, b.path));
}

function attempt(
  acl: Acl,
  name: EscalationName,
  operations: readonly Operation[],
  path: string,
): Escalation | undefined {
  for (const operation of operations) {
    // A list is of what is below, and so the server sees a slash.
    const { allowed, rule, policies } = acl.allows(operation, operation === "list" ? `${path}/` : path);
    if (allowed && rule) return { name, operation, path, rule, policies };
  }
  return undefined;
}

/** A method that is not there yet is of use only to one who may also write its users. */
function methods(acl: Acl): Escalation | undefined {
  const users =
    attempt(acl, "methods", WRITE, `auth/${ANY}/users/${ANY}`) ??
    attempt(acl, "methods", WRITE, `auth/${ANY}/role/${ANY}`);
  return users && attempt(acl, "methods", WRITE, `sys/auth/${ANY}`);
}

/** Anyone may make child tokens with fewer policies; with `sudo`, with any. */
function tokens(acl: Acl): Escalation | undefined {
  const made = attempt(acl, "tokens", WRITE, "auth/token/create");
  return made?.rule.capabilities.includes("sudo") ? made : attempt(acl, "tokens", WRITE, "auth/token/create-orphan");
}

/** Paths of a template that a rule's pattern fits: with the names that the Vault has, and one that it has not. */
function* paths(pattern: string, template: readonly string[], vault: KnownNames, holder: Holder): Generator<string> {
  const { prefix, wanted: written } = split(pattern);
  const wanted = aligned(written, template);
  const choices = template.map((segment, i) => {
    const given = wanted[i] ?? "+";
    if (!segment.startsWith("{")) return [segment];
    if (segment === "{secrets}")
      return [...vault.mounts.keys()].filter(
        (name) => given === "+" || (prefix && i === wanted.length - 1 ? name.startsWith(given) : name === given),
      );
    if (given !== "+" && !(prefix && i === wanted.length - 1)) return [given.replace(/(^|\/)\+(?=\/|$)/g, `$1${ANY}`)];
    const beginning = given === "+" ? "" : given;
    const others = segment === "{mount}" ? [] : [`${beginning}${ANY}`, `${beginning}${OTHER}`];
    return [...known(segment, template[2], vault, holder), ...others].filter((name) => name.startsWith(beginning));
  });
  for (const chosen of combinations(choices)) yield chosen.join("/");
}

function* combinations([options, ...rest]: readonly (readonly string[])[]): Generator<string[]> {
  if (options === undefined) yield [];
  else for (const option of options) for (const others of combinations(rest)) yield [option, ...others];
}

/** Types of auth methods that have users, with policies of their own; the others have roles. */
const WITH_USERS: ReadonlySet<string> = new Set(["userpass", "ldap", "radius", "okta"]);

function known(segment: string, under: string | undefined, vault: KnownNames, holder: Holder): readonly string[] {
  switch (segment) {
    case "{policy}":
      return unique([...holder.policies, ...vault.policies.keys()]);
    case "{mount}":
      return [...vault.auth.values()]
        .filter(({ type }) =>
          under === "role" ? !WITH_USERS.has(type) : !/^(users|groups)$/.test(under ?? "") || WITH_USERS.has(type),
        )
        .map(({ path }) => path);
    case "{user}":
      return vault.people.map(({ name }) => name);
    case "{role}":
      return vault.roles.map(({ name }) => name);
    case "{group}":
      return vault.groups.map(({ name }) => name);
    case "{kv}":
      return [...vault.mounts.keys(), ...(vault.databaseMounts?.keys() ?? [])];
    default:
      return [];
  }
}
