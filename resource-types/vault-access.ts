import { all, gone, info, planned, replaced, rule, same, says, warning } from "./change";
import { onPath, oneOf } from "./on-path";
import { closed, type ResourceTypes } from "./record";
import { given, plainPaths } from "./unread";
import {
  changedGroup,
  GROUP_ALIAS,
  identity,
  madeAlias,
  madeEntity,
  madeGroup,
  madeUser,
  part,
  person,
} from "./vault-identity";
import { SECOND_FACTOR } from "./second-factor";
import { policyChange } from "./vault-policy";
import { longLived, ROLE, TOKEN } from "./vault-roles";

const writtenAgain = planned(
  says("warning", "is written again", "The provider writes the password with any change: the person's own is lost."),
);

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
    trusts: ["bound_audiences", "bound_claims", "bound_subject"],
    reads: closed(
      "backend role_name role_type user_claim groups_claim bound_audiences bound_subject bound_claims " +
        `bound_claims_type allowed_redirect_uris oidc_scopes ${TOKEN}`,
    ),
    // With another type of claims a `*` in one is a pattern; groups of a token that no browser brings are a job's.
    unread: (values) => [
      ...plainPaths("backend", "role_name")(values),
      ...given(values, "role_type", "jwt", "oidc"),
      ...(values.role_type === "oidc" ? [] : given(values, "groups_claim", undefined)),
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
      update: writtenAgain,
      import: all(madeUser, (change, called) =>
        same(change.before, change.after)
          ? info(`${called} is taken over`, "The password stays, and what the user has of its own.")
          : writtenAgain(change, called),
      ),
      create: all(madeUser, says("info", "is made", "users invite gives the person a password.")),
    }),
  },
  vault_identity_group: {
    label: ["group", "groups"],
    grants: "group",
    reads: closed("name type policies metadata member_entity_ids member_group_ids"),
    inVault: identity("group"),
    change: rule("group", ["name"], {
      gone: all(gone("warning", "Its members lose what it gives, at once."), replaced(changedGroup)),
      create: madeGroup,
      update: changedGroup,
    }),
  },
  vault_identity_group_alias: {
    label: ["group of the identity provider", "groups of the identity provider"],
    grants: "group alias",
    reads: closed("name mount_accessor canonical_id"),
    inVault: identity("group-alias"),
    change: GROUP_ALIAS,
  },
  ...SECOND_FACTOR,
  vault_identity_group_member_entity_ids: {
    grants: "part of a group",
    reads: closed("group_id member_entity_ids exclusive"),
    change: part("group", "group_id", "member_entity_ids"),
  },
  vault_identity_group_policies: {
    grants: "part of a group",
    reads: closed("group_id policies exclusive"),
    change: part("group", "group_id", "policies"),
  },
  vault_identity_entity: {
    grants: "entity",
    reads: closed("name policies metadata disabled"),
    ignoresChanges: ["disabled"],
    inVault: identity("entity"),
    change: person("entity", madeEntity),
  },
  vault_identity_entity_policies: {
    grants: "policies of an entity",
    reads: closed("entity_id policies exclusive"),
    change: part("entity", "entity_id", "policies"),
  },
  vault_identity_entity_alias: {
    grants: "alias",
    reads: closed("name mount_accessor canonical_id custom_metadata"),
    inVault: identity("entity-alias", onPath("identity/lookup/entity", "create", "update")),
    change: person("alias", madeAlias),
  },
};
