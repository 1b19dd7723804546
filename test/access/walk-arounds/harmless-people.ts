import { at } from "../fixture";
import { ACCESS, add, PROD_ACCESS, set, type Harmless } from "./mutation";

/** Who comes, who goes, and what groups may do: as the config says it when it is edited. */
export const HARMLESS_OF_PEOPLE: readonly Harmless[] = [
  {
    name: "a person in one group more",
    config: "sample",
    change: (s) =>
      at(s, ACCESS, "vault_identity_group.group_sample-node-api-user").member_entity_ids.push(
        "${vault_identity_entity.user_sample-python-api-user_entity.id}",
      ),
  },
  {
    name: "a person in one group less",
    config: "sample",
    change: (s) => set(s, ACCESS, "vault_identity_group.group_sample-node-api-user", { member_entity_ids: [] }),
  },
  {
    name: "a new person",
    config: "sample",
    change: (s) => {
      s[ACCESS].ephemeral.random_password["user_ada_password"] = { length: 32, special: false };
      add(s, ACCESS, "vault_identity_entity.user_ada_entity", {
        ...at(s, ACCESS, "vault_identity_entity.user_sample-admin_entity"),
        name: "ada",
      });
      add(s, ACCESS, "vault_identity_entity_alias.user_ada_alias", {
        ...at(s, ACCESS, "vault_identity_entity_alias.user_sample-admin_alias"),
        name: "ada",
        canonical_id: "${vault_identity_entity.user_ada_entity.id}",
      });
      add(s, ACCESS, "vault_userpass_auth_backend_user.user_ada", {
        ...at(s, ACCESS, "vault_userpass_auth_backend_user.user_sample-admin"),
        username: "ada",
        password_wo: "${ephemeral.random_password.user_ada_password.result}",
        depends_on: ["vault_auth_backend.userpass", "vault_identity_entity_alias.user_ada_alias"],
      });
      at(s, ACCESS, "vault_identity_group.group_sample-node-api-user").member_entity_ids.push(
        "${vault_identity_entity.user_ada_entity.id}",
      );
    },
  },
  {
    name: "a person less",
    config: "sample",
    change: (s) => {
      const { resource, ephemeral } = s[ACCESS];
      delete resource.vault_userpass_auth_backend_user["user_sample-python-api-user"];
      delete resource.vault_identity_entity_alias["user_sample-python-api-user_alias"];
      delete resource.vault_identity_entity["user_sample-python-api-user_entity"];
      delete ephemeral.random_password["user_sample-python-api-user_password"];
      set(s, ACCESS, "vault_identity_group.group_sample-python-api-user", { member_entity_ids: [] });
    },
  },
  {
    name: "a group that may read one app more",
    config: "sample",
    change: (s) => {
      const policy = at(s, ACCESS, "vault_policy.group_sample-node-api-user_policy");
      policy.policy += `\n${policy.policy.replaceAll("node", "python")}`;
    },
  },
  {
    name: "a group that may read less",
    config: "production",
    change: (s) => {
      const policy = at(s, PROD_ACCESS, "vault_policy.group_storefront-on-call_policy");
      policy.policy = policy.policy.trim().split("\n\n").slice(0, -1).join("\n\n");
    },
  },
];
