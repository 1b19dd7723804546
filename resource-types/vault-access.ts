import {
  added,
  all,
  changes,
  gone,
  hasUnknown,
  info,
  planned,
  routine,
  rule,
  same,
  says,
  warning,
  when,
  type Judge,
  type PlannedChange,
  type Remark,
  type Rule,
} from "./change";
import { textsIn, type JsonObject } from "./json";
import { onPath, oneOf } from "./on-path";
import { closed, type ResourceType, type ResourceTypes, type VaultPermissions } from "./record";
import { given, plainPaths } from "./unread";
import { ASK, policyChange, UNKNOWN } from "./vault-policy";

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
const TOKEN =
  "token_policies token_no_default_policy token_ttl token_max_ttl token_explicit_max_ttl token_num_uses token_type " +
  "token_bound_cidrs";

/** Seconds, a day: how long a token of a workload, a job or a person may live at most. */
const LONGEST = 86_400;

/** Says of a role or user that its tokens outlive a day. */
function longLived(values: JsonObject): string[] {
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

/** An identity object is read by its id, which Vault makes up, and written by its collection. */
function identity(collection: string, ...more: VaultPermissions["apply"]): () => VaultPermissions {
  const byId = `identity/${collection}/id/*`;
  return () => ({
    plan: [onPath(byId, "read")],
    apply: [onPath(`identity/${collection}`, "create", "update"), onPath(byId, "read", "update"), ...more],
    collection: [onPath(byId, "delete")],
  });
}

const MEMBERS = ["member_entity_ids", "member_group_ids"];

const changedGroup: Judge = (change, called) => [
  ...["policies", ...MEMBERS].flatMap((name) => {
    const more = added(change, name);
    return when(
      more.length > 0,
      "warning",
      `${called}: ${name === "policies" ? `gains ${more.join(", ")}` : `${more.length} more ${name}`}`,
      "Its members can do more.",
    );
  }),
  ...when(
    MEMBERS.some((name) => hasUnknown(change.unknown[name])),
    "warning",
    `${called} gains members whose ids are known only after the apply`,
    `${ASK.replace(" says", "")} names them.`,
  ),
];

const person = (noun: string): Rule =>
  rule(noun, ["name"], {
    gone: gone("warning", "The person loses what groups give; a later login makes a new entity."),
    update: all(
      (change, called) =>
        added(change, "policies").flatMap((each) =>
          warning(`${called} gains the policy ${each}`, "The person can do more, outside of any group."),
        ),
      changes(["canonical_id", "mount_accessor", "name", "metadata"], (name) =>
        name === "metadata" || name === "name"
          ? "Templated policies read it."
          : "Another login becomes this person, or this login another.",
      ),
      ({ before, after }, called) =>
        when(
          before.disabled === true && after.disabled !== true,
          "warning",
          `${called} is enabled again`,
          "The person can log in.",
        ),
    ),
  });

/** Who can log in to Vault, and what policies they get. */
export const VAULT_ACCESS: ResourceTypes = {
  vault_policy: {
    label: ["policy", "policies"],
    grants: "policy",
    reads: closed("name policy allow_overwrite"),
    unread: plainPaths("name"),
    inVault: ({ name }) => oneOf("sys/policies/acl", `sys/policies/acl/${name}`),
    change: policyChange,
  },
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
  vault_userpass_auth_backend_user: {
    label: ["user", "users"],
    grants: "user",
    reads: closed(`mount username password_wo password_wo_version ${TOKEN}`),
    // A password that stands in the stack is everybody's who reads it.
    unread: (values) => [
      ...plainPaths("mount", "username")(values),
      ...longLived(values),
      ...(values.password_wo === undefined || /^\$\{ephemeral\.random_password\./.test(String(values.password_wo))
        ? []
        : ["its password_wo is no ephemeral random_password of its stack"]),
    ],
    ignoresChanges: "all",
    // The user is made and deleted, and never updated: that would write the password again.
    inVault: ({ mount, username }) => ({
      plan: [onPath(`auth/${mount}/users/${username}`, "read")],
      apply: [onPath(`auth/${mount}/users/${username}`, "create", "read")],
      collection: [onPath(`auth/${mount}/users/*`, "create", "read", "delete")],
    }),
    change: rule("user", ["username"], {
      gone: (change, called) =>
        change.action === "replace"
          ? warning(`${called} is removed and made anew`, "The own password is gone: nobody knows the new one.")
          : warning(`${called} is removed`, "Tokens already issued live on until they expire: revoke them."),
      update: planned(
        says(
          "warning",
          "is written again",
          "The provider writes the password with any change: the person's own is lost.",
        ),
      ),
      create: says("info", "is made", "users invite gives the person a password."),
    }),
  },
  vault_identity_group: {
    label: ["group", "groups"],
    grants: "group",
    reads: closed("name type policies metadata member_entity_ids member_group_ids"),
    inVault: identity("group"),
    change: rule("group", ["name"], {
      gone: gone("warning", "Its members lose what it gives, at once."),
      create: ({ after }, called) =>
        info(
          `${called} is made, with ${textsIn(after.policies).join(", ") || "no policy"}`,
          `${ASK} what its members gain.`,
        ),
      update: changedGroup,
    }),
  },
  vault_identity_group_member_entity_ids: {
    grants: "part of a group",
    reads: closed("group_id member_entity_ids exclusive"),
    change: routine,
  },
  vault_identity_group_policies: {
    grants: "part of a group",
    reads: closed("group_id policies exclusive"),
    change: routine,
  },
  vault_identity_entity: {
    grants: "entity",
    reads: closed("name policies metadata disabled"),
    ignoresChanges: ["disabled"],
    inVault: identity("entity"),
    change: person("entity"),
  },
  vault_identity_entity_policies: {
    grants: "policies of an entity",
    reads: closed("entity_id policies exclusive"),
    change: routine,
  },
  vault_identity_entity_alias: {
    grants: "alias",
    reads: closed("name mount_accessor canonical_id custom_metadata"),
    inVault: identity("entity-alias", onPath("identity/lookup/entity", "create", "update")),
    change: person("alias"),
  },
};
