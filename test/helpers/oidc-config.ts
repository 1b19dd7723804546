import production from "../../config/production";
import type { PlatformConfig } from "../../model";

/** The issuer of {@link withOidc}. */
export const ISSUER = "https://login.acme.example";

const { groups = {}, users = {} } = production.people!;
const { "payments-custodians": custodians, "storefront-on-call": onCall, ...others } = groups;

/**
 * The production example, with people of an identity provider: two groups are the provider's, and nobody of the config
 * is in them.
 */
export const withOidc: PlatformConfig = {
  ...production,
  vaults: Object.fromEntries(
    Object.entries(production.vaults).map(([name, vault]) => [
      name,
      { ...vault, ui: true, login: { ...vault.login, oidc: { issuer: ISSUER, clientId: `vault-${name}` } } },
    ]),
  ),
  people: {
    groups: {
      ...others,
      "payments-custodians": { ...custodians!, oidc: "ACME Payments Custodians" },
      "storefront-on-call": { ...onCall!, oidc: "acme-on-call" },
    },
    users: Object.fromEntries(
      Object.entries(users).flatMap(([name, user]) => {
        const left = user.groups.filter((group) => group in others || group === "platform-admin");
        return left.length > 0 ? [[name, { groups: left }]] : [];
      }),
    ),
  },
};
