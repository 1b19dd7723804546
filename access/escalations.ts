import type { Acl, EffectiveRule, Operation } from "../policies/evaluate";
import { cached, compare, unique } from "./collections";
import type { VaultSide } from "./vault-side";

/** What the holder of each privilege escalation can do to who reaches what, after "can"; most severe first. */
const ESCALATION_WORDS = {
  policies: "write policies",
  logins: "write users or roles of an auth method",
  identity: "write groups and entities",
  takeover: "set another person's password",
  methods: "bring in an auth method with users of its own",
  tokens: "make tokens with any policy",
  storage: "reach the storage below every rule",
  mounts: "disable or move the mount, with every value in it",
  audit: "take audit devices away",
  root: "make a root token, together with the holders of key shares",
};

/** A key of {@link ESCALATION_WORDS}. */
export type EscalationName = keyof typeof ESCALATION_WORDS;

const ORDER = Object.keys(ESCALATION_WORDS);

/** Those by which their holder decides over every secret set of a Vault; `takeover` gives only what its victim has. */
const GRANTING: ReadonlySet<EscalationName> = new Set([
  "policies",
  "logins",
  "identity",
  "methods",
  "tokens",
  "storage",
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
const WRITE_OR_DELETE: readonly Operation[] = ["create", "update", "patch", "delete"];

/** Requests that are escalations; `{…}` is one segment. Source: Vault's API documentation of each path. */
const REQUESTS: readonly (readonly [EscalationName, readonly Operation[], string])[] = [
  ["policies", WRITE_OR_DELETE, "sys/policies/acl/{policy}"],
  ["policies", WRITE_OR_DELETE, "sys/policy/{policy}"],
  ["logins", WRITE, "auth/{mount}/role/{role}"],
  ["logins", WRITE, "auth/{mount}/users/{user}"],
  ["logins", WRITE, "auth/{mount}/users/{user}/policies"],
  ["logins", WRITE, "auth/{mount}/config"],
  ["logins", WRITE, "auth/{mount}/groups/{name}"],
  ["logins", WRITE, "auth/{mount}/certs/{name}"],
  ["logins", WRITE, "auth/{mount}/map/{kind}/{name}"],
  ["takeover", ["update"], "auth/{mount}/users/{user}/password"],
  ["identity", WRITE, "identity/group"],
  ["identity", WRITE, "identity/group/id/{id}"],
  ["identity", WRITE, "identity/group/name/{group}"],
  ["identity", WRITE, "identity/group-alias"],
  ["identity", WRITE, "identity/group-alias/id/{id}"],
  ["identity", WRITE, "identity/entity"],
  ["identity", WRITE, "identity/entity/id/{id}"],
  ["identity", WRITE, "identity/entity/name/{user}"],
  ["identity", WRITE, "identity/entity/merge"],
  ["identity", WRITE, "identity/entity-alias"],
  ["identity", WRITE, "identity/entity-alias/id/{id}"],
  ["identity", WRITE, "identity/alias"],
  ["identity", WRITE, "identity/alias/id/{id}"],
  ["identity", WRITE, "identity/persona"],
  ["tokens", WRITE, "auth/token/roles/{role}"],
  ["storage", ["read", "create", "update"], "sys/raw/{path}"],
  ["storage", WRITE, "sys/storage/raft/snapshot"],
  ["storage", WRITE, "sys/storage/raft/snapshot-force"],
  ["mounts", ["delete", "create", "update"], "sys/mounts/{kv}"],
  ["mounts", WRITE, "sys/remount"],
  ["audit", WRITE_OR_DELETE, "sys/audit/{device}"],
  ["root", ["update"], "sys/generate-root/attempt"],
];

const SPLIT_REQUESTS = REQUESTS.map(
  ([escalation, operations, template]) => [escalation, operations, template.split("/")] as const,
);

/** Rules on paths of Vault's own; those of mounts are most, and no escalations. */
const OWN_RULES = /^(sys|auth|identity)(\/|\*?$)|^\+|^[a-z]*\*$/;

const fits = new Map<string, readonly number[]>();

/** The segments of a pattern, and whether the last of them is the beginning of a name. */
function split(pattern: string): { readonly prefix: boolean; readonly wanted: readonly string[] } {
  const prefix = pattern.endsWith("*");
  return { prefix, wanted: (prefix ? pattern.slice(0, -1) : pattern).split("/") };
}

/** Which requests a pattern can match at all, whatever the names: thousands of lists share most of their rules. */
function fitting(pattern: string): readonly number[] {
  return cached(fits, pattern, () => {
    const { prefix, wanted } = split(pattern);
    const fit = (given: string, segment: string | undefined, isLast: boolean): boolean =>
      segment !== undefined &&
      (segment.startsWith("{") || given === "+" || (prefix && isLast ? segment.startsWith(given) : given === segment));
    return SPLIT_REQUESTS.flatMap(([, , template], i) =>
      (prefix || wanted.length === template.length) &&
      wanted.every((given, at) => fit(given, template[at], at === wanted.length - 1))
        ? [i]
        : [],
    );
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

/** Every escalation that an access control list gives: one of each kind, and a takeover for each victim. */
export function escalationsOf(acl: Acl, vault: VaultSide, holder: Holder): Escalation[] {
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
    const { allowed, rule, policies } = acl.allows(operation, path);
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
function* paths(pattern: string, template: readonly string[], vault: VaultSide, holder: Holder): Generator<string> {
  const { prefix, wanted } = split(pattern);
  const choices = template.map((segment, i) => {
    const given = wanted[i] ?? "+";
    if (!segment.startsWith("{")) return [segment];
    if (given !== "+" && !(prefix && i === wanted.length - 1)) return [given];
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

function known(segment: string, under: string | undefined, vault: VaultSide, holder: Holder): readonly string[] {
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
      return [...vault.mounts.keys()];
    default:
      return [];
  }
}
