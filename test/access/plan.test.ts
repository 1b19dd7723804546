import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { judgePlanText, parsePlan, planMarkdown, type PlanFinding } from "../../access";
import { at, productionStacks, type Mutable } from "./fixture";

/** Plans of real Terraform against a real Vault: plans/record.ts makes them. */
const REAL = join(__dirname, "plans", "real");
const real = (name: string) => judgePlanText(readFileSync(join(REAL, `${name}.json`), "utf8"));

/** A plan made by hand, from the documented format of `terraform show -json`. */
function made(type: string, actions: readonly string[], before: Mutable, after: Mutable, more: Mutable = {}): string {
  return JSON.stringify({
    format_version: "1.2",
    resource_changes: [
      {
        address: `${type}.it`,
        mode: "managed",
        type,
        name: "it",
        change: { actions, before, after, after_unknown: {}, ...more },
      },
    ],
  });
}

const byHand = (...plan: Parameters<typeof made>) => judgePlanText(made(...plan));
const short = ({ severity, says }: PlanFinding) => `${severity}: ${says}`;

describe("plans of real Terraform", () => {
  const expected: { readonly [name: string]: readonly string[] } = {
    "no-change": [],
    "mount-renamed": ["warning: mount kvv2 is renamed to secrets"],
    "mount-replaced": ["error: mount kvv2 is replaced"],
    "mount-destroyed": ["error: mount kvv2 is destroyed"],
    "secret-set-destroyed": [
      "error: secret set kvv2/sample/sample-node-api/sample-node-api-dev is destroyed",
      "info: kvv2/metadata/sample/sample-node-api/sample-node-api-dev is forgotten",
    ],
    "secret-set-forgotten": [
      "info: kvv2/metadata/sample/sample-node-api/sample-node-api-dev is forgotten",
      "info: secret set kvv2/sample/sample-node-api/sample-node-api-dev is forgotten",
    ],
    "policy-widened": ["warning: policy sample-node-api-user gives new access: read on kvv2/data/sample/+/*"],
    "policy-reworded": [],
    "policy-of-a-workload-widened": [
      "warning: policy sample-node-api-dev gives new access: read on kvv2/data/sample/*",
    ],
    "role-bound-more-widely": [
      "warning: role kubernetes/app loses its audience",
      "warning: role kubernetes/app: bound_service_account_namespaces gains *",
    ],
    "audit-device-removed": ["error: audit device file-stdout is destroyed"],
    "user-removed": [
      "warning: entity sample-node-api-user is destroyed",
      "warning: alias sample-node-api-user is destroyed",
      "warning: user sample-node-api-user is removed",
    ],
    "user-written-again": ["warning: user sample-node-api-user is written again"],
    "group-gains-a-member": ["warning: group sample-admin: 1 more member_entity_ids"],
    "auth-mount-replaced": [
      "error: auth mount userpass is replaced",
      ...[
        "platform-admin",
        "sample-admin",
        "sample-node-api-admin",
        "sample-node-api-user",
        "sample-python-api-admin",
        "sample-python-api-user",
      ].map((name) => `warning: alias ${name}: mount_accessor changes`),
    ],
    "policy-changed-outside": [
      "warning: outside of Terraform, already: policy sample-node-api-user gives new access: read on kvv2/*",
      "warning: policy sample-node-api-user gives new access: list on kvv2/metadata/sample/sample-node-api/*",
    ],
  };

  test("each is judged", () => {
    expect(
      readdirSync(REAL)
        .map((file) => file.replace(".json", ""))
        .sort(),
    ).toEqual(Object.keys(expected).sort());
  });

  test.each(Object.entries(expected))("%s", (name, findings) => {
    expect(real(name).map(short)).toEqual(findings);
  });

  test("hold neither a machine's paths and addresses nor a token", () => {
    for (const file of readdirSync(REAL))
      expect(readFileSync(join(REAL, file), "utf8")).not.toMatch(
        /127\.0\.0\.1|localhost|\/tmp|\/home|\/root|hvs\.|hvb\./,
      );
  });
});

