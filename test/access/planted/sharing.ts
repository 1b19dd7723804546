import { at, rule } from "../fixture";
import { inProduction, type Planted } from "./mistake";

const BROKER = "apps/data/acme/broker/broker-dev";
const policyOf = (app: string) => `vault_policy.tenant_${app}-dev_workload_policy`;
const bindingOf = (app: string) => `kubernetes_manifest.${app}_binding_set_broker_static-secret`;

/** Mistakes with the shared set of a broker, which storefront and payments read, and reporting does not. */
export const SHARING: readonly Planted[] = [
  inProduction(
    "a policy lets another app read a shared set",
    "isolation",
    /app reporting in dev, can read .*broker-dev, which is the shared set broker in dev, read by storefront, payments/,
    /tenant_reporting-dev_workload_policy/,
    (s) => {
      at(s, "acme-access-nonprod", policyOf("reporting")).policy += rule(BROKER, "read");
    },
  ),
  inProduction(
    "a policy that no role has lets another app read a shared set",
    "least-privilege",
    /policy reporting-dev is about 2 secret sets/,
    /tenant_reporting-dev_workload_policy/,
    (s) => {
      at(s, "acme-access-nonprod", policyOf("reporting")).policy += rule(BROKER, "read");
      delete s["acme-access-nonprod"].resource.vault_kubernetes_auth_backend_role["tenant_reporting-dev_workload_role"];
    },
  ),
  inProduction(
    "an app reads a shared set of another environment",
    "isolation",
    /app storefront in dev, can read .*broker-qa/,
    /tenant_storefront-dev_workload_policy/,
    (s) => {
      at(s, "acme-access-nonprod", policyOf("storefront")).policy += rule(BROKER.replaceAll("dev", "qa"), "read");
    },
  ),
  inProduction(
    "an app writes a shared set",
    "least-privilege",
    /policy storefront-dev grants update, patch on .*broker-dev/,
    /tenant_storefront-dev_workload_policy/,
    (s) => {
      at(s, "acme-access-nonprod", policyOf("storefront")).policy += rule(BROKER, "read", "update", "patch");
    },
  ),
  inProduction(
    "a binding carries a shared set to another app",
    "isolation",
    /broker-dev of the shared set broker in dev, read by storefront, payments is delivered to reporting in dev/,
    /reporting_binding_static-secret/,
    (s) => {
      at(s, "acme-dev", "kubernetes_manifest.reporting_binding_static-secret").manifest.spec.path =
        "acme/broker/broker-dev";
    },
  ),
  inProduction(
    "another app's role has the policy of an app that reads a shared set",
    "isolation",
    /app reporting in dev, can read .*broker-dev/,
    /tenant_reporting-dev_workload_role/,
    (s) => {
      const role = "vault_kubernetes_auth_backend_role.tenant_reporting-dev_workload_role";
      at(s, "acme-access-nonprod", role).token_policies.push("storefront-dev");
    },
  ),
  inProduction(
    "an app that a shared set lists may not read it",
    "sharing",
    /shared set apps\/acme\/broker\/broker-dev lists storefront, and no login of that app reads it/,
    /storefront_binding_service-account in acme-dev/,
    (s) => {
      const policy = at(s, "acme-access-nonprod", policyOf("storefront"));
      policy.policy = rule("apps/data/acme/storefront/storefront-dev", "read");
    },
  ),
  inProduction(
    "an app that a shared set lists has no binding for it",
    "sharing",
    /shared set .*broker-stg \(protected\) lists payments, and no binding of that app carries it/,
    /broker_secrets_data in acme-stg/,
    (s) => {
      delete s["acme-stg"].resource.kubernetes_manifest[bindingOf("payments").split(".")[1]!];
    },
  ),
  inProduction(
    "a shared set is delivered into the Secret of the app's own",
    "isolation",
    /the Secret nonprod\/payments-dev\/payments-dev-secrets gets .* too/,
    /payments_binding_set_broker_static-secret/,
    (s) => {
      at(s, "acme-dev", bindingOf("payments")).manifest.spec.destination.name = "payments-dev-secrets";
    },
  ),
];
