import { at, type Mutable, type Stacks } from "../fixture";
import { add, each, PROD_ACCESS, set, type Mutation } from "./mutation";

const METHOD = "vault_identity_mfa_totp.second-factor";
const ENFORCEMENT = "vault_identity_mfa_login_enforcement.second-factor_enforcement";

const method = (values: Mutable) => (s: Stacks) => set(s, PROD_ACCESS, METHOD, values);
const enforcement = (values: Mutable) => (s: Stacks) => set(s, PROD_ACCESS, ENFORCEMENT, values);

/** Who is not asked for a second factor any more, or for less of one. */
export const SECOND_FACTOR: readonly Mutation[] = [
  ...each({ config: "production", expect: "trust" }, [
    {
      name: "nobody is asked for a second factor",
      change: (s) => delete s[PROD_ACCESS].resource.vault_identity_mfa_login_enforcement,
    },
    {
      name: "one group is not asked for a second factor",
      change: (s) => at(s, PROD_ACCESS, ENFORCEMENT).identity_group_ids.pop(),
    },
    {
      name: "one person is asked, and no group",
      change: enforcement({ identity_group_ids: [], identity_entity_ids: ["x"] }),
    },
    { name: "logins of one mount are asked", change: enforcement({ auth_method_accessors: ["auth_oidc_1"] }) },
    { name: "logins of a method are asked", change: enforcement({ auth_method_types: ["jwt"] }) },
    { name: "an enforcement of another name", change: enforcement({ name: "other" }) },
    {
      name: "a second factor of one's own",
      change: (s) => {
        add(s, PROD_ACCESS, "vault_identity_mfa_totp.extra", { issuer: "evil" });
        enforcement({ mfa_method_ids: ["${vault_identity_mfa_totp.extra.method_id}"] })(s);
      },
    },
    {
      name: "either of two second factors",
      change: (s) => {
        add(s, PROD_ACCESS, "vault_identity_mfa_totp.extra", { issuer: "evil" });
        at(s, PROD_ACCESS, ENFORCEMENT).mfa_method_ids.push("${vault_identity_mfa_totp.extra.method_id}");
      },
    },
    { name: "a second factor as it stands", change: enforcement({ mfa_method_ids: ["0123"] }) },
    { name: "codes that are good for longer", change: method({ period: 3600 }) },
    { name: "codes of another length", change: method({ digits: 8 }) },
    { name: "no limit to wrong codes", change: method({ max_validation_attempts: 1000 }) },
    { name: "a short key of codes", change: method({ key_size: 1 }) },
  ]),
  ...each({ config: "production", expect: "judged" }, [
    { name: "a second factor in another namespace", change: method({ namespace: "other" }) },
    {
      name: "a second factor that another service checks",
      change: (s) => add(s, PROD_ACCESS, "vault_identity_mfa_duo.extra", { integration_key: "x" }),
    },
  ]),
];
