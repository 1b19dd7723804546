import type { ProofName } from "../../model";
import { at, productionStacks, rule, sampleStacks, type Stacks } from "./fixture";

/** A mistake, where it is planted, and the proof that must name it. */
export interface Planted {
  readonly mistake: string;
  readonly stacks: () => Stacks;
  readonly plant: (stacks: Stacks) => void;
  readonly proof: ProofName;
  /** Part of the sentence that names it. */
  readonly says: RegExp;
  /** A step of the shortest path. */
  readonly step: RegExp;
}

const NODE_POLICY = "vault_policy.sample-node-api_workload_policy";
const NODE_ROLE = "vault_kubernetes_auth_backend_role.sample-node-api_workload_role";
const NODE_AUTH = "kubernetes_manifest.sample-node-api_binding_auth";
const NODE_BINDING = "kubernetes_manifest.sample-node-api_binding_static-secret";
const prodPolicy = (app: string) => `vault_policy.tenant_${app}_workload_policy`;
const prodRole = (app: string) => `vault_kubernetes_auth_backend_role.tenant_${app}_workload_role`;

const inSample = (mistake: string, proof: ProofName, says: RegExp, step: RegExp, plant: Planted["plant"]): Planted => ({
  mistake,
  stacks: sampleStacks,
  plant,
  proof,
  says,
  step,
});
const inProduction = (
  mistake: string,
  proof: ProofName,
  says: RegExp,
  step: RegExp,
  plant: Planted["plant"],
): Planted => ({ mistake, stacks: productionStacks, plant, proof, says, step });

