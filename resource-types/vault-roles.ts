import {
  added,
  changes,
  gone,
  hasUnknown,
  info,
  rule,
  same,
  warning,
  when,
  type Judge,
  type PlannedChange,
  type Remark,
} from "./change";
import { textsIn, type JsonObject } from "./json";
import { oneOf } from "./on-path";
import { closed, type ResourceType, type ResourceTypes } from "./record";
import { given, plainPaths } from "./unread";
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
const CLAIMS = [
  "bound_claims",
  "bound_subject",
  "bound_claims_type",
  "user_claim",
  "alias_name_source",
  "bound_service_account_namespace_selector",
  "token_bound_cidrs",
  "role_type",
  "backend",
  "role_name",
];
const TIMES = ["token_ttl", "token_max_ttl", "token_period", "token_explicit_max_ttl"];

const madeRole: Judge = (change, called) => {
  const { after, unknown } = change;
  if (
    change.type.startsWith("vault_jwt_") &&
    ["bound_claims", "bound_subject"].every((name) => same(after[name], undefined))
  )
    return warning(`${called} is made without claims`, "Every token of its issuer can log in.");
  if (BOUND.some((name) => hasUnknown(unknown[name])))
    return warning(`${called} is made by what the apply makes known`, UNKNOWN);
  const wide = BOUND.map((name) => [name, textsIn(change.after[name])] as const).filter(([, texts]) =>
    texts.some((text) => text.includes("*")),
  );
  return wide.length > 0
    ? wide.flatMap(([name, texts]) =>
        warning(`${called} is made with ${name} ${texts.join(", ")}`, "Everyone that fits can log in."),
      )
    : info(`${called} is made`, `${ASK} what it reaches.`);
};

/** Says what a list has that it had not before. */
function gains(change: PlannedChange, called: string, name: string, why: string): Remark[] {
  const more = added(change, name);
  return when(more.length > 0, "warning", `${called}: ${name} gains ${more.join(", ")}`, why);
}

const changedRole: Judge = (change, called) => {
  const { before, after, unknown } = change;
  const dropped = KEEPS_OUT.filter((name) => !same(before[name], undefined) && same(after[name], undefined));
  const gainsDefault = before.token_no_default_policy === true && after.token_no_default_policy !== true;
  return [
    ...BOUND.flatMap((name) => gains(change, called, name, "It is bound more widely, or its tokens can do more.")),
    ...dropped.flatMap((name) => warning(`${called} loses its ${name}`, "Whoever it kept out can log in.")),
    ...changes(
      CLAIMS.filter((name) => !dropped.includes(name)),
      "Others can log in with it.",
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

const ROLE: Pick<ResourceType, "inVault" | "change"> = {
  inVault: ({ backend, role_name }) => oneOf("auth/+/role", `auth/${backend}/role/${role_name}`),
  change: rule("role", ["backend", "role_name"], {
    gone: gone("warning", "Its workloads cannot log in; tokens already issued live on."),
    create: madeRole,
    update: changedRole,
  }),
};

/** By which workloads and jobs log in. */
export const VAULT_ROLES: ResourceTypes = {
  vault_kubernetes_auth_backend_role: {
    label: ["role", "roles"],
    grants: "kubernetes role",
    reads: closed(
      "backend role_name audience bound_service_account_names bound_service_account_namespaces " +
        `bound_service_account_namespace_selector alias_name_source ${TOKEN}`,
    ),
    unread: (values) => [...plainPaths("backend", "role_name")(values), ...longLived(values)],
    ...ROLE,
  },
  vault_jwt_auth_backend_role: {
    label: ["jwt role", "jwt roles"],
    grants: "jwt role",
    reads: closed(
      "backend role_name role_type user_claim bound_audiences bound_subject bound_claims bound_claims_type " + TOKEN,
    ),
    // With another type a `*` in a claim is a pattern, or a browser brings the claims.
    unread: (values) => [
      ...plainPaths("backend", "role_name")(values),
      ...given(values, "role_type", "jwt"),
      ...given(values, "bound_claims_type", undefined, "string"),
      ...given(values, "user_claim", "sub"),
      ...longLived(values),
    ],
    ...ROLE,
  },
};