describe("plans made by hand", () => {
  test.each<[string, Parameters<typeof made>, readonly string[]]>([
    [
      "a Secret destroyed",
      ["kubernetes_secret_v1", ["delete"], { metadata: [{ namespace: "app", name: "db" }] }, null],
      ["error: Secret app/db is destroyed"],
    ],
    [
      "a Secret written again",
      [
        "kubernetes_secret_v1",
        ["update"],
        { metadata: [{ namespace: "app", name: "db" }], data_wo_revision: 1 },
        { metadata: [{ namespace: "app", name: "db" }], data_wo_revision: 2 },
      ],
      ["warning: Secret app/db is written again (data_wo_revision)"],
    ],
    [
      "a Secret imported",
      [
        "kubernetes_secret_v1",
        ["no-op"],
        { metadata: [{ namespace: "app", name: "db" }] },
        {},
        { importing: { id: "app/db" } },
      ],
      ["warning: Secret app/db is imported"],
    ],
    [
      "a namespace destroyed",
      ["kubernetes_namespace_v1", ["delete", "create"], { metadata: [{ name: "vault" }] }, {}],
      ["error: namespace vault is replaced"],
    ],
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
      ["warning: auth mount k: oidc_discovery_url changes"],
    ],
    [
      "a claim dropped",
      [
        "vault_jwt_auth_backend_role",
        ["update"],
        { backend: "ci", role_name: "r", bound_claims: { ref: "main" } },
        { backend: "ci", role_name: "r", bound_claims: null },
      ],
      ["warning: role ci/r loses its bound_claims"],
    ],
    [
      "a subject changed",
      [
        "vault_jwt_auth_backend_role",
        ["update"],
        { backend: "ci", role_name: "r", bound_subject: "a" },
        { backend: "ci", role_name: "r", bound_subject: "b" },
      ],
      ["warning: role ci/r: bound_subject changes"],
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
      ["warning: role k/r is made with bound_service_account_names *"],
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
      "a binding taken away whose Secret the operator made",
      [
        "kubernetes_manifest",
        ["delete"],
        {
          manifest: {
            kind: "VaultStaticSecret",
            metadata: { namespace: "a", name: "s" },
            spec: { destination: { create: true } },
          },
        },
        null,
      ],
      ["error: VaultStaticSecret a/s is destroyed"],
    ],
    [
      "a VaultAuth lent to others",
      [
        "kubernetes_manifest",
        ["update"],
        { manifest: { kind: "VaultAuth", metadata: { namespace: "a", name: "v" }, spec: {} } },
        {
          manifest: { kind: "VaultAuth", metadata: { namespace: "a", name: "v" }, spec: { allowedNamespaces: ["*"] } },
        },
      ],
      ["warning: VaultAuth a/v: allowedNamespaces changes"],
    ],
    [
      "TLS of the operator's connection",
      [
        "kubernetes_manifest",
        ["update"],
        {
          manifest: {
            kind: "VaultConnection",
            metadata: { namespace: "a", name: "v" },
            spec: { skipTLSVerify: false },
          },
        },
        {
          manifest: { kind: "VaultConnection", metadata: { namespace: "a", name: "v" }, spec: { skipTLSVerify: true } },
        },
      ],
      ["warning: VaultConnection a/v: skipTLSVerify changes"],
    ],
    [
      "a right on Secrets",
      [
        "kubernetes_role_v1",
        ["create"],
        null,
        { metadata: [{ namespace: "a", name: "r" }], rule: [{ resources: ["secrets"], verbs: ["get"] }] },
      ],
      ["warning: role a/r is made"],
    ],
    [
      "metadata deleted through the plain API",
      ["vault_generic_endpoint", ["delete"], { path: "kvv2/metadata/a/b", disable_delete: false }, null],
      ["error: kvv2/metadata/a/b is deleted"],
    ],
    [
      "a path that the gate does not know",
      ["vault_generic_endpoint", ["create"], null, { path: "sys/config/cors" }],
      ["warning: sys/config/cors is written"],
    ],
    [
      "a type that the gate does not know",
      ["vault_approle_auth_backend_role", ["create"], null, { role_name: "r" }],
      ["warning: a vault_approle_auth_backend_role would be made"],
    ],
    ["what stays as it is", ["vault_mount", ["no-op"], { path: "a" }, { path: "a" }], []],
    [
      "the server's release destroyed",
      ["helm_release", ["delete"], { chart: "vault", namespace: "vault", name: "vault" }, null],
      ["error: release vault/vault is destroyed"],
    ],
  ])("%s", (_, plan, findings) => {
    expect(byHand(...plan).map(short)).toEqual(findings);
  });

  describe("a release of the server, with the values that production synthesizes", () => {
    const values = (change: (values: Mutable) => void): string[] => {
      const release = at(productionStacks(), "acme-vault-prod", "helm_release.vault_release");
      const after = JSON.parse(release.values[0]);
      change(after);
      const common = { chart: "vault", namespace: "vault", name: "vault", version: release.version };
      return byHand(
        "helm_release",
        ["update"],
        { ...common, values: release.values },
        { ...common, values: [JSON.stringify(after)] },
      ).map(short);
    };
    const config = (values: Mutable, change: (text: string) => string) =>
      void (values.server.ha.raft.config = change(values.server.ha.raft.config));

    test.each<[string, (values: Mutable) => void, string]>([
      [
        "the seal's key",
        (v) => config(v, (text) => text.replace("alias/acme-vault-prod", "alias/other")),
        "warning: release vault/vault: the seal changes",
      ],
      [
        "no seal any more",
        (v) => config(v, (text) => text.replace(/seal "awskms" \{[^}]*\}/, "")),
        "warning: release vault/vault: the seal changes",
      ],
      [
        "an older TLS",
        (v) => config(v, (text) => text.replace('"tls13"', '"tls12"')),
        "warning: release vault/vault: TLS changes",
      ],
      ["no TLS", (v) => void (v.global.tlsDisable = true), "warning: release vault/vault: TLS changes"],
      [
        "a wider network policy",
        (v) => void (v.server.networkPolicy.enabled = false),
        "warning: release vault/vault: who may reach the server changes",
      ],
      [
        "volumes that go with the set",
        (v) => void (v.server.persistentVolumeClaimRetentionPolicy.whenDeleted = "Delete"),
        "error: release vault/vault: what happens to the volumes changes",
      ],
      [
        "another response header",
        (v) => config(v, (text) => text.replace("max-age=31536000", "max-age=1")),
        "info: release vault/vault: the server's configuration changes",
      ],
      [
        "more memory",
        (v) => void (v.server.resources.limits.memory = "4Gi"),
        "info: release vault/vault: values change: server.resources.limits.memory",
      ],
    ])("%s", (_, change, finding) => {
      expect(values(change)).toEqual([finding]);
    });

    test("values that are no JSON of ours are not judged in silence", () => {
      expect(
        byHand(
          "helm_release",
          ["update"],
          { chart: "vault", namespace: "v", name: "v", values: ["a: 1"] },
          { chart: "vault", namespace: "v", name: "v", values: ["a: 2"] },
        ).map(short),
      ).toEqual(["warning: release v/v: its values change, and cannot be read before the apply"]);
    });
  });
});

