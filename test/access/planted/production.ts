import { at, rule } from "../fixture";
import { inProduction, type Planted } from "./mistake";

const prodPolicy = (app: string) => `vault_policy.tenant_${app}_workload_policy`;
const prodRole = (app: string) => `vault_kubernetes_auth_backend_role.tenant_${app}_workload_role`;

/** Mistakes where environments are protected and Vaults and clusters are several. */
export const PRODUCTION: readonly Planted[] = [
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
    "who may only write reads",
    "least-privilege",
    /policy payments-custodians can read .*payments-prod-eu \(protected\), which the config lets it write only/,
    /group_payments-custodians_policy/,
    (s) => {
      at(s, "acme-access-prod", "vault_policy.group_payments-custodians_policy").policy += rule(
        "apps/data/acme/payments/payments-prod-eu",
        "read",
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
    /lands in a namespace that payments of dev shares/,
    /payments_binding_service-account in acme-dev/,
    (s) => {
      const account = at(s, "acme-dev", "kubernetes_service_account_v1.payments_binding_service-account");
      account.metadata.namespace = "payments-stg";
    },
  ),
  inProduction(
    "one service account for two environments",
    "isolation",
    /is payments's in dev and payments's in stg/,
    /payments_binding_service-account in acme-dev/,
    (s) => {
      at(s, "acme-dev", "kubernetes_service_account_v1.payments_binding_service-account").metadata.namespace =
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
