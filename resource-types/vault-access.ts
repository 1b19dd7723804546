import {
  added,
  all,
  changes,
  gone,
  hasUnknown,
  info,
  planned,
  rule,
  says,
  warning,
  when,
  type Judge,
  type Rule,
} from "./change";
import { textsIn } from "./json";
import { OWN_PASSWORD_POLICY } from "../policies/write";
import { onPath, oneOf } from "./on-path";
import { closed, type ResourceTypes, type VaultPermissions } from "./record";
import { plainPaths } from "./unread";
import { ASK, policyChange } from "./vault-policy";
import { longLived, TOKEN, VAULT_ROLES } from "./vault-roles";

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

/** Rights of a person or a group that stand in a resource of their own. */
const besides: Rule = ({ action, after }) =>
  when(
    action !== "delete" && action !== "forget",
    "warning",
    `${[...textsIn(after.policies), ...textsIn(after.member_entity_ids)].join(", ") || "something"} is given beside`,
    `It adds to what the group or entity itself says: ${ASK.replace(" says", "")} names who gains.`,
  );

/** Of a person that is made: whether it is somebody who is there already, or has more than everybody has. */
const madePerson: Judge = ({ after }, called) => {
  const policies = textsIn(after.policies).filter((each) => each !== OWN_PASSWORD_POLICY);
  if (policies.length > 0)
    return warning(`${called} is made with ${policies.join(", ")}`, "The person can do more, outside of any group.");
  return when(
    typeof after.canonical_id === "string",
    "warning",
    `${called} is made for an entity that is there`,
    "Another login becomes this person.",
  );
};

const person = (noun: string): Rule =>
  rule(noun, ["name"], {
    create: madePerson,
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
  ...VAULT_ROLES,
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
      create: ({ after }, called) => {
        const own = textsIn(after.token_policies);
        return own.length > 0
          ? warning(`${called} is made with policies of its own: ${own.join(", ")}`, "They are outside of any group.")
          : info(`${called} is made`, "users invite gives the person a password.");
      },
    }),
  },
  vault_identity_group: {
    label: ["group", "groups"],
    grants: "group",
    reads: closed("name type policies metadata member_entity_ids member_group_ids"),
    inVault: identity("group"),
    change: rule("group", ["name"], {
      gone: gone("warning", "Its members lose what it gives, at once."),
      create: ({ after }, called) => {
        const policies = textsIn(after.policies);
        const says = `${called} is made, with ${policies.join(", ") || "no policy"}`;
        // Ids that are known are of people who are there: they can do more at once.
        const members = MEMBERS.some((name) => textsIn(after[name]).length > 0);
        return members || policies.some((each) => each !== after.name)
          ? warning(says, "Its members can do more.")
          : info(says, `${ASK} what its members gain.`);
      },
      update: changedGroup,
    }),
  },
  vault_identity_group_member_entity_ids: {
    grants: "part of a group",
    reads: closed("group_id member_entity_ids exclusive"),
    change: besides,
  },
  vault_identity_group_policies: {
    grants: "part of a group",
    reads: closed("group_id policies exclusive"),
    change: besides,
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
    change: besides,
  },
  vault_identity_entity_alias: {
    grants: "alias",
    reads: closed("name mount_accessor canonical_id custom_metadata"),
    inVault: identity("entity-alias", onPath("identity/lookup/entity", "create", "update")),
    change: person("alias"),
  },
};