describe("the report", () => {
  test("says what matters first, as a table, and folds routine away", () => {
    expect(planMarkdown([...real("audit-device-removed"), ...real("policy-widened")])).toMatchInlineSnapshot(`
"### Plan: 1 would lose something for good, 1 needs a person's eyes

|  | what | why | resource |
| --- | --- | --- | --- |
| error | audit device file-stdout is destroyed | What happens from then on is not recorded there; with one device left, its failure stops Vault. | vault_audit.audit_file-stdout |
| warning | policy sample-node-api-user gives new access: read on kvv2/data/sample/+/\\* | Whoever has it gains this at once, with tokens already issued. | vault_policy.group_sample-node-api-user_policy |
"
`);
    expect(planMarkdown(real("no-change"))).toBe("### Plan: nothing that a person must look at\n");
  });

  test("a plan that ended in an error is no clean plan", () => {
    expect(
      judgePlanText(JSON.stringify({ format_version: "1.2", resource_changes: [], errored: true })).map(short),
    ).toEqual(["warning: the plan ended in an error"]);
  });

  test.each([
    ["no JSON", "no plan", /given no JSON with a format_version/],
    ["a later format", '{"format_version":"2.0"}', /given format_version 2\.0; accepted: 1\.x/],
    ["a state", '{"format_version":"1.0","values":{}}', /given a state/],
  ])("%s is refused", (_, text, message) => {
    expect(() => parsePlan(text)).toThrow(message);
  });
});
