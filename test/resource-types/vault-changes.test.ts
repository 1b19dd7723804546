import { judged, type Change } from "./by-hand";

const USER = { mount: "userpass", username: "ann", token_policies: ["readers"] };

describe("a planned change in Vault", () => {
  test.each<[string, Change, readonly string[]]>([
    [
      "a set imported",
      [
        "vault_kv_secret_v2",
        ["update"],
        { mount: "kvv2", name: "a/b" },
        { mount: "kvv2", name: "a/b" },
        { importing: { id: "x" } },
      ],
      ["warning: secret set kvv2/a/b is imported"],
    ],
    [
      "a user taken over as it is",
      ["vault_userpass_auth_backend_user", ["no-op"], USER, USER, { importing: { id: "auth/userpass/users/ann" } }],
      ["warning: user ann is imported with readers", "info: user ann is taken over"],
    ],
    [
      "a user taken over and written",
      [
        "vault_userpass_auth_backend_user",
        ["update"],
        USER,
        { ...USER, password_wo_version: 1 },
        { importing: { id: "auth/userpass/users/ann" } },
      ],
      ["warning: user ann is imported with readers", "warning: user ann is written again"],
    ],
    [
      "an entity that gains what everybody has",
      ["vault_identity_entity", ["update"], { name: "ann", policies: [] }, { name: "ann", policies: ["own-password"] }],
      [],
    ],
    [
      "a mount of Vault's default told to keep as many",
      [
        "vault_kv_secret_backend_v2",
        ["update"],
        { mount: "kvv2", max_versions: 0 },
        { mount: "kvv2", max_versions: 10 },
      ],
      [],
    ],
    [
      "a set written again",
      [
        "vault_kv_secret_v2",
        ["update"],
        { mount: "kvv2", name: "a/b", data_json_wo_version: 1 },
        { mount: "kvv2", name: "a/b", data_json_wo_version: 2 },
      ],
      ["warning: secret set kvv2/a/b is written again"],
    ],
    [
      "fewer versions kept",
      [
        "vault_kv_secret_backend_v2",
        ["update"],
        { mount: "kvv2", max_versions: 10 },
        { mount: "kvv2", max_versions: 2 },
      ],
      ["warning: mount kvv2 keeps 2 versions instead of 10"],
    ],
    [
      "more versions kept",
      [
        "vault_kv_secret_backend_v2",
        ["update"],
        { mount: "kvv2", max_versions: 10 },
        { mount: "kvv2", max_versions: 20 },
      ],
      [],
    ],
    [
      "an issuer changed",
      [
        "vault_jwt_auth_backend",
        ["update"],
        { path: "k", oidc_discovery_url: "https://a" },
        { path: "k", oidc_discovery_url: "https://b" },
      ],
      ["error: auth mount k: oidc_discovery_url changes"],
    ],
    [
      "a claim dropped",
      [
        "vault_jwt_auth_backend_role",
        ["update"],
        { backend: "ci", role_name: "r", bound_claims: { ref: "main" } },
        { backend: "ci", role_name: "r", bound_claims: null },
      ],
      ["error: role ci/r loses its bound_claims"],
    ],
    [
      "a subject changed",
      [
        "vault_jwt_auth_backend_role",
        ["update"],
        { backend: "ci", role_name: "r", bound_subject: "a" },
        { backend: "ci", role_name: "r", bound_subject: "b" },
      ],
      ["error: role ci/r: bound_subject changes"],
    ],
    [
      "a role narrowed",
      [
        "vault_kubernetes_auth_backend_role",
        ["update"],
        { backend: "k", role_name: "r", bound_service_account_names: ["a", "b"], token_ttl: 900 },
        { backend: "k", role_name: "r", bound_service_account_names: ["a"], token_ttl: 600 },
      ],
      [],
    ],
    [
      "tokens that live longer",
      [
        "vault_kubernetes_auth_backend_role",
        ["update"],
        { backend: "k", role_name: "r", token_ttl: 600 },
        { backend: "k", role_name: "r", token_ttl: 86_400 },
      ],
      ["warning: role k/r: token_ttl grows to 86400"],
    ],
    [
      "a role made for everybody",
      [
        "vault_kubernetes_auth_backend_role",
        ["create"],
        null,
        { backend: "k", role_name: "r", bound_service_account_names: ["*"] },
      ],
      ["error: role k/r is made with bound_service_account_names *", "error: role k/r is made without an audience"],
    ],
    [
      "members known only after the apply",
      [
        "vault_identity_group",
        ["update"],
        { name: "g", member_entity_ids: ["1"] },
        { name: "g" },
        { after_unknown: { member_entity_ids: true } },
      ],
      ["warning: group g gains members whose ids are known only after the apply"],
    ],
    [
      "a policy about Vault itself made",
      [
        "vault_policy",
        ["create"],
        null,
        { name: "p", policy: 'path "sys/policies/acl/*" {\n  capabilities = ["update"]\n}\n' },
      ],
      ["warning: policy p is made: update on sys/policies/acl/*"],
    ],
    [
      "a policy of a workload made",
      [
        "vault_policy",
        ["create"],
        null,
        { name: "p", policy: 'path "kvv2/data/a/b" {\n  capabilities = ["read"]\n}\n' },
      ],
      ["info: policy p is made: read on kvv2/data/a/b"],
    ],
    [
      "a policy with a deny destroyed",
      ["vault_policy", ["delete"], { name: "p", policy: 'path "a/*" {\n  capabilities = ["deny"]\n}\n' }, null],
      ["warning: policy p is destroyed"],
    ],
    [
      "a policy that cannot be read",
      [
        "vault_policy",
        ["update"],
        { name: "p", policy: 'path "a" {\n  capabilities = ["read"]\n}\n' },
        { name: "p", policy: "path a" },
      ],
      ["warning: policy p cannot be judged"],
    ],
    [
      "a policy known only after the apply",
      ["vault_policy", ["update"], { name: "p", policy: "" }, { name: "p" }, { after_unknown: { policy: true } }],
      ["warning: policy p is known only after the apply"],
    ],
    [
      "metadata deleted through the plain API",
      ["vault_generic_endpoint", ["delete"], { path: "kvv2/metadata/a/b", disable_delete: false }, null],
      ["error: kvv2/metadata/a/b is deleted"],
    ],
    [
      "a path that the gate does not know",
      ["vault_generic_endpoint", ["create"], null, { path: "sys/config/cors" }],
      [
        "warning: sys/config/cors is written",
        "warning: vault_generic_endpoint: it writes sys/config/cors, and this report does not read what that does",
      ],
    ],
    [
      "a type that the gate does not know",
      ["vault_approle_auth_backend_role", ["create"], null, { role_name: "r" }],
      ["warning: a vault_approle_auth_backend_role would be made"],
    ],
    ["what stays as it is", ["vault_mount", ["no-op"], { path: "a" }, { path: "a" }], []],
  ])("%s", (_, change, findings) => {
    expect(judged(...change)).toEqual(findings);
  });
});