/** Mistakes that people make in configs, policies and manifests; each changes what would be applied. */
export const PLANTED: readonly Planted[] = [
  inSample(
    "a prefix without a slash matches the other app",
    "isolation",
    /sample-node-api-vault-operator-sa.* can read .*sample-python-api-local/,
    /rule "kvv2\/data\/sample\/sample-\*"/,
    (s) => {
      at(s, "sample-local", NODE_POLICY).policy = rule("kvv2/data/sample/sample-*", "read");
    },
  ),
  inSample(
    "a broad deny loses to a narrower allow",
    "isolation",
    /can read .*sample-python-api-local/,
    /rule "kvv2\/data\/sample\/sample-python-api\/sample-python-api-local"/,
    (s) => {
      at(s, "sample-local", NODE_POLICY).policy +=
        rule("kvv2/data/sample/sample-python-api/*", "deny") +
        rule("kvv2/data/sample/sample-python-api/sample-python-api-local", "read");
    },
  ),
  inSample(
    "a + one segment short reaches every app",
    "isolation",
    /can read .*sample-python-api-/,
    /rule "kvv2\/data\/sample\/\+\/\*"/,
    (s) => {
      at(s, "sample-local", NODE_POLICY).policy = rule("kvv2/data/sample/+/*", "read");
    },
  ),
  inSample(
    "a workload policy reads the tree",
    "least-privilege",
    /grants read on kvv2\/data\/sample\/\*, which is no secret set's data/,
    /sample-node-api_workload_policy/,
    (s) => {
      at(s, "sample-local", NODE_POLICY).policy = rule("kvv2/data/sample/*", "read");
    },
  ),
  inSample(
    "a workload policy names two sets",
    "least-privilege",
    /is about 2 secret sets/,
    /sample-node-api_workload_policy/,
    (s) => {
      at(s, "sample-local", NODE_POLICY).policy += rule("kvv2/data/sample/sample-node-api/sample-node-api-dev", "read");
    },
  ),
  inSample(
    "a workload policy may delete",
    "least-privilege",
    /grants delete on/,
    /sample-node-api_workload_policy/,
    (s) => {
      at(s, "sample-local", NODE_POLICY).policy = rule(
        "kvv2/data/sample/sample-node-api/sample-node-api-local",
        "read",
        "delete",
      );
    },
  ),
  inSample(
    "a policy that no role has yet is about another set than its name says",
    "least-privilege",
    /is called after .*-dev and grants .*-prod/,
    /sample-node-api_workload_policy in sample-dev/,
    (s) => {
      at(s, "sample-dev", NODE_POLICY).policy = rule("kvv2/data/sample/sample-node-api/sample-node-api-prod", "read");
    },
  ),
  inSample(
    "a role bound to the wrong namespace",
    "binding",
    /does not admit sample\/sample-node-api-vault-operator-sa/,
    /sample-node-api_binding_auth/,
    (s) => {
      at(s, "sample-local", NODE_ROLE).bound_service_account_namespaces = ["samples"];
    },
  ),
  inSample(
    "a role bound to the wrong namespace lets in whoever makes that account",
    "isolation",
    /workload local\/samples\/sample-node-api-vault-operator-sa, no app's service account, can read/,
    /sample-node-api_workload_role/,
    (s) => {
      at(s, "sample-local", NODE_ROLE).bound_service_account_namespaces = ["samples"];
    },
  ),
  inSample(
    "a role bound to every service account of a namespace",
    "least-privilege",
    /admits every service account that sample\/\* matches/,
    /sample-node-api_workload_role/,
    (s) => {
      at(s, "sample-local", NODE_ROLE).bound_service_account_names = ["*"];
    },
  ),
  inSample(
    "every service account of a namespace reads one app's set",
    "isolation",
    /sample-python-api-vault-operator-sa, app sample-python-api in local, can read .*sample-node-api-local/,
    /sample-node-api_workload_role/,
    (s) => {
      at(s, "sample-local", NODE_ROLE).bound_service_account_names = ["*"];
    },
  ),
  inSample(
    "a role without an audience",
    "least-privilege",
    /takes tokens for any audience/,
    /sample-node-api_workload_role/,
    (s) => {
      delete at(s, "sample-local", NODE_ROLE).audience;
    },
  ),
  inSample(
    "a role whose policy is misspelt",
    "binding",
    /has the policy sample-node-api-locl, which no stack writes/,
    /sample-node-api_workload_role/,
    (s) => {
      at(s, "sample-local", NODE_ROLE).token_policies = ["sample-node-api-locl"];
    },
  ),
  inSample(
    "a role with the policy of the other app",
    "isolation",
    /sample-node-api-vault-operator-sa, app sample-node-api in local, can read .*sample-python-api-local/,
    /sample-python-api_workload_policy/,
    (s) => {
      at(s, "sample-local", NODE_ROLE).token_policies.push("sample-python-api-local");
    },
  ),
  inSample(
    "a role that an earlier binding left behind",
    "least-privilege",
    /is used by no VaultAuth/,
    /sample-node-api_workload_role/,
    (s) => {
      at(s, "sample-local", NODE_AUTH).manifest.spec.kubernetes.role = "sample-python-api-local";
    },
  ),
  inSample(
    "a VaultAuth for a service account that is not there",
    "binding",
    /there is no service account sample\/sample-node-api-sa/,
    /sample-node-api_binding_auth/,
    (s) => {
      at(s, "sample-local", NODE_AUTH).manifest.spec.kubernetes.serviceAccount = "sample-node-api-sa";
    },
  ),
  inSample(
    "a VaultAuth that asks for another audience",
    "binding",
    /takes tokens for vault, and the VaultAuth asks for kubernetes/,
    /sample-node-api_binding_service-account/,
    (s) => {
      at(s, "sample-local", NODE_AUTH).manifest.spec.kubernetes.audiences = ["kubernetes"];
    },
  ),
  inSample(
    "a binding with a data/ in its path",
    "binding",
    /cannot read kvv2\/data\/data\/sample/,
    /sample-node-api_binding_static-secret/,
    (s) => {
      at(s, "sample-local", NODE_BINDING).manifest.spec.path = "data/sample/sample-node-api/sample-node-api-local";
    },
  ),
  inSample(
    "a binding that carries the other app's set",
    "isolation",
    /sample-python-api-local of sample-python-api in local is delivered to sample-node-api/,
    /Secret local\/sample\/sample-app-node-api/,
    (s) => {
      at(s, "sample-local", NODE_BINDING).manifest.spec.path = "sample/sample-python-api/sample-python-api-local";
    },
  ),
  inSample(
    "a binding whose VaultAuth is not there",
    "binding",
    /there is no VaultAuth sample\/sample-node-api-auth/,
    /sample-node-api_binding_static-secret/,
    (s) => {
      at(s, "sample-local", NODE_BINDING).manifest.spec.vaultAuthRef = "sample-node-api-auth";
    },
  ),
  inSample(
    "a binding into a Secret that nobody makes",
    "binding",
    /there is no Secret local\/sample\/other/,
    /sample-node-api_workload_policy/,
    (s) => {
      at(s, "sample-local", NODE_BINDING).manifest.spec.destination.name = "other";
    },
  ),
  inSample(
    "a VaultAuth that every namespace may use",
    "isolation",
    /may be used from \*/,
    /spec\.allowedNamespaces/,
    (s) => {
      at(s, "sample-local", NODE_AUTH).manifest.spec.allowedNamespaces = ["*"];
    },
  ),
  inSample(
    "a service account that reads every Secret of the namespace",
    "isolation",
    /ServiceAccount sample\/debug can read the Secret sample\/sample-app-node-api/,
    /kubernetes_role_binding_v1\.debug/,
    (s) => {
      s["sample-local"].resource.kubernetes_role_v1 = {
        debug: {
          metadata: { name: "debug", namespace: "sample" },
          rule: [{ api_groups: [""], resources: ["secrets"], verbs: ["get"] }],
        },
      };
      s["sample-local"].resource.kubernetes_role_binding_v1 = {
        debug: {
          metadata: { name: "debug", namespace: "sample" },
          role_ref: { kind: "Role", name: "debug" },
          subject: [{ kind: "ServiceAccount", namespace: "sample", name: "debug" }],
        },
      };
    },
  ),
  inSample(
    "a group with one policy too many",
    "least-privilege",
    /group sample-node-api-user has the policy sample-python-api-admin beside its own/,
    /group_sample-node-api-user/,
    (s) => {
      at(s, "sample-access-main", "vault_identity_group.group_sample-node-api-user").policies.push(
        "sample-python-api-admin",
      );
    },
  ),
  inSample(
    "a person with a policy of its own",
    "least-privilege",
    /person sample-node-api-user has the policy sample-admin directly/,
    /user_sample-node-api-user_entity/,
    (s) => {
      at(s, "sample-access-main", "vault_identity_entity.user_sample-node-api-user_entity").policies.push(
        "sample-admin",
      );
    },
  ),
  inSample(
    "a user without an alias",
    "binding",
    /user sample-node-api-user has no alias/,
    /user_sample-node-api-user/,
    (s) => {
      delete s["sample-access-main"].resource.vault_identity_entity_alias["user_sample-node-api-user_alias"];
    },
  ),
  inSample(
    "a group that may write policies",
    "privilege-escalation",
    /person sample-admin can write policies in Vault main/,
    /group_sample-admin_policy/,
    (s) => {
      at(s, "sample-access-main", "vault_policy.group_sample-admin_policy").policy += rule(
        "sys/policies/acl/sample-*",
        "create",
        "update",
      );
    },
  ),
  inSample(
    "everybody may set everybody's password",
    "privilege-escalation",
    /can set another person's password \(sample-admin's\)/,
    /userpass_own-password/,
    (s) => {
      at(s, "sample-access-main", "vault_policy.userpass_own-password").policy = rule(
        "auth/userpass/users/+/password",
        "update",
      );
    },
  ),
  inSample(
    "a person in a group of admins by another group",
    "privilege-escalation",
    /person sample-python-api-user can .*, and is not in platform-admin/,
    /group_helpers/,
    (s) => {
      s["sample-access-main"].resource.vault_identity_group.group_helpers = {
        name: "helpers",
        type: "internal",
        policies: ["platform-admin"],
        member_entity_ids: ["${vault_identity_entity.user_sample-python-api-user_entity.id}"],
      };
    },
  ),
  inSample(
    "a workload that may write its own role",
    "privilege-escalation",
    /sample-node-api-vault-operator-sa can write users or roles of an auth method/,
    /sample-node-api_workload_policy/,
    (s) => {
      at(s, "sample-local", NODE_POLICY).policy += rule("auth/kubernetes/role/sample-node-api-local", "update");
    },
  ),
  inSample(
    "sudo on everything",
    "privilege-escalation",
    /can disable or move the mount/,
    /group_sample-node-api-admin_policy/,
    (s) => {
      at(s, "sample-access-main", "vault_policy.group_sample-node-api-admin_policy").policy += rule(
        "*",
        "create",
        "read",
        "update",
        "delete",
        "list",
        "sudo",
      );
    },
  ),
  inSample(
    "an auth method that the report does not know",
    "supported",
    /vault_approle_auth_backend_role may grant access/,
    /vault_approle_auth_backend_role\.ci/,
    (s) => {
      s["sample-access-main"].resource.vault_approle_auth_backend_role = {
        ci: { role_name: "ci", token_policies: ["sample-admin"] },
      };
    },
  ),
  inSample("a policy of Vault Enterprise's own", "supported", /control_group/, /group_sample-admin_policy/, (s) => {
    at(s, "sample-access-main", "vault_policy.group_sample-admin_policy").policy =
      'path "kvv2/data/*" {\n  capabilities = ["read"]\n  control_group = {}\n}\n';
  }),
  inSample(
    "two stacks write one policy",
    "supported",
    /writes the policy sample-node-api-local too/,
    /sample-node-api_workload_policy in sample-local/,
    (s) => {
      s["sample-dev"].resource.vault_policy.twin = {
        name: "sample-node-api-local",
        policy: rule("kvv2/data/sample/*", "read"),
      };
    },
  ),
  inProduction(
    "a tree in a grant reaches a protected environment",
    "protection",
    /person lucia\.romero can delete apps\/acme\/storefront\/storefront-stg \(protected\)/,
    /rule "apps\/data\/acme\/storefront\/\*"/,
    (s) => {
      at(s, "acme-access-nonprod", "vault_policy.group_storefront-developers_policy").policy = rule(
        "apps/data/acme/storefront/*",
        "create",
        "read",
        "update",
        "patch",
        "delete",
      );
    },
  ),
  inProduction(
    "a + where the environment stands",
    "protection",
    /person tomas\.novak can read .*\(protected\): by the rule "apps\/data\/acme\/\+\/\+"/,
    /group_support-readers_policy/,
    (s) => {
      at(s, "acme-access-nonprod", "vault_policy.group_support-readers_policy").policy = rule(
        "apps/data/acme/+/+",
        "read",
      );
    },
  ),
  inProduction(
    "a lower environment's role has the policy of a protected one",
    "protection",
    /workload nonprod\/payments-dev\/.* can read .*payments-stg \(protected\): it belongs to dev/,
    /tenant_payments-stg_workload_policy/,
    (s) => {
      at(s, "acme-access-nonprod", prodRole("payments-dev")).token_policies = ["payments-stg"];
    },
  ),
  inProduction(
    "a protected environment's role admits a lower environment's account",
    "protection",
    /workload nonprod\/payments-qa\/.* can read .*payments-stg/,
    /tenant_payments-stg_workload_role/,
    (s) => {
      at(s, "acme-access-nonprod", prodRole("payments-stg")).bound_service_account_namespaces.push("payments-qa");
    },
  ),
  inProduction(
    "a protected environment in a shared namespace",
    "protection",
    /lands in a namespace that payments of qa shares/,
    /payments_binding_service-account in acme-qa/,
    (s) => {
      const account = at(s, "acme-qa", "kubernetes_service_account_v1.payments_binding_service-account");
      account.metadata.namespace = "payments-stg";
    },
  ),
  inProduction(
    "one service account for two environments",
    "isolation",
    /is payments's in qa and payments's in stg/,
    /payments_binding_service-account in acme-qa/,
    (s) => {
      at(s, "acme-qa", "kubernetes_service_account_v1.payments_binding_service-account").metadata.namespace =
        "payments-stg";
    },
  ),
  inProduction(
    "a pipeline that reads a protected set",
    "protection",
    /pipeline prod\/ci\/deploy can read .*payments-prod-eu \(protected\)/,
    /vault_policy\.ci/,
    (s) => {
      s["acme-access-prod"].resource.vault_jwt_auth_backend.ci = {
        path: "ci",
        type: "jwt",
        bound_issuer: "https://ci.acme.example",
        oidc_discovery_url: "https://ci.acme.example",
      };
      s["acme-access-prod"].resource.vault_policy.ci = {
        name: "ci",
        policy: rule("apps/data/acme/payments/payments-prod-eu", "create", "read"),
      };
      s["acme-access-prod"].resource.vault_jwt_auth_backend_role.ci = {
        backend: "ci",
        role_name: "deploy",
        role_type: "jwt",
        user_claim: "sub",
        bound_audiences: ["vault"],
        bound_claims: { repository: "acme/infra" },
        token_policies: ["ci"],
      };
    },
  ),
  inProduction(
    "a jwt role bound to nobody",
    "least-privilege",
    /admits every token of its issuer/,
    /tenant_payments-prod-us_workload_role/,
    (s) => {
      delete at(s, "acme-access-prod", "vault_jwt_auth_backend_role.tenant_payments-prod-us_workload_role")
        .bound_subject;
    },
  ),
  inProduction(
    "a role at the wrong cluster's auth mount",
    "binding",
    /there is no role kubernetes\/payments-prod-eu/,
    /payments_binding_auth in acme-prod-eu/,
    (s) => {
      at(s, "acme-access-prod", prodRole("payments-prod-eu")).backend = "kubernetes-prod-us";
    },
  ),
  inProduction(
    "a policy emptied of its only rule",
    "binding",
    /cannot read apps\/data\/acme\/payments\/payments-prod-eu/,
    /tenant_payments-prod-eu_workload_policy/,
    (s) => {
      at(s, "acme-access-prod", prodPolicy("payments-prod-eu")).policy = rule(
        "apps/data/acme/payments/payments-prod-eu",
        "deny",
      );
    },
  ),
];
