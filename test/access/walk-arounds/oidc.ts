import { at, rule, type Mutable, type Stacks } from "../fixture";
import { add, each, PROD_ACCESS, set, type Mutation } from "./mutation";

const MOUNT = "vault_jwt_auth_backend.oidc";
const ROLE = "vault_jwt_auth_backend_role.oidc_role";
const CUSTODIANS = "vault_identity_group.group_payments-custodians";
const ALIAS = "vault_identity_group_alias.group_payments-custodians_alias";
const ACCESSOR = "${vault_jwt_auth_backend.oidc.accessor}";
const CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";

const mount = (values: Mutable) => (s: Stacks) => set(s, PROD_ACCESS, MOUNT, values);
const role = (values: Mutable) => (s: Stacks) => set(s, PROD_ACCESS, ROLE, values);
const alias = (values: Mutable) => (s: Stacks) =>
  add(s, PROD_ACCESS, "vault_identity_group_alias.extra", { name: "all-hands", mount_accessor: ACCESSOR, ...values });
const idOf = (group: string) => `\${vault_identity_group.group_${group}.id}`;

/** Whose word is taken for who is in a group, and whom it lets in. */
export const OIDC: readonly Mutation[] = [
  ...each({ config: "oidc", expect: "trust" }, [
    { name: "another identity provider", change: mount({ oidc_discovery_url: "https://login.evil.example" }) },
    { name: "another issuer of people", change: mount({ bound_issuer: "https://login.evil.example" }) },
    { name: "no issuer of people", change: mount({ bound_issuer: null }) },
    { name: "another authority for the provider's certificate", change: mount({ oidc_discovery_ca_pem: CA }) },
    { name: "another client at the provider", change: mount({ oidc_client_id: "other" }) },
    { name: "another role for people who name none", change: mount({ default_role: "open" }) },
    { name: "a role of people without an audience", change: role({ bound_audiences: null }) },
    { name: "a role of people for one more audience", change: role({ bound_audiences: ["vault-prod", "wiki"] }) },
    { name: "a role of people for everybody at the provider", change: role({ bound_claims: null }) },
    {
      name: "a role of people for one more group",
      change: role({ bound_claims: { groups: "ACME Payments Custodians,acme-on-call,all-hands" } }),
    },
    { name: "groups of people as patterns", change: role({ bound_claims_type: "glob" }) },
    { name: "groups of people from another claim", change: role({ groups_claim: "interests" }) },
    { name: "no groups of people", change: role({ groups_claim: null }) },
    { name: "people known by a name that is given again", change: role({ user_claim: "email" }) },
    {
      name: "one more address that the provider sends people to",
      change: (s) => at(s, PROD_ACCESS, ROLE).allowed_redirect_uris.push("https://evil.example/oidc/callback"),
    },
    { name: "more of people asked for", change: role({ oidc_scopes: ["groups", "offline_access"] }) },
    { name: "people's tokens that live longer", change: role({ token_max_ttl: 86_400 }) },
    { name: "people's tokens without an end", change: role({ token_ttl: null, token_max_ttl: null }) },
    { name: "people's tokens that cannot be revoked", change: role({ token_type: "batch" }) },
    { name: "a policy for everybody who logs in", change: role({ token_policies: ["support-readers"] }) },
    { name: "a role of people whose type is Vault's own default", change: role({ role_type: null }) },
    {
      name: "a second role of people",
      change: (s) => add(s, PROD_ACCESS, `${ROLE}_2`, { ...at(s, PROD_ACCESS, ROLE), role_name: "open" }),
    },
    {
      name: "a role of people that claims to be of a service account",
      change: (s) =>
        add(s, PROD_ACCESS, `${ROLE}_2`, {
          ...at(s, PROD_ACCESS, ROLE),
          role_name: "open",
          bound_subject: "system:serviceaccount:a:b",
        }),
    },
    {
      name: "a group of the provider's that is another of ours",
      change: alias({ canonical_id: idOf("support-readers") }),
    },
    {
      name: "another group of the provider's",
      change: (s) => set(s, PROD_ACCESS, ALIAS, { name: "all-hands" }),
    },
    {
      name: "a group of the provider's that is platform-admin",
      change: (s) => {
        set(s, PROD_ACCESS, "vault_identity_group.group_platform-admin", { type: "external", member_entity_ids: null });
        alias({ canonical_id: idOf("platform-admin") })(s);
      },
    },
    {
      name: "two groups of the provider's that change places",
      change: (s) => {
        const [one, two] = [
          at(s, PROD_ACCESS, ALIAS),
          at(s, PROD_ACCESS, "vault_identity_group_alias.group_storefront-on-call_alias"),
        ];
        [one.name, two.name] = [two.name, one.name];
      },
    },
    {
      name: "no alias of a group, which somebody makes by hand",
      change: (s) => delete s[PROD_ACCESS].resource.vault_identity_group_alias["group_payments-custodians_alias"],
    },
  ]),
  ...each({ config: "oidc", expect: "judged" }, [
    { name: "the client's secret as it stands", change: mount({ oidc_client_secret: "hunter2" }) },
    { name: "the client's secret as it stands, write-only", change: mount({ oidc_client_secret_wo: "hunter2" }) },
    { name: "another setting of the provider", change: mount({ provider_config: { provider: "azure" } }) },
    { name: "tokens straight to the browser", change: mount({ oidc_response_types: ["id_token"] }) },
    { name: "the address that a token comes back to", change: mount({ oidc_response_mode: "form_post" }) },
    { name: "people's tokens in Vault's log", change: role({ verbose_oidc_logging: true }) },
    { name: "claims of people that policies read", change: role({ claim_mappings: { email: "email" } }) },
    { name: "people's logins that never grow old", change: role({ expiration_leeway: -1 }) },
    {
      name: "an alias that makes people somebody else",
      change: (s) =>
        add(s, PROD_ACCESS, "vault_identity_entity_alias.extra", {
          name: "0001",
          mount_accessor: ACCESSOR,
          canonical_id: "${vault_identity_entity.user_amara--okafor_entity.id}",
        }),
    },
    {
      name: "a job's groups, by an alias on the jobs' mount",
      change: (s) => {
        set(s, PROD_ACCESS, "vault_jwt_auth_backend_role.pipeline_plan-acme-prod-eu_role", { groups_claim: "ref" });
        alias({
          name: "refs/heads/main",
          mount_accessor: "${vault_jwt_auth_backend.pipelines.accessor}",
          canonical_id: idOf("payments-custodians"),
        })(s);
      },
    },
    { name: "an alias of a group that is not external", change: alias({ canonical_id: idOf("data-engineers") }) },
    {
      name: "an alias by an accessor as it stands",
      change: alias({ canonical_id: idOf("x"), mount_accessor: "auth_oidc_1" }),
    },
  ]),
  ...each({ config: "oidc", expect: "least-privilege" }, [
    {
      name: "a group of the provider's with another's policy",
      change: (s) => at(s, PROD_ACCESS, CUSTODIANS).policies.push("data-engineers"),
    },
    {
      name: "a group of the provider's in another of ours",
      change: (s) =>
        set(s, PROD_ACCESS, "vault_identity_group.group_platform-admin", {
          member_group_ids: [idOf("storefront-on-call")],
        }),
    },
  ]),
  ...each({ config: "oidc", expect: "privilege-escalation" }, [
    {
      name: "people of the provider who write policies",
      change: (s) => {
        at(s, PROD_ACCESS, "vault_policy.group_payments-custodians_policy").policy += rule(
          "sys/policies/acl/*",
          "update",
        );
      },
    },
  ]),
  ...each({ config: "oidc", expect: "protection" }, [
    {
      name: "people of the provider who read a whole tree",
      change: (s) => {
        at(s, PROD_ACCESS, "vault_policy.group_storefront-on-call_policy").policy += rule("apps/data/acme/*", "read");
      },
    },
  ]),
  ...each({ config: "oidc", expect: "supported" }, [
    { name: "the client's secret as a variable's default", change: secretVariable({ default: "hunter2" }) },
    { name: "the client's secret in the plan", change: secretVariable({ ephemeral: false }) },
    { name: "the client's secret in what Terraform says", change: secretVariable({ sensitive: false }) },
  ]),
];

/** The variable that hands the client's secret over, with what it should not have. */
function secretVariable(changes: object): Mutation["change"] {
  return (s) => void Object.assign(s[PROD_ACCESS]!.variable.oidc_client_secret_prod, changes);
}
