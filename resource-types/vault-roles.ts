import {
  added,
  all,
  changes,
  gone,
  hasUnknown,
  info,
  madeWord,
  replaced,
  rule,
  same,
  stop,
  trustChanges,
  warning,
  when,
  type Judge,
  type PlannedChange,
  type Remark,
} from "./change";
import { textsIn, type JsonObject } from "./json";
import { oneOf } from "./on-path";
import { type ResourceType } from "./record";
import { ASK, UNKNOWN } from "./vault-policy";

const BOUND = [
  "bound_service_account_names",
  "bound_service_account_namespaces",
  "bound_audiences",
  "audience",
  "token_policies",
  "allowed_redirect_uris",
];
const KEEPS_OUT = ["audience", "bound_audiences", "bound_subject", "token_bound_cidrs", "bound_claims"];
/** Whom a role takes for whom. */
const CLAIMS = [
  "bound_claims",
  "bound_subject",
  "bound_claims_type",
  "user_claim",
  "bound_service_account_namespace_selector",
  "role_type",
  "groups_claim",
  "oidc_scopes",
];
const OTHERS = ["alias_name_source", "token_bound_cidrs", "backend", "role_name"];
/** A more among these lets tokens in that were made for somebody else. */
const MADE_FOR = ["bound_audiences", "audience", "allowed_redirect_uris"];
const TIMES = ["token_ttl", "token_max_ttl", "token_period", "token_explicit_max_ttl"];

/** The only role of people whom an identity provider knows, behind its mount. */
const PEOPLES = "oidc/role oidc/people";

/** The policy that a role of this project gives: that of its own name; the job that watches plans, and no more. */
function ownPolicy({ after }: PlannedChange): string {
  return String(after.role_name).replace(/^watch-/, "plan-");
}

/** Says of a role of either kind what it is made without, or with beside what this project gives one. */
function openRole(change: PlannedChange, called: string): Remark[] {
  const { after, unknown, type } = change;
  const isKnown = (name: string) => !hasUnknown(unknown[name]);
  const lacks = (...names: readonly string[]) => names.every((name) => isKnown(name) && same(after[name], undefined));
  const jwt = type === "vault_jwt_auth_backend_role";
  const policies = textsIn(after.token_policies).filter((each) => each !== ownPolicy(change));
  const made = `${called} is ${madeWord(change)}`;
  return [
    ...when(
      lacks("audience", "bound_audiences"),
      "error",
      `${made} without an audience`,
      "A token that was made for somebody else is accepted too.",
    ),
    ...when(
      jwt && lacks("bound_claims", "bound_subject"),
      "error",
      `${made} without bound claims`,
      "Every token of the issuer fits.",
    ),
    ...when(
      jwt && isKnown("role_type") && after.role_type !== "jwt" && `${String(after.backend)}/${called}` !== PEOPLES,
      "error",
      `${made} of type ${String(after.role_type ?? "oidc")}`,
      "A browser brings its tokens; people log in with the role people at oidc alone.",
    ),
    ...when(
      policies.length > 0,
      "warning",
      `${made} with ${policies.join(", ")}`,
      "A role of this project gives the policy of its own name.",
    ),
    ...BOUND.filter((name) => hasUnknown(unknown[name])).flatMap((name) =>
      warning(`${called}: ${name} is known only after the apply`, UNKNOWN),
    ),
  ];
}

const madeRole: Judge = (change, called) => [...boundOpenly(change, called), ...openRole(change, called)];

const boundOpenly: Judge = (change, called) => {
  const wide = BOUND.map((name) => [name, textsIn(change.after[name])] as const).filter(([, texts]) =>
    texts.some((text) => text.includes("*")),
  );
  return wide.length > 0
    ? wide.flatMap(([name, texts]) =>
        stop(`${called} is ${madeWord(change)} with ${name} ${texts.join(", ")}`, "Everyone that fits can log in."),
      )
    : info(`${called} is made`, `${ASK} what it reaches.`);
};

/** Says what a list has that it had not before. */
function gains(change: PlannedChange, called: string, name: string): Remark[] {
  const more = added(change, name);
  const severity = MADE_FOR.includes(name) || more.some((each) => each.includes("*")) ? "error" : "warning";
  const why = "It is bound more widely, or its tokens can do more.";
  return when(more.length > 0, severity, `${called}: ${name} gains ${more.join(", ")}`, why);
}

const changedRole: Judge = (change, called) => {
  const { before, after, unknown } = change;
  const dropped = KEEPS_OUT.filter((name) => !same(before[name], undefined) && same(after[name], undefined));
  const kept = (names: readonly string[]) => names.filter((name) => !dropped.includes(name));
  const gainsDefault = before.token_no_default_policy === true && after.token_no_default_policy !== true;
  return [
    ...BOUND.flatMap((name) => gains(change, called, name)),
    ...dropped.flatMap((name) => stop(`${called} loses its ${name}`, "Whoever it kept out can log in.")),
    ...all(
      trustChanges(kept(CLAIMS), "Others can log in with it."),
      changes(kept(OTHERS), "Others can log in with it."),
    )(change, called),
    ...TIMES.filter((name) => Number(after[name] ?? 0) > Number(before[name] ?? 0)).flatMap((name) =>
      warning(`${called}: ${name} grows to ${String(after[name])}`, "A stolen token lives longer."),
    ),
    ...when(gainsDefault, "warning", `${called} gains the default policy`, "Its tokens can do more."),
    ...BOUND.filter((name) => hasUnknown(unknown[name])).flatMap((name) =>
      warning(`${called}: ${name} is known only after the apply`, UNKNOWN),
    ),
  ];
};

/** How long tokens of a role or user live, how often they are used and from where: none of it reaches further. */
export const TOKEN =
  "token_policies token_no_default_policy token_ttl token_max_ttl token_explicit_max_ttl token_num_uses token_type " +
  "token_bound_cidrs";

/** Seconds, a day: how long a token of a workload, a job or a person may live at most. */
const LONGEST = 86_400;

/** Says of a role or user that its tokens outlive a day. */
export function longLived(values: JsonObject): string[] {
  return ["token_ttl", "token_max_ttl", "token_explicit_max_ttl"]
    .filter((name) => Number(values[name] ?? 0) > LONGEST)
    .map((name) => `its ${name} is ${String(values[name])} seconds, longer than a day`);
}

/** What roles of either kind have in common: their requests in Vault, and what their changes mean. */
export const ROLE: Pick<ResourceType, "inVault" | "change"> = {
  inVault: ({ backend, role_name }) => oneOf("auth/+/role", `auth/${backend}/role/${role_name}`),
  change: rule("role", ["backend", "role_name"], {
    gone: all(gone("warning", "Its workloads cannot log in; tokens already issued live on."), replaced(changedRole)),
    create: madeRole,
    update: changedRole,
  }),
};
