import { manifestTrusts, resourceType } from "../../resource-types";
import { judged, type Change } from "./by-hand";

const update = (type: string, before: object, after: object): Change => [
  type,
  ["update"],
  before as Change[2],
  after as Change[3],
];
const create = (type: string, after: object): Change => [
  type,
  ["create"],
  null as unknown as Change[2],
  after as Change[3],
];

const ROLE = { backend: "ci", role_name: "r", bound_audiences: ["vault"], bound_claims: { repository: "a/b" } };
const MOUNT = { path: "ci", backend: "kubernetes" };
const manifest = (spec: object) => ({
  manifest: { kind: "VaultConnection", metadata: { namespace: "a", name: "v" }, spec },
});

describe("the gate stops where somebody else would be trusted", () => {
  test.each([
    ...["vault_jwt_auth_backend", "vault_kubernetes_auth_backend_config", "vault_jwt_auth_backend_role"].flatMap(
      (type) => resourceType(type)!.trusts!.map((argument) => [type, argument] as const),
    ),
    ...["vault_identity_mfa_totp", "vault_identity_mfa_login_enforcement"].flatMap((type) =>
      resourceType(type)!.trusts!.map((argument) => [type, argument] as const),
    ),
    ["vault_identity_group_alias", "canonical_id"],
    ["vault_identity_group_alias", "mount_accessor"],
    ["vault_identity_group_alias", "name"],
    ["vault_jwt_auth_backend", "provider_config"],
    ["vault_jwt_auth_backend", "oidc_response_mode"],
    ["vault_jwt_auth_backend", "oidc_response_types"],
    ["vault_jwt_auth_backend_role", "groups_claim"],
    ["vault_jwt_auth_backend_role", "allowed_redirect_uris"],
    ["vault_jwt_auth_backend_role", "oidc_scopes"],
    ["vault_jwt_auth_backend_role", "role_type"],
    ["vault_kubernetes_auth_backend_config", "disable_iss_validation"],
    ["vault_jwt_auth_backend", "jwt_supported_algs"],
    ["vault_jwt_auth_backend_role", "bound_claims_type"],
    ["vault_jwt_auth_backend_role", "user_claim"],
    ["vault_kubernetes_auth_backend_role", "bound_service_account_namespace_selector"],
  ] as const)("%s: another %s", (type, argument) => {
    const before = { ...MOUNT, ...ROLE, [argument]: ["was"] };
    const [first] = judged(...update(type, before, { ...before, [argument]: ["is"] }));
    expect(first).toMatch(new RegExp(`^error: .*${argument} (changes|gains is)$`));
  });

  test.each(manifestTrusts("VaultConnection"))("VaultConnection: another %s", (field) => {
    expect(
      judged(...update("kubernetes_manifest", manifest({ [field]: "was" }), manifest({ [field]: "is" }))),
    ).toContain(`error: VaultConnection a/v: ${field} changes`);
  });

  test.each<[string, Change, string]>([
    [
      "a connection that checks nobody",
      create("kubernetes_manifest", manifest({ address: "https://vault", skipTLSVerify: true })),
      "error: VaultConnection a/v does not check whom it talks to (skipTLSVerify)",
    ],
    [
      "another issuer of the server's certificate",
      update(
        "kubernetes_manifest",
        { manifest: { ...manifest({ issuerRef: { name: "a" } }).manifest, kind: "Certificate" } },
        { manifest: { ...manifest({ issuerRef: { name: "b" } }).manifest, kind: "Certificate" } },
      ),
      "error: Certificate a/v: issuerRef changes",
    ],
    [
      "a role for every repository",
      create("vault_jwt_auth_backend_role", { ...ROLE, bound_claims: undefined, token_policies: ["r"] }),
      "error: role ci/r is made without bound claims",
    ],
    [
      "a role for every audience",
      create("vault_kubernetes_auth_backend_role", { backend: "k", role_name: "r", token_policies: ["r"] }),
      "error: role k/r is made without an audience",
    ],
    [
      "an audience more",
      update("vault_jwt_auth_backend_role", ROLE, { ...ROLE, bound_audiences: ["vault", "another"] }),
      "error: role ci/r: bound_audiences gains another",
    ],
    [
      "values in the log",
      update("vault_audit", { path: "f", options: { file_path: "/a" } }, { path: "f", options: { log_raw: "true" } }),
      "error: audit device f: log_raw is true",
    ],
    [
      "accessors in the log",
      create("vault_audit", { path: "f", type: "file", options: { hmac_accessor: "false" } }),
      "error: audit device f: hmac_accessor is false",
    ],
    [
      "tokens in the log",
      create("vault_audit_request_header", { name: "X-Vault-Token", hmac: false }),
      "error: header X-Vault-Token is logged as it is",
    ],
    [
      "a header no longer hashed",
      update("vault_audit_request_header", { name: "X-Id", hmac: true }, { name: "X-Id", hmac: false }),
      "error: header X-Id is logged as it is",
    ],
  ])("%s", (_, change, says) => {
    expect(judged(...change)).toContain(says);
  });

  test("and not at what the config makes", () => {
    const routine = [
      create("vault_audit", { path: "f", type: "file", options: { file_path: "/vault/audit/audit.log" } }),
      create("vault_audit_request_header", { name: "X-Id", hmac: true }),
      create("kubernetes_manifest", manifest({ address: "https://vault", skipTLSVerify: false })),
      update("vault_jwt_auth_backend_role", ROLE, { ...ROLE, token_ttl: 60 }),
    ].flatMap((change) => judged(...change));
    expect(routine.filter((says) => says.startsWith("error"))).toEqual([]);
  });
});

describe("the gate and who logs in by what", () => {
  const gone = (type: string, before: object): Change => [
    type,
    ["delete"],
    before as Change[2],
    null as unknown as Change[3],
  ];

  test.each<[string, Change, readonly string[]]>([
    [
      "an alias of a group that is there already",
      create("vault_identity_group_alias", { name: "all-hands", canonical_id: "id", mount_accessor: "a" }),
      ["error: group alias all-hands is made, of a group that is there already", "info: group alias all-hands is made"],
    ],
    [
      "an alias that goes",
      gone("vault_identity_group_alias", { name: "all-hands" }),
      ["warning: group alias all-hands is destroyed"],
    ],
    [
      "a second factor that goes",
      gone("vault_identity_mfa_totp", { issuer: "acme-prod" }),
      ["error: second factor acme-prod is destroyed"],
    ],
    [
      "an enforcement that goes",
      gone("vault_identity_mfa_login_enforcement", { name: "second-factor" }),
      ["error: login enforcement second-factor is destroyed"],
    ],
    [
      "an enforcement that comes",
      create("vault_identity_mfa_login_enforcement", { name: "second-factor", identity_group_ids: ["a"] }),
      ["warning: login enforcement second-factor is made"],
    ],
    [
      "the client's secret written again",
      update(
        "vault_jwt_auth_backend",
        { path: "oidc", oidc_client_secret_wo_version: 1 },
        { path: "oidc", oidc_client_secret_wo_version: 2 },
      ),
      ["warning: auth mount oidc: oidc_client_secret_wo_version changes"],
    ],
  ])("%s", (_, change, says) => {
    expect(judged(...change)).toEqual(says);
  });
});
