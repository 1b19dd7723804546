import { gone, rule, says, trustChanges } from "./change";
import { onPath, oneOf } from "./on-path";
import { closed, type ResourceTypes } from "./record";

/** What a code of an authenticator app is. Source: Vault's API documentation, "TOTP MFA". */
const TOTP = ["algorithm", "digits", "key_size", "max_validation_attempts", "period", "skew"];

/** Whose logins ask for a second factor: one that is missing is a login by a password alone. */
const ASKED = [
  "mfa_method_ids",
  "identity_group_ids",
  "identity_entity_ids",
  "auth_method_accessors",
  "auth_method_types",
];

const NOT_ENROLLED = "Whoever it is about and is not enrolled cannot log in: users invite enrols.";

/** What a login asks for beside a password, and of whom. */
export const SECOND_FACTOR: ResourceTypes = {
  vault_identity_mfa_totp: {
    label: ["second factor", "second factors"],
    grants: "nothing",
    trusts: TOTP,
    reads: closed(`issuer ${TOTP.join(" ")}`),
    inVault: () => ({
      plan: [onPath("identity/mfa/method/totp/*", "read")],
      apply: [
        onPath("identity/mfa/method/totp", "create", "update"),
        onPath("identity/mfa/method/totp/*", "create", "read", "update"),
      ],
      collection: [onPath("identity/mfa/method/totp/*", "delete")],
    }),
    change: rule("second factor", ["issuer"], {
      gone: gone("error", "Nobody's authenticator app is known any more: each has to be enrolled anew."),
      create: says("info", "is made", "users invite enrols whoever it invites."),
      update: trustChanges(["issuer", ...TOTP], "Codes of authenticator apps may be taken otherwise, or not at all."),
    }),
  },
  vault_identity_mfa_login_enforcement: {
    label: ["login enforcement", "login enforcements"],
    grants: "nothing",
    trusts: ASKED,
    reads: closed(`name ${ASKED.join(" ")}`),
    inVault: ({ name }) => oneOf("identity/mfa/login-enforcement", `identity/mfa/login-enforcement/${name}`),
    change: rule("login enforcement", ["name"], {
      gone: gone("error", "Whoever it asked for a second factor logs in with a password alone."),
      create: says("warning", "is made", NOT_ENROLLED),
      update: trustChanges(["name", ...ASKED], "Others are asked for a second factor, or for another."),
    }),
  },
};
