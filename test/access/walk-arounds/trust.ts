import { at, type Mutable, type Stacks } from "../fixture";
import { ACCESS, add, LOCAL, NONPROD_ACCESS, PROD_ACCESS, set, each, type Mutation } from "./mutation";

const KEY = "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----";
const CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";

/** Changes the mount that jobs log in at. */
function issuer(values: Mutable): (stacks: Stacks) => void {
  return (s) => set(s, PROD_ACCESS, "vault_jwt_auth_backend.pipelines", values);
}

const JOB = "vault_jwt_auth_backend_role.pipeline_apply-acme-prod-eu_role";

/** Changes the role of a job. */
function job(values: Mutable): (stacks: Stacks) => void {
  return (s) => set(s, PROD_ACCESS, JOB, values);
}

/** Changes what a job must say of itself. */
function claims(values: Mutable): (stacks: Stacks) => void {
  return (s) => Object.assign(at(s, PROD_ACCESS, JOB).bound_claims, values);
}

/** Changes how Vault asks a cluster whose token it is. */
function cluster(values: Mutable): (stacks: Stacks) => void {
  return (s) => set(s, ACCESS, "vault_kubernetes_auth_backend_config.login_local_config", values);
}

const WORKLOAD = "vault_kubernetes_auth_backend_role.sample-node-api_workload_role";

/** Whose word Vault takes, and for whom. */
export const TRUST: readonly Mutation[] = [
  ...each({ config: "production", expect: "judged" }, [
    {
      name: "another issuer's address for jobs",
      change: issuer({ oidc_discovery_url: "https://token.evil.example" }),
    },
    { name: "another issuer for jobs", change: issuer({ bound_issuer: "https://token.evil.example" }) },
    { name: "no issuer for jobs", change: issuer({ bound_issuer: null }) },
    {
      name: "keys of jobs from another address",
      change: issuer({ oidc_discovery_url: null, jwks_url: "https://token.evil.example/jwks" }),
    },
    {
      name: "keys of jobs as they stand",
      change: issuer({ oidc_discovery_url: null, jwt_validation_pubkeys: [KEY] }),
    },
    {
      name: "keys of jobs from several addresses",
      change: issuer({ jwks_pairs: [{ jwks_url: "https://token.evil.example/jwks" }] }),
    },
    {
      name: "another authority for the issuer's certificate",
      change: issuer({ oidc_discovery_ca_pem: CA }),
    },
    { name: "a weaker signature of jobs", change: issuer({ jwt_supported_algs: ["HS256"] }) },
    { name: "a role for jobs that name none", change: issuer({ default_role: "apply-acme-prod-eu" }) },
    {
      name: "another issuer for a cluster",
      change: (s) =>
        set(s, PROD_ACCESS, "vault_jwt_auth_backend.login_prod-us", {
          oidc_discovery_url: "https://oidc.evil.example",
          bound_issuer: "https://oidc.evil.example",
        }),
    },
    {
      name: "a job of any repository",
      change: (s) => {
        delete at(s, PROD_ACCESS, JOB).bound_claims.repository;
      },
    },
    {
      name: "a job of a repository of that name",
      change: (s) => {
        delete at(s, PROD_ACCESS, JOB).bound_claims.repository_id;
      },
    },
    {
      name: "a job of any branch",
      change: (s) => {
        delete at(s, PROD_ACCESS, JOB).bound_claims.ref;
      },
    },
    {
      name: "a job of any deployment environment",
      change: (s) => {
        delete at(s, PROD_ACCESS, JOB).bound_claims.environment;
      },
    },
    {
      name: "a job of another repository too",
      change: claims({ repository: "acme/vault-tenancy,evil/fork" }),
    },
    { name: "a job of a pull request", change: claims({ event_name: "push,pull_request_target" }) },
    { name: "a job of the planning environment", change: claims({ environment: "plan-acme-prod-eu" }) },
    {
      name: "a job of whatever fits a pattern",
      change: (s) => {
        job({ bound_claims_type: "glob" })(s);
        claims({ repository: "acme/*" })(s);
      },
    },
    { name: "claims that are patterns from now on", change: job({ bound_claims_type: "glob" }) },
    { name: "claims by expression", change: job({ bound_claims: "${var.claims}" }) },
    {
      name: "a job by its subject alone",
      change: job({ bound_claims: null, bound_subject: "repo:evil/fork:ref:refs/heads/main" }),
    },
    {
      name: "a job with a token for somebody else too",
      change: job({ bound_audiences: ["https://vault.acme.example", "sts.amazonaws.com"] }),
    },
    {
      name: "a job with a token that expired",
      change: job({ expiration_leeway: 31536000, clock_skew_leeway: -1 }),
    },
    {
      name: "a job whose token lives for a month",
      change: job({ token_ttl: 2592000, token_max_ttl: 2592000 }),
    },
    { name: "a job whose token never ends", change: job({ token_period: 3600 }) },
    { name: "a job's claims in the log", change: job({ verbose_oidc_logging: true }) },
    {
      name: "one role more for jobs",
      change: (s) => {
        const role = at(s, NONPROD_ACCESS, "vault_jwt_auth_backend_role.pipeline_apply-acme-dev_role");
        const bound_claims = { repository: "evil/fork" };
        add(s, NONPROD_ACCESS, "vault_jwt_auth_backend_role.extra", { ...role, role_name: "extra", bound_claims });
      },
    },
    { name: "groups that a token claims itself", change: job({ groups_claim: "groups" }) },
    { name: "a name that a token claims itself", change: job({ user_claim: "actor" }) },
  ]),
  ...each({ config: "sample", expect: "judged" }, [
    {
      name: "another cluster that is asked about tokens",
      change: cluster({ kubernetes_host: "https://10.0.0.9:6443" }),
    },
    {
      name: "another authority for the cluster's certificate",
      change: cluster({ kubernetes_ca_cert: CA, disable_local_ca_jwt: true }),
    },
    { name: "keys of a cluster's tokens", change: cluster({ pem_keys: [KEY] }) },
    {
      name: "names that a service account's annotations say",
      change: cluster({ use_annotations_as_alias_metadata: true }),
    },
    {
      name: "a reviewer's token that stands in the stack",
      change: cluster({ token_reviewer_jwt: "eyJhbGciOi" }),
    },
    {
      name: "a workload whose token lives for a month",
      change: (s) => set(s, LOCAL, WORKLOAD, { token_ttl: 2592000, token_max_ttl: 2592000 }),
    },
    {
      name: "a workload whose token never ends",
      change: (s) => set(s, LOCAL, WORKLOAD, { token_period: 600 }),
    },
  ]),
  ...each({ config: "sample", expect: "isolation" }, [
    {
      name: "a workload of whatever namespace has a label",
      change: (s) =>
        set(s, LOCAL, WORKLOAD, {
          bound_service_account_namespaces: [],
          bound_service_account_namespace_selector: '{"matchLabels":{"team":"x"}}',
        }),
    },
  ]),
];
